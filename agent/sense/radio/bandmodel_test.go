package radio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/gatt"
)

// modelled is a device that is connected to: a clock, a memory and values.
type modelled struct {
	list []ble.Characteristic

	mu       sync.Mutex
	off      time.Duration // its clock against UTC
	fixed    bool          // its clock cannot be set
	battery  byte
	memory   [][]byte // records of what, the oldest first
	what     uint16
	numberAt int       // where a record has its number
	begun    time.Time // of a session of continuous monitoring, as it shows
	next     uint16    // number of the next record
	breakAt  int       // records after which the connection breaks, 0: it holds
	mute     bool      // it does not answer record requests
	noLast   bool      // it cannot say which record is the last
	deaf     bool      // it does not answer a connect
	conn     *modelConn
	connects int
	reads    uint64 // of its battery
	asked    []string
}

func characteristic(service, uuid uint16, p ble.Properties) ble.Characteristic {
	return ble.Characteristic{Service: ble.UUID16(service), UUID: ble.UUID16(uuid), Handle: uuid, Properties: p}
}

// meter is a glucose meter; band is a heart rate band.
func meter() *modelled {
	return &modelled{battery: 90, what: glucose, numberAt: 1, list: []ble.Characteristic{
		characteristic(0x1805, currentTime, ble.CanRead|ble.CanWrite),
		characteristic(serviceGlucose, glucose, ble.CanNotify),
		characteristic(serviceGlucose, recordAccess, ble.CanWrite|ble.CanIndicate),
		characteristic(0x180F, batteryLevel, ble.CanRead),
	}}
}

func wristband() *modelled {
	return &modelled{battery: 90, list: []ble.Characteristic{
		characteristic(0x180D, heartRate, ble.CanNotify),
		characteristic(0x180F, batteryLevel, ble.CanRead|ble.CanNotify),
		characteristic(0x180F, batteryStatus, ble.CanNotify),
	}}
}

// shows is what its clock shows, as if in UTC.
func (m *modelled) shows() time.Time { return time.Now().Add(m.off) }

// dated writes a date and time of the device.
func dated(b []byte, at time.Time) []byte {
	b = binary.LittleEndian.AppendUint16(b, uint16(at.Year()))
	return append(b, byte(at.Month()), byte(at.Day()), byte(at.Hour()), byte(at.Minute()), byte(at.Second()))
}

// measure stores a record, and sends it where somebody is connected. The value
// is in 0.1 mmol/L.
func (m *modelled) measure(value byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := dated([]byte{0x06, byte(m.next), byte(m.next >> 8)}, m.shows().UTC())
	b = append(b, value, 0xC0, 0x11) // ·10⁻⁴ mol/L, capillary blood of a finger
	m.next++
	m.keep(b)
}

// keep stores a record, and sends it where somebody is connected; m.mu is held.
func (m *modelled) keep(b []byte) {
	m.memory = append(m.memory, b)
	if m.conn != nil {
		m.conn.send(m.what, b)
	}
}

// modelRadio is a radio that reaches devices.
type modelRadio struct {
	name  string
	slots int

	mu      sync.Mutex
	used    int
	devices map[advert.Address]*modelled
	worst   int
}

func (r *modelRadio) String() string { return r.name }
func (r *modelRadio) Slots() int     { return r.slots }
func (r *modelRadio) Scan(ctx context.Context, _ func(ble.Heard)) error {
	<-ctx.Done()
	return ctx.Err()
}
func (r *modelRadio) add(n int) {
	r.mu.Lock()
	r.used += n
	r.worst = max(r.worst, r.used)
	r.mu.Unlock()
}
func (r *modelRadio) Connect(ctx context.Context, d ble.Device) (ble.Conn, error) {
	r.mu.Lock()
	full, m := r.used >= r.slots, r.devices[d.Address]
	r.mu.Unlock()
	if full {
		return nil, ble.ErrNoSlot
	}
	r.add(1)
	wait := time.NewTimer(300 * time.Millisecond)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		r.add(-1)
		return nil, ctx.Err()
	}
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
	}
	if m == nil || m.deaf || m.conn != nil {
		r.add(-1)
		return nil, ble.ErrUnreachable
	}
	m.connects++
	m.conn = &modelConn{m: m, radio: r, done: make(chan struct{}), notify: map[uint16]func([]byte){}}
	return m.conn, nil
}

// now returns how many slots are used, and the most that were.
func (r *modelRadio) now() (used, worst int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.used, r.worst
}

// was returns how often a device was connected to, and whether it is.
func (m *modelled) was() (connects int, connected bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.connects, m.conn != nil
}

// modelConn is a connection with a model; its notifications come in order.
type modelConn struct {
	m      *modelled
	radio  *modelRadio
	done   chan struct{}
	once   sync.Once
	notify map[uint16]func([]byte)
}

func (c *modelConn) Characteristics() []ble.Characteristic { return c.m.list }
func (c *modelConn) Done() <-chan struct{}                 { return c.done }

func (c *modelConn) Close() error {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	c.end()
	return nil
}

// end ends it; m.mu is held.
func (c *modelConn) end() {
	c.once.Do(func() {
		close(c.done)
		c.m.conn = nil
		c.radio.add(-1)
	})
}

// vanish ends the connection from the other side.
func (m *modelled) vanish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn != nil {
		m.conn.end()
	}
}

// send notifies; m.mu is held.
func (c *modelConn) send(uuid uint16, b []byte) {
	if f := c.notify[uuid]; f != nil {
		f(b)
	}
}

// say notifies from outside.
func (m *modelled) say(uuid uint16, b ...byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn != nil {
		m.conn.send(uuid, b)
	}
}

func (c *modelConn) Subscribe(_ context.Context, ch ble.Characteristic, f func([]byte)) error {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	c.notify[ch.Handle] = f
	return nil
}

func (c *modelConn) Read(_ context.Context, ch ble.Characteristic) ([]byte, error) {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	switch ch.Handle {
	case currentTime:
		return gatt.EncodeCurrentTime(c.m.shows().UTC()), nil
	case batteryLevel:
		c.m.reads++
		return []byte{c.m.battery}, nil
	case cgmBegun:
		return append(dated(nil, c.m.begun), 0x80, 0xFF), nil
	}
	return nil, errors.New("nothing there")
}

func (c *modelConn) Write(_ context.Context, ch ble.Characteristic, b []byte) error {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	switch ch.Handle {
	case currentTime:
		if c.m.fixed {
			return ble.ErrNotPermitted
		}
		shown, err := shownBy(currentTime, b)
		c.m.off = time.Until(shown)
		return err
	case recordAccess:
		c.m.asked = append(c.m.asked, fmt.Sprintf("%x", b))
		if !c.m.mute {
			c.handOut(b)
		}
	}
	return nil
}

// handOut answers a request for records; m.mu is held.
func (c *modelConn) handOut(ask []byte) {
	answer := func(code byte) { c.send(recordAccess, []byte{6, 0, ask[0], code}) }
	list := c.m.memory
	switch {
	case ask[0] == gatt.RecordsCount:
		c.send(recordAccess, []byte{5, 0, byte(len(list)), byte(len(list) >> 8)})
		return
	case ask[0] != gatt.RecordsReport:
		answer(1)
		return
	case len(list) == 0:
		answer(gatt.RecordsNone)
		return
	case ask[1] == 6 && c.m.noLast:
		answer(4)
		return
	case ask[1] == 6:
		list = list[len(list)-1:]
	case ask[1] == gatt.RecordsFrom:
		from := binary.LittleEndian.Uint16(ask[3:])
		list = slices.DeleteFunc(slices.Clone(list), func(b []byte) bool { return binary.LittleEndian.Uint16(b[c.m.numberAt:]) < from })
		if len(list) == 0 {
			answer(gatt.RecordsNone)
			return
		}
	}
	for i, r := range list {
		if c.m.breakAt > 0 && i == c.m.breakAt {
			c.end()
			return
		}
		c.send(c.m.what, r)
	}
	answer(gatt.RecordsSuccess)
}

// ears say who hears the devices.
type ears struct {
	mu   sync.Mutex
	list []Candidate
}

// Best implements finder.
func (e *ears) Best(advert.Address) []Candidate {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := slices.Clone(e.list)
	for i := range list {
		list[i].Heard = time.Now()
	}
	return list
}

func (e *ears) hear(list ...Candidate) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = list
}

// notes are the readings that came out.
type notes struct {
	mu   sync.Mutex
	list []care.Reading
}

// Reading implements Sink.
func (n *notes) Reading(r care.Reading) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, r)
}

func (n *notes) of(m care.Metric) (out []care.Reading) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.list {
		if r.Metric == m {
			out = append(out, r)
		}
	}
	return out
}

// bench is a home with one radio and one device.
type bench struct {
	t     *testing.T
	radio *modelRadio
	ears  *ears
	notes *notes
	opts  BandOpts
	band  Band
	stop  func()
	bands *Bands
}

var bandAddress = advert.Address{0xC0, 0xFF, 0xEE, 1, 2, 3}

// epoch is when the tests begin: clocks that show less were never set.
var epoch = time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)

func newBench(t *testing.T, m *modelled, kind string) *bench {
	time.Sleep(time.Until(epoch))
	b := &bench{t: t, radio: &modelRadio{name: "hall", slots: 3, devices: map[advert.Address]*modelled{bandAddress: m}},
		ears: &ears{}, notes: &notes{}, opts: BandOpts{Dir: t.TempDir(), Stored: 3 * time.Second},
		band: Band{ID: "band-1", Resident: "r-1", Kind: kind, Address: bandAddress}, stop: func() {}}
	b.ears.hear(Candidate{Radio: "hall", Central: b.radio, RSSI: -60})
	return b
}

// run begins, or begins anew after a stop.
func (b *bench) run() {
	b.t.Helper()
	bands, err := NewBands([]Band{b.band}, b.ears, b.notes, b.opts)
	if err != nil {
		b.t.Fatal(err)
	}
	b.runs(bands)
}

func (b *bench) runs(bands *Bands) {
	b.bands = bands
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { bands.Run(ctx); close(ended) }()
	b.stop = func() { stop(); <-ended; b.stop = func() {} }
}

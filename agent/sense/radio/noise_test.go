package radio

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

const (
	noiseBands   = 20 // connected
	noiseTags    = 500
	noiseButtons = 50 // of them; the others are thermometers of rooms, doors and strangers
	noiseRate    = 10 // advertisements a second and tag
	noiseTime    = 10 * time.Minute
)

// crowd is the tags of a ward: what each says in each second, and how often it
// was pressed.
type crowd struct {
	mu      sync.Mutex
	packets [noiseTags + noiseBands]ble.Heard // bands come last
	numbers [noiseTags + noiseBands]byte
	presses [noiseTags]int
	random  *rand.Rand
}

func noiseAddress(i int) (a advert.Address) {
	a = advert.Address{0xA4, 0xC1, 0x38}
	binary.BigEndian.PutUint16(a[4:], uint16(i))
	return a
}

func noiseKind(i int) string {
	switch {
	case i < noiseButtons:
		return "callpoint"
	case i < 200:
		return "climate"
	case i < 300:
		return "door"
	}
	return "" // a stranger's
}

func newCrowd() *crowd {
	c := &crowd{random: rand.New(rand.NewPCG(500, 10))}
	for i := range c.packets {
		c.packets[i] = ble.Heard{Advert: advert.Advert{Address: noiseAddress(i), ServiceData: []advert.Data{{ID: 0xFCD2, Bytes: make([]byte, 0, 16)}}}}
	}
	c.second()
	return c
}

// second lets every tag say something new.
func (c *crowd) second() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.packets {
		c.numbers[i]++
		b := append(c.packets[i].ServiceData[0].Bytes[:0], 0x44, 0x00, c.numbers[i])
		switch noiseKind(i) {
		case "callpoint":
			if c.random.IntN(120) == 0 {
				c.presses[i]++
				b = append(b, pressed...)
			} else {
				b = append(b, 0x01, 90)
			}
		case "door":
			b = append(b, 0x1A, byte(c.random.IntN(2)))
		default:
			b = binary.LittleEndian.AppendUint16(append(b, 0x02), uint16(2000+c.random.IntN(50)))
		}
		c.packets[i].ServiceData[0].Bytes = b
	}
}

// bridgeEar is a bridge that hears the whole crowd, ten times a second each, and
// loses some of it. Who is connected does not advertise.
type bridgeEar struct {
	label       string
	crowd       *crowd
	worn        []*modelled // the last of the crowd
	loses       float64
	rssi        int8
	gone        func(since time.Duration) bool
	began       time.Time
	*modelRadio // by which bands are connected
}

// Connect implements ble.Central.
func (e *bridgeEar) Connect(ctx context.Context, d ble.Device) (ble.Conn, error) {
	if e.gone != nil && e.gone(time.Since(e.began)) {
		return nil, ble.ErrUnreachable
	}
	return e.modelRadio.Connect(ctx, d)
}

func (e *bridgeEar) String() string { return e.label }

func (e *bridgeEar) Scan(ctx context.Context, emit func(ble.Heard)) error {
	r := rand.New(rand.NewPCG(7, 7))
	beat := time.NewTicker(time.Second / noiseRate)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-beat.C:
		}
		if e.gone != nil && e.gone(time.Since(e.began)) {
			return errGone
		}
		e.crowd.mu.Lock()
		for i := range e.crowd.packets {
			if r.Float64() < e.loses || i >= noiseTags && e.worn[i-noiseTags].connected() {
				continue
			}
			h := e.crowd.packets[i]
			h.RSSI = e.rssi + int8(r.IntN(9)-4)
			emit(h)
		}
		e.crowd.mu.Unlock()
	}
}

// deafEar is an adapter that hears nothing from its third minute on, until its
// power is cycled.
type deafEar struct {
	*bridgeEar
	deaf, healed atomic.Bool
	at           time.Time // when it heard again
}

func (e *deafEar) Scan(ctx context.Context, emit func(ble.Heard)) error {
	return e.bridgeEar.Scan(ctx, func(h ble.Heard) {
		if time.Since(e.began) > 2*time.Minute && e.deaf.CompareAndSwap(false, true) {
			return
		}
		if e.deaf.Load() && !e.healed.Load() {
			return
		}
		if e.healed.Load() && e.at.IsZero() {
			e.at = time.Now()
		}
		emit(h)
	})
}

func (e *deafEar) Rungs() []ble.Rung {
	return []ble.Rung{{Name: "restart scan", Wait: 10 * time.Second}, {Name: "power cycle", Wait: 20 * time.Second}}
}

func (e *deafEar) Heal(_ context.Context, rung int) error {
	e.healed.Store(rung == 1)
	return nil
}

func TestB4_AWardsWorthOfNoise(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("some millions of advertisements")
	}
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd()
		began := time.Now()
		worn := map[advert.Address]*modelled{}
		var models []*modelled
		var list []Band
		for i := range noiseBands {
			a := noiseAddress(noiseTags + i)
			models = append(models, wristband())
			worn[a] = models[i]
			list = append(list, Band{ID: care.SourceID(fmt.Sprintf("band-%d", i)), Resident: "r-1", Kind: "band", Address: a})
		}
		reach := func(slots int) *modelRadio { return &modelRadio{slots: slots, devices: worn} }
		away := func(d time.Duration) bool { return d > 4*time.Minute && d < 6*time.Minute }
		hall := &bridgeEar{label: "hall", crowd: c, worn: models, loses: 0.3, rssi: -72, began: began, modelRadio: reach(noiseBands)}
		kitchen := &bridgeEar{label: "kitchen", crowd: c, worn: models, loses: 0.5, rssi: -60, began: began, gone: away, modelRadio: reach(noiseBands / 2)}
		adapter := &deafEar{bridgeEar: &bridgeEar{label: "gateway", crowd: c, worn: models, loses: 0.9, rssi: -80, began: began, modelRadio: reach(0)}}
		stations := []Station{
			{Name: "hall", Radio: hall}, {Name: "kitchen", Radio: kitchen},
			{Name: "gateway", Radio: adapter},
		}
		var devices []Device
		for i := range noiseTags {
			if kind := noiseKind(i); kind != "" {
				devices = append(devices, Device{ID: care.SourceID(fmt.Sprintf("s-%d", i)), Resident: "r-1", Kind: kind, Address: noiseAddress(i).String()})
			}
		}
		for _, b := range list {
			devices = append(devices, Device{ID: b.ID, Kind: b.Kind, Address: b.Address.String(), Connects: true})
		}
		notes := &tally{presses: map[care.SourceID]int{}}
		hub, err := New(stations, devices, notes, Opts{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		bands, err := NewBands(list, hub, notes, BandOpts{})
		if err != nil {
			t.Fatal(err)
		}
		var running sync.WaitGroup
		running.Go(func() { hub.Run(ctx) })
		running.Go(func() { bands.Run(ctx) })
		used := cpu(t)
		var sent uint64
		var back time.Duration // how long bands were without a connection after their bridge was gone
		var early, late uint64
		var routines int
		for s := range int(noiseTime / time.Second) {
			time.Sleep(time.Second)
			c.second()
			if s == 120 {
				early, routines = heap(), runtime.NumGoroutine()
			}
			for _, m := range models {
				if m.beat(byte(60 + s%40)) {
					sent++
				}
			}
			if away(time.Since(began)) {
				for _, m := range models { // its connections are gone with it
					m.leave(kitchen.modelRadio)
				}
				if bands.Stats().Connected < noiseBands {
					back += time.Second
				}
			} else if got := bands.Stats().Connected; s == 60 && got != noiseBands {
				t.Errorf("%d bands are connected after a minute", got)
			}
		}
		time.Sleep(time.Second)
		late = heap()
		used = cpu(t) - used
		for _, m := range models {
			sent += m.given()
		}
		for i := range noiseButtons {
			id := care.SourceID(fmt.Sprintf("s-%d", i))
			if got := notes.presses[id]; got != c.presses[i] {
				t.Errorf("%s: %d presses came, %d were made", id, got, c.presses[i])
			}
		}
		if b := bands.Stats(); b.Lost != 0 || b.Malformed != 0 || b.Panics != 0 || b.Connected != noiseBands || b.Values != sent {
			t.Errorf("of %d notifications and values that were read: %+v", sent, b)
		}
		if back == 0 || back > 30*time.Second {
			t.Errorf("bands were without a connection for %v after their bridge was gone", back)
		}
		s := hub.Stats()
		if s.Panics != 0 || s.Replayed != 0 || s.Malformed != 0 || s.Strangers != 200 {
			t.Errorf("%+v", s)
		}
		if r := hub.Radios(); r["hall"] != care.RadioHears || r["kitchen"] != care.RadioHears || r["gateway"] != care.RadioHears {
			t.Errorf("radios %v", r)
		}
		if took := adapter.at.Sub(began) - 2*time.Minute; adapter.at.IsZero() {
			t.Error("the deaf adapter never hears again")
		} else if took > 2*time.Minute {
			t.Errorf("the deaf adapter hears again after %v", took)
		}
		if late > early+256<<10 {
			t.Errorf("memory grew from %d to %d bytes in eight minutes", early, late)
		}
		if n := runtime.NumGoroutine(); n > routines+2 {
			t.Errorf("%d goroutines became %d in eight minutes", routines, n)
		}
		// The crowd's own work is in it; what drivers do before an advertisement is
		// handed over is not, and measured by their benchmarks.
		if used > noiseTime/10 {
			t.Errorf("%v of CPU in %v", used, noiseTime)
		}
		t.Logf("%d values of %d bands, away for %v with their bridge", sent, noiseBands, back)
		t.Logf("%d advertisements, %d presses, %d readings; heap %d and %d KiB, %d goroutines; CPU %.1f s for %v: %.1f %% of a core here",
			s.Adverts, notes.all, notes.readings, early>>10, late>>10, routines, used.Seconds(), noiseTime, 100*used.Seconds()/noiseTime.Seconds())
		stop()
		running.Wait()
	})
}

// beat notifies a heart rate, and reports whether anybody listens.
func (m *modelled) beat(bpm byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn == nil || m.conn.notify[heartRate] == nil {
		return false
	}
	m.conn.send(heartRate, []byte{0x06, bpm}) // on the skin
	return true
}

// connected reports whether somebody is connected to it.
func (m *modelled) connected() bool {
	_, is := m.was()
	return is
}

// given is how many values were read of it.
func (m *modelled) given() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reads
}

// leave ends the connection by a radio that is gone.
func (m *modelled) leave(r *modelRadio) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn != nil && m.conn.radio == r {
		m.conn.end()
	}
}

// tally counts, so that what it keeps does not grow.
type tally struct {
	mu       sync.Mutex
	presses  map[care.SourceID]int
	all      int
	readings int
}

func (n *tally) Reading(r care.Reading) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.readings++
	if r.Metric == care.ButtonPress {
		n.presses[r.Source]++
		n.all++
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// cpu is what this process has used.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSecondOfAWard is one second of it: 500 tags, ten times each, by two
// bridges.
func BenchmarkSecondOfAWard(b *testing.B) {
	c := newCrowd()
	var devices []Device
	for i := range noiseTags {
		if kind := noiseKind(i); kind != "" {
			devices = append(devices, Device{ID: care.SourceID(fmt.Sprintf("s-%d", i)), Kind: kind, Address: noiseAddress(i).String()})
		}
	}
	hub, err := New([]Station{{Name: "a", Radio: newAerial("a")}, {Name: "b", Radio: newAerial("b")}}, devices, &tally{presses: map[care.SourceID]int{}}, Opts{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	adverts := 0
	for b.Loop() {
		c.second()
		for range noiseRate {
			for _, s := range hub.stations {
				for i := range c.packets {
					hub.heard(s, &c.packets[i])
					adverts++
				}
			}
		}
	}
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N), "%core")
	b.ReportMetric(float64(adverts)/b.Elapsed().Seconds(), "adverts/s")
}

// A packet that was heard before, as nine of ten are, costs no memory.
func BenchmarkRepeatedAdvert(b *testing.B) {
	hub, err := New([]Station{{Name: "a", Radio: newAerial("a")}}, []Device{device("tag")}, &tally{}, Opts{})
	if err != nil {
		b.Fatal(err)
	}
	h := bthome(1, 0x02, 0x34, 0x08)
	b.ReportAllocs()
	for b.Loop() {
		hub.heard(hub.stations[0], &h)
	}
}

// One that is new is decoded.
func BenchmarkNewAdvert(b *testing.B) {
	hub, err := New([]Station{{Name: "a", Radio: newAerial("a")}}, []Device{device("tag")}, &tally{}, Opts{})
	if err != nil {
		b.Fatal(err)
	}
	h := bthome(1, 0x02, 0x34, 0x08)
	b.ReportAllocs()
	for b.Loop() {
		h.ServiceData[0].Bytes[2]++
		hub.heard(hub.stations[0], &h)
	}
}

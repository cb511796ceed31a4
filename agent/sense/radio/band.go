package radio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// Band is a device that is connected to: a band, or a cuff, scale, thermometer,
// oximeter or meter that speaks by the health services of the Bluetooth SIG.
type Band struct {
	ID        care.SourceID
	Resident  care.ResidentID
	Kind      string
	Address   advert.Address
	Bond      bool  // it wants a bond
	User      uint8 // whose values of a shared device are this resident's; 0: all that are somebody's
	Calls     bool  // somebody may call by it: a slot is kept for it
	Simulated bool  // it is a model
}

// ParseAddress reads the address of a device, as in "A4:C1:38:8D:18:B2".
func ParseAddress(s string) (advert.Address, error) { return advert.ParseAddress(s) }

// BandOpts are the optional parts of Bands.
type BandOpts struct {
	Log  *slog.Logger
	Dir  string         // where what was read is remembered, "" for nowhere
	Zone *time.Location // of the home: what a device's clock is set to; nil means UTC
	// Stored is how long a reading takes at most until it is safe on disk: a
	// record is not taken for read before.
	Stored time.Duration
	Leases LeaseOpts
}

// finder knows which radios hear a device.
type finder interface {
	Best(a advert.Address) []Candidate
}

// Bands keeps connections with all devices that are connected to.
type Bands struct {
	desk  *desk
	bands []*band
}

// NewBands takes the devices; nothing is connected yet.
func NewBands(list []Band, find finder, sink Sink, opts BandOpts) (*Bands, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	a := &Bands{desk: newDesk(opts.Leases)}
	for _, d := range list {
		if slices.ContainsFunc(a.bands, func(b *band) bool { return b.Address == d.Address }) {
			return nil, fmt.Errorf("radio: two sensors connect to %s", d.Address)
		}
		b := &band{Band: d, class: classOf(d.Kind), desk: a.desk, find: find, sink: sink, opts: opts,
			log: opts.Log.With("component", "band", "source", string(d.ID)), voice: voice{state: -1}, failing: map[string]int{}}
		if opts.Dir != "" {
			b.file = filepath.Join(opts.Dir, strings.ReplaceAll(d.Address.String(), ":", "")+".json")
		}
		b.counts.state.Store(-1)
		var err error
		if b.kept, err = loadBand(b.file); err != nil {
			b.log.Error("what was read of a device is not known: its records may come twice", "error", err)
		}
		if d.Calls {
			b.class = Calls
		}
		b.safely = b.kept.copied()
		a.desk.leases.Add(b.key(), b.class)
		a.bands = append(a.bands, b)
	}
	return a, nil
}

// Run connects until ctx ends. A device that fails is tried again for as long
// as it takes, and never ends Run.
func (a *Bands) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { a.desk.run(ctx) })
	for _, b := range a.bands {
		all.Go(func() { b.run(ctx) })
		all.Go(func() { b.keep(ctx) })
	}
	all.Wait()
	return nil
}

// BandStats are counters since the start, for metrics.
type BandStats struct {
	Connects  uint64 // that worked
	Failed    uint64 // connects that did not
	Values    uint64 // notifications and values read
	Malformed uint64 // values that break their format
	Records   uint64 // read back from the memory of a device
	Undated   uint64 // records whose time cannot be
	Strangers uint64 // values of a user whom the device does not know, or of another
	Lost      uint64 // notifications that came faster than they were read
	Panics    uint64
	Connected int // now
}

// Stats sums up all devices.
func (a *Bands) Stats() (t BandStats) {
	for _, b := range a.bands {
		c := &b.counts
		t.Connects += c.connects.Load()
		t.Failed += c.failed.Load()
		t.Values += c.values.Load()
		t.Malformed += c.malformed.Load()
		t.Records += c.records.Load()
		t.Undated += c.undated.Load()
		t.Strangers += c.strangers.Load()
		t.Lost += c.lost.Load()
		t.Panics += c.panics.Load()
		if c.connected.Load() {
			t.Connected++
		}
	}
	return t
}

// States returns what was last learned about every device: values of
// care.SensorState, and -1 for those that were not reached yet.
func (a *Bands) States() map[care.SourceID]int {
	m := map[care.SourceID]int{}
	for _, b := range a.bands {
		m[b.ID] = int(b.counts.state.Load())
	}
	return m
}

// bandCounts are the figures of one device.
type bandCounts struct {
	connects, failed, values, malformed, records, undated, strangers, lost, panics atomic.Uint64
	connected                                                                      atomic.Bool
	state                                                                          atomic.Int32 // as voice has it
}

// band is one device and what is known of it. Its goroutine owns all but kept.
type band struct {
	Band
	class  Class
	desk   *desk
	find   finder
	sink   Sink
	opts   BandOpts
	log    *slog.Logger
	file   string
	counts bandCounts

	failing map[string]int // radios by connects that failed in a row
	trouble time.Time      // since when it is heard and does not connect, zero: it does
	known   bool           // its maker and model were read
	brought bool           // this connection brought something of its wearer
	voice

	mu     sync.Mutex
	kept   *bandState
	safely map[string]*serviceRecord // the tokens as they are in the file
	dirty  time.Time                 // when kept last changed without the file, zero: it did not
}

// key names the device among the leases.
func (b *band) key() string { return b.Address.String() }

// run connects again and again, until ctx ends.
func (b *band) run(ctx context.Context) {
	rest, leave := reconnect, again
	next := time.Time{}
	for ctx.Err() == nil {
		now := time.Now()
		if now.Before(next) || len(b.candidates()) == 0 {
			b.unreached(now)
			pause(ctx, time.Second)
			continue
		}
		h := b.desk.wait(ctx, b.key(), b.candidates)
		if h == nil {
			continue
		}
		began := time.Now()
		b.brought = false
		err := b.connect(ctx, h)
		now = time.Now()
		switch {
		case errors.Is(err, ble.ErrNoSlot):
			next = now.Add(time.Second)
			continue
		case err != nil:
			b.log.Info("connection failed", "radio", h.Radio, "error", err)
			if b.trouble.IsZero() {
				b.trouble = now
			}
			if now.Sub(began) > settled {
				rest = reconnect
			}
			next = now.Add(around(rest))
			rest = min(2*rest, reconnectMost)
			continue
		}
		rest = reconnect
		if b.class != Visit { // its turn is over
			next = now.Add(around(time.Second))
			continue
		}
		if leave = min(2*leave, againMost); b.brought {
			leave = again
		}
		next = now.Add(around(leave))
	}
}

// around returns about d: devices that failed together do not come back together.
func around(d time.Duration) time.Duration { return d*3/4 + rand.N(d/2) }

// candidates are the radios that reach the device, the best first; those that
// failed with it last.
func (b *band) candidates() []Candidate {
	lately := lately
	if b.class == Visit {
		lately = awake
	}
	list := connectable(b.find.Best(b.Address), lately, time.Now())
	slices.SortStableFunc(list, func(x, y Candidate) int { return b.failing[x.Radio] - b.failing[y.Radio] })
	return list
}

// connect uses one lease, from the connect to the end of the connection. It
// returns nil where the device was left, not lost.
func (b *band) connect(ctx context.Context, h *hold) (err error) {
	how := b.desk.leases.Failed
	defer func() {
		if p := recover(); p != nil {
			b.counts.panics.Add(1)
			b.log.Error("session panicked", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("radio: session panicked: %v", p)
		}
		b.desk.over(h, how)
	}()
	list := b.candidates()
	i := slices.IndexFunc(list, func(c Candidate) bool { return c.Radio == h.Radio })
	if i < 0 {
		return fmt.Errorf("radio: %s does not hear it any more", h.Radio)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-h.leave:
			stop()
		case <-ctx.Done():
		}
	}()
	trying, cancel := context.WithDeadline(ctx, h.By)
	conn, err := list[i].Central.Connect(trying, ble.Device{Address: b.Address, Random: list[i].Random, Bond: b.Bond})
	cancel()
	if err != nil {
		if errors.Is(err, ble.ErrNoSlot) {
			how = b.desk.leases.Refused
			return err
		}
		b.counts.failed.Add(1)
		b.failing[h.Radio]++
		return err
	}
	how = b.desk.leases.Ended
	defer conn.Close() // before the slot is given back; its error helps nobody
	clear(b.failing)
	b.counts.connects.Add(1)
	b.counts.connected.Store(true)
	defer b.counts.connected.Store(false)
	b.desk.do(func(at time.Time) { b.desk.leases.Connected(h.Lease, at) })
	b.log.Info("connected", "radio", h.Radio, "rssi", list[i].RSSI)
	b.reached(time.Now(), list[i])
	err = b.session(ctx, conn)
	if ctx.Err() != nil {
		return nil // asked to leave
	}
	return err
}

// reached says that the device answers.
func (b *band) reached(now time.Time, c Candidate) {
	b.trouble = time.Time{}
	b.works(now)
	b.say(care.SignalStrength, c.RSSI, 100, now)
}

// unreached says, after a while, that a device that is heard does not connect.
func (b *band) unreached(now time.Time) {
	if len(b.candidates()) == 0 {
		b.trouble = time.Time{} // nobody hears it: supervision tells of its silence
		return
	}
	if b.trouble.IsZero() {
		b.trouble = now
	}
	if b.class != Visit && now.Sub(b.trouble) >= refuses {
		b.is(care.SensorSilent, now)
	}
}

// keep writes what was read when it is safe.
func (b *band) keep(ctx context.Context) {
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return // what is not safe yet is read again after the restart
		case now := <-beat.C:
			b.safe(now)
		}
	}
}

// safe writes the state when everything that it says was read is stored.
func (b *band) safe(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dirty.IsZero() || now.Sub(b.dirty) < b.opts.Stored {
		return
	}
	reading := b.kept.Reading
	b.kept.Reading = nil
	b.dirty = time.Time{}
	if err := b.kept.store(b.file); err != nil {
		b.kept.Reading, b.dirty = reading, now
		b.log.Error("what was read is not remembered, and read again after a restart", "error", err)
		return
	}
	b.safely = b.kept.copied()
}

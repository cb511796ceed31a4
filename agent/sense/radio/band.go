package radio

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
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
	Forced    uint64 // slots that were taken back from connections that did not end
	Connected int    // now
}

// Stats sums up all devices.
func (a *Bands) Stats() (t BandStats) {
	t.Forced = a.desk.forced()
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
	vain    int            // connects that failed since one that did not
	known   bool           // its maker and model were read
	unsure  []unsure       // values whose time is not known yet
	brought bool           // this connection brought something of its wearer
	voice

	mu     sync.Mutex
	kept   *bandState
	holds  bool                      // a value that was taken is held back
	safely map[string]*serviceRecord // the tokens as they are in the file
	dirty  time.Time                 // when kept last changed without the file, zero: it did not
}

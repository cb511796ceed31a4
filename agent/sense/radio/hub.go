package radio

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// Sink takes what was heard. It is called from many goroutines and must return
// soon.
type Sink interface {
	Reading(r care.Reading)
}

// Station is one radio of the home.
type Station struct {
	Name  string // the source of its readings
	Radio ble.Radio
	// Quiet is within how long something can always be heard: after that it is
	// deaf. 0 means that nobody knows, and that it is judged after DefaultQuiet by
	// what else fell silent; a negative value that it may be silent for ever.
	Quiet     time.Duration
	Simulated bool // what it hears comes from a model
}

// DefaultQuiet is how long a radio may hear nothing (row B2 of the requirements).
const DefaultQuiet = time.Minute

// Device is one sensor that is heard by radio. Several may share an address: a
// door contact may also be a thermometer.
type Device struct {
	ID       care.SourceID
	Resident care.ResidentID
	Kind     string // as in the table of kinds
	Address  string // as in "A4:C1:38:8D:18:B2"
	KeyFile  string // of the key with which it encrypts, "" where it does not
	// Name is how the names of its records begin, of one that comes in SenML packs
	// and has no address.
	Name string
	// Connects says that others keep a connection with it: it is followed, so that
	// they know who hears it, and nothing is said of it here.
	Connects bool
	// Silence is after how long without a word it counts as silent, 0 for one
	// that speaks when it wants.
	Silence time.Duration
	// Carried says that people carry it out of reach: its silence is no fault of
	// its own, and detection, which knows how urgent it is, measures it alone.
	Carried bool
}

// Opts are the optional parts.
type Opts struct {
	Log *slog.Logger
	// Decode reads SenML packs; without it they are refused.
	Decode Decoder
}

// Hub runs all radios of one home.
type Hub struct {
	sink     Sink
	log      *slog.Logger
	seed     maphash.Seed
	stations []*station
	decode   Decoder

	mu        sync.Mutex
	tags      map[advert.Address]*tag
	order     []*tag // by their first device
	named     []*named
	strangers strangers
	measures  []advert.Measure // reused

	counts counts
}

// New checks that every device has a kind that can be heard. It opens nothing.
func New(stations []Station, devices []Device, sink Sink, opts Opts) (*Hub, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Decode == nil {
		opts.Decode = func([]byte, time.Time) ([]Record, error) { return nil, errors.New("radio: nobody reads SenML") }
	}
	h := &Hub{
		sink: sink, decode: opts.Decode, log: opts.Log.With("component", "radio"), seed: maphash.MakeSeed(),
		tags: map[advert.Address]*tag{}, strangers: newStrangers(),
	}
	if len(stations) > advert.MaxRadios {
		return nil, fmt.Errorf("radio: %d radios, at most %d", len(stations), advert.MaxRadios)
	}
	for i, s := range stations {
		st := newStation(h, i, s)
		if b, ok := s.Radio.(*Bridge); ok {
			b.packs = func(payload []byte) { h.pack(st, payload) }
		}
		h.stations = append(h.stations, st)
	}
	for _, d := range devices {
		if err := h.add(d); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *Hub) add(d Device) error {
	u, err := newUse(d)
	if err != nil && !d.Connects {
		return err
	}
	if d.Address == "" {
		h.named = append(h.named, &named{prefix: d.Name, use: u, last: map[care.Metric]time.Time{}, events: map[care.Metric]*events{}})
		return nil
	}
	a, err := advert.ParseAddress(d.Address)
	if err != nil {
		return fmt.Errorf("radio: sensor %q: %w", d.ID, err)
	}
	t := h.tags[a]
	if t == nil {
		t = newTag(a, len(h.stations))
		h.tags[a] = t
		h.order = append(h.order, t)
	}
	if t.key.file == "" {
		t.key.file = d.KeyFile
	}
	if !d.Connects {
		t.uses = append(t.uses, u)
	}
	return nil
}

// Run hears until ctx ends. A radio that fails is tried again for as long as it
// takes, and never ends Run.
func (h *Hub) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, s := range h.stations {
		wg.Go(func() { s.run(ctx) })
		wg.Go(func() { s.watch(ctx) })
	}
	wg.Go(func() { h.tick(ctx) })
	wg.Wait()
	return nil
}

// tick looks at what does not speak.
func (h *Hub) tick(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-t.C:
			h.mu.Lock()
			for _, g := range h.order {
				g.tick(h, at)
			}
			for _, n := range h.named {
				n.tick(h, at)
			}
			h.mu.Unlock()
		}
	}
}

// heard takes one advertisement from a radio. What panics in it costs this one.
func (h *Hub) heard(s *station, e *ble.Heard) {
	defer func() {
		if p := recover(); p != nil {
			h.counts.panics.Add(1)
			h.log.Error("advertisement panicked", "radio", s.Name, "value", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	at := time.Now()
	h.counts.adverts.Add(1)
	s.adverts.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if e.Connected {
		if t := h.tags[e.Address]; t != nil {
			t.reach(s, e, h.stations, at)
		}
		return
	}
	for _, o := range h.stations {
		if o == s {
			s.ladder.hear(e.Address, at)
		} else {
			o.ladder.elsewhere(s.number, e.Address, e.RSSI, at)
		}
	}
	t := h.tags[e.Address]
	if t == nil {
		h.stranger(s, e, at)
		return
	}
	t.hear(h, s, e, at)
}

// stranger counts a device that nobody configured, and tells of it once.
func (h *Hub) stranger(s *station, e *ble.Heard, at time.Time) {
	h.counts.unknown.Add(1)
	if !h.strangers.meet(e.Address) {
		return
	}
	h.counts.strangers.Add(1)
	r, err := advert.Decode(&e.Advert, nil)
	if errors.Is(err, advert.ErrUnknown) && e.Report != nil {
		r, err = *e.Report, nil
	}
	if err != nil || !h.strangers.tell(at) {
		return // of another format, as all telephones are, or too many at once
	}
	h.log.Info("device is heard that is not configured", "address", e.Address.String(), "format", r.Format,
		"maker", r.Maker, "model", r.Model, "radio", s.Name, "rssi", e.RSSI)
}

// Best returns the radios that hear a configured device, the best first: those
// that heard it lately by their strength, the radio of the device before all.
func (h *Hub) Best(a advert.Address) []Candidate {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.tags[a]
	if t == nil {
		return nil
	}
	return t.candidates(h.stations, time.Now())
}

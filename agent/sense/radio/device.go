package radio

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"time"

	"osmanthus/agent/sense"
	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

const (
	// strangeKeys packets in a row whose key is missing or does not fit, or that are
	// not encrypted although there is one, make a device another one.
	strangeKeys = 3
	// strangeCounters packets in a row that are refused by their counter are a
	// device that began anew elsewhere than at 0, or somebody who plays it back.
	strangeCounters = 3
	// foreign is how long a device may be heard that says nothing that can be read.
	foreign = 10 * time.Minute
)

// tag is one device that is heard, and the sensors that it is.
type tag struct {
	address advert.Address
	random  bool // its address is a random one
	key     keyring
	uses    []*use

	gate   advert.Gate
	tracks []track
	chosen int // of tracks, -1 before it was heard
	moves  int // times that another radio was chosen
	heard  time.Time
	locked int // packets in a row that could not be opened
	// refused is how many packets in a row had a counter that was seen, the last
	// of them number.
	refused int
	number  uint32
	first   time.Time // when it was heard first
	// understood says that something of it could be read, ever.
	understood bool
	moving     bool // the packet that was new last says motion
}

func newTag(a advert.Address, radios int) *tag {
	return &tag{address: a, tracks: make([]track, radios), chosen: -1}
}

// use is one sensor of a device.
type use struct {
	Device
	metrics map[string]care.Metric // by the name of the measure
	state   int                    // of care.SensorState, -1 before it was heard
	said    time.Time              // when the state was
	signal  time.Time              // when the strength was
	values  []value
}

func newUse(d Device) (*use, error) {
	metrics, ok := sense.Heard(d.Kind)
	if !ok {
		return nil, fmt.Errorf("radio: sensor %q: a %s is not heard by radio", d.ID, d.Kind)
	}
	return &use{Device: d, metrics: metrics, state: -1}, nil
}

// reach notes by which radio a device can be connected, though it does not speak.
func (t *tag) reach(s *station, e *ble.Heard, stations []*station, at time.Time) {
	t.random = e.Random
	t.tracks[s.number].note(e.RSSI, at)
	t.choose(s.number, stations, at)
}

// hear takes one advertisement of the device; h.mu is held.
func (t *tag) hear(h *Hub, s *station, e *ble.Heard, at time.Time) {
	t.random = e.Random
	t.tracks[s.number].note(e.RSSI, at)
	t.choose(s.number, h.stations, at)
	if t.first.IsZero() {
		t.first = at
	}
	c := advert.Copy{Radio: s.number, At: at, Raw: sum(h.seed, e)}
	if t.gate.Known(c) && !t.due(at) {
		t.repeated(h, at, nil)
		t.alive(h, s, at)
		return
	}
	r, ok := t.decode(h, e, at)
	if !ok {
		switch { // what a key does not open may be anybody's
		case t.locked >= strangeKeys || !t.understood && at.Sub(t.first) >= foreign:
			t.is(h, s, care.SensorWrong, at)
		case t.key.file == "" && t.locked == 0:
			t.alive(h, s, at)
		}
		return
	}
	t.understood = true
	h.measures = r.Measures(h.measures[:0])
	c.Said = said(h.seed, h.measures)
	p, err := t.gate.New(&r, c)
	switch {
	case err != nil:
		h.counts.replayed.Add(1)
		// Whoever sends this need not be the device. But if it is, and its counter was
		// set back, it is never heard again: that is said.
		if t.refused == 0 || t.number != r.Packet {
			t.refused, t.number = t.refused+1, r.Packet
		}
		if t.refused >= strangeCounters {
			t.is(h, s, care.SensorWrong, at)
		}
		return
	case p == advert.Repeated:
		t.repeated(h, at, h.measures)
	case p == advert.Late:
		h.counts.late.Add(1)
	}
	t.refused = 0
	t.alive(h, s, at)
	if p == advert.Repeated {
		return
	}
	t.moving = false
	for i, u := range t.uses {
		t.moving = u.take(h, s, h.measures, p, at, i == 0) || t.moving
	}
}

// due reports whether something has to be said again though it is the same.
func (t *tag) due(at time.Time) bool {
	for _, u := range t.uses {
		for i := range u.values {
			if u.values[i].due(at) {
				return true
			}
		}
	}
	return false
}

// repeated notes a copy of what was heard before: who still says that somebody
// moves means it, and what is still so is said again when it is due.
func (t *tag) repeated(h *Hub, at time.Time, ms []advert.Measure) {
	h.counts.repeated.Add(1)
	for i, u := range t.uses {
		for k := range u.values {
			if v := &u.values[k]; t.moving && v.metric == care.Motion {
				v.heard = at
			}
		}
		for _, m := range ms {
			u.still(h, m, at, i == 0)
		}
	}
}

// decode reads what was heard: the raw bytes, or what a bridge made of them
// that gives nothing raw. What a device with a key sends must be encrypted.
func (t *tag) decode(h *Hub, e *ble.Heard, at time.Time) (r advert.Report, ok bool) {
	key, err := t.key.get(at)
	if err != nil {
		h.counts.locked.Add(1)
		if t.key.news {
			h.log.Error("key of a device cannot be read", "address", t.address.String(), "error", err)
		}
		t.locked++
		return r, false
	}
	r, err = advert.Decode(&e.Advert, key)
	bridged := e.Report != nil && (key == nil || e.Report.Encrypted && e.Report.Verified)
	if bridged && (errors.Is(err, advert.ErrUnknown) || err == nil && r.Encrypted && !r.Verified) {
		r, err = *e.Report, nil
	}
	switch {
	case errors.Is(err, advert.ErrUnknown): // its name, or a beacon beside
		return r, false
	case err != nil:
		h.counts.malformed.Add(1)
		if key != nil {
			t.locked++
		}
		return r, false
	case r.Encrypted && !r.Verified:
		h.counts.locked.Add(1)
		t.locked++
		return r, false
	}
	t.locked = 0
	return r, true
}

// sum stands for the bytes of an advertisement, as a radio gives them.
func sum(seed maphash.Seed, e *ble.Heard) uint64 {
	const odd = 0x9E3779B97F4A7C15
	n := uint64(1)
	for _, d := range e.ServiceData {
		n = n*odd ^ maphash.Bytes(seed, d.Bytes) ^ uint64(d.ID)
	}
	for _, d := range e.Manufacturer {
		n = n*odd ^ maphash.Bytes(seed, d.Bytes) ^ uint64(d.ID)<<16
	}
	if e.Report != nil {
		n = n*odd ^ uint64(e.Report.Packet)
		for _, v := range e.Report.Values {
			n = n*odd ^ maphash.String(seed, v.Name) ^ math.Float64bits(v.Number) ^ maphash.String(seed, v.Text)
		}
	}
	return n
}

// said stands for what an advertisement says.
func said(seed maphash.Seed, ms []advert.Measure) uint64 {
	const odd = 0x9E3779B97F4A7C15
	n := uint64(1)
	for _, m := range ms {
		n = n*odd ^ maphash.String(seed, m.Metric) ^ math.Float64bits(m.Value)
	}
	return n
}

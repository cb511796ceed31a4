package radio

import (
	"slices"
	"strings"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
)

// Record is a resolved record of a SenML pack that is a reading.
type Record struct {
	Name   string // with which sensors are told
	Metric string
	Value  float64 // in the metric's unit
	At     time.Time
}

// Decoder reads a SenML pack that was received at a time: its records that are
// readings.
type Decoder func(payload []byte, received time.Time) ([]Record, error)

const (
	// ahead is how far into the future the clock of another gateway may be for a
	// quantity to be believed.
	ahead = time.Minute
	// doubted is how long all quantities of a sensor may be refused for their
	// times until it is said: a pack that comes twice, or history, is over sooner.
	doubted = 5 * time.Minute
	// copied is how long the same event at a time that cannot be is a pack that
	// came twice.
	copied = time.Minute
)

// named is a sensor that comes in SenML packs.
type named struct {
	prefix string // how the names of its records begin
	use    *use
	heard  time.Time
	last   map[care.Metric]time.Time // of what was passed on
	doubt  time.Time                 // since when quantities are refused for their times, zero while they are not
	wrong  bool                      // they are for so long that its clock must be
	// events are the last presses and changes of states: the same pack may come
	// twice.
	events map[care.Metric]*events
	moved  time.Time // when motion was said last, zero when it ended
	model  bool      // a model said it
}

// events are those of one metric that came last.
type events struct {
	all  [16]event
	next int
}

// event is one, by the clock of its sender.
type event struct {
	at    time.Time
	value float64
	heard time.Time // by our clock
}

// came reports whether an event came before, and remembers it. A state that
// differs from the one before at the same time is new: the sender's clock stands
// still. So is one that comes again at a time that cannot be: the clock begins at
// the same time with each press that wakes the sender.
func (e *events) came(r Record, at time.Time) bool {
	newest := e.all[(e.next+len(e.all)-1)%len(e.all)]
	still := newest.at.Equal(r.At) && newest.value != r.Value
	cannotBe := r.At.After(at.Add(ahead)) || at.Sub(r.At) > farPast
	if !still && slices.ContainsFunc(e.all[:], func(o event) bool {
		return o.at.Equal(r.At) && o.value == r.Value && !(cannotBe && at.Sub(o.heard) >= copied)
	}) {
		return true
	}
	e.all[e.next] = event{r.At, r.Value, at}
	e.next = (e.next + 1) % len(e.all)
	return false
}

// pack takes a pack from a bridge. What is malformed is refused as a whole, and
// counted.
func (h *Hub) pack(s *station, payload []byte) {
	at := time.Now()
	h.counts.packs.Add(1)
	s.adverts.Add(1)
	records, err := h.decode(payload, at)
	h.mu.Lock()
	defer h.mu.Unlock()
	s.ladder.hear(advert.Address{}, at)
	if err != nil {
		h.counts.refused.Add(1)
		return
	}
	for _, r := range records {
		prefix := h.prefix(r.Name)
		if prefix == "" {
			h.counts.unknown.Add(1)
			continue
		}
		first := true // of the sensors of a device, which tells the battery
		for _, n := range h.named {
			if n.prefix == prefix {
				n.take(h, s, r, at, first)
				first = false
			}
		}
	}
}

// prefix is how the name of a record begins by the sensors that it is of: those
// whose prefix says most, "" for none.
func (h *Hub) prefix(name string) (most string) {
	for _, n := range h.named {
		if strings.HasPrefix(name, n.prefix) && len(n.prefix) > len(most) {
			most = n.prefix
		}
	}
	return most
}

// take passes on a record. It has the pace of whoever sent it, and the same comes
// once. A clock that is wrong costs a quantity, never a press or a state: these
// count in the order in which they come, and are of now where their time cannot
// be. A quantity that is older than what came is history.
func (n *named) take(h *Hub, s *station, r Record, at time.Time, first bool) {
	n.heard = at
	metric, ok := n.use.metrics[r.Metric]
	if !ok && r.Metric == battery && first {
		metric, ok = care.BatteryLevel, true
	}
	info, _ := metric.Info()
	event := info.State || metric == n.use.metrics[press]
	fits := ok && (event || n.fits(h, metric, r, at))
	state := care.SensorWorks
	if n.wrong {
		state = care.SensorWrong
	}
	n.use.is(h, state, at, s.Simulated)
	switch {
	case !ok:
	case event:
		n.event(h, s, metric, r, at)
	case fits:
		n.last[metric] = r.At
		n.use.send(h, metric, r.Value, sooner(r.At, at), s.Simulated)
	}
}

// fits reports whether the time of a quantity can be. A clock that lets none fit
// makes all worthless that the sensor measures.
func (n *named) fits(h *Hub, m care.Metric, r Record, at time.Time) bool {
	last, future := n.last[m], at.Add(ahead)
	switch {
	case r.At.After(future):
		h.counts.refused.Add(1)
	case r.At.Equal(last):
		h.counts.repeated.Add(1)
		return false
	case r.At.Before(last) && !last.After(future):
		h.counts.repeated.Add(1)
	default:
		n.doubt, n.wrong = time.Time{}, false
		return true
	}
	if n.doubt.IsZero() {
		n.doubt = at
	}
	n.wrong = at.Sub(n.doubt) >= doubted
	return false
}

// event takes a press or a state whatever the clock of its sender shows, now or
// before: all that makes it an old one is that it came already.
func (n *named) event(h *Hub, s *station, m care.Metric, r Record, at time.Time) {
	if n.events[m] == nil {
		n.events[m] = &events{}
	}
	if n.events[m].came(r, at) {
		h.counts.repeated.Add(1)
		return
	}
	when := sooner(r.At, at)
	if at.Sub(when) > farPast {
		when = at
	}
	if m == n.use.metrics[press] {
		if r.Value != 0 {
			n.use.press(h, s, m, when)
		}
		return
	}
	if when.Before(n.last[m]) {
		when = at
	}
	if n.last[m] = when; m == care.Motion {
		n.moved, n.model = time.Time{}, s.Simulated
		if r.Value != 0 {
			n.moved = at
		}
	}
	n.use.send(h, m, r.Value, when, s.Simulated)
}

func sooner(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}

// tick says what silence says: that a sensor is silent, and that motion ended of
// one that tells its beginning only.
func (n *named) tick(h *Hub, at time.Time) {
	if n.heard.IsZero() {
		n.heard = at
	}
	n.use.quiet(h, n.heard, at)
	if !n.moved.IsZero() && at.Sub(n.moved) >= motionHold {
		n.moved, n.last[care.Motion] = time.Time{}, at
		n.use.send(h, care.Motion, 0, at, n.model)
	}
}

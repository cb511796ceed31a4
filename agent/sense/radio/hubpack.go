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

// ahead is how far into the future the clock of another gateway may be for a
// quantity to be believed.
const ahead = time.Minute

// named is a sensor that comes in SenML packs.
type named struct {
	prefix string // how the names of its records begin
	use    *use
	heard  time.Time
	last   map[care.Metric]time.Time
	// presses are the times of the last ones, by the sender's clock: the same pack
	// may come twice.
	presses [16]time.Time
	next    int
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
		n := h.name(r.Name)
		if n == nil {
			h.counts.unknown.Add(1)
			continue
		}
		n.take(h, s, r, at)
	}
}

// name finds the sensor of a record: the one whose prefix says most.
func (h *Hub) name(name string) (best *named) {
	for _, n := range h.named {
		if strings.HasPrefix(name, n.prefix) && (best == nil || len(n.prefix) > len(best.prefix)) {
			best = n
		}
	}
	return best
}

// take passes on a record. It has the pace of whoever sent it; the same comes
// once, and what is older than what came is history. A clock that is wrong costs
// a quantity, never a press or a state: what lies ahead is of now.
func (n *named) take(h *Hub, s *station, r Record, at time.Time) {
	n.heard = at
	n.use.is(h, care.SensorWorks, at, s.Simulated)
	metric, ok := n.use.metrics[r.Metric]
	if !ok && r.Metric == battery {
		metric, ok = care.BatteryLevel, true
	}
	info, _ := metric.Info()
	last, future := n.last[metric], at.Add(ahead)
	switch {
	case !ok:
	case r.Metric == press:
		n.pressed(h, s, metric, r, at)
	case r.At.After(future) && !info.State:
		h.counts.refused.Add(1)
	case r.At.Equal(last), r.At.Before(last) && !last.After(future):
		h.counts.repeated.Add(1)
	default:
		n.last[metric] = r.At
		n.use.send(h, metric, r.Value, sooner(r.At, at), s.Simulated)
	}
}

// pressed takes a press whatever the clock of its sender shows, now or before:
// all that makes it an old one is that it came already.
func (n *named) pressed(h *Hub, s *station, m care.Metric, r Record, at time.Time) {
	if slices.ContainsFunc(n.presses[:], r.At.Equal) {
		h.counts.repeated.Add(1)
		return
	}
	n.presses[n.next] = r.At
	n.next = (n.next + 1) % len(n.presses)
	if r.Value == 0 {
		return
	}
	when := sooner(r.At, at)
	if at.Sub(when) > farPast {
		when = at
	}
	n.use.press(h, s, m, when)
}

func sooner(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}

func (n *named) tick(h *Hub, at time.Time) {
	if n.heard.IsZero() {
		n.heard = at
	}
	n.use.quiet(h, n.heard, at)
}

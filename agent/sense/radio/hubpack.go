package radio

import (
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

// ahead is how far into the future the clock of another gateway may be.
const ahead = time.Minute

// named is a sensor that comes in SenML packs.
type named struct {
	prefix string // how the names of its records begin
	use    *use
	heard  time.Time
	last   map[care.Metric]time.Time
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
// once, and what is older than what came is history.
func (n *named) take(h *Hub, s *station, r Record, at time.Time) {
	n.heard = at
	n.use.is(h, care.SensorWorks, at, s.Simulated)
	metric, ok := n.use.metrics[r.Metric]
	if !ok && r.Metric == battery {
		metric, ok = care.BatteryLevel, true
	}
	switch {
	case !ok:
	case r.At.After(at.Add(ahead)):
		h.counts.refused.Add(1)
	case !r.At.After(n.last[metric]):
		h.counts.repeated.Add(1)
	case r.Metric == press:
		if n.last[metric] = r.At; r.Value != 0 {
			n.use.press(h, s, metric, r.At)
		}
	default:
		n.last[metric] = r.At
		n.use.send(h, metric, r.Value, r.At, s.Simulated)
	}
}

func (n *named) tick(h *Hub, at time.Time) {
	if n.heard.IsZero() {
		n.heard = at
	}
	n.use.quiet(h, n.heard, at)
}

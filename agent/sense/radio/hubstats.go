package radio

import (
	"sync/atomic"

	"osmanthus/care"
)

// counts are the figures of Stats.
type counts struct {
	adverts, unknown, strangers, malformed, repeated, late, replayed, locked, packs, refused, panics, restarts, rungs atomic.Uint64
}

// States returns what was last learned about every device: values of
// care.SensorState, and -1 for those that were not heard yet.
func (h *Hub) States() map[care.SourceID]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := map[care.SourceID]int{}
	for _, t := range h.order {
		for _, u := range t.uses {
			m[u.ID] = u.state
		}
	}
	for _, n := range h.named {
		m[n.use.ID] = n.use.state
	}
	return m
}

// Radios returns the state of every radio: values of care.RadioState.
func (h *Hub) Radios() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := map[string]int{}
	for _, s := range h.stations {
		m[s.Name] = s.state
	}
	return m
}

// Stats are counters since the start, for metrics.
type Stats struct {
	Adverts   uint64 // that came from any radio
	Unknown   uint64 // of devices that are not configured
	Strangers uint64 // devices that are not configured, as far as they are remembered
	Malformed uint64 // of configured devices, that break their format or have none
	Repeated  uint64 // that were heard before: repetitions, and copies by other radios
	Late      uint64 // copies that came after newer ones
	Replayed  uint64 // encrypted ones whose counter was seen
	Locked    uint64 // encrypted ones whose key is missing or does not fit
	Packs     uint64 // SenML packs that came
	Refused   uint64 // packs, records and messages of bridges that are malformed
	Panics    uint64 // that were caught, of radios, their messages and advertisements
	Restarts  uint64 // times that a radio was begun anew
	Rungs     uint64 // things that were tried on deaf radios
	Dropped   uint64 // advertisements of adapters that came faster than they were taken
}

// Stats sums up all radios.
func (h *Hub) Stats() Stats {
	c := &h.counts
	refused, panics, dropped := c.refused.Load(), c.panics.Load(), uint64(0)
	for _, s := range h.stations {
		if d, ok := s.Radio.(interface{ Dropped() uint64 }); ok {
			dropped += d.Dropped()
		}
		if p, ok := s.Radio.(interface{ Panics() uint64 }); ok {
			panics += p.Panics()
		}
		if b, ok := s.Radio.(*Bridge); ok {
			refused += b.Refused()
		}
	}
	return Stats{Packs: c.packs.Load(), Refused: refused, Dropped: dropped,
		Adverts: c.adverts.Load(), Unknown: c.unknown.Load(), Strangers: c.strangers.Load(), Malformed: c.malformed.Load(),
		Repeated: c.repeated.Load(), Late: c.late.Load(), Replayed: c.replayed.Load(), Locked: c.locked.Load(),
		Panics: panics, Restarts: c.restarts.Load(), Rungs: c.rungs.Load(),
	}
}

package sim

import "time"

// Scene is what a radar module looks at.
type Scene struct {
	Present bool
	Moving  bool
	Fallen  bool    // lies on the floor
	InBed   bool    // of a module that watches a bed
	Metres  float64 // from the module
	Heart   float64 // /min, 0 where the module finds none
	Breath  float64 // /min, 0 where the module finds none
}

// Radar is what a radar module sees at an instant.
type Radar func(at time.Time) Scene

// beat tells when something that comes every so often is due.
type beat struct {
	every time.Duration
	next  time.Time
}

// due reports whether it is time, once for each time.
func (b *beat) due(at time.Time) bool {
	if b.next.IsZero() || at.Sub(b.next) > time.Second {
		b.next = at // nobody listened
	}
	if at.Before(b.next) {
		return false
	}
	b.next = b.next.Add(b.every)
	return true
}

package health

import (
	"fmt"
	"sync"
	"time"
)

// Pulses tell whether the parts that must go round do.
type Pulses struct {
	mu    sync.Mutex
	parts map[string]*pulse
}

type pulse struct {
	limit time.Duration
	last  time.Time
}

// NewPulses returns a set that watches nothing yet.
func NewPulses() *Pulses { return &Pulses{parts: map[string]*pulse{}} }

// Watch begins to watch a part, and returns what it has to call at least once
// within limit.
func (p *Pulses) Watch(part string, limit time.Duration, at time.Time) (beat func(at time.Time)) {
	one := &pulse{limit, at}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts[part] = one
	return func(at time.Time) {
		p.mu.Lock()
		defer p.mu.Unlock()
		one.last = at
	}
}

// Alive returns an error that names a part that stands still.
func (p *Pulses) Alive(at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for part, one := range p.parts {
		if still := at.Sub(one.last); still > one.limit {
			return fmt.Errorf("health: %s stands still since %v", part, still.Round(time.Second))
		}
	}
	return nil
}

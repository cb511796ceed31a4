package sim

import (
	"sync"
	"time"
)

// stillClock is a clock that stands still until a test advances it.
type stillClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *stillClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stillClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

package ingest

import (
	"sync"
	"time"

	"osmanthus/care"
)

// How many messages of one gateway go into quarantine: so many at once, and so
// many a second after that. Each costs a write to disk, and the neighbours of
// a gateway that went mad wait for it.
const (
	floodBurst  = 500
	floodPerSec = 10
	floodMax    = 10_000 // gateways that are remembered
)

// flood bounds what each gateway may put into quarantine.
type flood struct {
	mu      sync.Mutex
	buckets map[care.GatewayID]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// allow takes one message into account, and reports whether it may be kept.
func (f *flood) allow(gateway care.GatewayID, at time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.buckets[gateway]
	if !ok {
		if f.buckets == nil || len(f.buckets) >= floodMax {
			f.buckets = map[care.GatewayID]bucket{}
		}
		b = bucket{tokens: floodBurst, at: at}
	}
	if passed := at.Sub(b.at); passed > 0 {
		b.tokens = min(floodBurst, b.tokens+floodPerSec*passed.Seconds())
		b.at = at
	}
	allowed := b.tokens >= 1
	if allowed {
		b.tokens--
	}
	f.buckets[gateway] = b
	return allowed
}

package ingest

import (
	"context"
	"sync"
	"time"

	"osmanthus/care"
)

// How long an answer of the registry is believed, and how many are kept.
const (
	knownFor = 5 * time.Second
	knownMax = 10_000
)

// known remembers for some seconds what the registry of gateways said.
type known struct {
	registry gateways

	mu      sync.Mutex
	entries map[care.GatewayID]knownEntry
}

type knownEntry struct {
	site  care.SiteID
	ok    bool
	until time.Time
}

func newKnown(registry gateways) *known {
	return &known{registry: registry, entries: map[care.GatewayID]knownEntry{}}
}

// registered reports whether the gateway is registered at the site.
func (k *known) registered(ctx context.Context, site care.SiteID, gateway care.GatewayID, at time.Time) (bool, error) {
	k.mu.Lock()
	e, found := k.entries[gateway]
	k.mu.Unlock()
	if !found || at.After(e.until) {
		var err error
		if e.site, e.ok, err = k.registry.Site(ctx, gateway); err != nil {
			return false, err
		}
		e.until = at.Add(knownFor)
		k.mu.Lock()
		if len(k.entries) >= knownMax {
			clear(k.entries)
		}
		k.entries[gateway] = e
		k.mu.Unlock()
	}
	return e.ok && e.site == site, nil
}

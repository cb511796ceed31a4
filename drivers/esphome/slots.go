package esphome

import (
	"context"
	"fmt"
	"sync"
	"time"

	"osmanthus/drivers/ble"
)

const (
	// DefaultSlots is how many connections a proxy holds that has not said:
	// ESPHome's own default.
	DefaultSlots = 3
	// endWait is how long the end of a connection may take before its slot
	// counts as free again.
	endWait = 5 * time.Second
	// maxCached is how many devices' services are remembered.
	maxCached = 64
)

// errGone is the end of a connection whose proxy is gone.
var errGone = fmt.Errorf("esphome: the proxy is gone: %w", ble.ErrGone)

// slots are the connections of a proxy.
type slots struct {
	mu       sync.Mutex
	features uint64
	told     bool // the proxy said how many connections it has
	free     int  // that it has left
	limit    int
	conns    map[uint64]*conn
	cached   map[uint64][]characteristic
}

// Slots is how many connections the proxy holds at once: what it said, 3 before,
// and 0 for one that only listens.
func (c *Client) Slots() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.told:
		return c.limit
	case c.features != 0 && c.features&activeConnections == 0:
		return 0
	}
	return DefaultSlots
}

// Connections is how many connections there are, those under way included.
func (c *Client) Connections() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.conns)
}

func (s *slots) able(features uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.features = features
}

// take takes a slot for a device, or says why there is none.
func (c *Client) take(address uint64) (*conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch old := c.conns[address]; {
	case c.features&activeConnections == 0:
		return nil, fmt.Errorf("esphome: %s does not connect: %w", c.link.name, ble.ErrNoSlot)
	case old != nil && !old.overdue():
		return nil, fmt.Errorf("esphome: %s is connected to it, or not yet done with it: %w", c.link.name, ble.ErrNoSlot)
	case old == nil && (c.told && c.free <= 0 || !c.told && len(c.conns) >= DefaultSlots):
		return nil, fmt.Errorf("esphome: %s: %w", c.link.name, ble.ErrNoSlot)
	case old == nil && c.told:
		c.free--
	}
	if c.conns == nil {
		c.conns = map[uint64]*conn{}
	}
	n := newConn(c, address)
	c.conns[address] = n
	return n, nil
}

// of returns the connection with a device, nil for none.
func (s *slots) of(address uint64) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns[address]
}

// release gives back the slot of a connection that the proxy has ended.
func (s *slots) release(n *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns[n.address] == n {
		delete(s.conns, n.address)
		s.free = min(s.free+1, s.limit) // the proxy says it exactly soon
	}
}

// recount takes what the proxy says of its slots, and returns the addresses of
// connections that nobody here holds: an earlier client left them behind.
func (s *slots) recount(f free) (strays []uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = int(min(f.limit, 64))
	s.free = int(min(f.free, uint64(s.limit)))
	if !s.told {
		for _, a := range f.allocated {
			if a != 0 && s.conns[a] == nil {
				strays = append(strays, a)
			}
		}
	}
	s.told = true
	return strays
}

// endAll ends every connection: the proxy is gone.
func (c *Client) endAll() {
	c.mu.Lock()
	conns := c.conns
	c.conns = nil
	c.mu.Unlock()
	for _, n := range conns {
		n.end(errGone)
		n.freed()
	}
}

// farewells are the messages that end all connections.
func (c *Client) farewells() (list []parcel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for address := range c.conns {
		list = append(list, parcel{msgDevice, deviceRequest(address, askDisconnect, false), nil})
	}
	return append(list, parcel{msgDisconnectRequest, nil, nil})
}

// services of a device that were learned before.
func (s *slots) known(address uint64) []characteristic {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.features&remoteCaching == 0 {
		return nil
	}
	return s.cached[address]
}

func (s *slots) learn(address uint64, list []characteristic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cached == nil || len(s.cached) >= maxCached {
		s.cached = map[uint64][]characteristic{}
	}
	s.cached[address] = list
}

func (s *slots) has(feature uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.features&feature != 0
}

// forget drops what was learned of a device, here and on the proxy: its
// firmware may be another one by now.
func (c *Client) forget(ctx context.Context, address uint64) {
	c.mu.Lock()
	_, known := c.cached[address]
	delete(c.cached, address)
	clear := known && c.features&cacheClearing != 0
	c.mu.Unlock()
	if clear {
		c.say(ctx, msgDevice, deviceRequest(address, askForgetServices, false)) // the next connect looks anew anyway
	}
}

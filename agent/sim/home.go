package sim

import (
	"sync"
	"time"
)

// Home is modelled buses, pins, serial lines and radios by name. Its methods may
// be called concurrently, as may those of everything in it.
type Home struct {
	now func() time.Time

	mu     sync.Mutex
	buses  map[string]*Bus
	pins   map[string]*Pin
	lines  map[string]*Serial
	radios map[string]*Radio
}

// NewHome returns an empty home that lives by the given clock; nil means time.Now.
func NewHome(now func() time.Time) *Home {
	if now == nil {
		now = time.Now
	}
	return &Home{now: now, buses: make(map[string]*Bus), pins: make(map[string]*Pin), lines: make(map[string]*Serial), radios: make(map[string]*Radio)}
}

// Bus returns the I²C bus of that name, making it if there is none.
func (h *Home) Bus(name string) *Bus {
	h.mu.Lock()
	defer h.mu.Unlock()
	b, ok := h.buses[name]
	if !ok {
		b = &Bus{name: name, now: h.now, wires: make(chan struct{}, 1), devices: make(map[uint16]*Device), changed: make(chan struct{})}
		h.buses[name] = b
	}
	return b
}

// Pin returns the pin of that name, making it if there is none.
func (h *Home) Pin(name string) *Pin {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.pins[name]
	if !ok {
		p = &Pin{name: name, now: h.now}
		h.pins[name] = p
	}
	return p
}

// Serial returns the serial line of that name, making one with nothing plugged
// in if there is none.
func (h *Home) Serial(name string) *Serial {
	h.mu.Lock()
	defer h.mu.Unlock()
	l, ok := h.lines[name]
	if !ok {
		l = &Serial{name: name, now: h.now, cut: -1}
		h.lines[name] = l
	}
	return l
}

// findSerial returns the serial line of that name if it has been made.
func (h *Home) findSerial(name string) *Serial {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines[name]
}

// find returns the bus or pin of that name if it has been made.
func (h *Home) find(name string) (*Bus, *Pin) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buses[name], h.pins[name]
}

package bluez

import (
	"sync"
	"sync/atomic"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// queueLength is how many advertisements wait for who takes them: 0.4 s of a ward
// with 500 tags. More are dropped, and counted.
const queueLength = 2048

// longest is how many bytes of data one advertisement may carry: those of an
// extended one that fills its chain (Bluetooth Core, volume 6, part B).
const longest = 1650

// queue is between who reads the bus and who takes advertisements: whatever the
// latter does, replies to calls are read meanwhile. Its memory is used again.
type queue struct {
	mu    sync.Mutex
	slots []slot
	head  int // next to take
	n     int
	more  chan struct{} // has a token when there may be something

	dropped atomic.Uint64
}

type slot struct {
	heard ble.Heard
	bytes []byte
}

func newQueue(n int) *queue { return &queue{slots: make([]slot, n), more: make(chan struct{}, 1)} }

// put copies what was heard of a device, or that it is connected.
func (q *queue) put(d *device, p *properties, connected bool, at time.Time) {
	if !q.add(d, p, connected, at) {
		q.dropped.Add(1)
		return
	}
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// add reports whether there was room.
func (q *queue) add(d *device, p *properties, connected bool, at time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.n == len(q.slots) {
		return false
	}
	s := &q.slots[(q.head+q.n)%len(q.slots)]
	if !s.fill(d, p, at) {
		return false
	}
	s.heard.Connected = connected
	q.n++
	return true
}

// take swaps the next one into s, whose memory goes back.
func (q *queue) take(s *slot) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.n == 0 {
		return false
	}
	*s, q.slots[q.head] = q.slots[q.head], *s
	q.head = (q.head + 1) % len(q.slots)
	q.n--
	return true
}

// clear forgets what waits.
func (q *queue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.head, q.n = 0, 0
}

func (s *slot) fill(d *device, p *properties, at time.Time) bool {
	size := 0
	for _, data := range [2][]advert.Data{p.serviceData, p.manufacturer} {
		for _, x := range data {
			size += len(x.Bytes)
		}
	}
	if size > longest {
		return false
	}
	h := &s.heard
	h.At, h.Random, h.Connectable = at, d.random, true
	h.Address, h.Name, h.RSSI = d.address, d.name, d.rssi
	h.Services = append(h.Services[:0], d.services...)
	s.bytes = s.bytes[:0]
	if cap(s.bytes) < size {
		s.bytes = make([]byte, 0, max(size, 64))
	}
	h.ServiceData = s.keep(h.ServiceData[:0], p.serviceData)
	h.Manufacturer = s.keep(h.Manufacturer[:0], p.manufacturer)
	return true
}

func (s *slot) keep(into, data []advert.Data) []advert.Data {
	for _, x := range data {
		from := len(s.bytes)
		s.bytes = append(s.bytes, x.Bytes...)
		into = append(into, advert.Data{ID: x.ID, Bytes: s.bytes[from:len(s.bytes):len(s.bytes)]})
	}
	return into
}

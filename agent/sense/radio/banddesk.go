package radio

import (
	"context"
	"sync"
	"time"
)

// deskBeat is how often leases are looked at although nothing happened.
const deskBeat = 250 * time.Millisecond

// desk gives leases to sessions that wait.
type desk struct {
	mu      sync.Mutex
	leases  *Leases
	holds   map[LeaseID]*hold
	waiters map[string]chan *hold // by device, capacity 1
}

// hold is a lease in use.
type hold struct {
	Order
	leave chan struct{} // closed when it has to be given up
	left  bool
}

func newDesk(opts LeaseOpts) *desk {
	return &desk{leases: NewLeases(opts), holds: map[LeaseID]*hold{}, waiters: map[string]chan *hold{}}
}

// run looks at the leases until ctx ends.
func (d *desk) run(ctx context.Context) {
	beat := time.NewTicker(deskBeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			d.do(func(time.Time) {})
		}
	}
}

// do says what happened and passes on what is to be done.
func (d *desk) do(happened func(at time.Time)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := time.Now()
	happened(at)
	for _, o := range d.leases.Next(at) {
		if h := d.holds[o.Lease]; o.Leave {
			if h != nil && !h.left {
				h.left = true
				close(h.leave)
			}
			continue
		}
		h := &hold{Order: o, leave: make(chan struct{})}
		select {
		case d.waiters[o.Device] <- h: // nil where nobody waits any more
			d.holds[o.Lease] = h
		default:
			d.leases.Failed(o.Lease, at)
		}
	}
}

// wait waits for a slot of one of the radios of candidates, which is asked
// every second; nil when ctx ends or there are no candidates any more.
func (d *desk) wait(ctx context.Context, device string, candidates func() []Candidate) *hold {
	granted := make(chan *hold, 1)
	d.do(func(time.Time) { d.waiters[device] = granted })
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		list := candidates()
		if len(list) == 0 {
			return d.late(device, granted)
		}
		d.do(func(at time.Time) { d.ask(device, list, granted, at) })
		select {
		case h := <-granted:
			d.do(func(time.Time) { delete(d.waiters, device) }) // who is not asked for must not be granted
			return h
		case <-beat.C:
		case <-ctx.Done():
			return d.late(device, granted)
		}
	}
}

// ask asks for a device that has not just been granted one.
func (d *desk) ask(device string, list []Candidate, granted chan *hold, at time.Time) {
	if len(granted) > 0 {
		return
	}
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Radio
		d.leases.SetSlots(c.Radio, c.Central.Slots())
	}
	d.leases.Ask(device, names, at)
}

// late ends the waiting of a device, and gives back what it was granted
// meanwhile.
func (d *desk) late(device string, granted chan *hold) *hold {
	d.do(func(at time.Time) {
		delete(d.waiters, device)
		d.leases.Drop(device)
		select {
		case h := <-granted:
			d.leases.Failed(h.Lease, at)
			delete(d.holds, h.Lease)
		default:
		}
	})
	return nil
}

// forced is how many slots were taken back from who did not end.
func (d *desk) forced() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leases.Forced()
}

// over says how a lease ended.
func (d *desk) over(h *hold, how func(id LeaseID, at time.Time)) {
	d.do(func(at time.Time) {
		how(h.Lease, at)
		delete(d.holds, h.Lease)
	})
}

// connectable keeps the radios that connect.
func connectable(list []Candidate, lately time.Duration, now time.Time) (out []Candidate) {
	for _, c := range list {
		if c.Central != nil && c.Central.Slots() > 0 && now.Sub(c.Heard) <= lately {
			out = append(out, c)
		}
	}
	return out
}

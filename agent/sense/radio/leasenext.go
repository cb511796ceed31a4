package radio

import (
	"cmp"
	"slices"
	"time"
)

// Next says what is to be done now. The slice is good until the next call.
func (l *Leases) Next(at time.Time) []Order {
	l.orders = l.orders[:0]
	l.expire(at)
	waiting := l.waiting(at)
	for _, c := range waiting {
		l.grant(c, at)
	}
	l.preempt(waiting, at)
	return l.orders
}

// expire ends connects that take too long and what was lost, and frees what does
// not end.
func (l *Leases) expire(at time.Time) {
	for i := range l.leases {
		s := &l.leases[i]
		if s.since.After(at) { // the clock was set back
			s.since = at
		}
		if s.state == connecting && at.Sub(s.since) >= l.opts.Connect || s.state != ending && s.lost {
			l.leave(s, at)
		}
	}
	l.leases = slices.DeleteFunc(l.leases, func(s lease) bool {
		over := s.state == ending && at.Sub(s.since) >= l.opts.End
		if over {
			l.forced++
		}
		return over
	})
}

// leave orders the end of a lease.
func (l *Leases) leave(s *lease, at time.Time) {
	s.state, s.since = ending, at
	l.orders = append(l.orders, Order{Lease: s.id, Device: s.device, Radio: s.radio, Leave: true, By: at.Add(l.opts.End)})
}

// waiting returns who waits: the most urgent first, of one class who waits the
// longest.
func (l *Leases) waiting(at time.Time) []*client {
	var list []*client
	for i := range l.clients {
		if c := &l.clients[i]; c.wants {
			if c.since.After(at) { // the clock was set back
				c.since = at
			}
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *client) int {
		return cmp.Or(cmp.Compare(b.class, a.class), a.since.Compare(b.since))
	})
	return list
}

// grant gives a device the first slot that is free for it.
func (l *Leases) grant(c *client, at time.Time) {
	if slices.ContainsFunc(l.leases, func(s lease) bool { return s.device == c.device }) {
		return // its last one is still ending
	}
	for _, name := range c.radios {
		r := l.radio(name)
		if r == nil || at.Before(r.rest) || !l.free(r, c.class) {
			continue
		}
		l.last++
		l.leases = append(l.leases, lease{id: l.last, device: c.device, class: c.class, radio: name, state: connecting, since: at})
		l.orders = append(l.orders, Order{Lease: l.last, Device: c.device, Radio: name, By: at.Add(l.opts.Connect)})
		c.wants = false
		return
	}
}

// free reports whether a radio has a slot for a class.
func (l *Leases) free(r *slotted, class Class) bool {
	used, common := 0, 0
	for i := range l.leases {
		if s := &l.leases[i]; s.radio == r.name {
			used++
			if s.class != Calls {
				common++
			}
		}
	}
	return used < r.slots && (class == Calls || common < r.slots-l.reserved(r))
}

// reserved is how many slots of a radio are kept for call devices: never all,
// and none where there is no call device.
func (l *Leases) reserved(r *slotted) int {
	n := 0
	for i := range l.clients {
		if l.clients[i].class == Calls {
			n++
		}
	}
	return max(min(n, l.opts.Reserved, r.slots-1), 0)
}

// preempt ends leases for those who still wait: each needs one, and those that
// are ending already serve the first in the queue.
func (l *Leases) preempt(waiting []*client, at time.Time) {
	spoken := map[LeaseID]bool{}
	for _, c := range waiting {
		if !c.wants || l.ownEnds(c, spoken) {
			continue
		}
		if s := l.leaving(c, spoken); s != nil {
			spoken[s.id] = true
			continue
		}
		if s := l.victim(c, at); s != nil {
			l.leave(s, at)
			spoken[s.id] = true
		}
	}
}

// ownEnds reports whether the device waits for the end of its own last lease.
func (l *Leases) ownEnds(c *client, spoken map[LeaseID]bool) bool {
	for i := range l.leases {
		if s := &l.leases[i]; s.device == c.device && s.state == ending {
			spoken[s.id] = true
			return true
		}
	}
	return false
}

// leaving returns a lease that is ending and whose slot the device can have.
func (l *Leases) leaving(c *client, spoken map[LeaseID]bool) *lease {
	for i := range l.leases {
		if s := &l.leases[i]; s.state == ending && !spoken[s.id] && slices.Contains(c.radios, s.radio) && (s.class <= c.class) {
			return s
		}
	}
	return nil
}

// victim returns the lease that has to end for a device: of the least urgent
// class, and there the one that has lasted the longest.
func (l *Leases) victim(c *client, at time.Time) (v *lease) {
	for i := range l.leases {
		s := &l.leases[i]
		if !slices.Contains(c.radios, s.radio) || !l.yields(s, c.class, at.Sub(s.since)) {
			continue
		}
		if v == nil || s.class < v.class || s.class == v.class && s.since.Before(v.since) {
			v = s
		}
	}
	return v
}

// yields reports whether a lease that is in its state for so long ends for a
// class.
func (l *Leases) yields(s *lease, to Class, lasted time.Duration) bool {
	switch {
	case s.state == ending || s.class > to:
		return false
	case to == Calls && s.class < Calls:
		return true
	case s.state == connecting:
		return false
	case s.class < to:
		return lasted >= l.opts.Yield
	}
	return lasted >= l.opts.Quantum
}

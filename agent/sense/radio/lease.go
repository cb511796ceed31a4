package radio

import (
	"cmp"
	"slices"
	"time"
)

// Class says what a device is connected for, the least urgent first.
type Class uint8

// The classes. A call device has slots of its own and waits for nobody else's.
const (
	Stays Class = iota // a band that is to stay connected
	Visit              // read and let go, as a cuff that is awake for a minute
	Calls              // somebody may call by it
)

// LeaseOpts are the times of leases. The zero value means the defaults.
type LeaseOpts struct {
	Reserved int           // slots of each radio that only call devices get, while there are call devices
	Connect  time.Duration // how long a connect may take
	Quantum  time.Duration // how long a connection lasts at least while others of its class wait
	Yield    time.Duration // how long at least while a visit waits
	End      time.Duration // how long ending may take until the slot counts as free
	Rest     time.Duration // for how long a radio is not asked that has no slot although it should
}

// DefaultLeaseOpts are the usual times: a call device that finds every slot
// taken, its reserved one by another call device, waits for End at most.
var DefaultLeaseOpts = LeaseOpts{Reserved: 1, Connect: 30 * time.Second, Quantum: 2 * time.Minute, Yield: 20 * time.Second,
	End: 6 * time.Second, Rest: 2 * time.Second}

func (o LeaseOpts) orDefaults() LeaseOpts {
	d := DefaultLeaseOpts
	return LeaseOpts{cmp.Or(o.Reserved, d.Reserved), cmp.Or(o.Connect, d.Connect), cmp.Or(o.Quantum, d.Quantum),
		cmp.Or(o.Yield, d.Yield), cmp.Or(o.End, d.End), cmp.Or(o.Rest, d.Rest)}
}

// LeaseID names one lease; none is 0.
type LeaseID uint64

// Order is what a holder has to do.
type Order struct {
	Lease  LeaseID
	Device string
	Radio  string
	Leave  bool // give it up, and say Ended; else: connect, and say Connected, Failed or Refused
	By     time.Time
}

// leaseState is a state of one lease; see lease.md.
type leaseState uint8

const (
	connecting leaseState = iota
	held
	ending
)

type lease struct {
	id     LeaseID
	device string
	class  Class
	radio  string
	state  leaseState
	since  time.Time // when the state began
	lost   bool      // its device has lost it
}

// client is a device that may want a connection.
type client struct {
	device string
	class  Class
	wants  bool
	since  time.Time // when it began to wait
	radios []string  // that reach it, the best first
}

// slotted is a radio with its slots.
type slotted struct {
	name  string
	slots int
	rest  time.Time // not to be asked before
}

// Leases gives the connection slots of all radios to those who want them. It
// knows no clock and does nothing itself: say what happened, then ask Next what
// is to be done. Not safe for concurrent use.
type Leases struct {
	opts    LeaseOpts
	radios  []slotted // in the order in which they came
	clients []client
	leases  []lease
	last    LeaseID
	forced  uint64
	orders  []Order
}

// NewLeases returns leases of no radio yet.
func NewLeases(opts LeaseOpts) *Leases { return &Leases{opts: opts.orDefaults()} }

// SetSlots says how many connections a radio holds at once; 0 for one that is
// gone.
func (l *Leases) SetSlots(radio string, slots int) {
	if r := l.radio(radio); r != nil {
		r.slots = slots
		return
	}
	l.radios = append(l.radios, slotted{name: radio, slots: slots})
}

// Add makes a device known.
func (l *Leases) Add(device string, class Class) {
	if c := l.client(device); c != nil {
		c.class = class
		return
	}
	l.clients = append(l.clients, client{device: device, class: class})
}

// Ask says that a device, which was added, wants a connection by one of these
// radios, the best first. Asking again changes the radios, not the place in the
// queue. Who asks and has a lease has lost it: the lease ends.
func (l *Leases) Ask(device string, radios []string, at time.Time) {
	c := l.client(device)
	if c == nil {
		return
	}
	for i := range l.leases {
		if s := &l.leases[i]; s.device == device {
			s.lost = true
		}
	}
	if !c.wants {
		c.wants, c.since = true, at
	}
	c.radios = append(c.radios[:0], radios...)
}

// Drop says that a device wants no connection any more; a lease that it has
// already ends by Ended.
func (l *Leases) Drop(device string) {
	if c := l.client(device); c != nil {
		c.wants = false
	}
}

// Connected says that the connect of a lease worked.
func (l *Leases) Connected(id LeaseID, at time.Time) {
	if s := l.lease(id); s != nil && s.state == connecting {
		s.state, s.since = held, at
	}
}

// Failed says that the connect of a lease failed, and left nothing behind.
func (l *Leases) Failed(id LeaseID, _ time.Time) { l.remove(id) }

// Ended says that the connection of a lease has ended, for whatever reason.
func (l *Leases) Ended(id LeaseID, _ time.Time) { l.remove(id) }

// Refused says that the radio had no slot for a lease: somebody else uses it.
// The device keeps its place in the queue.
func (l *Leases) Refused(id LeaseID, at time.Time) {
	s := l.lease(id)
	if s == nil {
		return
	}
	if r := l.radio(s.radio); r != nil {
		r.rest = at.Add(l.opts.Rest)
	}
	if c := l.client(s.device); c != nil && s.state == connecting {
		c.wants = true // since when is as before
	}
	l.remove(id)
}

// Used is how many slots of a radio are leased.
func (l *Leases) Used(radio string) (n int) {
	for i := range l.leases {
		if l.leases[i].radio == radio {
			n++
		}
	}
	return n
}

// Forced is how many leases were taken away because nobody said that they had
// ended.
func (l *Leases) Forced() uint64 { return l.forced }

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

func (l *Leases) remove(id LeaseID) {
	l.leases = slices.DeleteFunc(l.leases, func(s lease) bool { return s.id == id })
}

func (l *Leases) lease(id LeaseID) *lease {
	for i := range l.leases {
		if l.leases[i].id == id {
			return &l.leases[i]
		}
	}
	return nil
}

func (l *Leases) radio(name string) *slotted {
	for i := range l.radios {
		if l.radios[i].name == name {
			return &l.radios[i]
		}
	}
	return nil
}

func (l *Leases) client(device string) *client {
	for i := range l.clients {
		if l.clients[i].device == device {
			return &l.clients[i]
		}
	}
	return nil
}

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

// Forced is how many leases were taken away because nobody said that they had
// ended.
func (l *Leases) Forced() uint64 { return l.forced }

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

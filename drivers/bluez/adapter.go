package bluez

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"osmanthus/drivers/ble"
)

const (
	// callLimit bounds a call that BlueZ answers from what it knows.
	callLimit = 10 * time.Second
	// pollEvery is how often a state is asked for while it is waited for,
	// although a signal should tell.
	pollEvery = 500 * time.Millisecond
	// watchEvery is how often the state of a scan and of a connection is asked for.
	watchEvery = 5 * time.Second
	// cancelLimit bounds the cancelling of what was not finished.
	cancelLimit = 3 * time.Second
	// closeLimit bounds the end of a connection: BlueZ 5.66 takes 2 s to hang up
	// (measured, in an emulated machine).
	closeLimit = 5 * time.Second
	// connectLimit bounds a connect whose ctx has no deadline, which it should have.
	connectLimit = 30 * time.Second
)

// DefaultSlots is how many connections an adapter holds if Opts does not say.
// BlueZ does not tell how many its controller can; it refuses more.
const DefaultSlots = 6

// Opts are the optional parts of an Adapter.
type Opts struct {
	// Slots is how many connections are held at once; 0 means DefaultSlots.
	Slots int
	// Dial opens a connection to the bus; nil means the system's.
	Dial func(ctx context.Context) (io.ReadWriteCloser, error)
	// Host is what can be done to the machine for an adapter that is deaf; nil
	// means the kernel's /sys.
	Host Host
	// Unit is what systemd calls bluetoothd; "" means bluetooth.service.
	Unit string
	// Log gets what panics; nil discards it.
	Log *slog.Logger
}

// Adapter is one Bluetooth adapter. It may be used concurrently.
type Adapter struct {
	name string
	path string
	opts Opts

	queue    *queue
	slots    chan struct{} // holds a token for each connection
	scanning atomic.Bool
	panics   atomic.Uint64

	dialing chan struct{} // a lock that a ctx can give up
	link    *link         // guarded by dialing
	closed  bool          // guarded by dialing
}

var _ ble.Central = (*Adapter)(nil)

// New makes an Adapter of the name that BlueZ gives it, as in "hci0". It touches
// nothing: the adapter may come later, and come back.
func New(name string, opts Opts) *Adapter {
	if opts.Slots <= 0 {
		opts.Slots = DefaultSlots
	}
	if opts.Dial == nil {
		opts.Dial = dialSystem
	}
	if opts.Host == nil {
		opts.Host = Sys{}
	}
	if opts.Unit == "" {
		opts.Unit = "bluetooth.service"
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &Adapter{
		name: name, path: "/org/bluez/" + name, opts: opts,
		queue: newQueue(queueLength), slots: make(chan struct{}, opts.Slots), dialing: make(chan struct{}, 1),
	}
}

// String returns its name.
func (a *Adapter) String() string { return a.name }

// Slots is how many connections it holds at once.
func (a *Adapter) Slots() int { return cap(a.slots) }

// Dropped is how many advertisements were not handed on, since whoever takes
// them was too slow.
func (a *Adapter) Dropped() uint64 { return a.queue.dropped.Load() }

// Panics is how many messages of BlueZ panicked, and were passed over.
func (a *Adapter) Panics() uint64 { return a.panics.Load() }

// Close ends every connection, so that who was connected to is heard again, and
// the one to the bus; BlueZ ends the discovery of who is gone. It takes 5 s at
// most, and is idempotent.
func (a *Adapter) Close() error {
	a.dialing <- struct{}{}
	defer func() { <-a.dialing }()
	l := a.link
	a.closed, a.link = true, nil
	if l == nil {
		return nil
	}
	l.hangUp()
	return wrap(l.bus.Close(), "closing the bus")
}

// connected returns the connection to the bus, a new one where there is none.
func (a *Adapter) connected(ctx context.Context) (*link, error) {
	select {
	case a.dialing <- struct{}{}:
		defer func() { <-a.dialing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if a.closed {
		return nil, ErrClosed
	}
	if a.link != nil && a.link.bus.Connected() {
		return a.link, nil
	}
	l, err := open(ctx, a)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", ErrNoBus, err)
	}
	a.link = l
	return l, nil
}

// Connections is how many connections there are, those under way included.
func (a *Adapter) Connections() int { return len(a.slots) }

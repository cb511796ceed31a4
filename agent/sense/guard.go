package sense

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// errBusStuck is the error of everything on a bus that hangs.
var errBusStuck = errors.New("the bus hangs")

// hungError is a transaction that hung by itself, not behind another.
type hungError struct{ addr uint16 }

func (e *hungError) Error() string {
	return fmt.Sprintf("no end of a transaction with %#02x within %v", e.addr, Deadline)
}
func (e *hungError) Unwrap() error { return errBusStuck }

const (
	// maxAbandoned hung transactions are left behind on one bus. While there
	// are as many it is tried again ever more rarely, from abandonedRest to
	// abandonedMost: each keeps a thread for as long as the kernel does.
	maxAbandoned  = 8
	abandonedRest = time.Minute
	abandonedMost = time.Hour
	maxReopenRest = 5 * time.Second
)

// guard is an i2c.Bus on which no transaction takes longer than Deadline. A
// hung ioctl cannot be cancelled: the goroutine that made it is left behind
// with its file (closed, which ends it where the kernel allows), and the next
// transaction opens the bus again.
type guard struct {
	bus  Bus
	open func() (i2c.BusCloser, error)
	log  *slog.Logger

	turn  chan struct{} // capacity 1: who holds it may use the wires
	chips chips

	// Under turn:
	wires  *wires
	faults int   // failed transactions in a row, of whatever sensor
	why    error // why it is closed
	rest   time.Duration
	long   time.Duration // rest while too many hang
	retry  time.Time     // not to be opened before

	left      atomic.Int32 // abandoned and still hanging
	abandoned atomic.Uint64
	reopened  atomic.Uint64
}

var _ i2c.Bus = (*guard)(nil)

func newGuard(b Bus, opts Opts, log *slog.Logger) *guard {
	g := &guard{bus: b, log: log.With("bus", b.Name), turn: make(chan struct{}, 1)}
	g.open = func() (i2c.BusCloser, error) { return openUnwedged(b, opts) }
	return g
}

// Tx implements i2c.Bus.
func (g *guard) Tx(addr uint16, w, r []byte) error {
	// Who holds the wires does so for Deadline at most; several may wait.
	wait := time.NewTimer(2 * Deadline)
	defer wait.Stop()
	select {
	case g.turn <- struct{}{}:
	case <-wait.C:
		return fmt.Errorf("sense: waiting for bus %s: %w", g.bus.Name, errBusStuck)
	}
	defer func() { <-g.turn }()
	if err := g.ready(); err != nil {
		return err
	}
	err := g.wires.do(addr, w, r)
	switch hung := (*hungError)(nil); {
	case err == nil:
		g.faults, g.rest = 0, 0
		return nil
	case errors.As(err, &hung):
		g.why = errBusStuck
		g.abandon()
	default:
		g.why = err
		g.faults++
		if g.faults%maxFaults == 0 { // maybe the adapter, or a chip that holds a line
			g.reopen()
		}
	}
	return fmt.Errorf("sense: bus %s: %w", g.bus.Name, err)
}

// ready opens the bus if it is not.
func (g *guard) ready() error {
	if g.wires != nil {
		return nil
	}
	freed := g.long > 0 && g.left.Load() < maxAbandoned // some came back: so did the bus
	if time.Now().Before(g.retry) && !freed {
		return fmt.Errorf("sense: bus %s: %w", g.bus.Name, g.why)
	}
	w, err := connect(g.open, &g.left)
	if err != nil {
		g.why = err
		g.postpone()
		return fmt.Errorf("sense: opening bus %s: %w", g.bus.Name, err)
	}
	g.wires = w
	return nil
}

// abandon leaves a hung transaction behind.
func (g *guard) abandon() {
	g.abandoned.Add(1)
	g.wires.leave()
	g.wires = nil
	g.faults++
	g.postpone()
	g.log.Warn("transaction hangs, bus left and opened again", "hanging", g.left.Load())
}

// reopen closes the bus in good order, so that the next transaction frees and
// opens it.
func (g *guard) reopen() {
	g.reopened.Add(1)
	g.wires.end()
	g.wires = nil
	g.postpone()
	g.log.Warn("bus is opened again", "faults", g.faults)
}

// postpone sets when the bus may be opened again: at once the first time, then
// with growing rests, so that a dead bus costs little.
func (g *guard) postpone() {
	rest := g.rest
	if g.left.Load() < maxAbandoned {
		g.long = 0
	} else {
		g.long = min(max(2*g.long, abandonedRest), abandonedMost)
		rest = g.long
	}
	g.retry = time.Now().Add(rest)
	g.rest = min(max(2*g.rest, 250*time.Millisecond), maxReopenRest)
	if rest == 0 {
		g.retry = time.Time{}
	}
}

func (g *guard) close() {
	g.turn <- struct{}{}
	defer func() { <-g.turn }()
	if g.wires != nil {
		g.wires.end()
		g.wires = nil
	}
}

// String names the bus.
func (g *guard) String() string { return g.bus.Name }

// SetSpeed implements i2c.Bus; the speed is the system's.
func (g *guard) SetSpeed(physic.Frequency) error {
	return errors.New("sense: the speed of a bus is set by the system")
}

// wires is one opened bus and the goroutine that alone uses it.
type wires struct {
	ask  chan *transaction
	done chan struct{}
	left *atomic.Int32

	mu       sync.Mutex
	bus      i2c.BusCloser // nil until it is open
	gone     bool          // nobody waits any more
	finished bool
}

type transaction struct {
	addr uint16
	w, r []byte // copies: a hung transaction may write them at any time
	err  chan error
}

// connect opens a bus within Deadline.
func connect(open func() (i2c.BusCloser, error), left *atomic.Int32) (*wires, error) {
	w := &wires{ask: make(chan *transaction), done: make(chan struct{}), left: left}
	opened := make(chan error, 1)
	go w.run(open, opened)
	limit := time.NewTimer(Deadline)
	defer limit.Stop()
	select {
	case err := <-opened:
		if err != nil {
			return nil, err
		}
		return w, nil
	case <-limit.C:
		w.leave()
		return nil, fmt.Errorf("opening does not end: %w", errBusStuck)
	}
}

func (w *wires) run(open func() (i2c.BusCloser, error), opened chan<- error) {
	defer w.finish()
	b, err := caught(open)
	if err != nil {
		opened <- err
		return
	}
	defer b.Close() // its error helps nobody: the bus is given up
	w.mu.Lock()
	w.bus = b
	w.mu.Unlock()
	opened <- nil
	for t := range w.ask {
		_, err := caught(func() (struct{}, error) { return struct{}{}, b.Tx(t.addr, t.w, t.r) })
		t.err <- err
	}
}

// finish says that the goroutine, hung or not, has come back.
func (w *wires) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.finished = true
	if w.gone {
		w.left.Add(-1)
	}
	close(w.done)
}

// do makes one transaction; a *hungError means that the wires must be left.
func (w *wires) do(addr uint16, out, in []byte) error {
	t := &transaction{addr: addr, w: append([]byte(nil), out...), r: make([]byte, len(in)), err: make(chan error, 1)}
	limit := time.NewTimer(Deadline)
	defer limit.Stop()
	w.ask <- t
	select {
	case err := <-t.err:
		copy(in, t.r)
		return err
	case <-limit.C:
		return &hungError{addr}
	}
}

// leave gives up a goroutine that hangs. Nobody can wait for it; closing the
// bus ends it where the kernel or the model allows.
func (w *wires) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.ask)
	if w.finished {
		return
	}
	w.gone = true
	w.left.Add(1)
	if w.bus != nil {
		go w.bus.Close()
	}
}

// end stops a goroutine that is idle, and waits for it.
func (w *wires) end() {
	close(w.ask)
	limit := time.NewTimer(Deadline)
	defer limit.Stop()
	select {
	case <-w.done:
	case <-limit.C: // Close hangs
	}
}

// caught turns a panic into an error.
func caught[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{p}
		}
	}()
	return f()
}

type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

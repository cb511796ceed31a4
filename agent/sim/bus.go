package sim

import (
	"net"
	"sync"
	"syscall"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// Chip is a register-level model. A transfer writes w, then reads into r, at
// an instant of the home's clock.
type Chip interface {
	Tx(w, r []byte, at time.Time) error
}

// Bus is a modelled I²C bus. It is an i2c.Bus itself; Open gives a handle that
// can be closed.
type Bus struct {
	name  string
	now   func() time.Time
	fault faultCell

	wires chan struct{} // holds one token while a transfer is under way

	mu      sync.Mutex
	devices map[uint16]*Device
	changed chan struct{} // closed and replaced when a fault changes
}

var _ i2c.Bus = (*Bus)(nil)

// Device is a chip's place on a bus.
type Device struct {
	bus   *Bus
	chip  Chip
	fault faultCell
}

// Attach puts a chip at a 7-bit address, in place of what was there.
func (b *Bus) Attach(addr uint16, chip Chip) *Device {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := &Device{bus: b, chip: chip}
	b.devices[addr] = d
	return d
}

// Detach unplugs the chip at an address.
func (b *Bus) Detach(addr uint16) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.devices, addr)
}

// SetFault breaks the whole bus, or mends it with NoFault.
func (b *Bus) SetFault(f Fault) {
	b.fault.set(f)
	b.wake()
}

// SetFault breaks the device, or mends it with NoFault. A device that holds a
// line low does so for its whole bus: mend that on the bus.
func (d *Device) SetFault(f Fault) {
	if f == StuckLow {
		d.bus.SetFault(f)
		return
	}
	d.fault.set(f)
	d.bus.wake()
}

func (b *Bus) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// look returns the device at addr, and a channel that closes at the next change.
func (b *Bus) look(addr uint16) (*Device, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.devices[addr], b.changed
}

// Tx implements i2c.Bus. A hang lasts until the fault is mended.
func (b *Bus) Tx(addr uint16, w, r []byte) error { return b.tx(addr, w, r, nil) }

// tx does a transfer. Only if it has to wait it asks gone for a channel that
// closes when the caller has let go, and calls stop when it no longer listens.
func (b *Bus) tx(addr uint16, w, r []byte, gone func() (cancel <-chan struct{}, stop func())) error {
	wait := patience{gone: gone}
	defer wait.end()
	select {
	case b.wires <- struct{}{}:
	default:
		select {
		case b.wires <- struct{}{}:
		case <-wait.cancelled():
			return net.ErrClosed
		}
	}
	defer func() { <-b.wires }()
	for {
		d, changed := b.look(addr)
		if b.fault.get() != Hang && (d == nil || d.fault.get() != Hang) {
			return b.exchange(d, w, r)
		}
		select {
		case <-changed:
		case <-wait.cancelled():
			return net.ErrClosed
		}
	}
}

// patience asks its caller once, when a transfer has to wait.
type patience struct {
	gone   func() (cancel <-chan struct{}, stop func())
	cancel <-chan struct{}
	stop   func()
}

func (p *patience) cancelled() <-chan struct{} {
	if p.stop == nil && p.gone != nil {
		p.cancel, p.stop = p.gone()
	}
	return p.cancel
}

func (p *patience) end() {
	if p.stop != nil {
		p.stop()
	}
}

func (b *Bus) exchange(d *Device, w, r []byte) error {
	if err := b.fault.err(); err != nil {
		return err
	}
	if d == nil {
		return syscall.EREMOTEIO
	}
	if err := d.fault.err(); err != nil {
		return err
	}
	return d.chip.Tx(w, r, b.now())
}

// Unwedge clocks the bus nine times: it mends StuckLow, and nothing else.
func (b *Bus) Unwedge() error {
	b.fault.unwedge()
	b.wake()
	return nil
}

// SetSpeed implements i2c.Bus; a model has no speed.
func (b *Bus) SetSpeed(physic.Frequency) error { return nil }

// String is the bus's name.
func (b *Bus) String() string { return b.name }

// Open returns a handle to the bus, for use in the same process. Closing it
// ends a transfer that hangs.
func (b *Bus) Open() i2c.BusCloser {
	return &handle{Bus: b, closed: make(chan struct{})}
}

type handle struct {
	*Bus
	once   sync.Once
	closed chan struct{}
}

// Tx implements i2c.Bus.
func (h *handle) Tx(addr uint16, w, r []byte) error {
	select {
	case <-h.closed:
		return net.ErrClosed
	default:
	}
	return h.tx(addr, w, r, func() (<-chan struct{}, func()) { return h.closed, func() {} })
}

// Close implements i2c.BusCloser.
func (h *handle) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

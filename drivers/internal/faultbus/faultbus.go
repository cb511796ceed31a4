// Package faultbus is an I²C bus that fails in the ways real ones do, for tests.
package faultbus

import (
	"errors"
	"net"
	"sync"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// Bus hands transactions to another bus, or to nobody, until it is told to fail.
type Bus struct {
	Under i2c.Bus // may be nil: then reads give zeros

	mu     sync.Mutex
	err    error
	after  int
	hang   chan struct{}
	inside chan struct{}
}

// Fail makes every transaction after the next n ones return err; nil mends.
func (b *Bus) Fail(n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.after, b.err = n, err
}

// Hang makes transactions wait until Close. The channel gets a value for each
// that waits.
func (b *Bus) Hang() (inside <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hang, b.inside = make(chan struct{}), make(chan struct{}, 16)
	return b.inside
}

// Close lets go of what hangs, with net.ErrClosed.
func (b *Bus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hang == nil {
		return errors.New("faultbus: closed, but not hanging")
	}
	close(b.hang)
	return nil
}

// Tx implements i2c.Bus.
func (b *Bus) Tx(addr uint16, w, r []byte) error {
	b.mu.Lock()
	hang, inside, err := b.hang, b.inside, error(nil)
	if b.after == 0 {
		err = b.err
	} else {
		b.after--
	}
	b.mu.Unlock()
	if hang != nil {
		inside <- struct{}{}
		<-hang
		return net.ErrClosed
	}
	if err != nil || b.Under == nil {
		return err
	}
	return b.Under.Tx(addr, w, r)
}

// SetSpeed implements i2c.Bus.
func (b *Bus) SetSpeed(physic.Frequency) error { return nil }

// String implements i2c.Bus.
func (b *Bus) String() string { return "faultbus" }

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
	count  int // transactions so far
	from   int // the first transaction that fails
	err    error
	garble func(r []byte)
	hang   chan struct{}
	inside chan struct{}
}

// Fail makes every transaction after the next n ones return err, having read
// half of what was asked for, as a bus does that breaks off; nil mends.
func (b *Bus) Fail(n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.from, b.err, b.garble = b.count+n, err, nil
}

// Garble changes what every transaction after the next n ones has read; nil mends.
func (b *Bus) Garble(n int, change func(r []byte)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.from, b.err, b.garble = b.count+n, nil, change
}

// Hang makes every transaction after the next n ones wait until Close. The
// channel gets a value for each that waits.
func (b *Bus) Hang(n int) (inside <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.from = b.count + n
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

// Count is how many transactions there were, failed ones too.
func (b *Bus) Count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}

// Tx implements i2c.Bus.
func (b *Bus) Tx(addr uint16, w, r []byte) error {
	b.mu.Lock()
	hang, inside, garble, err := b.hang, b.inside, b.garble, b.err
	sound := b.count < b.from
	b.count++
	b.mu.Unlock()
	if !sound && hang != nil {
		inside <- struct{}{}
		<-hang
		return net.ErrClosed
	}
	if !sound && err != nil {
		for i := range r[:len(r)/2] {
			r[i] = 0xA5
		}
		return err
	}
	if b.Under != nil {
		if err := b.Under.Tx(addr, w, r); err != nil {
			return err
		}
	}
	if !sound && garble != nil {
		garble(r)
	}
	return nil
}

// SetSpeed implements i2c.Bus.
func (b *Bus) SetSpeed(physic.Frequency) error { return nil }

// String implements i2c.Bus.
func (b *Bus) String() string { return "faultbus" }

// Package faulttable is the one table of what goes wrong on an I²C bus, with
// which every driver is tested: each fault, at every transaction.
package faulttable

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"

	"periph.io/x/conn/v3/i2c"
)

// Device is a driver that is open; F is its frame.
type Device[F any] interface {
	Sense(f *F) error
	Halt() error
	String() string
}

// Driver is a driver under test, and a chip for it that is well.
type Driver[F any] struct {
	// Well returns a chip on a bus of its own that answers as when nothing is
	// wrong, always: no playback that ends.
	Well func() i2c.Bus
	// New opens the driver; the error alone says whether it did.
	New func(b i2c.Bus) (Device[F], error)
	// Values is how many measured values are in a frame, none after a failed Sense.
	Values func(f *F) int
	// Checksum says that the chip protects every read by a check sum: then no
	// single changed byte may pass.
	Checksum bool
}

// errnos are what adapters say of a transaction that failed.
var errnos = []syscall.Errno{syscall.EREMOTEIO, syscall.ENXIO, syscall.EIO, syscall.ETIMEDOUT}

// Test runs the whole table; its rows are subtests.
func (d Driver[F]) Test(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"somebody else at the address", d.stranger},
		{"transactions of New fail", d.newFails},
		{"transactions of Sense fail", d.senseFails},
		{"transactions of Halt fail", d.haltFails},
		{"the bus hangs", d.hangs},
		{"bytes change on the way", d.garbled},
		{"noise", d.noise},
		{"use after Halt", d.halted},
		{"nothing wrong, for long", d.noGarbage},
	} {
		t.Run(row.name, func(t *testing.T) { synctest.Test(t, row.test) })
	}
}

// stranger: zeros and ones are what an empty register or a pulled-up line give.
func (d Driver[F]) stranger(t *testing.T) {
	for _, bits := range []byte{0x00, 0xFF} {
		bus := &faultbus.Bus{}
		bus.Garble(0, fill(bits))
		_, err := d.New(bus)
		var identity *drivers.IdentityError
		switch {
		case d.Checksum && errors.Is(err, drivers.ErrChecksum):
		case !errors.As(err, &identity):
			t.Errorf("who answers %#02x to everything is accepted: %v", bits, err)
		case identity.Chip == "" || identity.Addr == 0 || identity.Want == "":
			t.Errorf("the error does not say what is wanted: %+v", identity)
		}
	}
}

func (d Driver[F]) newFails(t *testing.T) {
	n, _ := d.lengths(t)
	for at := range n {
		for _, errno := range errnos {
			bus := &faultbus.Bus{Under: d.Well()}
			bus.Fail(at, errno)
			_, err := d.New(bus)
			check(t, fmt.Sprintf("transaction %d of New", at), err, errno)
		}
	}
}

func (d Driver[F]) senseFails(t *testing.T) {
	_, n := d.lengths(t)
	for at := range n {
		for _, errno := range errnos {
			what := fmt.Sprintf("transaction %d of Sense", at)
			bus, dev := d.open(t)
			var f F
			bus.Fail(at, errno)
			check(t, what, dev.Sense(&f), errno)
			if v := d.Values(&f); v != 0 {
				t.Errorf("%s: %v: %d values came all the same", what, errno, v)
			}
			bus.Fail(0, nil)
			d.recovers(t, what, bus, dev)
			d.halt(t, dev)
		}
	}
}

// recovers wants good values soon after the bus is mended: the first Sense may
// say that there was a gap, and a driver that does not know any more what the
// chip is doing may ask to be opened again.
func (d Driver[F]) recovers(t *testing.T, what string, bus i2c.Bus, dev Device[F]) {
	t.Helper()
	var f F
	var err error
	for range 3 {
		if err = dev.Sense(&f); err == nil && d.Values(&f) > 0 {
			return
		}
		if errors.Is(err, drivers.ErrRestarted) {
			if dev, err = d.New(bus); err != nil {
				break
			}
		}
	}
	t.Errorf("%s: it does not come back: %d values, %v", what, d.Values(&f), err)
}

// hangs: above a driver stands a deadline, which closes the bus. The driver
// must then let go at once: a transaction more would hang, too.
func (d Driver[F]) hangs(t *testing.T) {
	inNew, inSense := d.lengths(t)
	for at := range inNew {
		bus := &faultbus.Bus{Under: d.Well()}
		d.deadline(t, fmt.Sprintf("transaction %d of New", at), bus, bus.Hang(at), func() error {
			_, err := d.New(bus)
			return err
		})
	}
	for at := range inSense {
		bus, dev := d.open(t)
		var f F
		d.deadline(t, fmt.Sprintf("transaction %d of Sense", at), bus, bus.Hang(at), func() error { return dev.Sense(&f) })
		if v := d.Values(&f); v != 0 {
			t.Errorf("transaction %d of Sense hangs: %d values came all the same", at, v)
		}
	}
}

func (d Driver[F]) deadline(t *testing.T, what string, bus *faultbus.Bus, inside <-chan struct{}, use func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- use() }()
	select {
	case <-inside:
	case err := <-done:
		t.Errorf("%s: it never came to the wires: %v", what, err)
		return
	}
	time.Sleep(240 * time.Millisecond) // of the bubble: agent/sense.Deadline
	before := bus.Count()
	if err := bus.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("%s hangs: %v", what, err)
	}
	if more := bus.Count() - before; more != 0 {
		t.Errorf("%s hangs: %d transactions more on a bus that is closed", what, more)
	}
}

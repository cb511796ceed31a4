package faulttable

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
)

// open opens a driver on a chip that is well.
func (d Driver[F]) open(t *testing.T) (*faultbus.Bus, Device[F]) {
	t.Helper()
	bus := &faultbus.Bus{Under: d.Well()}
	dev, err := d.New(bus)
	if err != nil {
		t.Fatal(err)
	}
	return bus, dev
}

func (d Driver[F]) halt(t *testing.T, dev Device[F]) {
	t.Helper()
	if err := dev.Halt(); err != nil {
		t.Errorf("Halt: %v", err)
	}
}

// lengths counts the transactions of New and of the first Sense.
func (d Driver[F]) lengths(t *testing.T) (inNew, inSense int) {
	t.Helper()
	bus, dev := d.open(t)
	inNew = bus.Count()
	var f F
	if err := dev.Sense(&f); err != nil || d.Values(&f) == 0 {
		t.Fatalf("of a chip that is well: %d values, %v", d.Values(&f), err)
	}
	inSense = bus.Count() - inNew
	if inNew == 0 || inSense == 0 {
		t.Fatalf("%d transactions in New and %d in Sense: nothing can fail", inNew, inSense)
	}
	d.halt(t, dev)
	return inNew, inSense
}

// check wants a failed transaction told as it was.
func check(t *testing.T, what string, err error, errno syscall.Errno) {
	t.Helper()
	if !errors.Is(err, errno) {
		t.Errorf("%s: %v instead of %v", what, err, errno)
		return
	}
	if !strings.Contains(err.Error(), "0x") {
		t.Errorf("%s: the error names no address: %v", what, err)
	}
	if quiet := errno == syscall.EREMOTEIO || errno == syscall.ENXIO; drivers.NoAnswer(err) != quiet {
		t.Errorf("%s: %v: no answer is %v", what, err, !quiet)
	}
}

// haltFails: who cannot be put to sleep is let go all the same.
func (d Driver[F]) haltFails(t *testing.T) {
	bus, dev := d.open(t)
	before := bus.Count()
	d.halt(t, dev)
	for at := range bus.Count() - before {
		bus, dev := d.open(t)
		bus.Fail(at, syscall.EREMOTEIO)
		check(t, fmt.Sprintf("transaction %d of Halt", at), dev.Halt(), syscall.EREMOTEIO)
		if err := dev.Halt(); err != nil {
			t.Errorf("Halt again: %v", err)
		}
	}
}

// halted: a driver is of no use after Halt, says so, and leaves the bus alone.
func (d Driver[F]) halted(t *testing.T) {
	bus, dev := d.open(t)
	var f F
	if err := dev.Sense(&f); err != nil {
		t.Fatal(err)
	}
	d.halt(t, dev)
	before := bus.Count()
	d.halt(t, dev)
	if err := dev.Sense(&f); !errors.Is(err, drivers.ErrHalted) || d.Values(&f) != 0 {
		t.Errorf("Sense after Halt: %d values, %v", d.Values(&f), err)
	}
	if n := bus.Count() - before; n != 0 {
		t.Errorf("%d transactions after Halt", n)
	}
	if dev.String() == "" {
		t.Error("it has no name")
	}
}

// noGarbage: a driver runs for years on a small machine.
func (d Driver[F]) noGarbage(t *testing.T) {
	_, dev := d.open(t)
	var f F
	if n := testing.AllocsPerRun(100, func() {
		if err := dev.Sense(&f); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a Sense", n)
	}
}

// fill makes every byte that is read the same.
func fill(bits byte) func(r []byte) {
	return func(r []byte) {
		for i := range r {
			r[i] = bits
		}
	}
}

package sim

import (
	"sync/atomic"
	"syscall"
)

// Fault is what is wrong with a bus or a device on it.
type Fault int32

// Faults. On a device they hold for transfers to its address; while one hangs,
// the whole bus waits, as on real wires.
const (
	NoFault   Fault = iota
	NoAnswer        // no acknowledge, reported as on a Raspberry Pi: EREMOTEIO
	NoDevice        // no acknowledge, reported as on other adapters: ENXIO
	NACKOnce        // the next transfer gets no acknowledge, then all is well
	Hang            // a transfer waits until the fault is mended or its caller lets go
	StuckLow        // a line is held low, ETIMEDOUT, until nine clocks (Unwedge) free it
	Corrupted       // transfers fail halfway, EIO
)

// faultCell holds one fault.
type faultCell struct{ v atomic.Int32 }

func (c *faultCell) set(f Fault) { c.v.Store(int32(f)) }
func (c *faultCell) get() Fault  { return Fault(c.v.Load()) }

// err is how a transfer under the fault fails at once; a NACKOnce is used up.
func (c *faultCell) err() error {
	switch c.get() {
	case NoAnswer:
		return syscall.EREMOTEIO
	case NoDevice:
		return syscall.ENXIO
	case NACKOnce:
		c.v.CompareAndSwap(int32(NACKOnce), int32(NoFault))
		return syscall.EREMOTEIO
	case StuckLow:
		return syscall.ETIMEDOUT
	case Corrupted:
		return syscall.EIO
	}
	return nil
}

func (c *faultCell) unwedge() { c.v.CompareAndSwap(int32(StuckLow), int32(NoFault)) }

package sim

import (
	"syscall"
	"time"
)

// file is the register file that the chip models share: a write of a register
// number and values, a read that counts registers up, except from a FIFO.
type file struct {
	pointer byte
}

// registers is a chip as file sees it.
type registers interface {
	load(register byte) byte
	store(register, value byte)
	fixed(register byte) bool // reads of it do not count up
}

// tx does one transfer.
func (f *file) tx(chip registers, w, r []byte) error {
	if len(w) == 0 && len(r) == 0 {
		return syscall.EINVAL
	}
	if len(w) > 0 {
		f.pointer = w[0]
		for _, v := range w[1:] {
			chip.store(f.pointer, v)
			f.pointer++
		}
	}
	for i := range r {
		r[i] = chip.load(f.pointer)
		if !chip.fixed(f.pointer) {
			f.pointer++
		}
	}
	return nil
}

// rhythm says when a chip samples: every period since it was started.
type rhythm struct {
	period time.Duration
	next   time.Time
	slow   float64 // how much longer a period is than it should be, as a fraction
}

// start makes the first sample due one period after at.
func (r *rhythm) start(at time.Time, period time.Duration) {
	r.period = time.Duration(float64(period) * (1 + r.slow))
	r.next = at.Add(r.period)
}

// stop makes no more samples due.
func (r *rhythm) stop() { r.period = 0 }

// due is how many samples have been due until at.
func (r *rhythm) due(at time.Time) int {
	if r.period <= 0 || at.Before(r.next) {
		return 0
	}
	return int(at.Sub(r.next)/r.period) + 1
}

// take moves on by one sample and returns when it was due.
func (r *rhythm) take() time.Time {
	at := r.next
	r.next = at.Add(r.period)
	return at
}

// each calls sample for the samples that have been due until at; of a long
// silence for the newest most of them only.
func (r *rhythm) each(at time.Time, most int, sample func(at time.Time)) {
	n := r.due(at)
	if n > most {
		r.skip(n - most)
		n = most
	}
	for range n {
		sample(r.take())
	}
}

// skip moves on by n samples that nobody will see.
func (r *rhythm) skip(n int) { r.next = r.next.Add(time.Duration(n) * r.period) }

// quantise is round(v), held within a signed word of 16 bits.
func quantise(v float64) int16 {
	switch {
	case v >= 32767:
		return 32767
	case v <= -32768:
		return -32768
	case v < 0:
		return int16(v - 0.5)
	case v >= 0:
		return int16(v + 0.5)
	}
	return 0 // NaN
}

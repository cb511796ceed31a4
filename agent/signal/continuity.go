package signal

import (
	"time"

	"osmanthus/care"
)

// Continuity tells how each block of a source follows the one before.
type Continuity struct {
	next  time.Time // when the next block should begin
	began bool
}

// Follow is how a block follows.
type Follow uint8

const (
	Joined  Follow = iota // it goes on where the last one ended
	Broken                // samples are missing, or it is the first
	Repeats               // it holds what was seen already: to be left out
)

const (
	joinTolerance = 250 * time.Millisecond // clocks and FIFOs jitter
	repeatLimit   = 10 * time.Second       // further back, the clock was set
)

// Next judges a block.
func (c *Continuity) Next(b *care.Block) Follow {
	ahead := b.Start.Sub(c.next)
	if c.began && !b.Gap && ahead < -joinTolerance && ahead > -repeatLimit {
		return Repeats
	}
	follow := Joined
	if !c.began || b.Gap || ahead > joinTolerance || ahead < -joinTolerance {
		follow = Broken
	}
	c.began, c.next = true, b.At(b.Len())
	return follow
}

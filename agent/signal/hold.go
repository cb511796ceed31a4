package signal

import "math"

// Hold replaces samples that are no numbers, or beyond any sensor, by the last
// good one, for a short while.
type Hold struct {
	limit float64 // largest magnitude that is believed
	run   int     // samples that may be replaced in a row
	last  float64
	bad   int
}

// NewHold returns a Hold that believes values up to limit and replaces at most
// run samples in a row.
func NewHold(limit float64, run int) *Hold { return &Hold{limit: limit, run: run, bad: math.MaxInt} }

// Allow changes how many samples may be replaced in a row.
func (h *Hold) Allow(run int) { h.run = run }

// Push returns the sample to use, and false where there is none.
func (h *Hold) Push(v float64) (float64, bool) {
	if math.Abs(v) <= h.limit { // false for NaN
		h.last, h.bad = v, 0
		return v, true
	}
	if h.bad >= h.run {
		return 0, false
	}
	h.bad++
	return h.last, true
}

// Reset forgets the last good sample: after a gap.
func (h *Hold) Reset() { h.bad = math.MaxInt }

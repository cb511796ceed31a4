package replay

import "math"

const (
	paceSpan  = 4.0 // s of rows that show another rate
	paceNew   = 1.0 // s of rows that tell which
	paceDoubt = 0.2 // share by which it has to differ; a fall bears that much
)

// pacer follows the rate of rows that changes in the middle of a recording, as
// that of a band that saves its battery.
type pacer struct {
	usual   float64   // samples a second, of all rows that are known at the beginning
	times   []float64 // s, of rows that were played a while ago, and of those that are known ahead
	now     int       // the row that is played
	changes bool      // it does not stay the same
}

// newPacer returns a pacer of rows of which the first are known, and their rate.
func newPacer(times []float64, usual float64) *pacer {
	p := &pacer{usual: usual, times: times}
	for p.now < len(times)-1 && !p.changes {
		p.changes = p.differs()
		p.now = max(p.now+1, p.reach(paceNew, p.now))
	}
	p.now = -1
	return p
}

// differs reports whether the rate around the present row is another one.
func (p *pacer) differs() bool {
	first := p.reach(-paceSpan, p.reach(paceSpan/2, p.now))
	last := p.reach(paceSpan, first) // at the beginning and the end the row is not in the middle
	around := rateOf(p.times[first : last+1])
	return p.times[last]-p.times[first] > 0.9*paceSpan && math.Abs(around-p.usual) > paceDoubt*p.usual
}

// take says that the next row is played.
func (p *pacer) take(seconds float64) {
	if p.now++; p.now >= len(p.times) {
		p.times = append(p.times, seconds)
	}
	if p.now >= peekRows {
		old := p.reach(-2*paceSpan, p.now)
		p.times, p.now = append(p.times[:0], p.times[old:]...), p.now-old
	}
}

// rate returns the rate from the present row on.
func (p *pacer) rate() float64 {
	if p.changes = p.changes || p.differs(); !p.changes {
		return p.usual
	}
	first, last := p.now, p.reach(paceNew, p.now)
	if p.times[last]-p.times[first] < paceNew/2 { // too little is known ahead
		first, last = p.reach(-paceNew, p.now), p.now
	}
	if now := rateOf(p.times[first : last+1]); now >= 1 && now <= 1000 {
		return now
	}
	return p.usual
}

// reach returns the row that is up to some seconds after row i, or before it
// where they are negative.
func (p *pacer) reach(seconds float64, i int) int {
	step := 1
	if seconds < 0 {
		step = -1
	}
	k := i
	for k+step >= 0 && k+step < len(p.times) && math.Abs(p.times[k+step]-p.times[i]) <= math.Abs(seconds) {
		k += step
	}
	return k
}

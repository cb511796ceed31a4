package signal

import "math"

const (
	rhythmLikeness = 0.7  // from one beat to the next, where counted beats agree
	aloneLikeness  = 0.85 // where they do not
	beatsAlike     = 0.88 // mean correlation of the beats with their mean, where no rhythm is needed; noise has 0.6
	beatsShare     = 0.6  // of the intervals that are alike: below, the mean of all counts
	rateAgree      = 0.12 // how far beats and rhythm may differ, relative
)

// rate returns the pulse of the last seconds in beats a minute with its
// quality, 50 to 100, and false where there is none to be seen. Two witnesses
// are heard: the rhythm, which needs no single beat, and the beats, which need
// no rhythm.
func (p *Pulse) rate() (perMinute, quality float64, ok bool) {
	period, likeness := p.period.Period(p.ir.ac)
	p.window.find(p.ir.ac)
	alike := p.window.alike()
	common, share, mean := p.window.rhythm()
	beats := common
	if share < beatsShare { // no rhythm: atrial fibrillation, many extra beats
		beats = mean
	}
	switch {
	case period > 0 && likeness >= rhythmLikeness && math.Abs(common-period) <= rateAgree*period:
		return 60 * PulseRate / period, between(likeness, 0.35, 1, 0, 100), true
	case alike >= beatsAlike && beats > 0 && !p.window.paused():
		return 60 * PulseRate / beats, between(alike, beatsAlike, 1, 50, 55+20*share), true
	case period > 0 && likeness >= aloneLikeness:
		return 60 * PulseRate / period, between(likeness, aloneLikeness, 1, 50, 65), true
	}
	return 0, 0, false
}

// between maps from…to to low…high.
func between(v, from, to, low, high float64) float64 {
	return low + (high-low)*max(0, min(1, (v-from)/(to-from)))
}

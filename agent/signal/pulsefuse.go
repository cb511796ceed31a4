package signal

import "math"

const (
	rhythmLikeness = 0.7  // from one beat to the next, where counted beats agree
	aloneLikeness  = 0.85 // where they do not
	beatsAlike     = 0.88 // mean correlation of the beats with their mean, where no rhythm is needed; noise has 0.6
	beatsShare     = 0.6  // of the intervals that are alike: below, the mean of all counts
	rateAgree      = 0.12 // how far beats and rhythm may differ, relative
)

// witnesses see beats in a stretch of a wave that has one hump for each. Two
// are heard: the rhythm, which needs no single beat, and the beats, which need
// no rhythm.
type witnesses struct {
	rhythm *Correlator
	beats  *beatWindow
}

func newWitnesses() witnesses {
	return witnesses{rhythm: NewCorrelator(pulseShortest, pulseLongest), beats: newBeatWindow(pulseKept)}
}

// rate returns the beats a minute of the newest samples of r, at PulseRate,
// with a quality of 50 to 100, and false where there are none to be seen.
func (w *witnesses) rate(r *Ring) (perMinute, quality float64, ok bool) {
	w.beats.find(r)
	period, likeness := w.rhythm.Period(w.beats.wave[pulseKept-pulseWindow:])
	alike := w.beats.alike()
	common, share, mean := w.beats.rhythm()
	beats := common
	if share < beatsShare { // no rhythm: atrial fibrillation, many extra beats
		beats = mean
	}
	switch {
	case w.beats.n > 0 && w.beats.paused(): // a rhythm that repeats itself after a pause is no pulse either
		return 0, 0, false
	case period > 0 && likeness >= rhythmLikeness && math.Abs(common-period) <= rateAgree*period:
		return 60 * PulseRate / period, between(likeness, 0.35, 1, 0, 100), true
	case alike >= beatsAlike && beats > 0:
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

package signal

import "math"

const (
	respirationSpan  = 32   // s that a rate is the mean of,
	respirationLong  = 60   // and that of slow breathing: 32 s hold three breaths
	respirationSlow  = 10   // /min
	respirationSure  = 0.12 // so even are slow breaths that no spectrum of 32 s shows,
	respirationProof = 35   // s for which they are
	respirationAgree = 0.25 // how far counting and spectrum may differ, relative
	respirationEnter = 0.2  // how uneven breaths may be to begin with,
	respirationStay  = 0.2  // and afterwards where the spectrum does not confirm them
	respirationPause = 10   // s without a breath, from which there is no rate
)

// Respiration finds the breathing rate in one waveform that breathing moves:
// it counts breaths, and believes the count where the spectrum agrees or the
// breaths are even. It says nothing rather than something stale or guessed.
type Respiration struct {
	breaths  *Breaths
	spectrum *Breath
	seen     bool // at the last Estimate
}

// NewRespiration returns a Respiration for samples at BreathRate.
func NewRespiration() *Respiration {
	return &Respiration{breaths: NewBreaths(BreathsEven), spectrum: NewBreath(ChestLeast, 1)}
}

// Push takes a sample.
func (r *Respiration) Push(v float64) {
	r.breaths.Push(v)
	r.spectrum.Push(v)
}

// Reset forgets everything: after a gap.
func (r *Respiration) Reset() {
	r.breaths.Reset()
	r.spectrum.Reset()
	r.seen = false
}

// Estimate returns the breaths a minute of the last 32 s with a quality of 0
// to 100, and false where no breathing is seen well enough.
func (r *Respiration) Estimate() (rate float64, quality uint8, ok bool) {
	rate, uneven, span := r.breaths.Rate(respirationSpan)
	if rate < respirationSlow {
		rate, uneven, span = r.breaths.Rate(respirationLong)
	}
	if span == 0 || !r.breaths.Known() || r.breaths.Quiet() >= max(respirationPause, 1.25*r.breaths.Interval()) {
		r.seen = false
		return 0, 0, false
	}
	other, _, regular := r.spectrum.Estimate()
	agree := regular && math.Abs(rate-other) <= respirationAgree*max(rate, other)
	if r.seen {
		r.seen = agree || uneven < respirationStay
	} else {
		r.seen = agree && uneven < respirationEnter ||
			rate < respirationSlow && uneven < respirationSure && span >= respirationProof
	}
	if !r.seen {
		return 0, 0, false
	}
	q := 100 * (1 - uneven)
	if !agree {
		q -= 20
	}
	return rate, uint8(max(q, 1)), true
}

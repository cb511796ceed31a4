package signal

import "math"

const (
	ballistoLow    = 2.0            // Hz: below, the bed carries breathing
	ballistoHigh   = 10.0           // Hz: above, it carries little of a heart
	ballistoKept   = pulseKept / 10 // fifths of a second
	ballistoSmooth = 3.0            // Hz: of how hard the bed shakes, so that one beat is one hump
	ballistoEven   = 3.0            // between quarters of a window: beyond is movement
	ballistoDeep   = 0.15           // how much the shaking varies, of its mean: a fan shakes evenly
	ballistoHalf   = 0.15           // how much more alike two beats may be than one for one to be half a beat
)

// BallistoRate is the rate at which Ballisto works, a second.
const BallistoRate = PulseRate

// Ballisto finds the heart rate in the load of a bed: with each beat the body
// recoils, and the bed shakes for some tenths of a second (a
// ballistocardiogram). It reports nothing rather than something stale or
// guessed.
type Ballisto struct {
	high, low *Biquad
	smooth    *Biquad
	steady    *Biquad
	shaking   *Ring // how hard the bed shakes, the most of each fifth of a second
	humps     *Ring // how hard, without its steady part
	wave      *Ring // as it shakes
	most      float64
	n         int
	seen      witnesses
}

// NewBallisto returns a Ballisto for samples at BallistoRate.
func NewBallisto() *Ballisto {
	return &Ballisto{
		high: NewHighPass(ballistoLow, BallistoRate), low: NewLowPass(ballistoHigh, BallistoRate),
		smooth: NewLowPass(ballistoSmooth, BallistoRate), steady: NewHighPass(pulseLow, BallistoRate),
		shaking: NewRing(ballistoKept), humps: NewRing(pulseKept), wave: NewRing(pulseKept), seen: newWitnesses(),
	}
}

// Push takes a sample of the load, in any unit.
func (b *Ballisto) Push(load float64) {
	wave := b.low.Push(b.high.Push(load))
	hard := b.smooth.Push(math.Abs(wave))
	b.wave.Push(wave)
	b.most = max(b.most, hard)
	if b.n++; b.n == pulseKept/ballistoKept {
		b.shaking.Push(b.most)
		b.most, b.n = 0, 0
	}
	b.humps.Push(b.steady.Push(hard))
}

// Reset forgets everything: after a gap, and while the bed is empty.
func (b *Ballisto) Reset() {
	for _, f := range []*Biquad{b.high, b.low, b.smooth, b.steady} {
		f.Reset()
	}
	b.shaking.Reset()
	b.most, b.n = 0, 0
	b.humps.Reset()
	b.wave.Reset()
}

// Estimate returns the heart rate of the last 8 to 10 s in beats a minute with
// a quality of 50 to 100, and false where no heart can be seen.
func (b *Ballisto) Estimate() (perMinute float64, quality uint8, ok bool) {
	if b.humps.Len() < pulseKept || b.moved() || b.even() {
		return 0, 0, false
	}
	rate, q, ok := b.seen.rate(b.humps)
	if !ok {
		return 0, 0, false
	}
	if b.halves(rate) {
		rate /= 2
	}
	return rate, uint8(q), true
}

// moved reports whether the bed shook in one part of the window far more than
// in another: a movement.
func (b *Ballisto) moved() bool {
	least, most := math.Inf(1), 0.0
	for q := range 4 {
		_, high := b.shaking.Extremes((q+1)*ballistoKept/4-1, q*ballistoKept/4)
		least, most = min(least, high), max(most, high)
	}
	return !(most <= ballistoEven*least)
}

// even reports whether the bed shakes all the time alike: a machine.
func (b *Ballisto) even() bool {
	return !(b.humps.Deviation(pulseKept-1, 0) >= ballistoDeep*b.shaking.Mean(ballistoKept-1, 0))
}

// halves reports whether each second hump is the other half of one beat: the
// wave resembles itself two humps later far more than one.
func (b *Ballisto) halves(rate float64) bool {
	lag := int(60*BallistoRate/rate + 0.5)
	if 2*lag > pulseLongest {
		return false
	}
	return b.resembles(2*lag)-b.resembles(lag) > ballistoHalf && rate > 60
}

// resembles is the largest correlation of the wave with itself near a lag.
func (b *Ballisto) resembles(lag int) float64 {
	best := 0.0
	for l := lag - 2; l <= lag+2; l++ {
		var xy, xx, yy float64
		for k := 0; k+l < pulseKept; k++ {
			x, y := b.wave.Back(k), b.wave.Back(k+l)
			xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
		}
		if d := xx * yy; d > 0 {
			best = max(best, xy/math.Sqrt(d))
		}
	}
	return best
}

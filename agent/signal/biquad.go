package signal

import "math"

// Biquad is a second-order filter in transposed direct form II. It starts in
// the steady state of its first sample, so that it does not ring on an offset.
type Biquad struct {
	b0, b1, b2, a1, a2 float64
	s1, s2             float64
	began              bool
}

// NewLowPass returns a Butterworth low-pass with its corner at hz, for samples
// at rate a second (coefficients by the bilinear transform, as in the Audio EQ
// Cookbook of R. Bristow-Johnson with Q = 1/√2).
func NewLowPass(hz, rate float64) *Biquad {
	c, alpha := corner(hz, rate)
	b := (1 - c) / 2
	return normal(b, 2*b, b, c, alpha)
}

// NewHighPass returns a Butterworth high-pass.
func NewHighPass(hz, rate float64) *Biquad {
	c, alpha := corner(hz, rate)
	b := (1 + c) / 2
	return normal(b, -2*b, b, c, alpha)
}

func corner(hz, rate float64) (cos, alpha float64) {
	w := 2 * math.Pi * hz / rate
	return math.Cos(w), math.Sin(w) / math.Sqrt2
}

func normal(b0, b1, b2, cos, alpha float64) *Biquad {
	a0 := 1 + alpha
	return &Biquad{b0: b0 / a0, b1: b1 / a0, b2: b2 / a0, a1: -2 * cos / a0, a2: (1 - alpha) / a0}
}

// Push filters one sample.
func (f *Biquad) Push(v float64) float64 {
	if !f.began {
		f.began = true
		y := v * (f.b0 + f.b1 + f.b2) / (1 + f.a1 + f.a2)
		f.s1, f.s2 = y-f.b0*v, f.b2*v-f.a2*y
	}
	y := f.b0*v + f.s1
	f.s1 = f.b1*v - f.a1*y + f.s2
	f.s2 = f.b2*v - f.a2*y
	return y
}

// Reset forgets the past: after a gap.
func (f *Biquad) Reset() { f.s1, f.s2, f.began = 0, 0, false }

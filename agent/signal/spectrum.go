package signal

import "math"

// Spectrum adds up the power of windows at a fixed grid of frequencies.
type Spectrum struct {
	from, step float64 // Hz
	power      []float64
	scratch    []float64
	samples    []float64 // of the last window
}

// NewSpectrum returns a Spectrum from from to to in steps, all in Hz.
func NewSpectrum(from, to, step float64) *Spectrum {
	n := int((to-from)/step+0.5) + 1
	return &Spectrum{from: from, step: step, power: make([]float64, n), scratch: make([]float64, n)}
}

// Reset makes it zero.
func (s *Spectrum) Reset() { clear(s.power) }

// Add adds the newest window samples of r, taken at rate a second, without
// their straight line and under a Hann window. Whatever its amplitude, a
// window weighs more the fewer frequencies share its power, and weight times
// that. A flat one adds nothing, and neither does one whose power lies outside
// of the grid.
func (s *Spectrum) Add(r *Ring, window int, rate, weight float64) {
	if r.Len() < window || window < 4 {
		return
	}
	mean := s.take(r, window)
	total := s.transform(rate)
	if !(total > 1e-18*mean*mean) || math.IsInf(total, 0) {
		return
	}
	peaky, top := 0.0, 0
	for i, v := range s.scratch {
		peaky += sq(v / total)
		if v > s.scratch[top] {
			top = i
		}
	}
	if top == 0 || top == len(s.scratch)-1 {
		return // what leaks in from outside of the grid
	}
	for i := range s.power {
		s.power[i] += weight * peaky * s.scratch[i] / total
	}
}

// take takes a window without its straight line, under a Hann window, and returns
// its mean.
func (s *Spectrum) take(r *Ring, window int) (mean float64) {
	mid, mean := float64(window-1)/2, r.Mean(window-1, 0)
	var slope, norm float64
	for b := range window {
		x := mid - float64(b)
		slope += x * (r.Back(b) - mean)
		norm += x * x
	}
	slope /= norm
	if len(s.samples) != window {
		s.samples = make([]float64, window)
	}
	// Hann's window turns once from end to end.
	cos, sin := math.Cos(math.Pi/float64(window)), math.Sin(math.Pi/float64(window))
	cw, sw := math.Cos(2*math.Pi/float64(window)), math.Sin(2*math.Pi/float64(window))
	for b := range s.samples {
		s.samples[b] = (0.5 - 0.5*cos) * (r.Back(b) - mean - slope*(mid-float64(b)))
		cos, sin = cos*cw-sin*sw, sin*cw+cos*sw
	}
	return mean
}

// transform computes the power of the window at each frequency, and returns that
// of all.
func (s *Spectrum) transform(rate float64) (total float64) {
	for i := range s.power {
		w := 2 * math.Pi * (s.from + float64(i)*s.step) / rate
		cw, sw := math.Cos(w), math.Sin(w)
		cos, sin := 1.0, 0.0
		var re, im float64
		for _, v := range s.samples {
			re += v * cos
			im += v * sin
			cos, sin = cos*cw-sin*sw, sin*cw+cos*sw
		}
		s.scratch[i] = re*re + im*im
		total += s.scratch[i]
	}
	return total
}

// Peak returns the frequency with the most power in Hz, and which share of all
// power lies within width Hz of it; false where there is no power, or where
// the most lies at an end of the grid: that is no peak.
func (s *Spectrum) Peak(width float64) (hz, share float64, ok bool) {
	best, total := 0, 0.0
	for i, v := range s.power {
		total += v
		if v > s.power[best] {
			best = i
		}
	}
	if !(total > 0) || best == 0 || best == len(s.power)-1 {
		return 0, 0, false
	}
	near, reach := 0.0, int(width/s.step+0.5)
	for i := max(best-reach, 0); i <= min(best+reach, len(s.power)-1); i++ {
		near += s.power[i]
	}
	shift := vertex(s.power[best-1], s.power[best], s.power[best+1])
	return s.from + (float64(best)+shift)*s.step, near / total, true
}

package signal

import "math"

// Correlator finds the period of a rhythm by autocorrelation.
type Correlator struct {
	shortest, longest int
	likeness          []float64 // by lag, from shortest-1 to longest+1
}

// NewCorrelator returns a Correlator for periods of shortest to longest
// samples.
func NewCorrelator(shortest, longest int) *Correlator {
	shortest = max(shortest, 2)
	longest = max(shortest, longest)
	return &Correlator{shortest: shortest, longest: longest, likeness: make([]float64, longest-shortest+3)}
}

// Period returns the period in samples of a wave without its mean and how much
// it resembles itself one period later, 0 to 1; a period of 0 means that there
// is no rhythm, or that the wave does not hold the longest twice.
func (c *Correlator) Period(wave []float64) (period, likeness float64) {
	if len(wave) < 2*c.longest+2 {
		return 0, 0
	}
	for i := range c.likeness {
		c.likeness[i] = alike(wave, c.shortest-1+i)
	}
	best := 0.0
	for i := 1; i < len(c.likeness)-1; i++ {
		if c.peak(i) {
			best = max(best, c.likeness[i])
		}
	}
	// A rhythm repeats after two periods, too: the first peak that is nearly
	// as high as the highest is the period itself.
	for i := 1; i < len(c.likeness)-1; i++ {
		if here := c.likeness[i]; c.peak(i) && here > 0 && here >= 0.85*best {
			return float64(c.shortest-1+i) + vertex(c.likeness[i-1], here, c.likeness[i+1]), min(here, 1)
		}
	}
	return 0, 0
}

func (c *Correlator) peak(i int) bool {
	return c.likeness[i] > c.likeness[i-1] && c.likeness[i] >= c.likeness[i+1]
}

// alike returns the correlation of v with itself lag samples later.
func alike(v []float64, lag int) float64 {
	var xy, xx, yy float64
	late := v[lag:]
	for i, y := range late {
		x := v[i]
		xy += x * y
		xx += x * x
		yy += y * y
	}
	if !(xx*yy > 0) {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

package signal

import "math"

// Motion summarises stretches of acceleration: how much moved.
type Motion struct {
	n           int
	sum, square [3]float64
	m, m2, away float64
}

// Push adds a sample in g.
func (s *Motion) Push(x, y, z float64) {
	s.n++
	for i, v := range [3]float64{x, y, z} {
		s.sum[i] += v
		s.square[i] += v * v
	}
	m := math.Sqrt(x*x + y*y + z*z)
	s.m += m
	s.m2 += m * m
	s.away += math.Abs(m - 1)
}

// Len returns the number of samples so far.
func (s *Motion) Len() int { return s.n }

// Reset begins a new stretch.
func (s *Motion) Reset() { *s = Motion{} }

// Activity returns the mean distance of the magnitude from 1 g, in g.
func (s *Motion) Activity() float64 { return s.away / float64(max(s.n, 1)) }

// Rest returns the standard deviation of the magnitude, in g.
func (s *Motion) Rest() float64 { return spread(s.m, s.m2, s.n) }

// Sway returns the standard deviation of the vector, in g: a turning wrist
// sways also where its magnitude rests.
func (s *Motion) Sway() float64 {
	v := 0.0
	for i := range s.sum {
		v += sq(spread(s.sum[i], s.square[i], s.n))
	}
	return math.Sqrt(v)
}

func spread(sum, square float64, n int) float64 {
	if n == 0 {
		return 0
	}
	mean := sum / float64(n)
	return math.Sqrt(max(0, square/float64(n)-mean*mean))
}

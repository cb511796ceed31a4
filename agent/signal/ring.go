package signal

import "math"

// Ring keeps the newest samples of one channel.
type Ring struct {
	buf  []float64
	head int // where the next sample goes
	n    int
}

// NewRing returns a Ring that keeps size samples.
func NewRing(size int) *Ring { return &Ring{buf: make([]float64, max(size, 1))} }

// Push adds the newest sample; the oldest falls out of a full Ring.
func (r *Ring) Push(v float64) {
	r.buf[r.head] = v
	if r.head++; r.head == len(r.buf) {
		r.head = 0
	}
	if r.n < len(r.buf) {
		r.n++
	}
}

// Len returns how many samples there are.
func (r *Ring) Len() int { return r.n }

// Reset forgets all samples.
func (r *Ring) Reset() { r.head, r.n = 0, 0 }

// Back returns the sample that is back samples older than the newest. Beyond
// the oldest it returns the oldest, and 0 from an empty Ring.
func (r *Ring) Back(back int) float64 {
	if r.n == 0 {
		return 0
	}
	back = min(max(back, 0), r.n-1)
	i := r.head - 1 - back
	if i < 0 {
		i += len(r.buf)
	}
	return r.buf[i]
}

// span clips from…to (samples back, from older than to) to what there is.
func (r *Ring) span(from, to int) (int, int, bool) {
	from, to = min(from, r.n-1), max(to, 0)
	return from, to, r.n > 0 && from >= to
}

// Mean returns the mean of the samples from…to back, both included, from
// being the older. It is 0 where there are none.
func (r *Ring) Mean(from, to int) float64 {
	from, to, ok := r.span(from, to)
	if !ok {
		return 0
	}
	sum := 0.0
	for b := from; b >= to; b-- {
		sum += r.Back(b)
	}
	return sum / float64(from-to+1)
}

// Deviation returns the standard deviation of the samples from…to back.
func (r *Ring) Deviation(from, to int) float64 {
	from, to, ok := r.span(from, to)
	if !ok {
		return 0
	}
	mean, sum := r.Mean(from, to), 0.0
	for b := from; b >= to; b-- {
		d := r.Back(b) - mean
		sum += d * d
	}
	return math.Sqrt(sum / float64(from-to+1))
}

// Extremes returns the smallest and the largest of the samples from…to back.
func (r *Ring) Extremes(from, to int) (low, high float64) {
	from, to, ok := r.span(from, to)
	if !ok {
		return 0, 0
	}
	low, high = r.Back(from), r.Back(from)
	for b := from - 1; b >= to; b-- {
		low, high = min(low, r.Back(b)), max(high, r.Back(b))
	}
	return low, high
}

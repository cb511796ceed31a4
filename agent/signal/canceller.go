package signal

// Canceller removes from a window of a signal what other channels explain: the
// least squares fit of those channels, each at a few delays. A pendulum and a
// runner's arm move blood; whatever of the light follows from the acceleration
// of the same seconds is no heartbeat.
type Canceller struct {
	taps, step int
	window     int
	columns    [][]float64 // each other channel at each delay
	normal     []float64   // the normal matrix, row by row, then factorised
	right      []float64
}

// NewCanceller returns a Canceller for windows of window samples, of refs
// other channels at taps delays that lie step samples apart.
func NewCanceller(window, refs, taps, step int) *Canceller {
	m := refs * taps
	return &Canceller{taps: taps, step: step, window: window,
		columns: make([][]float64, m), normal: make([]float64, m*m), right: make([]float64, m)}
}

// Reach returns how many samples before the window Learn looks at.
func (c *Canceller) Reach() int { return (c.taps - 1) * c.step }

// Learn takes the other channels, oldest sample first: the window, and Reach
// samples before it. They must not change until the last call of Cancel. A
// channel that deviates by less than floor, in its own unit, explains next to
// nothing. It returns false where nothing can be explained.
func (c *Canceller) Learn(refs [][]float64, floor float64) bool {
	m := len(c.right)
	for a := range m {
		late := c.Reach() - a%c.taps*c.step
		c.columns[a] = refs[a/c.taps][late : late+c.window]
	}
	for a := range m {
		for b := a; b < m; b++ {
			c.normal[a*m+b] = dot(c.columns[a], c.columns[b])
		}
		c.normal[a*m+a] += floor * floor * float64(c.window)
	}
	return c.factorise()
}

func dot(x, y []float64) float64 {
	sum := 0.0
	y = y[:len(x)]
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

// factorise turns the upper half of the normal matrix A into U and D with
// A = Uᵀ D U and ones on the diagonal of U, where D stands instead.
func (c *Canceller) factorise() bool {
	m := len(c.right)
	for a := range m {
		d := c.normal[a*m+a]
		if !(d > 0) {
			return false
		}
		for b := a + 1; b < m; b++ {
			f := c.normal[a*m+b] / d
			for k := b; k < m; k++ {
				c.normal[b*m+k] -= f * c.normal[a*m+k]
			}
		}
		for b := a + 1; b < m; b++ {
			c.normal[a*m+b] /= d
		}
	}
	return true
}

// Cancel takes the fit of the channels learnt off the window x, in place, and
// returns which share of its power is left.
func (c *Canceller) Cancel(x []float64) float64 {
	m := len(c.right)
	before := dot(x, x)
	for a := range m {
		sum := dot(x, c.columns[a])
		for b := range a {
			sum -= c.normal[b*m+a] * c.right[b]
		}
		c.right[a] = sum
	}
	for a := m - 1; a >= 0; a-- {
		v := c.right[a] / c.normal[a*m+a]
		for b := a + 1; b < m; b++ {
			v -= c.normal[a*m+b] * c.right[b]
		}
		c.right[a] = v
	}
	for a, w := range c.right {
		for i, v := range c.columns[a][:len(x)] {
			x[i] -= w * v
		}
	}
	if !(before > 0) {
		return 0
	}
	return dot(x, x) / before
}

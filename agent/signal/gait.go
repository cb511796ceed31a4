package signal

import "math"

// GaitRate is the rate in samples a second at which Gait takes acceleration.
const GaitRate = 25

const (
	gaitWindow = 5 * GaitRate // samples that are looked at together
	gaitLow    = 0.04         // g: less deviation is rest
	gaitHigh   = 0.7          // g: more is no walk
	gaitEven   = 0.65         // mean by standard deviation: 0.9 of a sine, less of single knocks
	gaitFirst  = 9            // lag of 2.8 steps a second
	gaitLast   = 50           // lag of a stride of 2 s
	gaitRhythm = 0.5          // autocorrelation from which there is one
	gaitDrift  = 0.15         // how much the period may change from second to second
)

// Gait tells walking in acceleration that is worn: five seconds whose magnitude
// repeats itself with the period of a step or a stride, with the deviation that
// walking has, without knocks, at a period that lasts.
type Gait struct {
	ring   [gaitWindow]float64 // magnitudes
	n      int
	sum    [3]float64 // of the present second
	period int        // of the second before, 0 without
}

// GaitSecond is what Gait says of one second.
type GaitSecond struct {
	Walking bool
	Period  float64    // s, of a step or a stride; 0 without a rhythm
	Down    [3]float64 // mean acceleration in g: where gravity pulls
}

// Reset forgets the samples so far: after a gap.
func (g *Gait) Reset() { *g = Gait{} }

// Push takes one sample in g. Once a second it says what that second was.
func (g *Gait) Push(x, y, z float64) (GaitSecond, bool) {
	g.ring[g.n%gaitWindow] = math.Sqrt(x*x + y*y + z*z)
	g.n++
	g.sum[0] += x
	g.sum[1] += y
	g.sum[2] += z
	if g.n%GaitRate != 0 {
		return GaitSecond{}, false
	}
	s := GaitSecond{Down: [3]float64{g.sum[0] / GaitRate, g.sum[1] / GaitRate, g.sum[2] / GaitRate}}
	g.sum = [3]float64{}
	if g.n < gaitWindow {
		return s, true
	}
	if g.n >= 2*gaitWindow {
		g.n -= gaitWindow // the same place of the ring
	}
	before := g.period
	g.period = g.rhythm()
	s.Period = float64(g.period) / GaitRate
	s.Walking = g.period > 0 && steady(g.period, before)
	return s, true
}

// steady reports whether a period is that of the second before, or its half or
// double: steps and strides change places.
func steady(now, before int) bool {
	for _, r := range [...]float64{1, 2, 0.5} {
		if math.Abs(float64(now)-r*float64(before)) <= gaitDrift*float64(now)+1 {
			return before > 0
		}
	}
	return false
}

// rhythm returns the lag at which the magnitude repeats itself, 0 for none.
func (g *Gait) rhythm() int {
	var x [gaitWindow]float64
	mean := 0.0
	for i := range x {
		x[i] = g.ring[(g.n+i)%gaitWindow]
		mean += x[i] / gaitWindow
	}
	power, size := 0.0, 0.0
	for i := range x {
		x[i] -= mean
		power += x[i] * x[i] / gaitWindow
		size += math.Abs(x[i]) / gaitWindow
	}
	if sd := math.Sqrt(power); !(sd >= gaitLow && sd <= gaitHigh && size >= gaitEven*sd) {
		return 0
	}
	best, lag, fell := gaitRhythm, 0, false
	for k := 2; k <= gaitLast; k++ {
		c := 0.0
		for i := range gaitWindow - k {
			c += x[i] * x[i+k]
		}
		c /= power * float64(gaitWindow-k)
		if fell = fell || c < 0.1; fell && k >= gaitFirst && c > best {
			best, lag = c, k
		}
	}
	return lag
}

package signal

import "math"

// look is the surroundings of one peak. Its stretches are half-open and counted
// in samples from the peak: [-50, 0) is the second before it. Of a stretch that
// reaches beyond what there is, what there is counts; of too little comes NaN.
type look struct {
	d    *Impact
	peak int64
	lo   int                                      // samples before the peak
	hi   int                                      // samples after it
	m    [impactBefore + ImpactSecond + 1]float64 // magnitude of acceleration, g
	w    [impactBefore + ImpactSecond + 1]float64 // of angular rate, °/s
	gyro bool                                     // angular rate was measured all the while

	vertical vertical
	means    [impactMeans][3]float64 // gravity by half seconds before, see reach
	known    int
}

// begin takes up a peak, with at most reach samples after it.
func (l *look) begin(d *Impact, peak int64, reach int) {
	l.d, l.peak = d, peak
	l.lo = int(max(0, min(peak-max(d.from, d.n-impactRing), impactBefore)))
	l.hi = max(0, min(d.Since(peak), reach))
	l.gyro = true
	low, high := math.Inf(1), 0.0
	for i := range l.lo + l.hi + 1 {
		f := l.frame(i)
		l.m[i] = f.magnitude()
		x, y, z := float64(f[3]), float64(f[4]), float64(f[5])
		l.w[i] = math.Sqrt(x*x + y*y + z*z)
		if l.w[i] != l.w[i] {
			l.gyro = false
		}
		low, high = min(low, l.w[i]), max(high, l.w[i])
	}
	if !(high > low) { // it stands still: it is not measuring
		l.gyro = false
	}
	l.remember()
	l.vertical = unknown
	if l.gyro {
		l.followGravity()
	}
}

// frame returns the sample that is i after the first of the look.
func (l *look) frame(i int) *impactFrame {
	return &l.d.ring[(l.peak-int64(l.lo)+int64(i))%impactRing]
}

// span turns a stretch into indexes of m and w.
func (l *look) span(a, b int) (int, int) {
	i, j := max(0, a+l.lo), min(l.lo+l.hi+1, b+l.lo)
	return i, max(i, j)
}

// deviation is the standard deviation of the magnitude, g.
func (l *look) deviation(a, b int) float64 {
	i, j := l.span(a, b)
	if j-i < 10 {
		return math.NaN()
	}
	sum, square := 0.0, 0.0
	for _, m := range l.m[i:j] {
		sum += m
		square += m * m
	}
	return spread(sum, square, j-i)
}

// sway is the standard deviation of the vector, g.
func (l *look) sway(a, b int) float64 {
	i, j := l.span(a, b)
	if j-i < 10 {
		return math.NaN()
	}
	var sum, square [3]float64
	for k := i; k < j; k++ {
		for c, v := range l.frame(k)[:3] {
			sum[c] += float64(v)
			square[c] += float64(v) * float64(v)
		}
	}
	all := 0.0
	for c := range sum {
		all += sq(spread(sum[c], square[c], j-i))
	}
	return math.Sqrt(all)
}

// gravity is the mean vector, g.
func (l *look) gravity(a, b int) (g [3]float64, ok bool) {
	i, j := l.span(a, b)
	if j-i < 5 {
		return g, false
	}
	for k := i; k < j; k++ {
		for c, v := range l.frame(k)[:3] {
			g[c] += float64(v)
		}
	}
	for c := range g {
		g[c] /= float64(j - i)
	}
	return g, true
}

// turn is the angle between gravity in two stretches, degrees.
func (l *look) turn(a, b, c, d int) float64 {
	g, ok := l.gravity(a, b)
	h, also := l.gravity(c, d)
	if !ok || !also {
		return math.NaN()
	}
	return apart(g, h)
}

func apart(g, h [3]float64) float64 { return Angle(g[0], g[1], g[2], h[0], h[1], h[2]) }

// smooth is the mean of the magnitude from half samples before an index to half
// after it.
func (l *look) smooth(i, half int) float64 {
	from, to := max(0, i-half), min(l.lo+l.hi, i+half)
	sum := 0.0
	for _, m := range l.m[from : to+1] {
		sum += m
	}
	return sum / float64(to-from+1)
}

// highest is the largest smoothed magnitude, g; NaN of nothing.
func (l *look) highest(a, b, half int) float64 {
	i, j := l.span(a, b)
	best := math.NaN()
	for ; i < j; i++ {
		if v := l.smooth(i, half); !(v <= best) {
			best = v
		}
	}
	return best
}

// lowest is the smallest smoothed magnitude, g; NaN of nothing.
func (l *look) lowest(a, b, half int) float64 {
	i, j := l.span(a, b)
	best := math.NaN()
	for ; i < j; i++ {
		if v := l.smooth(i, half); !(v >= best) {
			best = v
		}
	}
	return best
}

// sum adds up what of gives for each magnitude.
func (l *look) sum(a, b int, of func(m float64) float64) float64 {
	i, j := l.span(a, b)
	all := 0.0
	for _, m := range l.m[i:j] {
		all += of(m)
	}
	return all
}

// Of a magnitude, for look.sum.
func missing(m float64) float64 { return max(0, 1-m) }
func beyond(m float64) float64  { return max(0, m-1) }
func away(m float64) float64    { return math.Abs(m - 1) }

// beats counts the peaks above 1.3 g: steps, claps.
func (l *look) beats(a, b int) float64 {
	i, j := l.span(a, b)
	n := 0.0
	for k := max(i, 1); k < min(j, l.lo+l.hi); k++ {
		if l.m[k] > 1.3 && l.m[k] >= l.m[k-1] && l.m[k] > l.m[k+1] {
			n++
		}
	}
	return n
}

// rhythm is the highest autocorrelation of the magnitude at 0.24 to 0.9 s: near
// 1 where somebody walks, jogs or claps.
func (l *look) rhythm(a, b int) float64 {
	i, j := l.span(a, b)
	n := j - i
	if n < 75 {
		return math.NaN()
	}
	mean := 0.0
	for _, m := range l.m[i:j] {
		mean += m / float64(n)
	}
	energy := 0.05 // g², so that noise has no rhythm
	for _, m := range l.m[i:j] {
		energy += sq(m - mean)
	}
	best := 0.0
	for lag := 12; lag <= 45; lag++ {
		s := 0.0
		for k := i; k+lag < j; k++ {
			s += (l.m[k] - mean) * (l.m[k+lag] - mean)
		}
		best = max(best, s/energy*float64(n)/float64(n-lag))
	}
	return best
}

// The half seconds before a peak whose gravity is remembered.
const (
	impactMeanFrom  = -250
	impactMeanTo    = -40
	impactMeanStep  = 10
	impactMeanWidth = 25
	impactMeans     = (impactMeanTo-impactMeanWidth-impactMeanFrom)/impactMeanStep + 1
)

// remember takes gravity of every half second before.
func (l *look) remember() {
	l.known = 0
	for a := impactMeanFrom; a+impactMeanWidth <= impactMeanTo; a += impactMeanStep {
		if a+l.lo < 0 {
			continue
		}
		if g, ok := l.gravity(a, a+impactMeanWidth); ok {
			l.means[l.known] = g
			l.known++
		}
	}
}

// reach is the smallest angle from gravity in a stretch to that of any half
// second before: a hand that hits a table is where it was a moment ago, who
// lies is not. Degrees.
func (l *look) reach(a, b int) float64 {
	g, ok := l.gravity(a, b)
	if !ok || l.known == 0 {
		return math.NaN()
	}
	best := 180.0
	for _, h := range l.means[:l.known] {
		best = min(best, apart(g, h))
	}
	return best
}

// settled is when after the peak the first quiet half second begins, s; the end
// of what there is where there is none.
func (l *look) settled() float64 {
	for a := 10; a+25 <= l.hi; a += 5 {
		if l.sway(a, a+25) < 0.06 {
			return float64(a) / ImpactRate
		}
	}
	return float64(l.hi) / ImpactRate
}

// quiet is the share of quiet half seconds in a stretch.
func (l *look) quiet(a, b int) float64 {
	n, quiet := 0.0, 0.0
	for ; a+25 <= b; a += 25 {
		if s := l.sway(a, a+25); s == s {
			n++
			if s < 0.05 {
				quiet++
			}
		}
	}
	return quiet / n // NaN of nothing
}

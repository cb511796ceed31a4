package signal

import "math"

// The shape of an ImpactWave: channels, and samples of each.
const (
	WaveChannels = 9
	WaveLength   = impactBefore + ImpactSecond
)

// WaveSpin is the channel of angular rate; it is 0 where none was measured.
const WaveSpin = 8

// waveSmooth is over how many samples gravity is taken: half a second.
const waveSmooth = 25

// ImpactWave is an impact as it was, from 5 s before to 4 s after its peak, in
// channels that do not depend on how the device is turned on the body:
//
//   - 0: the magnitude of acceleration above 1 g, in g;
//   - 1 and 2: acceleration along gravity before (-2.5…-1 s) and after (2…4 s), in g;
//   - 3 and 4: the cosine of the angle of gravity now to these two;
//   - 5: acceleration across gravity before, in g;
//   - 6: the change from the sample before, in g;
//   - 7: the distance from the mean of the half second around, in g;
//   - 8: the angular rate, in 200 °/s.
//
// What was not measured, before the beginning or after the end, is what was
// measured, mirrored: an end must not look like stillness.
type ImpactWave [WaveChannels * WaveLength]float32

// Channel returns one channel.
func (w *ImpactWave) Channel(k int) []float32 { return w[k*WaveLength : (k+1)*WaveLength] }

// Wave describes a peak by its surroundings, as they are known by now.
func (d *Impact) Wave(peak int64, w *ImpactWave) { d.look.wave(d, peak, w) }

func (l *look) wave(d *Impact, peak int64, w *ImpactWave) {
	l.begin(d, peak, ImpactSecond)
	before, after := l.waveGravity(-125, -50), l.waveGravity(100, 200)
	var sum [3]float64 // of the half second around the present sample
	for i := -waveSmooth / 2; i < waveSmooth/2; i++ {
		add(&sum, l.mirrored(i), 1)
	}
	last := l.mirrored(0)
	for i := range WaveLength {
		add(&sum, l.mirrored(i+waveSmooth/2), 1)
		f := l.mirrored(i)
		mean := [3]float64{sum[0] / waveSmooth, sum[1] / waveSmooth, sum[2] / waveSmooth}
		a := [3]float64{float64(f[0]), float64(f[1]), float64(f[2])}
		m, along, steady := length(a), inner(a, before), length(mean)+1e-6
		jerk, fast := 0.0, 0.0
		for k := range a {
			jerk += sq(a[k] - float64(last[k]))
			fast += sq(a[k] - mean[k])
		}
		for k, v := range [WaveChannels]float64{
			m - 1, along, inner(a, after), inner(mean, before) / steady, inner(mean, after) / steady,
			math.Sqrt(max(0, m*m-along*along)), math.Sqrt(jerk), math.Sqrt(fast), 0,
		} {
			w[k*WaveLength+i] = float32(v)
		}
		if l.gyro {
			w[WaveSpin*WaveLength+i] = float32(length([3]float64{float64(f[3]), float64(f[4]), float64(f[5])}) / 200)
		}
		add(&sum, l.mirrored(i-waveSmooth/2), -1)
		last = f
	}
}

// mirrored returns sample i of an ImpactWave; what is not known is mirrored at
// the beginning or the end of what is.
func (l *look) mirrored(i int) *impactFrame {
	i -= impactBefore - l.lo // from the first that is known
	n := l.lo + l.hi
	if n == 0 {
		return l.frame(0)
	}
	if i %= 2 * n; i < 0 {
		i += 2 * n
	}
	if i > n {
		i = 2*n - i
	}
	return l.frame(i)
}

// waveGravity is the direction of the mean vector in a stretch.
func (l *look) waveGravity(a, b int) [3]float64 {
	var g [3]float64
	for i := a; i < b; i++ {
		add(&g, l.mirrored(impactBefore+i), 1)
	}
	n := length(g) + 1e-6
	return [3]float64{g[0] / n, g[1] / n, g[2] / n}
}

func add(sum *[3]float64, f *impactFrame, times float64) {
	for k := range sum {
		sum[k] += times * float64(f[k])
	}
}

func length(v [3]float64) float64   { return math.Sqrt(inner(v, v)) }
func inner(v, w [3]float64) float64 { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }

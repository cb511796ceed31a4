package signal

import (
	"math"
	"testing"
)

// tumble is 10 s with a blow at 6 s after which gravity is another axis, as
// turn would have measured it, from one sample to another.
func tumble(turn func(v [3]float64) [3]float64, from, to int, gyro bool) (d *Impact, peak int64) {
	d = NewImpact()
	for i := from; i < to; i++ {
		a := [3]float64{1 + 0.1*math.Sin(float64(i)/9), 0.1 * math.Cos(float64(i)/7), 0}
		if i >= 300 {
			a = [3]float64{0.05 * math.Sin(float64(i)/5), 0.1, 1}
		}
		if i >= 300 && i < 304 {
			a = [3]float64{1.5, 2, 1}
		}
		a = turn(a)
		f := []float64{a[0], a[1], a[2], math.NaN(), math.NaN(), math.NaN()}
		if gyro {
			f[3], f[4], f[5] = 30, 40*math.Sin(float64(i)), 0
		}
		d.Push(f)
	}
	return d, int64(300 - from)
}

func same(v [3]float64) [3]float64 { return v }

func TestAnImpactWaveIsTheSameHoweverTheDeviceIsTurned(t *testing.T) {
	turned := func(v [3]float64) [3]float64 { // about two axes
		s, c := math.Sincos(0.7)
		x, y := c*v[0]-s*v[1], s*v[0]+c*v[1]
		return [3]float64{c*x + s*v[2], -y, c*v[2] - s*x}
	}
	var one, other ImpactWave
	d, peak := tumble(same, 0, 510, true)
	d.Wave(peak, &one)
	d, peak = tumble(turned, 0, 510, true)
	d.Wave(peak, &other)
	for i := range one {
		if math.Abs(float64(one[i]-other[i])) > 1e-4 {
			t.Fatalf("channel %d, sample %d: %v and %v", i/WaveLength, i%WaveLength, one[i], other[i])
		}
	}
}

func TestAnImpactWaveSaysWhatWasMeasured(t *testing.T) {
	var w ImpactWave
	d, peak := tumble(same, 0, 510, true)
	d.Wave(peak, &w)
	for _, c := range []struct {
		what            string
		channel         int
		seconds         float64 // from the peak
		want, tolerance float64
	}{
		{"the blow above 1 g", 0, 0.02, math.Sqrt(1.5*1.5+2*2+1) - 1, 0.001},
		{"gravity before, before", 3, -2, 1, 0.02},
		{"gravity before, after", 3, 3, 0.05, 0.1},
		{"gravity after, before", 4, -2, 0, 0.1},
		{"gravity after, after", 4, 3, 1, 0.02},
		{"across gravity before, after", 5, 3, 1, 0.05},
		{"the angular rate", WaveSpin, -1, math.Hypot(30, 40*math.Sin(250)) / 200, 1e-5},
	} {
		i := impactBefore + int(c.seconds*ImpactRate)
		if got := float64(w.Channel(c.channel)[i]); math.Abs(got-c.want) > c.tolerance {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	d, peak = tumble(same, 0, 510, false)
	d.Wave(peak, &w)
	for i, v := range w.Channel(WaveSpin) {
		if v != 0 {
			t.Fatalf("without a gyroscope sample %d turns by %v", i, v)
		}
	}
}

// TestTheEndsOfARecordingAreMirrored: what a device measured after it was
// switched on a second before the blow, and off two seconds after it.
func TestTheEndsOfARecordingAreMirrored(t *testing.T) {
	var w ImpactWave
	d, peak := tumble(same, 250, 400, false)
	d.Wave(peak, &w)
	m := w.Channel(0)
	for k := 1; k < 50; k++ {
		if before, after := m[200-k], m[200+k]; before != after {
			t.Fatalf("%d samples before the beginning: %v, after it %v", k, before, after)
		}
		if k < 40 && m[349-k] != m[349+k] {
			t.Fatalf("%d samples after the end: %v, before it %v", k, m[349+k], m[349-k])
		}
	}
	d = NewImpact()
	d.Push([]float64{2, 0, 0, math.NaN(), math.NaN(), math.NaN()})
	d.Wave(0, &w)
	for i, v := range w {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			t.Fatalf("of a single sample %d becomes %v", i, v)
		}
	}
}

func TestAWaveAllocatesNothing(t *testing.T) {
	d, peak := tumble(same, 0, 510, true)
	if n := testing.AllocsPerRun(10, func() {
		var w ImpactWave
		d.Wave(peak, &w)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

package signal

import (
	"math"
	"testing"
)

// breathing plays a pulse of 70 a minute whose baseline, amplitude and interval
// breathe, and returns what is said from 60 s on.
func breathing(b *LightBreath, seconds int, perMinute, depth, disturbance float64) (rates, sure []float64) {
	for i := range seconds * LightBreathRate {
		t := float64(i) / LightBreathRate
		s := depth * math.Sin(2*math.Pi*perMinute/60*t)
		b.Push(100+0.3*s+0.3*disturbance*noise(3*i), 1+0.1*s+0.1*disturbance*noise(3*i/4*3+1), 0.86+0.03*s+0.03*disturbance*noise(3*i/4*3+2))
		if (i+1)%(LightBreathEvery*LightBreathRate) == 0 {
			if rate, s, ok := b.Estimate(); ok && t > 60 {
				rates, sure = append(rates, rate), append(sure, s)
			}
		}
	}
	return rates, sure
}

func TestA6_BreathingIsSeenInThePulse(t *testing.T) {
	for _, rate := range []float64{8, 12, 15, 20, 28, 36, 42} {
		rates, sure := breathing(NewLightBreath(), 180, rate, 1, 0.5)
		if len(rates) < 10 {
			t.Errorf("%v /min: %d estimates", rate, len(rates))
		}
		for i := range rates {
			if math.Abs(rates[i]-rate) > 0.7 || sure[i] < 0.3 {
				t.Errorf("%v /min: %.1f, %.2f sure", rate, rates[i], sure[i])
			}
		}
	}
}

func TestA6_WhereNothingBreathesNothingIsSaid(t *testing.T) {
	if rates, _ := breathing(NewLightBreath(), 180, 15, 0, 0); len(rates) > 0 {
		t.Errorf("a pulse that does not change breathes: %v", rates)
	}
	said, all := 0, 0
	for k := range 20 {
		b := NewLightBreath()
		for i := range 300 * LightBreathRate {
			beat := (k*3000 + i) / 4 * 3
			b.Push(noise(90000*k+i), 1+0.1*noise(beat+1), 0.86+0.03*noise(beat+2))
			if (i+1)%(LightBreathEvery*LightBreathRate) == 0 {
				all++
				if _, sure, ok := b.Estimate(); ok && sure >= 0.3 {
					said++
				}
			}
		}
	}
	if said > all/15 {
		t.Errorf("noise breathed in %d of %d windows", said, all)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), 1e300} {
		b := NewLightBreath()
		for range 60 * LightBreathRate {
			b.Push(v, -v, v)
		}
		if rate, _, ok := b.Estimate(); ok {
			t.Errorf("%v breathes %v", v, rate)
		}
	}
}

func TestBreathingThatChangesIsFollowed(t *testing.T) {
	b := NewLightBreath()
	breathing(b, 120, 14, 1, 0.3)
	rates, _ := breathing(b, 150, 26, 1, 0.3)
	if n := len(rates); n == 0 || math.Abs(rates[n-1]-26) > 1 || math.Abs(rates[n-6]-26) > 1 {
		t.Errorf("100 s and 150 s after 14 became 26: %.1f", rates)
	}
}

func BenchmarkLightBreath(b *testing.B) {
	l := NewLightBreath()
	breathing(l, 60, 15, 1, 0.5)
	b.ReportAllocs()
	for b.Loop() {
		l.Estimate()
	}
}

package signal

import (
	"math"
	"testing"
)

// recoil is what a bed does after a beat, t seconds after the R wave: the waves
// H to N of a ballistocardiogram, as Starr's nomenclature has them.
func recoil(t float64) float64 {
	v := 0.0
	for _, w := range [...][3]float64{{0.10, 0.2, 0.025}, {0.16, -0.5, 0.025}, {0.22, 1, 0.03}, {0.30, -0.8, 0.035}, {0.38, 0.4, 0.035}, {0.46, -0.2, 0.04}, {0.54, 0.15, 0.04}} {
		d := (t - w[0]) / w[2]
		v += w[1] * math.Exp(-d*d/2)
	}
	return v
}

// lie plays a bed with somebody who breathes, ten times as strong as the heart,
// whose beats vary by some percent, and returns the estimates of each 10 s.
func lie(b *Ballisto, seconds int, perMinute, vary, disturbance, heart float64) (rates []float64) {
	begin, length, n := 0.0, 60/perMinute, 0
	for i := range seconds * BallistoRate {
		t := float64(i) / BallistoRate
		if t-begin >= length {
			begin += length
			n++
			length = 60 / perMinute * (1 + vary*(0.7*math.Sin(2*math.Pi*0.25*t)+0.5*noise(n)))
		}
		breath := math.Sin(2 * math.Pi * 0.25 * t)
		b.Push(2.4 + 0.01*breath + heart*0.001*(1+0.2*breath)*(recoil(t-begin)+recoil(t-begin+length)) + disturbance*0.001*noise(i))
		if i%(10*BallistoRate) == 10*BallistoRate-1 {
			if rate, _, ok := b.Estimate(); ok {
				rates = append(rates, rate)
			} else {
				rates = append(rates, 0)
			}
		}
	}
	return rates
}

func TestA6_ABedSaysTheHeartRateOfWhoLiesInIt(t *testing.T) {
	for _, rate := range []float64{42, 50, 60, 72, 85, 100, 115} {
		for _, vary := range []float64{0, 0.03} {
			said := 0
			for i, v := range lie(NewBallisto(), 180, rate, vary, 0.2, 1) {
				if v == 0 {
					continue
				}
				said++
				if math.Abs(v-rate) > 3 {
					t.Errorf("%v /min, varying by %v: %.1f after %d s", rate, vary, v, 10*i+10)
				}
			}
			if said < 12 {
				t.Errorf("%v /min, varying by %v: said %d times in 18", rate, vary, said)
			}
		}
	}
}

func TestA6_ABedWithoutAHeartSaysNoHeartRate(t *testing.T) {
	said := 0
	for _, v := range lie(NewBallisto(), 3000, 60, 0, 1, 0) {
		if v != 0 {
			said++
		}
	}
	if said > 3 {
		t.Errorf("noise had a heart rate in %d of 300 windows", said)
	}
	for name, f := range map[string]func(i int) float64{
		"a suitcase": func(int) float64 { return 2.4 },
		"a fan":      func(i int) float64 { return 2.4 + 0.01*math.Sin(2*math.Pi*7*float64(i)/BallistoRate) },
		"no number":  func(i int) float64 { return math.NaN() },
		"turning over": func(i int) float64 {
			return 2.4 + 0.3*noise(i/(7*BallistoRate))
		},
	} {
		b := NewBallisto()
		for i := range 60 * BallistoRate {
			b.Push(f(i))
			if i%BallistoRate == 0 {
				if rate, q, ok := b.Estimate(); ok {
					t.Errorf("%s: %v of quality %v", name, rate, q)
				}
			}
		}
	}
}

func BenchmarkBallisto(b *testing.B) {
	s := NewBallisto()
	lie(s, 30, 66, 0.02, 0.2, 1)
	b.ReportAllocs()
	for b.Loop() {
		for i := range 10 * BallistoRate {
			s.Push(2.4 + 0.001*float64(i%45))
		}
		s.Estimate()
	}
}

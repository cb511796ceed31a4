package signal

import (
	"math"
	"testing"
)

func TestRingKeepsTheNewest(t *testing.T) {
	r := NewRing(4)
	if r.Back(0) != 0 || r.Mean(3, 0) != 0 || r.Deviation(3, 0) != 0 {
		t.Error("an empty ring holds something")
	}
	for i := 1; i <= 6; i++ {
		r.Push(float64(i))
	}
	if r.Len() != 4 || r.Back(0) != 6 || r.Back(3) != 3 || r.Back(99) != 3 || r.Back(-1) != 6 {
		t.Errorf("length %d, newest %v, oldest %v", r.Len(), r.Back(0), r.Back(3))
	}
	if m := r.Mean(3, 0); m != 4.5 {
		t.Errorf("mean %v", m)
	}
	if d := r.Deviation(1, 0); d != 0.5 {
		t.Errorf("deviation %v", d)
	}
	if low, high := r.Extremes(2, 1); low != 4 || high != 5 {
		t.Errorf("extremes %v, %v", low, high)
	}
	if r.Reset(); r.Len() != 0 || r.Back(0) != 0 {
		t.Error("a reset ring holds something")
	}
}

func TestResamplerKeepsTimeAndShape(t *testing.T) {
	for _, rate := range []float64{20, 25, 39.3, 50, 52, 62.5, 100, 125, 200} {
		r := NewResampler(50, 1)
		n, worst := 0, 0.0
		for i := range int(rate * 20) {
			v := math.Sin(2 * math.Pi * 0.5 * float64(i) / rate)
			r.Push([]float64{v}, rate, func(f []float64) {
				// Up to one input and one output step of delay.
				at := float64(i) / rate
				best := math.Inf(1)
				for d := 0.0; d <= 1/rate+0.02+1e-9; d += 0.001 {
					best = min(best, math.Abs(f[0]-math.Sin(2*math.Pi*0.5*(at-d))))
				}
				worst = max(worst, best)
				n++
			})
		}
		if want := 1000; n < want-3 || n > want+1 {
			t.Errorf("%v Hz: %d samples in 20 s, want %d", rate, n, want)
		}
		if worst > 0.02 {
			t.Errorf("%v Hz: off by %.3f", rate, worst)
		}
	}
}

func TestResamplerAfterAChangeOfRate(t *testing.T) {
	r, n := NewResampler(50, 1), 0
	for i := range 400 {
		rate := 100.0
		if i >= 200 {
			rate = 200
		}
		r.Push([]float64{1}, rate, func(f []float64) {
			n++
			if f[0] != 1 {
				t.Errorf("a constant became %v", f[0])
			}
		})
	}
	if n != 150 {
		t.Errorf("%d samples, want 150", n)
	}
}

func TestFiltersPassAndStop(t *testing.T) {
	gain := func(f *Biquad, hz float64) float64 {
		top := 0.0
		for i := range 5000 {
			if y := f.Push(100 + math.Sin(2*math.Pi*hz*float64(i)/50)); i > 4000 {
				top = max(top, math.Abs(y))
			}
		}
		return top
	}
	if g := gain(NewHighPass(0.5, 50), 3); math.Abs(g-1) > 0.05 {
		t.Errorf("high-pass at 3 Hz: %v", g)
	}
	if g := gain(NewHighPass(0.5, 50), 0.05); g > 0.02 {
		t.Errorf("high-pass at 0.05 Hz: %v", g)
	}
	if g := gain(NewLowPass(5, 50), 15); math.Abs(g-100) > 0.2 {
		t.Errorf("low-pass at 15 Hz: %v", g)
	}
	if y := NewHighPass(0.5, 50).Push(1e5); math.Abs(y) > 1e-6 {
		t.Errorf("the high-pass rings on an offset: %v", y)
	}
	if y := NewLowPass(5, 50).Push(1e5); math.Abs(y-1e5) > 1e-6 {
		t.Errorf("the low-pass does not begin where the signal is: %v", y)
	}
}

func TestHoldBridgesShortHoles(t *testing.T) {
	h := NewHold(10, 2)
	if _, ok := h.Push(math.NaN()); ok {
		t.Error("there was nothing to hold")
	}
	h.Push(3)
	for i, want := range []bool{true, true, false, false} {
		if v, ok := h.Push(math.Inf(1)); ok != want || ok && v != 3 {
			t.Errorf("hole %d: %v %v", i, v, ok)
		}
	}
	if v, ok := h.Push(-4); !ok || v != -4 {
		t.Error("a good sample was refused")
	}
}

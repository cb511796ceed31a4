package signal

import (
	"math"
	"testing"
)

// walks counts the seconds of a movement that look like walking.
func walks(seconds int, g func(t float64) (x, y, z float64)) (n int, last GaitSecond) {
	var gait Gait
	for i := range seconds * GaitRate {
		if s, ok := gait.Push(g(float64(i) / GaitRate)); ok {
			last = s
			if s.Walking {
				n++
			}
		}
	}
	return n, last
}

func turn(t float64) float64 { return math.Sin(2 * math.Pi * t) }

func TestGaitKnowsWalking(t *testing.T) {
	for name, steps := range map[string]float64{"slow": 1.1, "usual": 1.8, "fast": 2.4} {
		n, last := walks(30, func(t float64) (x, y, z float64) {
			s := 0.14*turn(steps*t) + 0.06*turn(steps/2*t)
			return 0.96 + s, 0.2 + 0.2*s, 0.15
		})
		if n < 24 {
			t.Errorf("%s: %d of 30 s are walking", name, n)
		}
		if d := math.Abs(last.Period*steps - math.Round(last.Period*steps)); d > 0.15 || last.Down[0] < 0.8 {
			t.Errorf("%s: %+v", name, last)
		}
	}
}

func TestGaitTakesNothingElseForWalking(t *testing.T) {
	noise := func(t float64) float64 { return math.Mod(math.Sin(t*7919)*43758.5, 1) }
	for name, g := range map[string]func(t float64) (x, y, z float64){
		"lying":      func(t float64) (x, y, z float64) { return 0.01 * noise(t), 0, 1 },
		"struggling": func(t float64) (x, y, z float64) { return 0.5 * noise(math.Floor(t*4)), 0.3 * noise(t), 1 },
		"knocking for help": func(t float64) (x, y, z float64) {
			if math.Mod(t, 0.8) < 0.04 {
				return 2.5, 0, 1
			}
			return 0, 0, 1
		},
		"breathing":        func(t float64) (x, y, z float64) { return 0, 0.02 * turn(0.3*t), 1 },
		"running, jumping": func(t float64) (x, y, z float64) { return 1 + 2.2*turn(2.8*t), 0, 0 },
		"no number":        func(t float64) (x, y, z float64) { return math.NaN(), 0, 1 },
		"no end":           func(t float64) (x, y, z float64) { return math.Inf(1), 0, 1 },
	} {
		if n, _ := walks(60, g); n > 2 {
			t.Errorf("%s: %d of 60 s are walking", name, n)
		}
	}
}

func TestGaitBeginsAnewAfterAGapAndAllocatesNothing(t *testing.T) {
	var g Gait
	for i := range 500 {
		g.Push(turn(float64(i)/14), 0, 1)
	}
	g.Reset()
	if g != (Gait{}) {
		t.Error("something is left")
	}
	if n := testing.AllocsPerRun(100, func() {
		for i := range GaitRate {
			g.Push(turn(float64(i)/14), 0, 1)
		}
	}); n != 0 {
		t.Errorf("%v allocations a second", n)
	}
}

func BenchmarkGait(b *testing.B) {
	var g Gait
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g.Push(turn(float64(i)/14), 0.2, 0.9)
	}
}

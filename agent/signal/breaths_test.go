package signal

import (
	"math"
	"testing"
)

// chest is a wave of so many breaths a minute: it rises and falls for 45 % of a
// cycle, and rests.
func chest(perMinute, at float64) float64 {
	if p := math.Mod(at*perMinute/60, 1); p < 0.45 {
		return math.Sin(math.Pi * p / 0.45)
	}
	return 0
}

func TestZigzagTurnsOnlyByItsHeight(t *testing.T) {
	var z Zigzag
	var turns []Turn
	for i, v := range []float64{0, 1, 3, 2.5, 4, 2, 2.4, 1, 1.4, 3, 3, 0} {
		if turn, ok := z.Push(int64(i), v, 1.5); ok {
			turns = append(turns, turn)
		}
	}
	want := []Turn{{0, 0, false}, {4, 4, true}, {7, 1, false}, {9, 3, true}}
	if len(turns) != len(want) {
		t.Fatalf("turns %v, want %v", turns, want)
	}
	for i := range want {
		if turns[i] != want[i] {
			t.Errorf("turn %d: %v, want %v", i, turns[i], want[i])
		}
	}
	if r := z.Running(); r.Level != 0 || r.High {
		t.Errorf("running: %v", r)
	}
}

func TestBreathsAreKnownAfterFourEvenOnes(t *testing.T) {
	for _, rate := range []float64{4, 6, 10, 15, 20, 30, 40} {
		for _, scale := range []float64{1, -3, 1e-4, 1e5} {
			b := NewBreaths(BreathsEven)
			known := 0.0
			for i := range 240 * BreathRate {
				at := float64(i) / BreathRate
				b.Push(scale * (7 + chest(rate, at) + 0.01*noise(i)))
				if b.Known() && known == 0 {
					known = at
				}
			}
			if limit := 12 + 6.5*60/rate; known == 0 || known > limit {
				t.Errorf("%v /min, scale %v: known after %v s, want %v at the most", rate, scale, known, limit)
			}
			if d := b.Interval() - 60/rate; math.Abs(d) > 0.02*60/rate+0.05 {
				t.Errorf("%v /min, scale %v: an interval of %v s", rate, scale, b.Interval())
			}
			if got, uneven, span := b.Rate(60); span < 30 || math.Abs(got-rate) > 0.1 || uneven > 0.05 {
				t.Errorf("%v /min, scale %v: counted %v, uneven %v, over %v s", rate, scale, got, uneven, span)
			}
			if h := b.Usual() / math.Abs(scale); rate <= 20 && math.Abs(h-1) > 0.15 {
				t.Errorf("%v /min, scale %v: a height of %v", rate, scale, h)
			}
		}
	}
}

func TestQuietIsCountedFromBreathToBreath(t *testing.T) {
	for _, scale := range []float64{1, -1} {
		b := NewBreaths(BreathsEven)
		n := 0
		for ; n < 60*BreathRate; n++ { // the last peak is at 56.9 s
			b.Push(scale * chest(15, float64(n)/BreathRate))
		}
		for ; n < 75*BreathRate; n++ {
			b.Push(scale * (0.1*math.Sin(2*math.Pi*1.2*float64(n)/BreathRate) + 0.001*float64(n-600)))
			want := float64(n)/BreathRate - 56.9
			if q := b.Quiet(); want > 5 && math.Abs(q-want) > 0.6 {
				t.Fatalf("scale %v: quiet for %v s, want %v", scale, q, want)
			}
		}
		for b.Gap() < 10 && n < 90*BreathRate {
			b.Push(scale * chest(15, float64(n-750)/BreathRate))
			n++
		}
		if g, at := b.Gap(), float64(n)/BreathRate; math.Abs(g-19) > 0.7 || at > 78 { // a peak at 75.9 s
			t.Errorf("scale %v: a gap of %v s, seen at %v s", scale, g, at)
		}
	}
}

func TestAMovementMakesBreathingUnknown(t *testing.T) {
	b := NewBreaths(BreathsEven)
	play := func(seconds float64, f func(at float64) float64) (disturbed bool) {
		for i := range int(seconds * BreathRate) {
			disturbed = b.Push(f(float64(i)/BreathRate)) == Disturbed || disturbed
		}
		return disturbed
	}
	breathe := func(at float64) float64 { return chest(15, at) }
	if play(60, breathe) || !b.Known() {
		t.Fatal("breathing is not known to begin with")
	}
	if !play(2, func(at float64) float64 { return 8 * math.Sin(math.Pi*at/2) }) || b.Known() || b.Quiet() != 0 {
		t.Error("a movement of eight breaths' height is no matter")
	}
	if play(40, breathe); !b.Known() {
		t.Error("breathing is not known again after a movement")
	}
	if !play(8, func(at float64) float64 { return math.Sin(2*math.Pi*1.1*at) * 1.5 }) {
		t.Error("shaking is breathing")
	}
	play(60, breathe)
	if b.Reset(); b.Known() || b.Interval() != 0 || b.Quiet() != 0 {
		t.Error("a reset leaves something behind")
	}
}

func TestNoiseIsNotKnownAsBreathing(t *testing.T) {
	known, n := 0, 0
	for k := range 20 {
		b := NewBreaths(BreathsEven)
		for i := range 600 * BreathRate {
			b.Push(noise(70000*k + i))
			n++
			if b.Known() {
				known++
			}
		}
	}
	if share := float64(known) / float64(n); share > 0.02 {
		t.Errorf("noise is known as breathing for %.1f %% of the time", 100*share)
	}
}

func TestRespirationSaysWhatItSees(t *testing.T) {
	for _, rate := range []float64{4, 5, 6, 9, 12, 15, 20, 28, 40} {
		r := NewRespiration()
		for i := range 180 * BreathRate {
			at := float64(i) / BreathRate
			r.Push(7 + 0.02*at + chest(rate, at) + 0.05*noise(i))
		}
		if got, q, ok := r.Estimate(); !ok || math.Abs(got-rate) > 0.3 || q < 50 {
			t.Errorf("%v /min: %v of quality %v, %v", rate, got, q, ok)
		}
	}
	for name, f := range map[string]func(i int) float64{
		"nothing moves":  func(int) float64 { return 3 },
		"a ramp":         func(i int) float64 { return float64(i) },
		"a heart":        func(i int) float64 { return math.Sin(2 * math.Pi * 1.1 * float64(i) / BreathRate) },
		"a breath a day": func(i int) float64 { return chest(2, float64(i)/BreathRate) },
	} {
		r := NewRespiration()
		for i := range 300 * BreathRate {
			r.Push(f(i))
			if i%(10*BreathRate) == 0 {
				if got, q, ok := r.Estimate(); ok {
					t.Fatalf("%s: %v of quality %v", name, got, q)
				}
			}
		}
	}
}

func TestRespirationIsSilentWithoutBreath(t *testing.T) {
	r := NewRespiration()
	for i := range 60 * BreathRate {
		r.Push(chest(15, float64(i)/BreathRate))
	}
	if _, _, ok := r.Estimate(); !ok {
		t.Fatal("no rate to begin with")
	}
	for i := range 60 * BreathRate {
		r.Push(0.01 * noise(i))
		if got, _, ok := r.Estimate(); ok && i >= 9*BreathRate {
			t.Fatalf("%v /min, %v s after the last breath", got, float64(i)/BreathRate+3.1)
		}
	}
}

func TestRespirationOfNoiseIsRare(t *testing.T) {
	said, asked := 0, 0
	for k := range 30 {
		r := NewRespiration()
		for i := range 300 * BreathRate {
			r.Push(noise(9000*k + i))
			if i%(10*BreathRate) == 0 {
				asked++
				if _, _, ok := r.Estimate(); ok {
					said++
				}
			}
		}
	}
	if said > asked/200 {
		t.Errorf("noise breathed in %d of %d windows", said, asked)
	}
}

func BenchmarkRespiration(b *testing.B) {
	r := NewRespiration()
	b.ReportAllocs()
	for i := range b.N {
		r.Push(chest(15, float64(i)/BreathRate))
		if i%(10*BreathRate) == 0 {
			r.Estimate()
		}
	}
}

func BenchmarkBreaths(b *testing.B) {
	r := NewBreaths(BreathsEven)
	b.ReportAllocs()
	for i := range b.N {
		r.Push(chest(15, float64(i)/BreathRate))
		r.Quiet()
	}
}

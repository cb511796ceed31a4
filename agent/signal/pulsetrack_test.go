package signal

import (
	"math"
	"testing"
)

// run is somebody who runs: arm and legs move, and the light follows the heart
// and, far more, the arm.
type run struct {
	heart   func(t float64) float64 // beats a minute
	cadence float64                 // steps a minute
	share   float64                 // of the heart in the light, against the arm's 1
	noise   float64
}

// play plays seconds of a run and returns the estimates of the tracker, one
// each TrackEvery seconds.
func (r run) play(seconds int, p *Pulse, k *PulseTracker) (rates, sure []float64) {
	phase := 0.0
	for i := range seconds * PulseRate {
		t := float64(i) / PulseRate
		phase += r.heart(t) / 60 / PulseRate
		step := 2 * math.Pi * r.cadence / 60 * t
		swing := step / 2
		k.Move([3]float64{0.4*math.Sin(swing) + 0.05*noise(7*i), 1 + 0.8*math.Sin(step+0.4) + 0.05*noise(7*i+1), 0.3*math.Sin(swing+1) + 0.4*math.Sin(step+2)})
		motion := 0.8*math.Sin(swing-0.7) + math.Sin(step-1.1)
		v := r.share*wave(phase-math.Floor(phase)) + motion + r.noise*noise(7*i+5)
		p.Push(0, 1000-v)
		if (i+1)%(TrackEvery*PulseRate) == 0 {
			if rate, s, ok := k.Estimate(p, 0); ok {
				rates, sure = append(rates, rate), append(sure, s)
			} else {
				rates, sure = append(rates, 0), append(sure, 0)
			}
		}
	}
	return rates, sure
}

func TestA6_ThePulseOfARunnerIsNotTheStep(t *testing.T) {
	for _, c := range []struct {
		name    string
		heart   func(t float64) float64
		cadence float64
	}{
		{"steady", func(float64) float64 { return 138 }, 166},
		{"rising", func(t float64) float64 { return min(165, 95+0.6*t) }, 172},
		{"falling", func(t float64) float64 { return max(100, 150-0.5*t) }, 120},
		{"below the steps", func(float64) float64 { return 76 }, 110},
	} {
		p, k := NewPulse(), NewPulseTracker()
		k.Settle(c.heart(0))
		rates, sure := run{heart: c.heart, cadence: c.cadence, share: 0.3, noise: 0.1}.play(120, p, k)
		worst, said := 0.0, 0
		for i := 5; i < len(rates); i++ {
			if sure[i] < 0.2 {
				continue
			}
			said++
			worst = max(worst, math.Abs(rates[i]-c.heart(float64(2*i+2)-4)))
		}
		if worst > 8 || said < 45 {
			t.Errorf("%s: %d of 55 rates, the worst wrong by %.1f", c.name, said, worst)
		}
	}
}

func TestA6_MotionWithoutAPulseIsNoPulse(t *testing.T) {
	for _, c := range []struct {
		name  string
		noise float64
	}{{"nothing but the arm", 0}, {"a loose band", 0.5}} {
		p, k := NewPulse(), NewPulseTracker()
		_, sure := run{heart: func(float64) float64 { return 100 }, cadence: 160, noise: c.noise}.play(300, p, k)
		said := 0
		for _, s := range sure {
			if s >= 0.2 {
				said++
			}
		}
		if said > 3 {
			t.Errorf("%s: a pulse in %d of %d windows", c.name, said, len(sure))
		}
	}
}

func TestLightAndAccelerationMayComeApart(t *testing.T) {
	p, k := NewPulse(), NewPulseTracker()
	r := run{heart: func(float64) float64 { return 120 }, cadence: 150, share: 0.4, noise: 0.1}
	k.Settle(120)
	r.play(30, p, k)
	for _, ahead := range []float64{-3, 3, math.Inf(1), math.NaN()} {
		if rate, _, ok := k.Estimate(p, ahead); ok {
			t.Errorf("%v s apart: %v", ahead, rate)
		}
	}
	k.Still()
	if rate, _, ok := k.Estimate(p, 0); ok {
		t.Errorf("without acceleration: %v", rate)
	}
}

func TestCancellerTakesWhatIsExplainedAndLeavesTheRest(t *testing.T) {
	const n = 200
	c := NewCanceller(n, 2, 3, 3)
	refs := [][]float64{make([]float64, n+c.Reach()), make([]float64, n+c.Reach())}
	x, own := make([]float64, n), make([]float64, n)
	for i := range refs[0] {
		s := float64(i - c.Reach())
		refs[0][i], refs[1][i] = math.Sin(0.3*s), math.Cos(0.7*s)
	}
	for i := range n {
		s := float64(i)
		own[i] = 0.2 * math.Sin(0.51*s)
		x[i] = 3*math.Sin(0.3*s-0.5) - 2*math.Cos(0.7*s-0.2) + own[i]
	}
	if !c.Learn(refs, 0.001) {
		t.Fatal("nothing was learnt")
	}
	left := c.Cancel(x)
	wrong := 0.0
	for i := range x {
		wrong += sq(x[i] - own[i])
	}
	if wrong = math.Sqrt(wrong / n); wrong > 0.1 || left > 0.01 {
		t.Errorf("off by %.3f, %.4f of the power left", wrong, left)
	}
	clear(refs[0])
	clear(refs[1])
	if c.Learn(refs, 0) {
		t.Error("something was learnt from nothing")
	}
}

func TestBeliefFollowsAndForgets(t *testing.T) {
	b := NewBelief(40, 2, 91, 4, 1e-6)
	b.Settle(80, 4)
	if _, rate, sure := b.Best(6); math.Abs(rate-80) > 0.5 || sure < 0.8 {
		t.Errorf("settled on 80: %v with %v", rate, sure)
	}
	for range 30 {
		b.Spread()
	}
	if _, _, sure := b.Best(6); sure > 0.4 {
		t.Errorf("a minute later it is still %v sure", sure)
	}
	for range 3 {
		b.Observe(func(i int) float64 { return math.Exp(-sq(float64(i)*2+40-130) / 50) })
	}
	if _, rate, sure := b.Best(6); math.Abs(rate-130) > 1 || sure < 0.8 {
		t.Errorf("three times 130 was seen: %v with %v", rate, sure)
	}
	b.Observe(func(int) float64 { return math.NaN() })
	if _, _, sure := b.Best(6); !(sure < 0.1) {
		t.Errorf("after nonsense it is %v sure", sure)
	}
}

// FuzzPulse feeds what a broken sensor could.
func FuzzPulse(f *testing.F) {
	f.Add(int64(1), 1.0, 1.0, 0.0)
	f.Add(int64(2), math.NaN(), math.Inf(1), 2.0)
	f.Add(int64(3), 1e300, -1e300, -2.0)
	f.Fuzz(func(t *testing.T, seed int64, light, move, ahead float64) {
		p, k := NewPulse(), NewPulseTracker()
		for i := range 12 * PulseRate {
			n := noise(int(seed) + i)
			if i%97 == 0 {
				n *= move
			}
			k.Move([3]float64{move * n, n, -move})
			p.Push(light*n, n-light)
			if i%PulseRate != 0 {
				continue
			}
			if b, ok := p.Estimate(); ok && !(b.Rate >= 20 && b.Rate <= 220 && b.Quality >= 50 && b.Quality <= 100) {
				t.Errorf("at rest: %+v", b)
			}
			if rate, sure, ok := k.Estimate(p, ahead); ok && !(rate >= 30 && rate <= 230 && sure >= 0 && sure <= 1) {
				t.Errorf("in motion: %v %v", rate, sure)
			}
		}
	})
}

func BenchmarkPulseAtRest(b *testing.B) {
	p := NewPulse()
	light(p, 72, 12, 0.01, 0.0005, 0.6)
	b.ReportAllocs()
	for b.Loop() {
		for i := range 5 * PulseRate { // as often as it is asked
			p.Push(90000, 110000+2000*wave(float64(i%40)/40))
		}
		p.Estimate()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/5, "ns/s-of-light")
}

func BenchmarkPulseInMotion(b *testing.B) {
	p, k := NewPulse(), NewPulseTracker()
	run{heart: func(float64) float64 { return 120 }, cadence: 150, share: 0.4, noise: 0.1}.play(20, p, k)
	b.ReportAllocs()
	for b.Loop() {
		for i := range TrackEvery * PulseRate {
			v := float64(i % 20)
			k.Move([3]float64{v / 20, 1, -v / 30})
			p.Push(90000+v, 110000+v)
		}
		k.Estimate(p, 0)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/TrackEvery, "ns/s-of-light")
}

package signal

import (
	"math"
	"testing"
)

// noise is a deterministic disturbance in -1..1.
func noise(i int) float64 {
	z := uint64(i+1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11)/(1<<52) - 1
}

// wave is one beat of a pulse wave with its dicrotic notch, phase in 0..1.
func wave(phase float64) float64 {
	bump := func(at, width float64) float64 { d := (phase - at) / width; return math.Exp(-d * d) }
	return bump(0.2, 0.1) + 0.35*bump(0.5, 0.12)
}

func light(p *Pulse, perMinute, seconds, share, disturbance, ratio float64) {
	for i := range int(seconds * PulseRate) {
		beats := perMinute / 60 * float64(i) / PulseRate
		w := wave(beats - math.Floor(beats))
		p.Push(90000*(1-ratio*share*w+disturbance*noise(2*i)), 110000*(1-share*w+disturbance*noise(2*i+1)))
	}
}

func TestPulseRateAndSaturation(t *testing.T) {
	for _, rate := range []float64{36, 45, 60, 72, 90, 120, 150, 180} {
		p := NewPulse()
		light(p, rate, 20, 0.01, 0.0005, 0.6)
		b, ok := p.Estimate()
		if !ok || math.Abs(b.Rate-rate) > 2 || b.Quality < 60 {
			t.Errorf("%v /min: %+v, %v", rate, b, ok)
		}
		if s, ok := SpO2(b.Ratio); !ok || math.Abs(b.Ratio-0.6) > 0.03 || math.Abs(s-96.8) > 1 {
			t.Errorf("%v /min: ratio %v, SpO2 %v", rate, b.Ratio, s)
		}
		if b.Perfusion < 0.3 || b.Perfusion > 2 {
			t.Errorf("%v /min: perfusion %v %%", rate, b.Perfusion)
		}
	}
}

func TestWithoutAPulseThereIsNoReading(t *testing.T) {
	for name, feed := range map[string]func(p *Pulse){
		"nothing":   func(*Pulse) {},
		"too short": func(p *Pulse) { light(p, 70, 7, 0.01, 0, 0.6) },
		"constant":  func(p *Pulse) { light(p, 70, 60, 0, 0, 0.6) },
		"dark": func(p *Pulse) {
			for range 1000 {
				p.Push(0, 0)
			}
		},
		"a beat below what can be": func(p *Pulse) { light(p, 15, 60, 0.01, 0, 0.6) },
	} {
		p := NewPulse()
		feed(p)
		if b, ok := p.Estimate(); ok {
			t.Errorf("%s: %+v", name, b)
		}
	}
	// Of noise a chance resemblance may pass now and then; it must be rare.
	said := 0
	for k := range 200 {
		p := NewPulse()
		for i := range 10 * PulseRate {
			p.Push(90000*(1+0.004*noise(9999*k+2*i)), 110000*(1+0.004*noise(77777*k+2*i+1)))
		}
		if _, ok := p.Estimate(); ok {
			said++
		}
	}
	if said > 2 {
		t.Errorf("noise was a pulse in %d of 200 windows", said)
	}
}

func TestAPulseThatEndsIsNotSaidAgain(t *testing.T) {
	p := NewPulse()
	light(p, 70, 20, 0.01, 0.0003, 0.6)
	if _, ok := p.Estimate(); !ok {
		t.Fatal("no pulse to begin with")
	}
	light(p, 70, 9, 0, 0.00001, 0.6)
	if b, ok := p.Estimate(); ok {
		t.Errorf("9 s after the pulse had ended: %+v", b)
	}
}

// A heart that beats at 75 for five seconds and stands still for five is not
// one of 75, however regular the beats are.
func TestAPulseWithPausesIsNotSaid(t *testing.T) {
	p := NewPulse()
	at := 0.0
	for i := range 180 * PulseRate {
		w := 0.0
		if at = float64(i) / PulseRate; math.Mod(at, 10) < 4.8 {
			_, phase := math.Modf(75.0 / 60 * math.Mod(at, 10))
			w = wave(phase)
		}
		p.Push(0, 110000*(1-0.01*w+0.0003*noise(i)))
		if b, ok := p.Estimate(); ok && i%(5*PulseRate) == 0 {
			t.Fatalf("%v s: %+v", at, b)
		}
	}
}

func TestSpO2StaysOnItsCurve(t *testing.T) {
	for _, c := range []struct {
		ratio, want float64
		ok          bool
	}{{0.5, 98.757, true}, {0.7, 94.013, true}, {1, 80.139, true}, {0.337, 99.957, true}, {0.2, 0, false}, {2, 0, false}, {math.NaN(), 0, false}} {
		if got, ok := SpO2(c.ratio); ok != c.ok || math.Abs(got-c.want) > 0.001 {
			t.Errorf("R = %v: %v %v", c.ratio, got, ok)
		}
	}
}

func TestBreathRate(t *testing.T) {
	for _, rate := range []float64{6, 9, 12, 15, 20, 28, 40} {
		b := NewBreath(ChestLeast, 1)
		for i := range 60 * BreathRate {
			at := float64(i) / BreathRate
			b.Push(7 + 0.02*at + math.Sin(2*math.Pi*rate/60*at) + 0.3*noise(i))
		}
		if got, q, ok := b.Estimate(); !ok || math.Abs(got-rate) > 0.5 || q < 40 {
			t.Errorf("%v /min: %v of quality %v, %v", rate, got, q, ok)
		}
	}
	for name, f := range map[string]func(i int) float64{
		"nothing moves": func(int) float64 { return 3 },
		"a ramp":        func(i int) float64 { return float64(i) },
	} {
		b := NewBreath(ChestLeast, 1)
		for i := range 60 * BreathRate {
			b.Push(f(i))
		}
		if got, q, ok := b.Estimate(); ok {
			t.Errorf("%s: %v of quality %v", name, got, q)
		}
	}
	said := 0
	for k := range 100 {
		b := NewBreath(ChestLeast, 1)
		for i := range 40 * BreathRate {
			b.Push(noise(5000*k + i))
		}
		if _, _, ok := b.Estimate(); ok {
			said++
		}
	}
	if said > 5 {
		t.Errorf("noise breathed in %d of 100 windows", said)
	}
}

func TestA6_ASlowPulseIsNotCountedTwice(t *testing.T) {
	// A slow pulse whose second wave is nearly another beat: a bump at half of
	// the way, three quarters as high.
	beat := func(phase float64) float64 {
		bump := func(at, width float64) float64 { d := (phase - at) / width; return math.Exp(-d * d) }
		rise := min(1, max(0, phase-0.1)/0.06)
		return rise*math.Exp(-4*max(0, phase-0.16)) + 0.35*bump(0.5, 0.1)
	}
	for _, sign := range []float64{1, -1} {
		p := NewPulse()
		for i := range 20 * PulseRate {
			at := 45.0 / 60 * float64(i) / PulseRate
			p.Push(0, 110000*(1-sign*0.01*beat(at-math.Floor(at))+0.0002*noise(i)))
		}
		if b, ok := p.Estimate(); !ok || math.Abs(b.Rate-45) > 2 {
			t.Errorf("sign %v: %+v, %v", sign, b, ok)
		}
	}
}

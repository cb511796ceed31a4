package signal

import (
	"math"
	"testing"
)

// pushed pushes acceleration without a gyroscope.
func pushed(d *Impact, x, y, z float64) (int64, bool) {
	none := math.NaN()
	return d.Push([]float64{x, y, z, none, none, none})
}

func TestImpactIsLookedAtTwice(t *testing.T) {
	d := NewImpact()
	var first, second ImpactFeatures
	looks := 0
	for i := range 600 {
		x, y, z := 1.0, 0.0, 0.0
		switch u := i - 300; {
		case u >= -15 && u < 0:
			x = 0.2 // 0.3 s of free fall
		case u >= 0 && u < 3:
			x, y = 2, 3
		case u >= 3 && u < 150:
			x, y = 0, 1
		case u >= 150: // the arm turns 3 s after it
			x, z = 0, 1
		}
		peak, due := pushed(d, x, y, z)
		if due {
			looks++
			if n := d.Since(peak); n != ImpactFirst {
				t.Fatalf("looked at %d samples after the peak", n)
			}
			d.Glance(peak, &first)
		}
		if looks > 0 && d.Since(300) == ImpactSecond {
			d.Look(300, &second)
		}
	}
	if looks != 1 {
		t.Fatalf("%d impacts", looks)
	}
	near := func(f ImpactFeatures, name string, want, tolerance float64) {
		t.Helper()
		got := f[ImpactIndex(name)]
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	unknown := func(f ImpactFeatures, name string) {
		t.Helper()
		if got := f[ImpactIndex(name)]; got == got {
			t.Errorf("%s: %v, and nobody can know", name, got)
		}
	}
	near(first, "peak", math.Sqrt(13), 0.001)
	near(first, "low", 0.2, 0.001)
	near(first, "fall", 0.8*0.3, 0.001)
	near(first, "turn", 90, 0.1)
	near(first, "reach", 90, 0.1)
	near(first, "sway", 0, 0.001)
	near(first, "float", 0.3, 0.021)
	near(first, "beats", 0, 0)
	near(first, "wide", 0.06, 0.001)
	near(first, "lead", 0.3, 0.001)
	near(first, "settled", 0.2, 0.001)
	unknown(first, "late_turn")
	unknown(first, "last_sway")
	unknown(first, "drop")
	near(second, "peak", math.Sqrt(13), 0.001)
	near(second, "turn", 90, 0.1)
	near(second, "late_reach", 90, 15)
	near(second, "last_rest", 0, 0.3)
}

func TestTheSecondLookTakesWhatThereIs(t *testing.T) {
	d := NewImpact()
	for i := range 100 {
		x := 1.0
		if i == 90 {
			x = 3
		}
		pushed(d, x, 0, 0)
	}
	peak, due := d.Cut()
	if !due || peak != 90 {
		t.Fatalf("the peak is %d, %v", peak, due)
	}
	var f ImpactFeatures
	d.Look(peak, &f)
	if got := f[ImpactIndex("peak")]; got != 3 {
		t.Errorf("peak %v", got)
	}
	for _, name := range []string{"turn", "sway", "late_turn", "settled"} {
		if got := f[ImpactIndex(name)]; got > 0.2 {
			t.Errorf("%s: %v of nothing", name, got)
		}
	}
	d.Reset()
	if _, due := d.Cut(); due {
		t.Error("an impact of before the gap is still watched")
	}
}

// TestTheGyroscopeTellsUpFromDown: an arm that is lowered by 90° while the
// hand sinks 0.5 m, however the device lies on it.
func TestTheGyroscopeTellsUpFromDown(t *testing.T) {
	for _, tilted := range []float64{0, 0.7, 2} {
		d := NewImpact()
		for i := range 500 {
			turned, a := 0.0, 0.0 // rad about z; g upwards
			switch u := i - 300; {
			case u >= 0:
				turned = math.Pi / 2
				if u < 2 {
					a = 5.1 / 2 // stopped within two samples
				}
			case u >= -50:
				turned = math.Pi / 2 * float64(u+50) / 50
				a = -0.102 // 1 m/s² for 1 s: 0.5 m
			}
			rate := 0.0
			if i >= 250 && i < 300 {
				rate = 90
			}
			c, s := math.Cos(tilted-turned), math.Sin(tilted-turned)
			d.Push([]float64{(1 + a) * c, (1 + a) * s, 0, 0, 0, rate + 1e-6*float64(i)})
		}
		var f ImpactFeatures
		d.Look(300, &f)
		for name, want := range map[string]float64{"drop": -0.5, "tilt": 90, "turned": 90, "spin_in": 90} {
			if got := f[ImpactIndex(name)]; !(math.Abs(got-want) < 0.05*math.Abs(want)+0.03) {
				t.Errorf("tilted by %v: %s is %v, want %v", tilted, name, got, want)
			}
		}
	}
}

func TestAGyroscopeThatStandsStillIsNone(t *testing.T) {
	d := NewImpact()
	for i := range 500 {
		m := 1.0
		if i == 300 {
			m = 3
		}
		d.Push([]float64{m, 0, 0, 0, 0, 0})
	}
	var f ImpactFeatures
	d.Look(300, &f)
	if got := f[ImpactIndex("spin_in")]; got == got {
		t.Errorf("it turned by %v °/s", got)
	}
}

func TestImpactEndsWhereShakingDoesNot(t *testing.T) {
	d, n := NewImpact(), 0
	for i := range 50 * 60 {
		// Ever higher peaks: each could put the decision off for ever.
		if _, due := pushed(d, 1+float64(i)/1000*math.Abs(math.Sin(float64(i)/4)), 0, 0); due {
			n++
		}
	}
	if n < 6 {
		t.Errorf("%d decisions in a minute of shaking", n)
	}
}

func TestMotion(t *testing.T) {
	var s Motion
	if s.Rest() != 0 || s.Sway() != 0 || s.Activity() != 0 {
		t.Error("of nothing comes something")
	}
	for i := range 100 {
		a := 2 * math.Pi * float64(i) / 100
		s.Push(math.Cos(a), math.Sin(a), 0) // a wrist that turns
	}
	if s.Rest() > 1e-6 || math.Abs(s.Sway()-1) > 1e-6 || s.Activity() > 1e-6 {
		t.Errorf("rest %v, sway %v, activity %v", s.Rest(), s.Sway(), s.Activity())
	}
}

func TestAngle(t *testing.T) {
	if a := Angle(0, 0, 0, 1, 0, 0); a != 0 {
		t.Errorf("of no direction: %v", a)
	}
	if a := Angle(2, 0, 0, -1, 0, 0); math.Abs(a-180) > 1e-9 {
		t.Errorf("of opposites: %v", a)
	}
}

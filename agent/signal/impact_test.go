package signal

import (
	"math"
	"testing"
)

func TestImpactFeatures(t *testing.T) {
	d := NewImpact(1.6)
	var found []ImpactFeatures
	for i := range 600 {
		x, y, z := 1.0, 0.0, 0.0
		switch u := i - 300; {
		case u >= -15 && u < 0:
			x = 0.2 // 0.3 s of free fall
		case u >= 0 && u < 3:
			x, y = 2, 3
		case u >= 3:
			x, y = 0, 1
		}
		if f, ok := d.Push(x, y, z); ok {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d impacts", len(found))
	}
	f := found[0]
	near := func(name string, got, want, tolerance float64) {
		if math.Abs(got-want) > tolerance {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	near("age", f.Age, 1.5, 0.001)
	near("peak", f.Peak, math.Sqrt(13), 0.001)
	near("dip", f.Dip, 0.2, 0.001)
	near("fall", f.Fall, 0.8*0.3, 0.001)
	near("turn", f.Turn, 90, 0.1)
	near("rest", f.Rest, 0, 0.001)
	near("sway", f.Sway, 0, 0.001)
	near("float", f.Float, 0.3, 0.021)
	near("beats", f.Beats, 0, 0)
	near("wide", f.Wide, 0.06, 0.001)
}

func TestImpactEndsWhereShakingDoesNot(t *testing.T) {
	d, n := NewImpact(1.6), 0
	for i := range 50 * 60 {
		// Ever higher peaks: each could put the decision off for ever.
		if _, ok := d.Push(1+float64(i)/1000*math.Abs(math.Sin(float64(i)/4)), 0, 0); ok {
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

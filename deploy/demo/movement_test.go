package demo

import (
	"math"
	"testing"
)

func size(v [3]float64) float64 { return math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2]) }

func TestAFallHasThePhasesOfRealOnes(t *testing.T) {
	m := NewMovement(5)
	m.Then(0, Walking)
	m.Then(60-ImpactAfter, Fallen)
	lowest, peak, peakAt := 9.0, 0.0, 0.0
	for s := 60 - ImpactAfter; s < 66; s += 0.005 {
		acc, _ := m.IMU(s)
		g := size(acc)
		if s < 60 {
			lowest = min(lowest, g)
		}
		if g > peak {
			peak, peakAt = g, s
		}
	}
	if lowest > 0.5 {
		t.Errorf("no free fall: at least %.2f g", lowest)
	}
	if peak < 3.5 || peak > 8 {
		t.Errorf("impact of %.1f g", peak)
	}
	if math.Abs(peakAt-60) > 0.1 {
		t.Errorf("impact at %.2f s", peakAt)
	}
	for s := 63.0; s < 120; s += 0.02 {
		if acc, gyro := m.IMU(s); math.Abs(size(acc)-1) > 0.05 || size(gyro) > 5 {
			t.Fatalf("%.2f s: not still on the floor: %v g, %v °/s", s, acc, gyro)
		}
	}
	upright, _ := m.IMU(50)
	floor, _ := m.IMU(100)
	if dot := upright[0]*floor[0] + upright[1]*floor[1] + upright[2]*floor[2]; dot > 0.7*size(upright)*size(floor) {
		t.Error("the wrist hangs on the floor as it hung in walking")
	}
}

func TestDailyLivingHasNoImpact(t *testing.T) {
	h := NewStory(1)
	for i, r := range h.Residents {
		if i == 2 {
			continue // he falls
		}
		for s := 0.0; s < roundLasts; s += 0.02 {
			if acc, _ := r.Movement.IMU(s); size(acc) > 2 || size(acc) < 0.4 {
				t.Fatalf("%s at %.2f s: %.2f g", r.ID, s, size(acc))
			}
		}
	}
}

func TestTheSameSeedGivesTheSameHome(t *testing.T) {
	a, b, other := NewStory(7), NewStory(7), NewStory(8)
	for i := range a.Residents {
		for s := 0.0; s < 90; s += 7.3 {
			accA, _ := a.Residents[i].Movement.IMU(s)
			accB, _ := b.Residents[i].Movement.IMU(s)
			_, irA := a.Residents[i].Body.PPG(s, 0)
			_, irB := b.Residents[i].Body.PPG(s, 0)
			_, irO := other.Residents[i].Body.PPG(s, 0)
			if accA != accB || irA != irB {
				t.Fatalf("%s differs at %v s", a.Residents[i].ID, s)
			}
			if irA == irO {
				t.Fatalf("%s does not depend on the seed", a.Residents[i].ID)
			}
		}
	}
}

func TestTheBedFeelsWhoLiesInIt(t *testing.T) {
	leaver := NewStory(1).Residents[4]
	if v := leaver.Pad(100); v < 2 {
		t.Errorf("in bed: %.2f V", v)
	}
	if v := leaver.Pad(bedExitAt - 5); v < 1.1 || v > 1.5 {
		t.Errorf("on the edge: %.2f V", v)
	}
	if v := leaver.Pad(bedExitAt + 20); v > 0.5 {
		t.Errorf("out of bed: %.2f V", v)
	}
}

package e2e

import (
	"math"
	"testing"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
	"osmanthus/deploy/demo"
)

// falls plays the wrist of m for d into a detector, and returns the falls that
// it confirms, as times since the start.
func falls(t *testing.T, m *demo.Movement, phase, d time.Duration) (found []time.Duration) {
	t.Helper()
	e, err := detect.New(detect.Plan{Sources: []detect.Source{{ID: "wrist-1", Resident: "r-1", Kind: detect.IMUWrist}}})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := phase; at < d; at += 200 * time.Millisecond {
		b := &care.Block{Resident: "r-1", Source: "wrist-1", Kind: care.IMU, Start: start.Add(at), Rate: 50, Channels: make([][]float64, 6)}
		for i := range 10 {
			acc, gyro := m.IMU((at + time.Duration(i)*20*time.Millisecond).Seconds())
			for k := range 3 {
				b.Channels[k] = append(b.Channels[k], acc[k])
				b.Channels[3+k] = append(b.Channels[3+k], gyro[k])
			}
		}
		_, alerts := e.Block(b)
		for _, a := range alerts {
			if a.Kind == care.Fall && a.State == care.Confirmed {
				found = append(found, a.Onset.Sub(start))
			}
		}
	}
	return found
}

// TestD2_TheModelledFallIsFoundAtEveryPhase: the demo must not depend on where
// in a step the fall begins, or between which samples the impact lies.
func TestD2_TheModelledFallIsFoundAtEveryPhase(t *testing.T) {
	for k := range 40 {
		seconds := 40 + 0.313*float64(k)
		m := demo.NewMovement(uint64(k))
		m.Then(-10, demo.Sitting)
		m.Then(seconds-15, demo.Standing)
		m.Then(seconds-10, demo.Walking)
		m.Then(seconds-demo.ImpactAfter, demo.Fallen)
		impact := time.Duration(seconds * float64(time.Second))
		found := falls(t, m, time.Duration(k)*1700*time.Microsecond, impact+30*time.Second)
		if len(found) != 1 || (found[0]-impact).Abs() > time.Second {
			t.Errorf("fall %d at %v: found %v", k, impact, found)
		}
	}
}

// warmFalls plays what the thermal array before r sees for d into a detector,
// and returns the falls that it confirms, as times since the start.
func warmFalls(t *testing.T, r *demo.Resident, d time.Duration) (found []time.Duration) {
	t.Helper()
	e, err := detect.New(detect.Plan{Sources: []detect.Source{{ID: "array", Resident: "r-1", Kind: detect.ThermalArray}}})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Duration(0); at < d; at += 100 * time.Millisecond {
		b := &care.Block{Resident: "r-1", Source: "array", Kind: care.Thermal, Start: start.Add(at), Rate: 10, Channels: make([][]float64, 16)}
		for k := range 16 {
			sum := 0.0
			for sub := range 4 { // the mean of four of its pixels
				x, y := float64(2*(k%4)+sub%2)+0.5, float64(2*(k/4)+sub/2)+0.5
				sum += math.Round(4*r.Heat(at.Seconds(), x/8, y/8)) / 4
			}
			b.Channels[k] = []float64{sum / 4}
		}
		_, alerts := e.Block(b)
		if at%time.Second == 0 {
			_, more := e.Tick(start.Add(at))
			alerts = append(alerts, more...)
		}
		for _, a := range alerts {
			if a.Kind == care.Fall && a.State == care.Confirmed {
				found = append(found, a.Onset.Sub(start))
			}
		}
	}
	return found
}

// TestTheThermalArrayOfTheDemo: whoever sits, gets up, walks and sits down again
// before it has not fallen; somebody who falls has.
func TestTheThermalArrayOfTheDemo(t *testing.T) {
	story := demo.NewStory(1)
	if found := warmFalls(t, story.Residents[7], 30*time.Minute); len(found) != 0 {
		t.Errorf("who sits and walks fell at %v", found)
	}
	if found := warmFalls(t, story.Residents[2], 5*time.Minute); len(found) != 1 || (found[0]-time.Minute).Abs() > 2*time.Second {
		t.Errorf("who falls after a minute fell at %v", found)
	}
}

// TestD2_NobodyElseFallsInTheDemo: in a quarter of an hour one resident falls,
// once, and the sitting down, rising and walking of the others is no fall.
func TestD2_NobodyElseFallsInTheDemo(t *testing.T) {
	for i, r := range demo.NewStory(1).Residents {
		want := 0
		if i == 2 {
			want = 1
		}
		if found := falls(t, r.Movement, 0, 15*time.Minute); len(found) != want {
			t.Errorf("%s: falls at %v", r.ID, found)
		}
	}
}

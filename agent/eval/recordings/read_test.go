package recordings

import (
	"math"
	"slices"
	"testing"
)

// TestEveryTrialIsRead counts what the sets' own descriptions promise.
func TestEveryTrialIsRead(t *testing.T) {
	for name, set := range map[string]struct {
		read                             func() ([]Trial, error)
		trials, falls, people, old, gyro int
	}{
		"weda":        {WEDA, 628, 225, 16, 106, 628},
		"sisfall":     {SisFall, 852, 300, 8, 236, 852},
		"uma wrist":   {UMAFallWrist, 454, 130, 9, 0, 0},
		"uma waist":   {UMAFallWaist, 424, 129, 9, 0, 0},
		"hifd":        {HIFD, 229, 69, 14, 0, 229},
		"smartfallmm": {SmartFallMM, 843, 160, 26, 427, 0},
		"hmp":         {HMP, 600, 0, 10, 0, 0},
	} {
		trials := Read(t, set.read)
		falls, old, gyro, seconds, samples, square, people := 0, 0, 0, 0.0, 0, 0.0, map[string]bool{}
		for i := range trials {
			r := &trials[i]
			people[r.Person] = true
			falls, old, gyro = falls+one(r.Fall), old+one(r.Old), gyro+one(r.Gyro[0] != nil)
			seconds, samples = seconds+r.Seconds(), samples+len(r.Acc[0])
			for k := range r.Acc[0] {
				square += r.Acc[0][k]*r.Acc[0][k] + r.Acc[1][k]*r.Acc[1][k] + r.Acc[2][k]*r.Acc[2][k]
			}
		}
		if len(trials) != set.trials || falls != set.falls || len(people) != set.people || old != set.old || gyro != set.gyro {
			t.Errorf("%s: %d trials, %d falls, %d people, %d of the older, %d with gyroscope", name, len(trials), falls, len(people), old, gyro)
		}
		if mean := square / float64(samples); !(mean > 1 && mean < 1.6) { // gravity and some movement, in g²
			t.Errorf("%s: mean square %.2f g²", name, mean)
		}
		t.Logf("%s: %.2f h", name, seconds/3600)
	}
}

// TestTheMarkedTimesHoldTheFall: they are by the clock, at which falls have 40
// rows a second and daily life has 50.
func TestTheMarkedTimesHoldTheFall(t *testing.T) {
	for _, read := range []func() ([]Trial, error){WEDA, WEDAByClock} {
		within, falls := 0, 0
		for _, r := range Read(t, read) {
			if !r.Fall {
				continue
			}
			falls++
			peak, at := 0.0, 0.0
			for i := range r.Acc[0] {
				if m := math.Hypot(math.Hypot(r.Acc[0][i], r.Acc[1][i]), r.Acc[2][i]); m > peak {
					peak, at = m, float64(i)/r.Rate
				}
			}
			within += one(at > r.From-0.2 && at < r.To+0.2)
		}
		if falls != 225 || within != 224 {
			t.Errorf("the highest peak is within the marked time in %d of %d falls", within, falls)
		}
	}
	for _, r := range Read(t, WEDAByClock) {
		if r.Fall && (r.Rate < 39 || r.Rate > 41.5) || !r.Fall && (r.Rate < 48 || r.Rate > 51.5) {
			t.Errorf("%s has %.1f rows a second", r.File, r.Rate)
		}
	}
}

// TestEveryOtherSetIsRead holds a few figures of each against its description.
func TestEveryOtherSetIsRead(t *testing.T) {
	patients := Read(t, BIDMC)
	for _, p := range patients {
		if len(p.Pleth) != 60001 || len(p.Heart) != 481 || len(p.Breaths[0]) < 40 || p.Breaths[1][0] > 20 {
			t.Errorf("bidmc %s: %d samples, %d values, %d breaths", p.ID, len(p.Pleth), len(p.Heart), len(p.Breaths[0]))
		}
	}
	runs := Read(t, TROIKA)
	for _, r := range runs {
		if len(r.Window) != len(r.Heart) || r.Window[0] != 8 || r.Heart[0] < 50 || len(r.PPG[1]) < 125*200 {
			t.Errorf("troika %s: %d windows, %d samples", r.ID, len(r.Window), len(r.PPG[1]))
		}
	}
	people := Read(t, HypoxiaSpO2)
	for _, h := range people {
		low := 100.0
		for _, v := range h.SpO2[4] {
			if v < low { // false for NaN
				low = v
			}
		}
		if low < 60 || low > 80 || len(h.Camera[0]) < 30*14*60 {
			t.Errorf("hypoxia %s: lowest %v, %d frames", h.ID, low, len(h.Camera[0]))
		}
	}
	hours := 0.0
	nights := Read(t, OvernightResp)
	for _, n := range nights {
		hours += float64(len(n.Resp)) / n.Rate / 3600
	}
	beds, empty := Read(t, FSRMattress), 0
	for _, m := range beds {
		empty += one(m.Posture == Empty)
	}
	exits := 0
	trials := Read(t, UCI427)
	for _, e := range trials {
		for i := range e.Label[1:] {
			was, is := e.Label[i], e.Label[i+1]
			exits += one((was == OnBed || was == Lying) && (is == OnChair || is == Ambulant))
		}
	}
	clips, falls := Read(t, ThermalD6T), 0
	for _, c := range clips {
		falls += one(c.Fall)
		if c.Scene == "" {
			t.Errorf("thermal %s: no scene", c.File)
		}
	}
	homes := Read(t, SmartHomes)
	for _, h := range homes {
		t.Logf("%s: %d sensors, %d events, %d activities, %v to %v", h.ID, len(h.Sensors), len(h.Events), len(h.Activities), h.Events[0].From, h.Events[len(h.Events)-1].To)
		for _, e := range h.Events {
			if e.Name == "" || e.To.Before(e.From) {
				t.Errorf("%s: %v", h.ID, e)
			}
		}
	}
	night := Read(t, OximeterNight)
	got := []int{len(patients), len(runs), len(people), len(nights), int(hours), len(beds), empty, len(trials), exits, len(clips), falls, len(homes), len(night)}
	want := []int{35, 8, 4, 4, 29, 185, 9, 65, 95, 369, 188, 4, 11972}
	if !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

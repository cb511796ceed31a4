package recordings

import "testing"

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
		falls, old, gyro, seconds, samples, square := 0, 0, 0, 0.0, 0, 0.0
		for i := range trials {
			r := &trials[i]
			falls, old, gyro = falls+one(r.Fall), old+one(r.Old), gyro+one(r.Gyro[0] != nil)
			seconds, samples = seconds+r.Seconds(), samples+len(r.Acc[0])
			for k := range r.Acc[0] {
				square += r.Acc[0][k]*r.Acc[0][k] + r.Acc[1][k]*r.Acc[1][k] + r.Acc[2][k]*r.Acc[2][k]
			}
		}
		if len(trials) != set.trials || falls != set.falls || len(People(trials)) != set.people || old != set.old || gyro != set.gyro {
			t.Errorf("%s: %d trials, %d falls, %d people, %d of the older, %d with gyroscope", name, len(trials), falls, len(People(trials)), old, gyro)
		}
		if mean := square / float64(samples); !(mean > 1 && mean < 1.6) { // gravity and some movement, in g²
			t.Errorf("%s: mean square %.2f g²", name, mean)
		}
		t.Logf("%s: %.2f h", name, seconds/3600)
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

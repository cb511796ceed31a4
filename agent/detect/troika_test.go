package detect

import (
	"testing"
	"time"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// TestA6_ThePulseOfPeopleWhoRun compares with their electrocardiogram (TROIKA,
// green light at the wrist): either of two lights alone, and both.
func TestA6_ThePulseOfPeopleWhoRun(t *testing.T) {
	runs := recordings.Read(t, recordings.TROIKA)
	for name, lights := range map[string][]int{"first": {0}, "second": {1}, "both": {0, 1}} {
		var all errorsOf
		for _, r := range runs {
			said := pulseOf(t, r, lights)
			for i, end := range r.Window {
				all.due++
				for _, s := range said { // the newest that was said by then
					if s.at > end-3 && s.at <= end+0.5 {
						all.add(s.value, r.Heart[i], 5)
						break
					}
				}
			}
		}
		all.report(t, name)
		if all.mean() > 1.8 || float64(all.n) < 0.75*float64(all.due) {
			t.Errorf("%s: the pulse in motion has become worse", name)
		}
	}
}

// spoken is one value and when it was said, in seconds of a recording.
type spoken struct{ at, value float64 }

// pulseOf plays light and acceleration of a run, and returns the pulse rates
// that are believed, the newest first.
func pulseOf(t *testing.T, r recordings.Run, lights []int) (said []spoken) {
	e, err := New(Plan{Sources: []Source{{ID: "s", Resident: "r", Kind: PPG, Contact: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Unix(0, 0)
	const n = 50
	for i := 0; i+n <= len(r.PPG[0]); i += n {
		a := care.Block{Source: "s", Resident: "r", Kind: care.IMU, Rate: r.Rate, Start: begin.Add(seconds(float64(i) / r.Rate))}
		b := a
		b.Kind = care.PPG
		for k := range r.Acc {
			a.Channels = append(a.Channels, r.Acc[k][i:i+n])
		}
		for _, l := range lights {
			b.Channels = append(b.Channels, r.PPG[l][i:i+n])
		}
		e.Block(&a)
		readings, _ := e.Block(&b)
		for _, v := range readings {
			if v.Metric == care.PulseRate && v.Quality >= 50 {
				said = append([]spoken{{v.At.Sub(begin).Seconds(), v.Value}}, said...)
			}
		}
	}
	return said
}

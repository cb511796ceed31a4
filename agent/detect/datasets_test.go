package detect

import (
	"path/filepath"
	"testing"

	"osmanthus/agent/eval/recordings"
)

// trial is one recording of one person at one rate, acceleration in g.
type trial struct {
	path, person, activity string
	fall, old              bool
	rate                   float64
	axes                   [3][]float64
	from, to               float64 // seconds that hold the fall; 0, 0 where not known
}

func (r *trial) seconds() float64 { return float64(len(r.axes[0])) / r.rate }

// trials reads a set of recordings, or skips the test where it is not there.
func trials(t testing.TB, set func() ([]recordings.Trial, error)) []trial {
	t.Helper()
	var all []trial
	for _, r := range recordings.Read(t, set) {
		all = append(all, trial{path: filepath.Join(r.Set, r.File), person: r.Person, activity: r.Activity, fall: r.Fall, old: r.Old,
			rate: r.Rate, axes: r.Acc, from: r.From, to: r.To})
	}
	return all
}

func weda(t testing.TB) []trial    { t.Helper(); return trials(t, recordings.WEDA) }
func sisfall(t testing.TB) []trial { t.Helper(); return trials(t, recordings.SisFall) }

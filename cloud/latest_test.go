package cloud

import (
	"testing"
	"time"

	"osmanthus/care"
)

// An oximeter and a radar measure one person: the page shows the oximeter for as
// long as it speaks.
func TestAWorseSensorDoesNotReplaceABetterOne(t *testing.T) {
	l := newLatest()
	start := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	says := func(source care.SourceID, v float64, q care.Quality, after time.Duration) float64 {
		at := start.Add(after)
		l.learn([]care.Reading{care.NewReading("r-1", source, care.HeartRate, v, q, at)}, at)
		return l.Latest("r-1")[0].Value
	}
	for _, step := range []struct {
		source  care.SourceID
		value   float64
		quality care.Quality
		after   time.Duration
		shown   float64
	}{
		{"radar", 60, 30, 0, 60}, // better than nothing
		{"finger", 72, 90, 10 * time.Second, 72},
		{"radar", 61, 30, 20 * time.Second, 72},
		{"finger", 73, 50, 30 * time.Second, 73}, // worse than before, and good enough
		{"radar", 62, 30, 119 * time.Second, 73},
		{"radar", 63, 30, 121 * time.Second, 63}, // the finger is out of the clip
		{"finger", 74, 90, 130 * time.Second, 74},
	} {
		if got := says(step.source, step.value, step.quality, step.after); got != step.shown {
			t.Errorf("after %v: %v is shown, want %v", step.after, got, step.shown)
		}
	}
}

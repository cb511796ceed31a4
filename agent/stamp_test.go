package agent

import (
	"testing"
	"time"

	"osmanthus/care"
)

func TestF5_TelemetryWaitsForTheClockAndIsStampedAnew(t *testing.T) {
	now := time.Now()
	begin1970 := time.Date(1970, 1, 1, 0, 0, 30, 0, time.UTC)
	// The run began 30 min ago by the steady clock, in 1970 by the other; the
	// clock has just been set.
	a := anchor{wall: begin1970, steady: now.Add(-30 * time.Minute)}
	if !a.hold(begin1970.Add(20 * time.Minute)) {
		t.Error("1970 is delivered")
	}
	if a.hold(now.Round(0)) {
		t.Error("held although the clock is set")
	}
	rs := []care.Reading{
		{At: begin1970.Add(10 * time.Minute), Value: 1},
		{At: now.Add(-time.Second).UTC().Truncate(time.Millisecond), Value: 2}, // after it was set
	}
	want := []time.Time{now.Add(-20 * time.Minute), now.Add(-time.Second)}
	a.restamp(rs, now)
	for i, r := range rs {
		if off := r.At.Sub(want[i]); off > time.Millisecond || off < -time.Millisecond {
			t.Errorf("reading %d is stamped %v off", i, off)
		}
	}
	// A run that began with a clock touches nothing, whatever a trace says.
	old := []care.Reading{{At: begin1970}}
	b := anchor{wall: now.Round(0), steady: now}
	b.restamp(old, now)
	if b.hold(now) || !old[0].At.Equal(begin1970) {
		t.Error("a run with a clock held or moved a reading")
	}
}

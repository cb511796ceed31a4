package detect

import (
	"time"

	"osmanthus/care"
)

// apnoeaShown is how much of the waveform an alert carries.
const apnoeaShown = 30 * time.Second

// emit says where the pause stands, and why.
func (d *apnoea) emit(s care.State, at time.Time) {
	still := at.Sub(d.moved).Seconds()
	low, high := d.breaths.Range(max(still-3, 1)) // what the last breath left behind is not rest
	rest := high - low
	d.alert.State, d.alert.At = s, at
	if s == care.Confirmed && d.least > 0 {
		d.alert.Confidence = 1 - 0.5*min(1, rest/d.least)
	}
	d.alert.Evidence = care.Evidence{Rule: apnoeaRule, Hash: d.hash, Features: []care.Feature{
		{Name: "pause", Value: still, Unit: "s"},
		{Name: "since_onset", Value: at.Sub(d.alert.Onset).Seconds(), Unit: "s"},
		{Name: "limit", Value: d.limit().Seconds(), Unit: "s"},
		{Name: "usual_interval", Value: d.breath().Interval, Unit: "s"},
		{Name: "usual_breath", Value: d.full, Unit: "1"},
		{Name: "least_breath", Value: d.least, Unit: "1"},
		{Name: "last_breath", Value: d.breaths.Last(), Unit: "1"},
		{Name: "moves_now", Value: rest, Unit: "1"},
		{Name: "pauses_last_hour", Value: float64(d.pauses(at)), Unit: "1"},
	}, Snippet: d.record.snapshot(at.Add(-apnoeaShown), at, 0)}
	d.out = append(d.out, d.alert)
}

// count notes a pause in the history of the last hour.
func (d *apnoea) count(at time.Time) {
	d.roll(at)
	i := slotOf(d.minute)
	d.history[i] = min(d.history[i]+1, 250)
}

// pauses returns how many pauses began in the last hour.
func (d *apnoea) pauses(at time.Time) (n int) {
	d.roll(at)
	for _, k := range d.history {
		n += int(k)
	}
	return n
}

// roll forgets what is older than an hour, and everything where the clock was
// set back by more than a pause takes.
func (d *apnoea) roll(at time.Time) {
	now := at.Unix() / 60
	if now < d.minute-5 || now-d.minute >= 60 {
		d.history, d.minute = [60]uint8{}, now
	}
	for ; d.minute < now; d.minute++ {
		d.history[slotOf(d.minute+1)] = 0
	}
}

// slotOf returns the place of a minute in the history.
func slotOf(minute int64) int64 { return (minute%60 + 60) % 60 }

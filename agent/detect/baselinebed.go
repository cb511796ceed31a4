package detect

import "time"

const (
	exitAfter = 10 * time.Minute // in bed, for leaving it to count
	exitFor   = time.Minute      // out of it, likewise

	// How long a bed that says nothing stays as it was: three times as long as
	// it usually says nothing, within these. Of a sensor that speaks only of
	// changes the longest usual silence is a day spent out of bed.
	bedHoldLeast = 5 * time.Minute
	bedHoldMost  = 20 * time.Hour
)

// bedtime counts, by what a bed says however often, how long somebody was in it
// and how often it was left at night: after ten minutes in it, for a minute.
type bedtime struct {
	Known bool          `json:"known"`
	In    bool          `json:"in"`
	Since time.Time     `json:"since"` // in or out
	Last  time.Time     `json:"last"`  // when it spoke
	Told  time.Time     `json:"told"`  // until when its time is counted
	Quiet time.Duration `json:"quiet"` // how long it usually says nothing, at a moment by chance
	Long  bool          `json:"long"`  // was in it for long enough before leaving
	Night bool          `json:"night"` // left it at night

	// Of the present day, in seconds.
	Seen    float64 `json:"seen"`
	InBed   float64 `json:"in_bed"`
	AtNight float64 `json:"at_night"` // seen from 22 to 6
	Exits   int     `json:"exits"`
}

// newBedtime returns a bedtime that takes a bed to speak of changes only until it
// has heard otherwise for a day or two.
func newBedtime() bedtime { return bedtime{Quiet: bedHoldMost} }

// hold is for how long the bed stays as it was.
func (b *bedtime) hold() time.Duration { return min(max(3*b.Quiet, bedHoldLeast), bedHoldMost) }

// take takes what the bed says at a time.
func (b *bedtime) take(in bool, at time.Time, zone *time.Location) {
	silent := at.Sub(b.Last)
	lost := !b.Known || silent < 0 || silent > b.hold()
	if b.Known && silent >= 0 {
		b.count(at, zone)
		// Each silence weighs as much as it lasts, over a day.
		silent = min(silent, bedHoldMost)
		b.Quiet += time.Duration(float64(silent-b.Quiet) * min(1, silent.Hours()/24))
	}
	b.Last, b.Told = at, at
	switch {
	case lost:
		b.Known, b.In, b.Since, b.Long = true, in, at, false
	case in && !b.In && b.Long && at.Sub(b.Since) < exitFor: // hardly out of it: no exit
		b.In, b.Since = true, at.Add(-exitAfter)
	case in && !b.In:
		b.In, b.Since = true, at
	case !in && b.In:
		b.Long, b.Night = at.Sub(b.Since) >= exitAfter, restHours.Hold(at, zone)
		b.In, b.Since = false, at
	}
}

// count counts the time until a moment, as far as the bed is known.
func (b *bedtime) count(until time.Time, zone *time.Location) {
	if end := b.Last.Add(b.hold()); until.After(end) {
		until = end
	}
	for at := b.Told; b.Known && at.Before(until); {
		next := at.Add(time.Minute)
		if next.After(until) {
			next = until
		}
		s := next.Sub(at).Seconds()
		b.Seen += s
		if b.In {
			b.InBed += s
		}
		if restHours.Hold(at, zone) {
			b.AtNight += s
		}
		at = next
	}
	if b.Known && !b.In && b.Long && b.Night && until.Sub(b.Since) >= exitFor {
		b.Long = false // counted
		b.Exits++
	}
}

// turn begins a new day at noon, until which the old one was counted.
func (b *bedtime) turn(noon time.Time) {
	b.Known = b.Known && noon.Before(b.Last.Add(b.hold()))
	b.Told = noon
	b.Seen, b.InBed, b.AtNight, b.Exits = 0, 0, 0, 0
}

// sane reports whether it can be: what was read may be anything.
func (b *bedtime) sane() bool {
	const most = 1 << 26 // a clock that goes to and fro counts time twice
	amount := func(s float64) bool { return s >= 0 && s <= most }
	return amount(b.Seen) && amount(b.InBed) && amount(b.AtNight) && b.Exits >= 0 && b.Exits <= 1<<20 &&
		b.Quiet >= 0 && b.Quiet <= bedHoldMost && (!b.Known || b.Told.Sub(b.Last).Abs() <= bedHoldMost)
}

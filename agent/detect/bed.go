package detect

import (
	"math"
	"time"

	"osmanthus/care"
)

const (
	bedRule     = "bed-exit/4"
	bedEdgeRule = "bed-edge/1"
	bedAwayRule = "bed-not-back/1"
	bedTurnRule = "not-turned/1"

	// bedGap is the longest silence across which the occupancy of a bed with a
	// waveform is taken to go on: that gives a reading every 30 s. What says by
	// itself who is in the bed may speak of changes only: its word stands.
	bedGap = 90 * time.Second
	// bedReturn is how long who left must be in the bed again to be back.
	bedReturn = time.Minute
	// bedEdgeFor is how long somebody must be said to sit on the edge; sensors
	// take three seconds to say so.
	bedEdgeFor = 2 * time.Second
	// bedNow is how near to the present a time is that the bed said since a clock
	// was set.
	bedNow = 2 * time.Second
	// bedTurnFor is how long another posture must last to be a turn.
	bedTurnFor = time.Minute
)

// bed judges readings of bed_occupancy and bed_posture by the policy of one
// resident:
//
//	empty ──in──▶ entering ──2 min──▶ armed ──out──▶ out ──in──▶ back ──2 min──▶ armed
//	  ▲────out──────┘                                 ▲────out────┘
//
// See bed.md.
type bed struct {
	base
	policy BedPolicy
	zone   *time.Location
	gap    time.Duration // bedGap of a bed with a waveform, else for ever

	state bedState
	since time.Time // when the bed was entered
	left  time.Time // when it was left; counted from there
	night bool      // it was left at night
	last  time.Time // the last occupancy
	tick  time.Time // the last tick

	restored bool // the state is from before a restart, and no time has passed since

	sits    bool
	sat     time.Time // when sitting was seen first
	posture int       // how somebody lies, care.PostureUnknown where that is not known
	turned  time.Time // since when
	other   int       // another posture that may be a turn
	changed time.Time // when it was seen first

	exit, edge, away, still bedAlert
	out                     []care.Alert
}

type bedState uint8

const (
	bedEmpty bedState = iota
	bedEntering
	bedArmed
	bedOut  // left after it was armed
	bedBack // entered again after that, and not armed yet
)

func newBed(p Plan, s Source) *bed {
	return &bed{base: base{s.Resident, s.ID}, policy: p.bedPolicy(s), zone: p.Zone, gap: math.MaxInt64}
}

// Block only shows that there is a waveform, of which readings are derived.
func (d *bed) Block(*care.Block) []care.Alert {
	d.gap = bedGap
	return nil
}

// Reading takes an occupancy or a posture.
func (d *bed) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Flags&care.OutOfRange != 0 {
		return nil
	}
	switch r.Metric {
	case care.BedOccupancy:
		d.occupancy(r)
	case care.BedPosture:
		d.lies(r)
	}
	return d.out
}

func (d *bed) occupancy(r care.Reading) {
	// A little older is late, unless the clock was set, which tears the waveform.
	if r.At.Before(d.last) && d.last.Sub(r.At) < bedGap && r.Flags&care.AfterGap == 0 {
		return
	}
	gap := r.At.Before(d.last) || !d.told(r.At)
	d.last = r.At
	if r.Quality < Believed {
		d.doubtful(r)
		return
	}
	if r.Value >= 0.5 {
		d.occupied(r, gap)
	} else {
		d.empty(r, gap)
	}
}

// told reports whether what the bed said last still stands. After a restart that
// is counted from the first tick.
func (d *bed) told(at time.Time) bool { return !d.last.IsZero() && at.Sub(d.last) <= d.gap }

// doubtful takes an occupancy of which its source is not sure: who may have
// left is suspected to have, and nobody is called yet.
func (d *bed) doubtful(r care.Reading) {
	if r.Value < 0.5 && (d.state == bedArmed || d.state == bedBack && d.back(r.At)) && !d.exit.Open && d.wanted(r.At) {
		d.leaves(care.Suspected, r)
	}
}

func (d *bed) occupied(r care.Reading, gap bool) {
	if d.exit.Open && d.exit.Alert.State == care.Suspected {
		d.clear(&d.exit, r.At)
	}
	switch d.state {
	case bedOut:
		d.state, d.since = bedBack, r.At
	case bedEmpty:
		d.state, d.since = bedEntering, r.At
	case bedEntering, bedBack:
		if gap {
			d.since = r.At
		}
	}
	d.arm(r.At)
}

// arm notes who has been in the bed for long enough to be back, and to be
// missed when they leave.
func (d *bed) arm(at time.Time) {
	if d.state != bedEntering && d.state != bedBack {
		return
	}
	if d.back(at) {
		d.clear(&d.exit, at)
		d.clear(&d.away, at)
	}
	if at.Sub(d.since) >= d.policy.Arm {
		d.state = bedArmed
	}
}

// back reports whether who came back has stayed.
func (d *bed) back(at time.Time) bool { return at.Sub(d.since) >= min(bedReturn, d.policy.Arm) }

func (d *bed) empty(r care.Reading, gap bool) {
	if !gap {
		d.arm(r.At) // between two readings that are not too far apart it was occupied until now
	}
	switch d.state {
	case bedArmed, bedBack:
		d.leave(r)
	case bedEntering:
		d.state = bedEmpty
	}
	d.sits = false
	d.posture, d.other = care.PostureUnknown, care.PostureUnknown
	d.clear(&d.edge, r.At)
	d.clear(&d.still, r.At)
}

// leave says so where that is wanted. Who sat down for a moment was not back.
// Who was back for less than two minutes leaves again as who was armed: people
// were told that the bed is occupied.
func (d *bed) leave(r care.Reading) {
	moment := d.state == bedBack && !d.back(r.At)
	d.state = bedOut
	if moment {
		return
	}
	d.left, d.night = r.At, d.holds(d.policy.Night, r.At)
	if d.wanted(r.At) || d.exit.Open {
		d.leaves(care.Confirmed, r)
	}
}

// wanted reports whether leaving is an alert now.
func (d *bed) wanted(at time.Time) bool { return !d.policy.NoExit && d.holds(d.policy.ExitHours, at) }

// leaves says that somebody leaves, or may.
func (d *bed) leaves(s care.State, r care.Reading) {
	d.raise(&d.exit, r.At, care.Alert{Kind: care.BedExit, State: s, Priority: care.Medium, Onset: r.At, Confidence: float64(min(r.Quality, 100)) / 100,
		Evidence: care.Evidence{Rule: bedRule, Metric: r.Metric, Value: r.Value, Limit: 0.5,
			Features: []care.Feature{{Name: "in_bed", Value: r.At.Sub(d.since).Seconds(), Unit: "s"}}}})
}

// holds reports whether a rule with hours holds. While the clock was never set
// nobody knows the hour, and every rule holds.
func (d *bed) holds(h Hours, at time.Time) bool {
	return !care.ClockSet(at) || h.Hold(at, d.zone)
}

// Tick lets time pass.
func (d *bed) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	if by := jumped(d.tick, at); by != 0 {
		d.shift(by, at) // what had lasted has lasted, and no more
	}
	if d.restored && d.last.IsZero() {
		// A bed that speaks of changes only will not say again that it is occupied.
		d.last = at
		if d.state == bedEntering || d.state == bedBack {
			d.since = at
		}
	}
	d.tick, d.restored = at, false
	if d.told(at) {
		d.arm(at)
	}
	d.judge(at)
	return d.out
}

// shift moves what is counted from, but for what the bed has said since the
// clock was set.
func (d *bed) shift(by time.Duration, now time.Time) {
	for _, t := range []*time.Time{&d.since, &d.left, &d.last, &d.sat, &d.turned, &d.changed} {
		if !t.IsZero() && now.Sub(*t).Abs() > bedNow {
			*t = t.Add(by)
		}
	}
}

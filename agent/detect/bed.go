package detect

import (
	"time"

	"osmanthus/care"
)

const (
	bedRule = "bed-exit/1"
	// bedArm is how long somebody must lie in the bed before leaving it is
	// worth an alert: sitting down on its edge is not.
	bedArm = 2 * time.Minute
	// bedGap is the longest silence of occupancy across which it is taken to
	// go on: readings come every 30 s.
	bedGap = 90 * time.Second
)

// bed finds bed exits in readings of bed_occupancy:
//
//	empty ──in──▶ entering ──2 min──▶ armed ──out──▶ out (alert) ──in──▶ entering (clear)
//	  ▲────out──────┘
//
// See bed.md.
type bed struct {
	base
	policy BedPolicy
	arm    time.Duration // what stands for bedArm
	state  bedState
	since  time.Time // when the bed was entered
	last   time.Time // the last occupancy
	alert  care.Alert
	out    []care.Alert
}

type bedState uint8

const (
	bedEmpty bedState = iota
	bedEntering
	bedArmed
	bedOut // left, and an alert is open
)

func newBed(p Plan, s Source) *bed {
	d := &bed{base: base{s.Resident, s.ID}, arm: bedArm}
	if s.Kind == BedIMU { // it has seen them lie
		d.arm = 0
	}
	for _, b := range p.Beds {
		if b.Resident == s.Resident {
			d.policy = b
		}
	}
	return d
}

func (d *bed) Block(*care.Block) []care.Alert { return nil }

// Tick arms the bed.
func (d *bed) Tick(at time.Time) []care.Alert {
	if d.state == bedEntering && at.Sub(d.since) >= d.arm && at.Sub(d.last) <= bedGap {
		d.state = bedArmed
	}
	return nil
}

// Reading takes an occupancy.
func (d *bed) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Metric != care.BedOccupancy || r.Flags&care.OutOfRange != 0 {
		return nil
	}
	// A little older is late, unless the clock was set, which tears the waveform.
	if r.At.Before(d.last) && d.last.Sub(r.At) < bedGap && r.Flags&care.AfterGap == 0 {
		return nil
	}
	gap := r.At.Before(d.last) || r.At.Sub(d.last) > bedGap
	d.last = r.At
	if r.Value >= 0.5 {
		d.occupied(r, gap)
	} else {
		d.empty(r, gap)
	}
	return d.out
}

func (d *bed) occupied(r care.Reading, gap bool) {
	switch d.state {
	case bedOut:
		d.emit(care.Cleared, r)
		fallthrough
	case bedEmpty:
		d.state, d.since = bedEntering, r.At
	case bedEntering:
		if gap {
			d.since = r.At
		}
		if r.At.Sub(d.since) >= d.arm {
			d.state = bedArmed
		}
	}
}

func (d *bed) empty(r care.Reading, gap bool) {
	// Between two readings at most bedGap apart the bed was occupied until now.
	armed := d.state == bedArmed || d.state == bedEntering && !gap && r.At.Sub(d.since) >= d.arm
	switch {
	case d.state == bedOut:
	case armed && !d.policy.NoExit:
		d.state = bedOut
		d.alert = care.Alert{
			Episode: care.NewEpisode(care.BedExit, d.resident, d.source, r.Metric, r.At),
			Kind:    care.BedExit, Priority: care.Medium, Resident: d.resident, Source: d.source, Onset: r.At,
		}
		d.emit(care.Confirmed, r)
	default:
		d.state = bedEmpty
	}
}

func (d *bed) emit(s care.State, r care.Reading) {
	d.alert.State, d.alert.At, d.alert.Confidence = s, r.At, float64(min(r.Quality, 100))/100
	d.alert.Evidence = care.Evidence{Rule: bedRule, Metric: r.Metric, Value: r.Value, Limit: 0.5,
		Features: []care.Feature{{Name: "in_bed", Value: d.alert.Onset.Sub(d.since).Seconds(), Unit: "s"}}}
	d.out = append(d.out, d.alert)
}

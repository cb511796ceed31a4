package detect

import (
	"time"

	"osmanthus/care"
)

// bedAlert is an alert of a bed, and whether it is open.
type bedAlert struct {
	Open  bool
	Alert care.Alert
}

// lies takes a posture.
func (d *bed) lies(r care.Reading) {
	if r.Quality < Believed || r.At.Before(d.last.Add(-bedGap)) || d.state == bedOut || d.state == bedEmpty {
		return
	}
	p := int(r.Value)
	switch p {
	case care.PostureSitting:
		if !d.sits {
			d.sits, d.sat = true, r.At
		}
		d.posture = care.PostureUnknown // who sits up has turned
		d.clear(&d.still, r.At)
	default:
		d.sits = false
		d.clear(&d.edge, r.At)
		d.turns(p, r.At)
	}
	d.judge(r.At)
}

// turns notes that somebody lies otherwise than before.
func (d *bed) turns(p int, at time.Time) {
	switch {
	case p == care.PostureUnknown || p == d.posture:
		d.other = care.PostureUnknown
	case d.posture == care.PostureUnknown:
		d.posture, d.turned, d.other = p, at, care.PostureUnknown
	case p != d.other || at.Before(d.changed):
		d.other, d.changed = p, at
	case at.Sub(d.changed) >= bedTurnFor:
		d.posture, d.turned, d.other = p, d.changed, care.PostureUnknown
		d.clear(&d.still, at)
	}
}

// judge raises what has lasted for long enough.
func (d *bed) judge(at time.Time) {
	for _, t := range []*time.Time{&d.left, &d.sat, &d.turned} {
		if t.After(at) {
			*t = at // time was set back: count from here
		}
	}
	if d.state == bedOut {
		d.missing(at)
		return
	}
	in := d.state == bedArmed || d.state == bedBack
	if d.policy.Edge && d.sits && in && !d.edge.Open && at.Sub(d.sat) >= bedEdgeFor && d.holds(d.policy.EdgeHours, at) {
		d.raise(&d.edge, at, care.Alert{Kind: care.BedEdge, State: care.Confirmed, Priority: care.Medium, Onset: d.sat, Confidence: 1,
			Evidence: care.Evidence{Rule: bedEdgeRule, Metric: care.BedPosture, Value: care.PostureSitting}})
	}
	turning := d.other != care.PostureUnknown && at.Sub(d.changed) < 2*bedTurnFor
	lies := in && !d.sits && !turning && d.posture != care.PostureUnknown && d.told(at)
	if d.policy.Turn > 0 && lies && !d.still.Open && at.Sub(d.turned) >= d.policy.Turn && d.holds(d.policy.TurnHours, at) {
		d.raise(&d.still, at, care.Alert{Kind: care.NotTurned, State: care.Confirmed, Priority: care.Low, Onset: d.turned, Confidence: 1,
			Evidence: care.Evidence{Rule: bedTurnRule, Metric: care.BedPosture, Value: float64(d.posture),
				Features: []care.Feature{{Name: "still", Value: at.Sub(d.turned).Seconds(), Unit: "s"}, {Name: "limit", Value: d.policy.Turn.Seconds(), Unit: "s"}}}})
	}
}

// missing says that somebody is not back, and then that this is urgent.
func (d *bed) missing(at time.Time) {
	missed, urgent := d.policy.away(d.night)
	priority, limit := care.Medium, missed
	if urgent > 0 && at.Sub(d.left) >= urgent {
		priority, limit = care.High, urgent
	}
	if limit == 0 || at.Sub(d.left) < limit || d.away.Open && d.away.Alert.Priority >= priority {
		return
	}
	d.raise(&d.away, at, care.Alert{Kind: care.BedNotBack, State: care.Confirmed, Priority: priority, Onset: d.left, Confidence: 1,
		Evidence: care.Evidence{Rule: bedAwayRule, Metric: care.BedOccupancy, Limit: 0.5,
			Features: []care.Feature{{Name: "out", Value: at.Sub(d.left).Seconds(), Unit: "s"}, {Name: "limit", Value: limit.Seconds(), Unit: "s"}}}})
}

// raise says an alert, or says an open one more urgently: a lacks only whose it
// is, its episode and its time.
func (d *bed) raise(b *bedAlert, at time.Time, a care.Alert) {
	a.Resident, a.Source, a.At = d.resident, d.source, at
	if b.Open {
		a.Episode, a.Onset = b.Alert.Episode, b.Alert.Onset
	} else {
		a.Episode = care.NewEpisode(a.Kind, d.resident, d.source, a.Evidence.Metric, a.Onset)
	}
	b.Open, b.Alert = true, a
	d.out = append(d.out, a)
}

func (d *bed) clear(b *bedAlert, at time.Time) {
	if !b.Open {
		return
	}
	b.Open, b.Alert.State, b.Alert.At = false, care.Cleared, at
	d.out = append(d.out, b.Alert)
}

package detect

import (
	"fmt"
	"time"

	"osmanthus/care"
)

const (
	news2Rule = "news2/2"
	// NEWS2Source is the source of the readings of care.NEWS2: no sensor says
	// them.
	NEWS2Source care.SourceID = "news2"
	scoreEvery                = time.Minute
	scoreRepeat               = 15 * time.Minute
	// scoreBetter is how long the score must have been low again: the chart has
	// whoever called for a response observed every hour.
	scoreBetter = time.Hour
)

// Scale2 says that SpO2 of a resident is judged by the second scale of NEWS2,
// for a target of 88 to 92 %, until it expires. A clinician prescribes it.
type Scale2 struct {
	Resident care.ResidentID
	By, Why  string    // who prescribed it and why; both required
	Until    time.Time // required
}

// news2 scores one resident by NEWS2 from whatever sources there are. See
// news2.md.
type news2 struct {
	resident care.ResidentID
	spot     map[care.SourceID]bool
	scale2   []time.Time // until when it is prescribed
	tracks   [care.Parameters]track

	scored  time.Time // when the score was last looked at
	news    bool      // a value came since then that is no part of a stream
	waits   bool      // one is not settled yet
	said    care.Score
	saidAt  time.Time // zero: nothing was said
	tell    care.Reading
	telling bool

	open   bool
	alert  care.Alert
	counts care.ParameterSet // what had points since it was raised: must be known to be better
	better time.Time         // since when it is; zero while it is not
	out    []care.Alert
}

func newNEWS2(p Plan, resident care.ResidentID) *news2 {
	d := &news2{resident: resident, spot: map[care.SourceID]bool{}}
	for _, s := range p.Sources {
		if s.Resident == resident && s.Kind == Spot {
			d.spot[s.ID] = true
		}
	}
	for _, s := range p.Scale2 {
		if s.Resident == resident {
			d.scale2 = append(d.scale2, s.Until)
		}
	}
	return d
}

func (d *news2) Block(*care.Block) []care.Alert { return nil }

// Reading takes a value of a parameter.
func (d *news2) Reading(r care.Reading) []care.Alert {
	p, ok := care.ParameterOf(r.Metric)
	if !ok || r.Flags&(care.OutOfRange|care.Stuck) != 0 || r.Quality < Believed || !finite(r.Value) {
		return nil
	}
	t := &d.tracks[p]
	t.take(p, r, d.spot[r.Source])
	d.news = d.news || t.seen || t.count(minuteOf(t.at)) < scoreStream && t.count(minuteOf(t.at)-1) < scoreStream
	return nil
}

// Tick looks at the score once a minute, and when somebody measured something.
func (d *news2) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	step := at.Sub(d.scored)
	if !d.news && step >= 0 && step < scoreEvery && (!d.waits || step < scoreWaits/4) {
		return nil
	}
	d.scored, d.news = at, false
	for p := range d.tracks {
		d.tracks[p].forget(at)
	}
	all, firm := d.score(at)
	d.say(all, at)
	d.judge(firm, at)
	return d.out
}

// score returns the score of all that is known, and of what is settled.
func (d *news2) score(at time.Time) (all, firm care.Score) {
	var every, sure care.Observations
	d.waits = false
	for p := range d.tracks {
		t := &d.tracks[p]
		v, known, settled := t.value(at)
		t.unread = false
		if !known {
			continue
		}
		if every.Set(care.Parameter(p), v) != nil { // not plausible: missing
			continue
		}
		d.waits = d.waits || !settled
		if firm, ok := t.firm(at); ok {
			_ = sure.Set(care.Parameter(p), firm.value)
		}
	}
	return d.scaled(every, at), d.scaled(sure, at)
}

// scaled scores by the scale that is prescribed. A clock that was never set
// cannot say whether the prescription is over: the higher of both scores holds.
func (d *news2) scaled(o care.Observations, at time.Time) care.Score {
	one := o.Score()
	o.Scale2 = true
	switch two := o.Score(); {
	case len(d.scale2) == 0:
	case !care.ClockSet(at):
		if two.Band > one.Band || two.Band == one.Band && two.Total > one.Total {
			return two
		}
	default:
		for _, until := range d.scale2 {
			if at.Before(until) {
				return two
			}
		}
	}
	return one
}

// judge raises and clears what a score calls for. What is missing makes nothing
// better.
func (d *news2) judge(s care.Score, at time.Time) {
	bad := s.Band != care.LowBand
	if bad {
		d.better = time.Time{}
		d.scoring(s)
	}
	switch {
	case bad && !d.open:
		d.open = true
		source := d.tracks[worst(s)].source
		d.alert = care.Alert{Kind: care.EarlyWarning, Resident: d.resident, Source: source, Onset: at,
			Episode: care.NewEpisode(care.EarlyWarning, d.resident, source, care.NEWS2, at)}
		d.emit(s, care.Confirmed, at)
	case bad && urgency(s.Band) > d.alert.Priority:
		d.emit(s, care.Confirmed, at)
	case bad || !d.open:
	case s.Missing&d.counts != 0:
		d.better = time.Time{}
	case d.better.IsZero() || at.Before(d.better):
		d.better = at
	case at.Sub(d.better) >= scoreBetter:
		d.open = false
		d.emit(s, care.Cleared, at)
		d.counts, d.better = 0, time.Time{}
	}
}

// scoring notes which parameters have points.
func (d *news2) scoring(s care.Score) {
	for p, n := range s.Points {
		if n > 0 {
			d.counts |= 1 << p
		}
	}
}

func worst(s care.Score) (p care.Parameter) {
	for q, n := range s.Points {
		if n > s.Points[p] {
			p = care.Parameter(q)
		}
	}
	return p
}

func urgency(b care.Band) care.Priority {
	if b == care.HighBand {
		return care.High
	}
	return care.Medium
}

func (s Scale2) check() error {
	if s.Resident == "" || !decided(s.By, s.Why, s.Until) {
		return fmt.Errorf("SpO2 by scale 2 for %q: needs a resident, who, why and until when", s.Resident)
	}
	return nil
}

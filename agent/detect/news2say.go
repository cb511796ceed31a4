package detect

import (
	"time"

	"osmanthus/care"
)

// assess delivers the reading of the score, where there is a new one.
func (d *news2) assess(out []care.Reading) []care.Reading {
	if d.telling {
		out = append(out, d.tell)
	}
	d.telling = false
	return out
}

// say makes a reading of a score that changed, or that was not said for long.
func (d *news2) say(s care.Score, at time.Time) {
	const nothing = 1<<care.Parameters - 1
	if s.Missing == nothing || s.Total == d.said.Total && s.Missing == d.said.Missing && !d.saidAt.IsZero() && at.Sub(d.saidAt) < scoreRepeat && !at.Before(d.saidAt) {
		return
	}
	d.said, d.saidAt, d.telling = s, at, true
	d.tell = care.NewReading(d.resident, NEWS2Source, care.NEWS2, float64(s.Total), d.quality(s), at)
	if s.Partial() {
		d.tell.Flags |= care.Partial
	}
}

// quality is the least of what went into a score.
func (d *news2) quality(s care.Score) care.Quality {
	q := care.Quality(100)
	for p := range d.tracks {
		if !s.Missing.Has(care.Parameter(p)) {
			q = min(q, d.tracks[p].quality)
		}
	}
	return q
}

func (d *news2) emit(s care.Score, state care.State, at time.Time) {
	a := &d.alert
	a.State, a.At, a.Confidence = state, at, float64(min(d.quality(s), 100))/100
	if state == care.Confirmed {
		a.Priority = urgency(s.Band)
	}
	a.Evidence = d.evidence(s, at)
	d.out = append(d.out, *a)
}

// evidence names each parameter with its value, its points and its age in
// seconds, or as missing, and within which time somebody has to respond.
func (d *news2) evidence(s care.Score, at time.Time) care.Evidence {
	e := care.Evidence{Rule: news2Rule, Metric: care.NEWS2, Value: float64(s.Total), Limit: limitOf(s.Band)}
	add := func(name string, v float64, unit string) {
		e.Features = append(e.Features, care.Feature{Name: name, Value: v, Unit: unit})
	}
	if r := s.Band.Respond(); r > 0 {
		add("respond_within", r.Seconds(), "s")
	}
	if s.Partial() {
		add("partial", 1, "1")
	}
	oldest := time.Duration(0)
	for p := range care.Parameter(care.Parameters) {
		if s.Missing.Has(p) {
			add("missing_"+p.String(), 1, "1")
			continue
		}
		o, _ := d.tracks[p].firm(at)
		info, _ := p.Metric().Info()
		age := max(at.Sub(o.at), 0)
		oldest = max(oldest, age)
		add(p.String(), info.Quantize(o.value), info.Unit)
		add("points_"+p.String(), float64(s.Points[p]), "{score}")
		add("age_"+p.String(), age.Seconds(), "s")
	}
	add("oldest", oldest.Seconds(), "s")
	return e
}

// limitOf is the least total of a band; of the low-medium band the 3 points of
// one parameter.
func limitOf(b care.Band) float64 {
	switch b {
	case care.HighBand:
		return 7
	case care.LowMediumBand:
		return 3
	}
	return 5
}

package detect

import (
	"time"

	"osmanthus/care"
)

const (
	longLieRule = "long-lie/2"
	// longLieHour is the hour from which lying on the floor is known to do
	// lasting harm; see fallepisode.md.
	longLieHour = time.Hour
	// longLieAnswer is the time that people get to answer the fall itself, where
	// it could be told only late.
	longLieAnswer = time.Minute
)

// floor is the clock of who fell and is not known to have got up since: from
// the impact, whatever the band says or does not say in between.
//
//	up ──fall confirmed──▶ lies ──LongLie──▶ long ──1 h──▶ hour
//	 ▲─────── got up, or a person closed the alarm ───────────┘
type floor struct {
	phase floorPhase
	began time.Time     // the impact, moved when the clock is set
	told  time.Duration // after the impact, when people were called
	fall  care.Alert
	said  [2]care.Alert // what was raised, after LongLie and after an hour
}

type floorPhase uint8

const (
	floorUp floorPhase = iota
	floorLies
	floorLong // told once
	floorHour // told twice
)

// lieDown begins the clock, unless it runs.
func (l *floor) lieDown(f *fallen, at time.Time) {
	if l.phase == floorUp {
		*l = floor{phase: floorLies, began: f.began, fall: f.alert, told: at.Sub(f.began)}
		l.fall.Evidence = care.Evidence{}
	}
}

// lies begins the clock of a fall. One that has told all that it has to tell
// gives way to a fall that came later: of those before nothing more is said.
func (d *fallEpisodes) lies(f *fallen, at time.Time) {
	if d.floor.phase == floorHour && f.began.Sub(d.floor.began) >= longLieHour {
		for i := range d.falls {
			if before := &d.falls[i]; before.phase == fallDown && before.began.Before(f.began) {
				before.phase = fallOver
			}
		}
		d.floor = floor{}
	}
	d.floor.lieDown(f, at)
}

// due raises what the clock calls for. After an hour it is an episode of its
// own, so that it rings again wherever the first was taken and nobody came.
func (l *floor) due(limit time.Duration, at time.Time) []care.Alert {
	lain := at.Sub(l.began)
	var out []care.Alert
	if l.phase == floorLies && lain >= max(limit, l.told+longLieAnswer) {
		l.phase = floorLong
		out = append(out, l.say(0, l.fall.Onset, lain, limit, at))
	}
	if l.phase == floorLong && lain >= max(longLieHour, 2*limit) {
		l.phase = floorHour
		out = append(out, l.say(1, l.fall.Onset.Add(longLieHour), lain, longLieHour, at))
	}
	return out
}

// say makes the alert of a stage; since names its episode.
func (l *floor) say(stage int, since time.Time, lain, limit time.Duration, at time.Time) care.Alert {
	a := care.Alert{
		Episode: care.NewEpisode(care.LongLie, l.fall.Resident, l.fall.Source, 0, since),
		Kind:    care.LongLie, State: care.Confirmed, Priority: care.High,
		Resident: l.fall.Resident, Source: l.fall.Source, Onset: l.fall.Onset, At: at, Confidence: l.fall.Confidence,
		Evidence: ruled(care.Evidence{Rule: longLieRule, Value: lain.Minutes(), Limit: limit.Minutes(), Features: []care.Feature{
			{Name: "lain", Value: lain.Minutes(), Unit: "min"},
		}}, care.Feature{Name: "lain", Value: limit.Minutes(), Unit: "min"}),
	}
	l.said[stage] = a
	return a
}

// getUp ends the clock: what was raised is cleared, which closes no alarm.
func (l *floor) getUp(at time.Time) []care.Alert {
	if l.phase == floorUp {
		return nil
	}
	var out []care.Alert
	for stage := range int(l.phase - floorLies) {
		a := l.said[stage]
		a.State, a.At = care.Cleared, at
		a.Evidence.Value = at.Sub(l.began).Minutes()
		a.Evidence.Features = []care.Feature{{Name: "lain", Value: a.Evidence.Value, Unit: "min"}}
		out = append(out, a)
	}
	*l = floor{}
	return out
}

// about reports whether an episode is one of those that the clock raised.
func (l *floor) about(e care.Episode) bool {
	return l.phase >= floorLong && e == l.said[0].Episode || l.phase == floorHour && e == l.said[1].Episode
}

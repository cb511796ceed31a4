package sense

import (
	"time"

	"osmanthus/care"
	"osmanthus/drivers"
)

// Qualities of what a module says by its own judgement. Nobody published how
// often these modules are right, so their states count, and no clinical rule
// looks at their vital signs (agent/detect asks for 50).
const (
	moduleState care.Quality = 70
	moduleVital care.Quality = 30
)

// sayRule is how often what a module says again and again becomes a reading.
type sayRule struct {
	metric  care.Metric
	quality care.Quality
	// level: said when it changes, and every lineEvery; it falls only when it was
	// lower for hold.
	level bool
	hold  time.Duration
	// no level: said every so often.
	every time.Duration
}

// sayRules is the table of what is taken from serial modules.
var sayRules = []sayRule{
	{metric: care.Presence, quality: moduleState, level: true, hold: 6 * time.Second}, // who moves is present
	{metric: care.Motion, quality: moduleState, level: true, hold: 5 * time.Second},
	{metric: care.Occupants, quality: moduleState, level: true, hold: 6 * time.Second},
	{metric: care.FallDetected, quality: moduleState, level: true},
	{metric: care.BedOccupancy, quality: moduleState, level: true},
	{metric: care.Distance, quality: moduleState, every: 10 * time.Second},
	{metric: care.RespiratoryRate, quality: moduleVital, every: 10 * time.Second},
	{metric: care.HeartRate, quality: moduleVital, every: 10 * time.Second},
}

// saying thins out what one module says.
type saying struct{ of []said }

// said is one metric of a module.
type said struct {
	name  string
	rule  *sayRule // nil for a name that is no metric of ours
	now   float64  // what it says now
	fresh bool     // it said so since the last reading
	value float64  // of the last reading
	at    time.Time
	lower time.Time // since when a level is lower than that, zero where it is not
}

// take takes what the module says.
func (s *saying) take(m drivers.Measure, at time.Time) {
	e := s.find(m.Metric)
	if e.now, e.fresh = m.Value, true; e.rule == nil || !e.rule.level {
		return
	}
	if m.Value >= e.value {
		e.lower = time.Time{}
	} else if e.lower.IsZero() {
		e.lower = at
	}
}

func (s *saying) find(name string) *said {
	for i := range s.of {
		if s.of[i].name == name {
			return &s.of[i]
		}
	}
	e := said{name: name}
	metric, known := care.MetricByName(name)
	for i := range sayRules {
		if known && sayRules[i].metric == metric {
			e.rule = &sayRules[i]
		}
	}
	s.of = append(s.of, e)
	return &s.of[len(s.of)-1]
}

// due gives emit the readings that are due. A level holds for as long as the
// module is heard, whatever it speaks of: some say only what changes.
func (s *saying) due(at time.Time, heard bool, emit func(rule *sayRule, v float64)) {
	for i := range s.of {
		e := &s.of[i]
		if e.rule == nil || !e.due(at, heard) {
			continue
		}
		e.value, e.at, e.fresh, e.lower = e.now, at, false, time.Time{}
		emit(e.rule, e.value)
	}
}

func (e *said) due(at time.Time, heard bool) bool {
	switch {
	case e.at.IsZero():
		return e.fresh
	case !e.rule.level:
		return e.fresh && at.Sub(e.at) >= e.rule.every
	case e.now > e.value || !e.lower.IsZero() && at.Sub(e.lower) >= e.rule.hold:
		return true
	}
	return heard && e.lower.IsZero() && at.Sub(e.at) >= lineEvery
}

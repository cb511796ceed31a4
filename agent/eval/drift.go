package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

// life is a made-up resident whose days vary as days do: no set with many
// nights of one person is at hand.
type life struct {
	rng    *rand.Rand
	engine *detect.Engine
	day    time.Time // noon, at which the present one begins
	base   [lifeHabits]float64
	vary   [lifeHabits]float64 // from day to day, as a share
	carry  [lifeHabits]float64 // of yesterday's deviation
	swing  float64             // of activity from minute to minute
	habits []int               // that are measured
	notes  []care.Alert
}

const (
	lifeBreath = iota
	lifePulse
	lifeBed // share of the day
	lifeActivity
	lifeHabits
)

var lifeNames = [lifeHabits]string{"night_respiratory_rate", "night_pulse_rate", "time_in_bed", "day_activity"}

const (
	lifeCarry = 0.3  // of a deviation to the next day
	lifeOdd   = 0.05 // share of days that deviate 2.5 times as much
	lifeLost  = 0.07 // share of days that are not measured
)

// newLife begins a life; that of a regular resident varies little.
func newLife(seed uint64, regular bool, habits ...int) (*life, error) {
	engine, err := detect.New(detect.Plan{Sources: []detect.Source{
		{ID: "all", Resident: "made-up", Kind: detect.Vitals, Class: detect.Unsupervised}}})
	if err != nil {
		return nil, err
	}
	l := &life{rng: rand.New(rand.NewPCG(seed, 23)), engine: engine, habits: habits, day: time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)}
	between := func(low, high float64) float64 { return low + (high-low)*l.rng.Float64() }
	l.base = [lifeHabits]float64{between(12, 20), between(52, 80), between(0.30, 0.45), between(0.02, 0.06)}
	l.vary = [lifeHabits]float64{between(0.03, 0.06), between(0.03, 0.06), between(0.08, 0.14), between(0.15, 0.30)}
	if regular {
		l.vary = [lifeHabits]float64{between(0.02, 0.04), between(0.02, 0.04), between(0.03, 0.05), between(0.05, 0.08)}
	}
	return l, nil
}

// live plays days; the habit which is times factor.
func (l *life) live(days, which int, factor float64) {
	for range days {
		var level [lifeHabits]float64
		for h := range level {
			l.carry[h] = lifeCarry*l.carry[h] + math.Sqrt(1-lifeCarry*lifeCarry)*l.rng.NormFloat64()
			z := l.carry[h]
			if l.rng.Float64() < lifeOdd {
				z *= 2.5
			}
			if level[h] = max(l.base[h]*(1+l.vary[h]*z), 0); h == which {
				level[h] *= factor
			}
			if l.rng.Float64() < lifeLost {
				level[h] = -1
			}
		}
		for minute := range 24 * 60 {
			at := l.day.Add(time.Duration(minute) * time.Minute)
			_, alerts := l.engine.Tick(at)
			for _, a := range alerts {
				if a.Kind == care.Drift {
					l.notes = append(l.notes, a)
				}
			}
			for _, h := range l.habits {
				l.say(h, level[h], minute, at)
			}
		}
		l.day = l.day.Add(24 * time.Hour)
	}
}

// say measures a habit at a minute since noon.
func (l *life) say(h int, level float64, minute int, at time.Time) {
	night, awake := minute >= 10*60 && minute < 18*60, minute < 8*60 || minute >= 20*60
	var m care.Metric
	v := level
	switch {
	case level < 0:
		return
	case h == lifeBreath && night && minute%5 == 0:
		m, v = care.RespiratoryRate, level+1.5*l.rng.NormFloat64()
	case h == lifePulse && night && minute%5 == 0:
		m, v = care.PulseRate, level+4*l.rng.NormFloat64()
	case h == lifeBed:
		m, v = care.BedOccupancy, 0
		if math.Abs(float64(minute)-14*60) < level*12*60 { // around two at night
			v = 1
		}
	case h == lifeActivity && awake && minute%2 == 0:
		// Two values that make up for each other: a day varies by what is assumed.
		if l.swing = -l.swing; minute%4 == 0 {
			l.swing = 2*l.rng.Float64() - 1
		}
		m, v = care.Activity, level*(1+l.swing)
	default:
		return
	}
	l.engine.Reading(care.NewReading("made-up", "all", m, v, 100, at))
}

// noted returns after how many hours since a moment a habit is noted, 0 for not
// at all.
func (l *life) noted(name string, since time.Time) float64 {
	for _, a := range l.notes {
		has := slices.ContainsFunc(a.Evidence.Features, func(f care.Feature) bool { return f.Name == name })
		if has && a.At.After(since) {
			return a.At.Sub(since).Hours()
		}
	}
	return 0
}

// drifts evaluates what is noted of made-up residents who change, or do not.
func drifts(e *Eval) error {
	e.Heading("Drift against the own baseline, made-up residents")
	e.Text("Nobody's real days. Rates vary by 3 to 6 %% from day to day, time in bed by 8 to 14 %%, activity by 15 to 30 %%, those of a regular resident by 2 to 4, 3 to 5 and 5 to 8 %% (assumed); %.0f %% of a deviation carries over to the next day, %.0f %% of the days deviate 2.5 times as much, %.0f %% are missing. A change lasts from the 45th day at noon. The constants were chosen on residents drawn the same way.", 100*lifeCarry, 100*lifeOdd, 100*lifeLost)
	t := NewTable("habit", "days", "change", "residents", "noted within 72 h", "within 7 days", "within 14 days")
	for _, c := range []struct {
		habit   int
		regular bool
		factor  float64
		people  int
	}{
		{lifeBreath, false, 1.2, 200}, {lifeBreath, false, 0.8, 200}, {lifePulse, false, 1.2, 200}, {lifePulse, false, 0.8, 200},
		{lifeBed, false, 1.2, 40}, {lifeBed, false, 1.4, 40}, {lifeActivity, false, 0.8, 40}, {lifeActivity, false, 2, 40},
		{lifeBed, true, 1.2, 100}, {lifeBed, true, 0.8, 100}, {lifeActivity, true, 1.2, 100}, {lifeActivity, true, 0.8, 100},
	} {
		var within [3]int
		for seed := range uint64(c.people) {
			l, err := newLife(seed, c.regular, c.habit)
			if err != nil {
				return err
			}
			l.live(45, 0, 1)
			since := l.day
			l.live(15, c.habit, c.factor)
			hours := l.noted(lifeNames[c.habit], since)
			for i, limit := range []float64{72, 7 * 24, 14 * 24} {
				if hours > 0 && hours <= limit {
					within[i]++
				}
			}
		}
		t.Row(lifeNames[c.habit], howTheyLive(c.regular), fmt.Sprintf("%+.0f %%", 100*(c.factor-1)), c.people,
			Share(within[0], c.people), Share(within[1], c.people), Share(within[2], c.people))
	}
	e.Table(t)
	return stable(e)
}

func howTheyLive(regular bool) string {
	if regular {
		return "regular"
	}
	return "as usual"
}

// stable counts notes of residents who do not change.
func stable(e *Eval) error {
	const people, months = 30, 6
	t := NewTable("residents who do not change", "days", "months", "notes a month", "months with more than one")
	what := NewTable("what was noted", "days", "times")
	for _, regular := range []bool{false, true} {
		notes, many := 0, 0
		of := map[string]int{}
		for seed := range uint64(people) {
			l, err := newLife(1000+seed, regular, lifeBreath, lifePulse, lifeBed, lifeActivity)
			if err != nil {
				return err
			}
			for range months {
				before := len(l.notes)
				l.live(30, 0, 1)
				if len(l.notes)-before > 1 {
					many++
				}
			}
			notes += len(l.notes)
			for _, a := range l.notes {
				for _, f := range a.Evidence.Features {
					if slices.Contains(lifeNames[:], f.Name) {
						of[f.Name]++
					}
				}
			}
		}
		t.Row(people, howTheyLive(regular), people*months, Rate(notes, people*months), Share(many, people*months))
		for _, n := range lifeNames {
			what.Row(n, howTheyLive(regular), of[n])
		}
	}
	e.Table(t)
	e.Table(what)
	return nil
}

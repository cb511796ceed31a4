package detect

import (
	"fmt"
	"strings"
	"time"

	"osmanthus/care"
)

// DefaultLimits returns the limits for a resident for whom nobody set others.
// High are the values that score 3 in NEWS2 (Royal College of Physicians,
// 2017), Medium those that score 2, widened where bands worn day and night
// would otherwise cry wolf: heart rate above 110 is a walk upstairs. The
// delays are those usual at bedside monitors: 10 s, 15 s for breathing, 30 s
// for temperature. Where NEWS2 has nothing to say, see vitals.md.
func DefaultLimits() []Limit {
	l := make([]Limit, 0, 24)
	add := func(m care.Metric, s Side, medium, high, hysteresis float64, persist time.Duration) {
		l = append(l,
			Limit{Metric: m, Side: s, Priority: care.Medium, Value: medium, Hysteresis: hysteresis, Persist: persist},
			Limit{Metric: m, Side: s, Priority: care.High, Value: high, Hysteresis: hysteresis, Persist: persist})
	}
	for _, m := range []care.Metric{care.HeartRate, care.PulseRate} {
		add(m, Above, 120, 130, 3, 10*time.Second)
		add(m, Below, 45, 40, 3, 10*time.Second)
	}
	add(care.SpO2, Below, 90, 85, 2, 10*time.Second)
	add(care.RespiratoryRate, Above, 24, 30, 2, 15*time.Second)
	add(care.RespiratoryRate, Below, 9, 6, 1, 15*time.Second)
	add(care.BodyTemperature, Above, 38.5, 39.5, 0.3, 30*time.Second)
	add(care.BodyTemperature, Below, 35.5, 35, 0.3, 30*time.Second)
	add(care.Systolic, Above, 180, 220, 5, 10*time.Second)
	add(care.Systolic, Below, 100, 90, 5, 10*time.Second)
	l = append(l, Limit{Metric: care.Diastolic, Side: Above, Priority: care.Medium, Value: 120, Hysteresis: 5, Persist: 10 * time.Second})
	add(care.Glucose, Below, 3.9, 3, 0.3, 30*time.Second)
	add(care.Glucose, Above, 13.9, 30, 0.3, 30*time.Second)
	return l
}

type limitKey struct {
	metric   care.Metric
	side     Side
	priority care.Priority
}

func (l Limit) key() limitKey { return limitKey{l.Metric, l.Side, l.Priority} }

func (l Limit) check() error {
	info, ok := l.Metric.Info()
	switch {
	case !ok || info.State:
		return fmt.Errorf("limit of %v: not a quantity", l.Metric)
	case l.Side != Above && l.Side != Below:
		return fmt.Errorf("limit of %v: neither above nor below", l.Metric)
	case l.Priority != care.Medium && l.Priority != care.High:
		return fmt.Errorf("limit %v: the priority is medium or high", l)
	case !info.Plausible(l.Value):
		return fmt.Errorf("limit %v: no plausible value of the metric", l)
	case !(l.Hysteresis >= 0 && l.Hysteresis <= info.High-info.Low):
		return fmt.Errorf("limit %v: hysteresis %v", l, l.Hysteresis)
	case l.Persist < 5*time.Second || l.Persist > 30*time.Second:
		return fmt.Errorf("limit %v: must last 5 s to 30 s, not %v", l, l.Persist)
	}
	return nil
}

// decided reports whether somebody answers for an exception, and it ends.
func decided(by, why string, until time.Time) bool {
	return strings.TrimSpace(by) != "" && strings.TrimSpace(why) != "" && !until.IsZero()
}

func (o Override) check(limits []Limit) error {
	for _, l := range limits {
		if l.key() != (limitKey{o.Metric, o.Side, o.Priority}) {
			continue
		}
		l.Value = o.Value
		switch {
		case o.Resident == "" || !decided(o.By, o.Why, o.Until):
			return fmt.Errorf("override of %v for %q: needs a resident, who, why and until when", l, o.Resident)
		case o.As != 0 && (o.As < care.Low || o.As > care.High):
			return fmt.Errorf("override of %v for %q: unknown priority", l, o.Resident)
		case o.Priority == care.High && o.As == care.Low:
			return fmt.Errorf("override of %v for %q: high may not go below medium", l, o.Resident)
		}
		return l.check()
	}
	return fmt.Errorf("override of %v %v %v for %q: there is no such limit", o.Priority, o.Metric, o.Side, o.Resident)
}

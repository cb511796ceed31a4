package config

import (
	"slices"
	"strings"

	"osmanthus/care"
)

// Override replaces one limit of a vital sign for one resident, until it
// expires. Somebody answers for it.
type Override struct {
	Metric   string  `yaml:"metric"`   // name of the metric, as in "heart_rate"
	Side     string  `yaml:"side"`     // above or below
	Priority string  `yaml:"priority"` // which limit: the one of medium or of high priority
	Value    float64 `yaml:"value"`    // in the metric's unit
	As       string  `yaml:"as"`       // the new priority, "" leaves it
	Until    Time    `yaml:"until"`
	By       string  `yaml:"by"` // a pseudonym
	Why      string  `yaml:"why"`
}

// Limits are the limits that can be replaced, by metric, as in "below medium".
var Limits = map[string][]string{
	"heart_rate":       {"above medium", "above high", "below medium", "below high"},
	"pulse_rate":       {"above medium", "above high", "below medium", "below high"},
	"spo2":             {"below medium", "below high"},
	"respiratory_rate": {"above medium", "above high", "below medium", "below high"},
	"body_temperature": {"above medium", "above high", "below medium", "below high"},
	"systolic":         {"above medium", "above high", "below medium", "below high"},
	"diastolic":        {"above medium"},
	"glucose":          {"above medium", "above high", "below medium", "below high"},
}

func (j *judgement) override(place at, o Override) {
	in := func(key string) at { return append(slices.Clip(place), key) }
	metric, _ := care.MetricByName(o.Metric)
	info, _ := metric.Info()
	sides := o.Side == "above" || o.Side == "below"
	levels := o.Priority == "medium" || o.Priority == "high"
	has := Limits[o.Metric]
	switch {
	case has == nil:
		var names []string
		for name := range Limits {
			names = append(names, name)
		}
		slices.Sort(names)
		j.bad(in("metric"), "%q has no limit, one of %s", o.Metric, strings.Join(names, ", "))
	case sides && levels && !slices.Contains(has, o.Side+" "+o.Priority):
		j.bad(place, "%s has no limit %s of %s priority, only %s", o.Metric, o.Side, o.Priority, strings.Join(has, ", "))
	case !info.Plausible(o.Value):
		j.bad(in("value"), "%v is not between %v and %v %s", o.Value, info.Low, info.High, info.Unit)
	}
	if !sides {
		j.bad(in("side"), "%q is not above or below", o.Side)
	}
	if !levels {
		j.bad(in("priority"), "%q is not medium or high", o.Priority)
	}
	switch o.As {
	case "", "medium", "high":
	case "low":
		if o.Priority == "high" {
			j.bad(in("as"), "a limit of high priority may not go below medium")
		}
	default:
		j.bad(in("as"), "%q is not low, medium or high", o.As)
	}
	j.decided(place, "missing: an override says who decided it, why, and until when", o.By, o.Why, o.Until)
}

// decided demands that somebody answers for an exception, and that it ends.
func (j *judgement) decided(place at, missing string, by, why string, until Time) {
	in := func(key string) at { return append(slices.Clip(place), key) }
	if strings.TrimSpace(by) == "" {
		j.bad(in("by"), "%s", missing)
	}
	if strings.TrimSpace(why) == "" {
		j.bad(in("why"), "%s", missing)
	}
	if until.IsZero() {
		j.bad(in("until"), "%s", missing)
	}
}

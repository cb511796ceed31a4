package detect

import (
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// Features of an impact that are looked at by themselves.
var (
	floatTime = signal.ImpactIndex("float")
	floatLow  = signal.ImpactIndex("low")
	spinIn    = signal.ImpactIndex("spin_in")
)

// fallShows are the features that go with an alert: those that a person can
// picture.
var fallShows = []int{
	signal.ImpactIndex("peak"), signal.ImpactIndex("thud"), signal.ImpactIndex("low"), signal.ImpactIndex("turn"),
	signal.ImpactIndex("reach"), signal.ImpactIndex("sway"), signal.ImpactIndex("late_turn"), signal.ImpactIndex("last_sway"),
	signal.ImpactIndex("drop"),
}

// emit says what is decided, and why.
func (d *fall) emit(s care.State, at time.Time) {
	d.alert.State, d.alert.At, d.alert.Confidence = s, at, confidence(d.logit)
	if d.state = fallSettled; s == care.Suspected {
		d.state = fallSuspected
	} else {
		d.waiting = d.waiting[:0]
	}
	e := care.Evidence{Rule: d.model.Rule, Hash: d.model.hash, Value: d.found[fallShows[0]], Limit: signal.ImpactTrigger,
		Limits: fallLimits(d.model, d.border), Features: []care.Feature{{Name: "logit", Value: d.logit, Unit: "1"}}}
	names := signal.ImpactNames()
	for _, i := range fallShows {
		if v := d.found[i]; v == v {
			e.Features = append(e.Features, care.Feature{Name: names[i].Name, Value: v, Unit: names[i].Unit})
		}
	}
	e.Features = append(e.Features,
		care.Feature{Name: "quiet_seconds", Value: float64(d.quiet), Unit: "s"},
		care.Feature{Name: "active_seconds", Value: float64(d.active), Unit: "s"})
	d.alert.Evidence = e
	d.out = append(d.out, d.alert)
}

// fallLimits are what the rule of a model compares with, where it believes from a
// border on.
func fallLimits(m *FallModel, believe float64) []care.Feature {
	return []care.Feature{
		{Name: "peak", Value: signal.ImpactTrigger, Unit: "[g]"},
		{Name: "suspect", Value: m.Suspect, Unit: "1"},
		{Name: "believe", Value: believe, Unit: "1"},
		{Name: "sure", Value: m.Sure, Unit: "1"},
		{Name: "quiet", Value: fallConfirm, Unit: "s"},
		{Name: "active", Value: fallDismiss, Unit: "s"},
		{Name: "thing_float", Value: fallFloat, Unit: "s"},
		{Name: "low", Value: fallLow, Unit: "[g]"},
		{Name: "thing_still", Value: fallStill, Unit: "s"},
	}
}

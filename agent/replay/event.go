package replay

import (
	"strings"

	"osmanthus/care"
)

// event is a line about an alert.
type event struct {
	File       string  `json:"file"`
	T          float64 `json:"t"` // seconds at which it was decided
	Kind       string  `json:"kind"`
	State      string  `json:"state"`
	Priority   string  `json:"priority"`
	Confidence float64 `json:"confidence"`
	Onset      float64 `json:"onset"`           // seconds at which it began
	About      string  `json:"about,omitempty"` // the metric of a vital sign
	*scored
	Drifted []drifted `json:"drifted,omitempty"` // habits, of a drift
	Episode string    `json:"episode"`
	Rule    string    `json:"rule"`
}

// scored is what an early warning adds: a score of which parts are missing is
// never shown as a full one.
type scored struct {
	Score   float64  `json:"score"`
	Partial bool     `json:"partial"`
	Missing []string `json:"missing,omitempty"` // the metrics
}

// drifted is a habit that went away from what was usual.
type drifted struct {
	Habit  string  `json:"habit"`
	Now    float64 `json:"now"` // in its unit
	Usual  float64 `json:"usual"`
	Change float64 `json:"change"` // from usual to now
	Unit   string  `json:"unit"`
}

func newEvent(file string, a care.Alert) event {
	e := event{
		File: file, T: since(a.At), Kind: a.Kind.String(), State: a.State.String(), Priority: a.Priority.String(),
		Confidence: round(a.Confidence), Onset: since(a.Onset), Episode: a.Episode.String(), Rule: a.Evidence.Rule,
	}
	if a.Evidence.Metric != 0 {
		e.About = a.Evidence.Metric.String()
	}
	switch a.Kind {
	case care.EarlyWarning:
		e.scored = newScored(a.Evidence)
	case care.Drift:
		e.Drifted = newDrifted(a.Evidence)
	}
	return e
}

func newScored(e care.Evidence) *scored {
	s := &scored{Score: e.Value}
	for _, f := range e.Features {
		if f.Name == "partial" {
			s.Partial = true
		}
		if name, ok := strings.CutPrefix(f.Name, "missing_"); ok {
			s.Missing = append(s.Missing, name)
		}
	}
	return s
}

// newDrifted reads the habits of an alert, of which the limit of the same name
// is what was usual.
func newDrifted(e care.Evidence) (all []drifted) {
	for _, f := range e.Features {
		for _, l := range e.Limits {
			if l.Name == f.Name {
				all = append(all, drifted{Habit: f.Name, Now: round(f.Value), Usual: round(l.Value), Change: round(f.Value - l.Value), Unit: f.Unit})
			}
		}
	}
	return all
}

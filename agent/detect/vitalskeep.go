package detect

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"osmanthus/care"
)

var _ keeper = (*vitals)(nil)

// keptVital is an alert that was open when the agent ended: the same episode
// goes on, gets worse, or is cleared. A crossing that had begun begins anew.
type keptVital struct {
	Metric   care.Metric     `json:"metric"`
	Side     Side            `json:"side"`
	Onset    time.Time       `json:"onset"` // names the episode, so it never moves
	Priority care.Priority   `json:"priority"`
	Limit    float64         `json:"limit"` // that it told of last
	Over     []care.Priority `json:"over"`  // which limits hold, by the priority that the plan gives them
}

func (d *vitals) key() string { return "vital/1" }

func (d *vitals) save() any {
	open := []keptVital{}
	for i := range d.sides {
		s := &d.sides[i]
		if !s.open {
			continue
		}
		k := keptVital{Metric: s.metric, Side: s.side, Onset: s.alert.Onset, Priority: s.alert.Priority, Limit: s.alert.Evidence.Limit}
		for _, b := range s.bands {
			if b.raised {
				k.Over = append(k.Over, b.limit.Priority)
			}
		}
		open = append(open, k)
	}
	return open
}

// load takes what was open. An alert whose limit the plan has no more is cleared
// by the next value.
func (d *vitals) load(raw json.RawMessage, _ outage) error {
	var open []keptVital
	if err := json.Unmarshal(raw, &open); err != nil {
		return err
	}
	n := newVitals(Plan{Limits: d.limits, Overrides: d.overrides}, Source{ID: d.source, Resident: d.resident})
	for _, k := range open {
		_, known := k.Metric.Info()
		if !known || k.Side != Above && k.Side != Below || k.Onset.IsZero() || k.Priority < care.Low || k.Priority > care.High || !finite(k.Limit) {
			return fmt.Errorf("a vital sign of metric %d, side %d, priority %d, since %v", k.Metric, k.Side, k.Priority, k.Onset)
		}
		if !slices.Contains(n.met, k.Metric) {
			n.meet(k.Metric)
		}
		n.reopen(k)
	}
	d.met, d.sides = n.met, n.sides
	return nil
}

// reopen is an alert that goes on.
func (d *vitals) reopen(k keptVital) {
	i := slices.IndexFunc(d.sides, func(s side) bool { return s.metric == k.Metric && s.side == k.Side })
	if i < 0 {
		i = len(d.sides)
		d.sides = append(d.sides, side{metric: k.Metric, side: k.Side})
	}
	s := &d.sides[i]
	s.open, s.alert = true, d.alertOf(s, k.Onset)
	s.alert.Priority, s.alert.Evidence.Limit = k.Priority, k.Limit
	for i := range s.bands {
		b := &s.bands[i]
		if b.raised = slices.Contains(k.Over, b.limit.Priority); b.raised {
			b.from, s.alert.Evidence.Limits = k.Onset, b.limits()
		}
	}
}

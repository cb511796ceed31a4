package detect

import (
	"encoding/json"
	"fmt"
	"time"

	"osmanthus/care"
)

// keptDanger is an alarm that was open when the agent ended: the same episode
// goes on, or is cleared, and water does not get another five minutes.
type keptDanger struct {
	Metric care.Metric   `json:"metric"`
	Onset  time.Time     `json:"onset"`          // names the episode, so it never moves
	Began  time.Time     `json:"began"`          // the same on a clock that may have been set since
	Quiet  time.Time     `json:"quiet,omitzero"` // since then, zero while it alarms
	Level  care.Priority `json:"level"`
}

func (d *hazard) key() string { return "hazard/1" }

func (d *hazard) save() any {
	open := []keptDanger{}
	for _, w := range d.of {
		if w.alarm.state < raised {
			continue
		}
		k := keptDanger{Metric: w.metric, Onset: w.alarm.onset, Began: w.began, Level: w.level}
		if w.alarm.state == leaving {
			k.Quiet = w.alarm.since
		}
		open = append(open, k)
	}
	return open
}

func (d *hazard) load(raw json.RawMessage, o outage) error {
	var kept []keptDanger
	if err := json.Unmarshal(raw, &kept); err != nil {
		return err
	}
	var of []danger
	for _, k := range kept {
		if hazardKinds[k.Metric] == 0 || k.Onset.IsZero() || k.Began.IsZero() || k.Level < care.Low || k.Level > care.High || len(of) == len(hazardKinds) {
			return fmt.Errorf("a hazard of metric %d, priority %d, since %v", k.Metric, k.Level, k.Onset)
		}
		w := d.newDanger(k.Metric)
		w.level = k.Level
		w.began = o.time(k.Began)
		w.alarm.state, w.alarm.onset, w.alarm.since = raised, k.Onset, w.began
		if !k.Quiet.IsZero() {
			w.alarm.state, w.alarm.since = leaving, o.time(k.Quiet)
		}
		of = append(of, w)
	}
	d.of = of
	return nil
}

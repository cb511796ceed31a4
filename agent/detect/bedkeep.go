package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

// bedKept is what of a bed outlives a restart: somebody who left before it is
// missed after it in time.
type bedKept struct {
	State   bedState
	Since   time.Time
	Left    time.Time
	Night   bool
	Posture int
	Turned  time.Time
	Alerts  []care.Alert `json:",omitempty"` // that are open
}

func (d *bed) key() string { return "bed/1" }

func (d *bed) alerts() []*bedAlert { return []*bedAlert{&d.exit, &d.edge, &d.away, &d.still} }

func (d *bed) save() any {
	k := bedKept{State: d.state, Since: d.since, Left: d.left, Night: d.night, Posture: d.posture, Turned: d.turned}
	for _, a := range d.alerts() {
		if a.Open {
			k.Alerts = append(k.Alerts, a.Alert)
		}
	}
	return k
}

func (d *bed) load(raw json.RawMessage, o outage) error {
	var k bedKept
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	if k.State > bedBack || k.Posture < care.PostureUnknown || k.Posture > care.PostureStomach {
		return errors.New("a state that no bed has")
	}
	var open [4]bedAlert
	for _, a := range k.Alerts {
		i := 0
		switch a.Kind {
		case care.BedExit:
		case care.BedEdge:
			i = 1
		case care.BedNotBack:
			i = 2
		case care.NotTurned:
			i = 3
		default:
			return errors.New("an alert that no bed raises")
		}
		if a.Resident != d.resident || a.Source != d.source {
			return errors.New("an alert of another bed")
		}
		a.Onset, a.At = o.time(a.Onset), o.time(a.At)
		open[i] = bedAlert{Open: true, Alert: a}
	}
	d.state, d.since, d.left, d.night = k.State, o.time(k.Since), o.time(k.Left), k.Night
	d.posture, d.turned, d.restored = k.Posture, o.time(k.Turned), true
	for i, a := range d.alerts() {
		*a = open[i]
	}
	return nil
}

package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

// wearingState is what of the wearing outlives a restart: the week, by hours that
// are over, and the open alert.
type wearingState struct {
	Week  []wearHour  `json:"week,omitempty"`
	State float64     `json:"state,omitempty"`
	Since time.Time   `json:"since,omitzero"`
	Alert *care.Alert `json:"alert,omitempty"`
}

func (d *wearing) key() string { return "wearing/1" }

func (d *wearing) save() any {
	s := wearingState{State: d.state, Since: d.since}
	if n := len(d.week); n > 0 { // the hour that lasts changes with every tick
		s.Week = d.week[:n-1]
	}
	if d.open {
		a := d.alert
		s.Alert = &a
	}
	return s
}

func (d *wearing) load(raw json.RawMessage, o outage) error {
	var s wearingState
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	last := int64(0)
	for _, h := range s.Week {
		if h.Hour <= last || !(h.Worn >= 0 && h.Off >= 0 && h.Charging >= 0 && h.Unknown >= 0 && h.Worn+h.Off+h.Charging+h.Unknown <= 2*3600) {
			return errors.New("an hour that cannot be")
		}
		last = h.Hour
	}
	if len(s.Week) > wearHours || !(s.State >= care.WearUnknown && s.State <= care.WearCharging) {
		return errors.New("the week of a band does not fit together")
	}
	if s.Alert != nil && (s.Alert.Kind != care.NotWorn || s.Alert.Resident != d.resident) {
		return errors.New("the open alert is not one of this resident's band")
	}
	d.week, d.state, d.since = s.Week, s.State, o.time(s.Since)
	if d.open = s.Alert != nil; d.open {
		d.alert = *s.Alert
		d.alert.Onset, d.alert.At = o.time(d.alert.Onset), o.time(d.alert.At)
	}
	return nil
}

func (d *wearing) holds(e care.Episode) bool { return d.open && d.alert.Episode == e }

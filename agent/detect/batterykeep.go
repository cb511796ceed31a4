package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

// batteryState is what of a battery outlives a restart: its days, and since when
// it is told of.
type batteryState struct {
	Days  []batteryDay   `json:"days,omitempty"`
	Volts bool           `json:"volts,omitempty"`
	Cells float64        `json:"cells,omitempty"`
	Times int            `json:"times,omitempty"`
	Since time.Time      `json:"since,omitzero"`
	Told  time.Time      `json:"told,omitzero"`
	Onset time.Time      `json:"onset,omitzero"`
	Level care.Priority  `json:"level,omitempty"`
	Why   []care.Feature `json:"why,omitempty"`
}

func (d *battery) key() string { return "battery/1" }

func (d *battery) save() any {
	return batteryState{Days: d.days, Volts: d.volts, Cells: d.cells, Times: d.times, Since: d.since, Told: d.told, Onset: d.onset, Level: d.level, Why: d.why}
}

func (d *battery) load(raw json.RawMessage, o outage) error {
	var s batteryState
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	last := int64(0)
	for _, b := range s.Days {
		if b.Day <= last || !finite(b.Left) || b.Left < 0 || b.Left > 1 {
			return errors.New("a day of a battery that cannot be")
		}
		last = b.Day
	}
	if len(s.Days) > batteryWindow || !(s.Cells >= 0 && s.Cells <= 100) || s.Volts && s.Cells < 1 || s.Since.IsZero() != s.Told.IsZero() || s.Since.IsZero() != s.Onset.IsZero() || s.Told.Before(s.Since) ||
		!s.Since.IsZero() && s.Level != care.Low && s.Level != care.Medium {
		return errors.New("the state of a battery does not fit together")
	}
	d.days, d.volts, d.cells, d.times, d.level, d.why = s.Days, s.Volts, s.Cells, s.Times, s.Level, s.Why
	d.since, d.told, d.onset = o.time(s.Since), o.time(s.Told), s.Onset
	return nil
}

func (d *battery) holds(e care.Episode) bool {
	return !d.onset.IsZero() && e == care.NewEpisode(care.BatteryLow, d.resident, d.source, care.BatteryLevel, d.onset)
}

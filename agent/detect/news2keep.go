package detect

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"osmanthus/care"
)

// news2State is what of a score outlives a restart: what somebody measured or
// saw, which nobody measures again because of a restart, and the open alert.
type news2State struct {
	Seen   []seenState       `json:"seen,omitempty"`
	Open   bool              `json:"open,omitempty"`
	Alert  *care.Alert       `json:"alert,omitempty"`
	Counts care.ParameterSet `json:"counts,omitempty"`
	Better time.Time         `json:"better,omitzero"`
}

type seenState struct {
	Parameter care.Parameter `json:"parameter"`
	Value     float64        `json:"value"`
	At        time.Time      `json:"at"`
	Source    care.SourceID  `json:"source"`
	Quality   care.Quality   `json:"quality"`
}

func (d *news2) key() string { return "news2/1" }

func (d *news2) save() any {
	s := news2State{Open: d.open, Counts: d.counts, Better: d.better}
	if d.open {
		a := d.alert
		s.Alert = &a
	}
	for p := range d.tracks {
		if t := &d.tracks[p]; t.seen && !t.at.IsZero() {
			s.Seen = append(s.Seen, seenState{care.Parameter(p), t.last, t.at, t.source, t.quality})
		}
	}
	return s
}

func (d *news2) load(raw json.RawMessage, o outage) error {
	var s news2State
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if s.Open != (s.Alert != nil) || s.Open && (s.Alert.Kind != care.EarlyWarning || s.Alert.Resident != d.resident) {
		return errors.New("the open alert is not one of this resident's score")
	}
	var tracks [care.Parameters]track
	for _, v := range s.Seen {
		if v.Parameter >= care.Parameters || !finite(v.Value) {
			return fmt.Errorf("a value of %v that cannot be: %v", v.Parameter, v.Value)
		}
		tracks[v.Parameter] = track{last: v.Value, at: o.time(v.At), source: v.Source,
			quality: v.Quality, seen: true, keeps: spotAge}
	}
	d.tracks, d.open, d.counts, d.better = tracks, s.Open, s.Counts, o.time(s.Better)
	if s.Open {
		d.alert = *s.Alert
		d.alert.Onset, d.alert.At = o.time(d.alert.Onset), o.time(d.alert.At)
	}
	d.news = true
	return nil
}

package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

var _ keeper = (*apnoea)(nil)

// keptApnoea is the open alert, so that the same episode can be cleared after a
// restart. How high a breath was is learnt anew.
type keptApnoea struct {
	Open     bool
	Episode  string        `json:",omitempty"`
	Priority care.Priority `json:",omitempty"`
	Onset    time.Time     `json:",omitzero"`
}

func (d *apnoea) key() string { return "apnoea/1" }

func (d *apnoea) save() any {
	if !d.open() {
		return keptApnoea{}
	}
	return keptApnoea{Open: true, Episode: d.alert.Episode.String(), Priority: d.alert.Priority, Onset: d.alert.Onset}
}

// load takes an open alert: it stays as it is until breathing is found.
func (d *apnoea) load(raw json.RawMessage, o outage) error {
	var k keptApnoea
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	if !k.Open {
		return nil
	}
	episode, err := care.ParseEpisode(k.Episode)
	if err != nil {
		return err
	}
	if k.Priority < care.Low || k.Priority > care.High || k.Onset.IsZero() {
		return errors.New("an open alert without priority or onset")
	}
	d.lost()
	d.state, d.back, d.full, d.least = apnoeaReturning, 0, 0, 0
	d.alert = care.Alert{Kind: care.Apnoea, Episode: episode, Priority: k.Priority, Resident: d.resident, Source: d.source,
		Onset: o.time(k.Onset), Confidence: 0.5}
	return nil
}

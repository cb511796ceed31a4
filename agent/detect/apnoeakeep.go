package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

var _ keeper = (*apnoea)(nil)

// keptApnoea is the open alert, so that the same episode goes on after a restart,
// and what a breath was: who stops breathing meanwhile is found.
type keptApnoea struct {
	Open     bool
	Episode  string        `json:",omitempty"`
	Priority care.Priority `json:",omitempty"`
	Onset    time.Time     `json:",omitzero"`
	Breath   apnoeaBreath  `json:",omitzero"`
}

func (d *apnoea) key() string { return "apnoea/1" }

func (d *apnoea) save() any {
	if !d.open() {
		return keptApnoea{Breath: d.known}
	}
	return keptApnoea{Open: true, Episode: d.alert.Episode.String(), Priority: d.alert.Priority, Onset: d.alert.Onset,
		Breath: apnoeaBreath{Full: d.full, Least: d.least, Interval: d.known.Interval}}
}

// load takes an open alert, which goes on from the first sample: how long
// nobody breathed in between is not known. Without one a breath is expected,
// unless the agent was down for long.
func (d *apnoea) load(raw json.RawMessage, o outage) error {
	var k keptApnoea
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	if b := k.Breath; !(b.Full >= b.Least && b.Least >= 0 && b.Interval >= 0 && b.Interval < apnoeaAway.Seconds()) {
		return errors.New("heights of a breath, or its time, that are none")
	}
	if !k.Open {
		if k.Breath.Least > 0 && o.lasted > 0 && o.lasted <= apnoeaAway {
			d.lost()
			d.state, d.known, d.least = apnoeaExpecting, k.Breath, k.Breath.Least
		}
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
	d.state, d.back, d.known, d.full, d.least = apnoeaReturning, 0, k.Breath, k.Breath.Full, k.Breath.Least
	d.alert = care.Alert{Kind: care.Apnoea, Episode: episode, Priority: k.Priority, Resident: d.resident, Source: d.source,
		Onset: o.time(k.Onset), Confidence: 0.5}
	return nil
}

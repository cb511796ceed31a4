package detect

import (
	"encoding/json"
	"time"

	"osmanthus/care"
)

var (
	_ keeper = (*pulseless)(nil)
	_ holder = (*pulseless)(nil)
)

// keptPulseless is that a pulse was seen, so that its absence is told after a
// restart, too, and the open alert.
type keptPulseless struct {
	Found bool      `json:"found"`
	Onset time.Time `json:"onset,omitzero"` // names the alert that is open, so it never moves
}

func (d *pulseless) key() string { return "pulseless/1" }

func (d *pulseless) save() any {
	k := keptPulseless{Found: d.light.sought.found == pulselessProof}
	if d.open {
		k.Onset = d.onset
	}
	return k
}

func (d *pulseless) load(raw json.RawMessage, _ outage) error {
	var k keptPulseless
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	d.light.sought, d.open, d.onset = sought{}, !k.Onset.IsZero(), k.Onset
	if k.Found || d.open {
		d.light.sought.found = pulselessProof
	}
	if d.open {
		d.light.sought.vain = pulselessBlind
	}
	return nil
}

func (d *pulseless) holds(e care.Episode) bool {
	return d.open && e == care.NewEpisode(care.SourceStale, d.resident, d.source, care.PulseRate, d.onset)
}

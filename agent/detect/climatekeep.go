package detect

import (
	"encoding/json"
	"fmt"
	"time"

	"osmanthus/care"
)

// keptClimate is an alert that was open when the agent ended: the same episode
// goes on, or is cleared. An hour that had begun begins anew.
type keptClimate struct {
	Kind  care.Kind `json:"kind"`
	Onset time.Time `json:"onset"` // names the episode, so it never moves
}

func (d *climate) key() string { return "climate/1" }

// of returns the condition of a kind, nil for one that it does not watch.
func (d *climate) of(k care.Kind) *condition {
	switch k {
	case care.RoomHot:
		return &d.hot
	case care.RoomCold:
		return &d.cold
	}
	return nil
}

func (d *climate) save() any {
	open := []keptClimate{}
	for _, k := range []care.Kind{care.RoomHot, care.RoomCold} {
		if c := d.of(k); c.state >= raised {
			open = append(open, keptClimate{k, c.onset})
		}
	}
	return open
}

func (d *climate) load(raw json.RawMessage, o outage) error {
	var open []keptClimate
	if err := json.Unmarshal(raw, &open); err != nil {
		return err
	}
	for _, k := range open {
		if d.of(k.Kind) == nil || k.Onset.IsZero() {
			return fmt.Errorf("a climate of kind %v since %v", k.Kind, k.Onset)
		}
	}
	for _, k := range open {
		c := d.of(k.Kind)
		c.state, c.onset, c.since = raised, k.Onset, o.time(k.Onset)
	}
	return nil
}

package detect

import (
	"encoding/json"
	"errors"
	"math"
	"time"
)

var _ keeper = (*wear)(nil)

const (
	// wearKept is for how long an agent may be away for who was in the bed to be
	// there still: later nobody knows whether who sits is in the bed or in a chair.
	wearKept = 15 * time.Minute
	wearStep = 10.0 // degrees: a smaller change of how somebody lies is not worth a write
)

// keptWear is what of a sensor at the sternum outlives a restart: that somebody
// was in the bed, so that who leaves it meanwhile is told.
type keptWear struct {
	InBed bool    `json:"in_bed"`
	Tilt  float64 `json:"tilt,omitempty"` // degrees from upright, how they lay
}

func (d *wear) key() string { return "wear/1" }

func (d *wear) save() any {
	if d.state != wearLies && d.state != wearUp {
		return keptWear{}
	}
	return keptWear{InBed: true, Tilt: math.Round(d.tilt/wearStep) * wearStep}
}

func (d *wear) load(raw json.RawMessage, o outage) error {
	var k keptWear
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	if !(k.Tilt >= 0 && k.Tilt <= 180) {
		return errors.New("nobody lies like that")
	}
	if k.InBed && o.lasted <= wearKept { // who is upright now rises at the first row
		d.state, d.tilt = wearLies, k.Tilt
	}
	return nil
}

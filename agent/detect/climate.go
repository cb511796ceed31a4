package detect

import (
	"time"

	"osmanthus/care"
)

// The borders of a room in which old people are in danger; climate.md says why.
const (
	climateRule = "climate/1"
	roomHot     = 32.0 // °C and more
	roomCold    = 12.0 // °C and less
	climateBack = 1.5  // °C by which it must come back to be over
	// climateFor is how long it must last: doors and windows are opened.
	climateFor = time.Hour
	// climateOver is how long it must be over.
	climateOver = 30 * time.Minute
	// climateGap is how long a sensor may say nothing before what it said last
	// no longer counts: some by radio speak every half hour.
	climateGap = 45 * time.Minute
)

// climate watches the air of a room for heat and cold that endanger old people.
// What does not say in which room it is may lie in a fridge: nobody judges it.
type climate struct {
	base
	hot, cold condition
	last      time.Time
	out       []care.Alert
}

func newClimate(s Source) *climate {
	c := condition{raiseAfter: climateFor, clearAfter: climateOver}
	return &climate{base: base{s.Resident, s.ID}, hot: c, cold: c}
}

func (d *climate) Block(*care.Block) []care.Alert { return nil }

// Tick does nothing: a room is as it was said to be, not as it may be by now.
func (d *climate) Tick(time.Time) []care.Alert { return nil }

func (d *climate) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Metric != care.AirTemperature || r.Flags&(care.OutOfRange|care.Stuck) != 0 || r.Quality < Believed {
		return nil
	}
	if gap := r.At.Sub(d.last); gap > climateGap || gap < 0 {
		for _, c := range []*condition{&d.hot, &d.cold} {
			if c.state == pending {
				c.state = good
			}
		}
	}
	d.last = r.At
	d.judge(&d.hot, care.RoomHot, roomHot, r.Value-roomHot, r)
	d.judge(&d.cold, care.RoomCold, roomCold, roomCold-r.Value, r)
	return d.out
}

// judge moves one condition: from the limit on it is bad, and once raised until
// it has come well back. beyond is by how much the limit is passed.
func (d *climate) judge(c *condition, k care.Kind, limit, beyond float64, r care.Reading) {
	ch := c.observe(beyond >= 0 || c.state >= raised && beyond > -climateBack, r.At)
	if ch == same {
		return
	}
	d.out = append(d.out, d.announce(k, ch, care.Low, c.onset, r.At,
		ruled(care.Evidence{Rule: climateRule, Metric: care.AirTemperature, Value: r.Value, Limit: limit},
			care.Feature{Name: "persist", Value: climateFor.Seconds(), Unit: "s"},
			care.Feature{Name: "hysteresis", Value: climateBack, Unit: "Cel"})))
}

package radio

import (
	"time"

	"osmanthus/care"
	"osmanthus/drivers/gatt"
)

// voice is what was last said of a device.
type voice struct {
	state   int // of care.SensorState, -1 before the first
	stateAt time.Time
	wear    float64
	wearAt  time.Time // when it was said, zero: never
	turned  time.Time // since when the device says something else
	turning float64
	charges bool
	paced   [8]pacedMetric
	bad     int // malformed values in a row
}

type pacedMetric struct {
	metric care.Metric
	at     time.Time
}

// turnAfter is how long a contact must be another one to be told of: a sensor
// that slips loses it for a second.
const turnAfter = 5 * time.Second

// say passes a reading on.
func (b *band) say(m care.Metric, v float64, q care.Quality, at time.Time) {
	b.pass(m, v, q, 0, at)
}

func (b *band) pass(m care.Metric, v float64, q care.Quality, f care.Flags, at time.Time) {
	r := care.NewReading(b.Resident, b.ID, m, v, q, at.Round(0).UTC())
	r.Flags |= f
	if m < care.SkinContact || m >= care.Consciousness { // not of the device itself
		b.brought = true
	}
	if b.Simulated {
		r.Flags |= care.Simulated
	}
	b.sink.Reading(r)
}

// works says that the device works.
func (b *band) works(now time.Time) { b.is(care.SensorWorks, now) }

// is says a state when it is news, or was said long ago.
func (b *band) is(state int, now time.Time) {
	if b.state == state && now.Sub(b.stateAt) < stateEvery {
		return
	}
	if b.state != state {
		b.log.Info("device state changed", "from", b.state, "to", state)
	}
	b.state, b.stateAt = state, now
	b.counts.state.Store(int32(state))
	b.say(care.SensorState, float64(state), 100, now)
}

// malformed counts a value that breaks its format; a device that says nothing
// else is said to talk nonsense.
func (b *band) malformed(uuid uint16, err error, now time.Time) {
	b.counts.malformed.Add(1)
	if b.bad++; b.bad == 1 {
		b.log.Warn("value is malformed", "characteristic", uuid, "error", err)
	}
	if b.bad >= garbage {
		b.is(care.SensorWrong, now)
	}
}

// wellFormed ends a row of malformed values.
func (b *band) wellFormed(now time.Time) {
	if b.bad = 0; b.state == care.SensorWrong {
		b.works(now)
	}
}

// worn takes what a value says about how the device is worn.
func (b *band) worn(v gatt.Value, now time.Time) {
	if s, ok := v.(*gatt.LevelStatus); ok {
		if charging, known := s.Charging(); known {
			b.charges = charging
			if charging {
				b.wears(care.WearCharging, now)
			}
		}
		return
	}
	s, ok := v.(interface{ Worn() (worn, known bool) })
	if !ok {
		return
	}
	switch worn, known := s.Worn(); {
	case !known:
	case b.charges:
		b.wears(care.WearCharging, now)
	case worn:
		b.wears(care.WearWorn, now)
	default:
		b.wears(care.WearOff, now)
	}
}

// wears says how it is worn: when that has changed for good, and again while
// the device says so.
func (b *band) wears(state float64, now time.Time) {
	if b.wearAt.IsZero() || state == b.wear && now.Sub(b.wearAt) >= wornEvery {
		b.sayWear(state, now, now)
		return
	}
	if state == b.wear {
		b.turned = time.Time{}
		return
	}
	if b.turned.IsZero() || b.turning != state {
		b.turned, b.turning = now, state
	}
	if now.Sub(b.turned) >= turnAfter {
		b.sayWear(state, b.turned, now)
	}
}

func (b *band) sayWear(state float64, since, now time.Time) {
	b.wear, b.wearAt, b.turned = state, now, time.Time{}
	b.say(care.WearState, state, 100, since)
}

// due reports whether the next value of a stream may be passed on.
func (b *band) due(m care.Metric, now time.Time) bool {
	least := every
	if m == care.BatteryLevel {
		least = batteryLook / 2
	}
	for i := range b.paced {
		p := &b.paced[i]
		if p.metric != m && p.metric != 0 {
			continue
		}
		if p.metric == m && now.Sub(p.at) < least {
			return false
		}
		*p = pacedMetric{m, now}
		return true
	}
	return true
}

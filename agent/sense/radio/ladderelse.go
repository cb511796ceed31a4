package radio

import (
	"math"
	"time"

	"osmanthus/drivers/advert"
)

// other is how another radio hears a witness: what both hear, and what it hears
// alone. A device that it hears as before has not been carried away.
type other struct {
	radio         int
	before, after float64 // dBm, smoothed: heard by both, and alone since then
	shared, since int     // advertisements
	at            time.Time
	pending       float64 // the last that it heard, which this radio may still hear; 0: none
}

const (
	// together is how far apart two radios may tell of one advertisement.
	together = 2 * time.Second
	// often is how many advertisements make a strength known.
	often = 5
	// asBefore is by how much a strength may differ that is the same, in dB:
	// people who walk about make some 6.
	asBefore = 8
)

// elsewhere is told of every advertisement that another radio of the home hears.
func (l *ladder) elsewhere(radio int, a advert.Address, rssi int8, at time.Time) {
	if rssi == 0 {
		return
	}
	for i := range l.witness {
		if w := &l.witness[i]; w.address == a && !w.last.IsZero() {
			w.other.hears(radio, float64(rssi), at, at.Sub(w.last) <= together)
		}
	}
}

// hears is told what the other hears; both: and that this radio did as well.
func (o *other) hears(radio int, rssi float64, at time.Time, both bool) {
	if o.radio != radio {
		if !o.at.IsZero() && at.Sub(o.at) <= present {
			return // one other is enough
		}
		*o = other{radio: radio}
	}
	o.settle(false)
	o.pending, o.at = rssi, at
	if both {
		o.settle(true)
	}
}

// confirm is told that this radio hears the device.
func (o *other) confirm(at time.Time) {
	o.settle(at.Sub(o.at) <= together)
	o.since = 0
}

// settle counts the last one as heard by both or by the other alone.
func (o *other) settle(both bool) {
	rssi := o.pending
	if o.pending = 0; rssi == 0 {
		return
	}
	if both {
		if o.shared == 0 {
			o.before = rssi
		}
		o.before += (rssi - o.before) / 8
		o.shared++
		return
	}
	if o.since == 0 {
		o.after = rssi
	}
	o.after += (rssi - o.after) / 8
	o.since++
}

// stays reports whether the other radio hears the device as before.
func (o *other) stays(at time.Time) bool {
	return o.shared >= often && o.since >= often && at.Sub(o.at) <= present && math.Abs(o.after-o.before) <= asBefore
}

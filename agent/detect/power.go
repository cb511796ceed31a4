package detect

import (
	"time"

	"osmanthus/care"
)

const (
	powerRule = "power/1"
	// powerSettle is how long the mains must be away to be told of, and powerBack
	// how long they must be there again.
	powerSettle = 10 * time.Second
	powerBack   = 30 * time.Second
	// powerLong is how long nobody hurries where nothing is known of the battery.
	powerLong = 30 * time.Minute
	// powerBlind is how old a voltage may be to say that the battery is good.
	powerBlind = 20 * time.Minute
	// lowSettle is how long a battery must be low: a siren that sounds pulls its
	// voltage down for an instant.
	lowSettle = 30 * time.Second
	// lowCharge is how long a battery may take to be charged again before it is
	// told of as worn out.
	lowCharge = 24 * time.Hour
)

// power watches the mains, and the battery that bridges them. See hazard.md.
type power struct {
	base
	low   float64       // volts
	away  condition     // the mains failed
	empty condition     // the battery is low
	worn  condition     // and stays so, with the mains there
	volts float64       // the last that were measured
	known bool          // they were
	at    time.Time     // when
	mains bool          // they are there
	level care.Priority // with which the failure was told, 0 for not
	out   []care.Alert
}

func newPower(s Source) *power {
	return &power{base: base{s.Resident, s.ID}, low: s.LowBattery, mains: true,
		away:  condition{raiseAfter: powerSettle, clearAfter: powerBack},
		empty: condition{raiseAfter: lowSettle, clearAfter: lowSettle},
		worn:  condition{raiseAfter: lowCharge, clearAfter: lowSettle}}
}

func (d *power) Block(*care.Block) []care.Alert { return nil }

func (d *power) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Flags&care.OutOfRange != 0 {
		return nil
	}
	switch {
	case r.Metric == care.MainsPower:
		d.mains = r.Value >= 0.5
		d.fail(d.away.observe(!d.mains, r.At), r.At)
	case r.Metric == care.BatteryVoltage && d.low > 0:
		d.volts, d.known, d.at = r.Value, true, r.At
	default:
		return nil
	}
	d.battery(r.At)
	return d.out
}

func (d *power) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	d.fail(d.away.tick(at), at)
	d.battery(at)
	return d.out
}

// battery judges what the voltage means now.
func (d *power) battery(at time.Time) {
	low := d.known && d.volts <= d.low
	d.empty.observe(low, at)
	blind := !d.known || at.Sub(d.at) > powerBlind
	urgent := d.empty.state >= raised || blind && at.Sub(d.away.onset) >= powerLong
	if d.away.state == raised && urgent && d.level < care.Medium {
		d.fail(raise, at)
	}
	if blind && d.mains { // nobody knows whether it was charged meanwhile
		return
	}
	c := d.worn.observe(low && d.mains, at)
	if c == same {
		return
	}
	d.out = append(d.out, d.announce(care.BatteryLow, c, care.Low, d.worn.onset, at,
		ruled(care.Evidence{Rule: powerRule, Metric: care.BatteryVoltage, Value: d.volts, Limit: d.low},
			care.Feature{Name: "lasts", Value: lowCharge.Seconds(), Unit: "s"})))
}

// fail says that the mains failed, or worse, or are back.
func (d *power) fail(c change, at time.Time) {
	if c == same {
		return
	}
	if c == raise {
		told := d.level != 0
		if d.level = care.Low; told || d.empty.state >= raised {
			d.level = care.Medium
		}
	}
	e := care.Evidence{Rule: powerRule, Metric: care.MainsPower}
	if d.known {
		e.Features = []care.Feature{{Name: "battery", Value: d.volts, Unit: "V"}}
	}
	d.out = append(d.out, d.announce(care.PowerLost, c, d.level, d.away.onset, at, ruled(e,
		care.Feature{Name: "lasts", Value: powerSettle.Seconds(), Unit: "s"}, care.Feature{Name: "low", Value: d.low, Unit: "V"},
		care.Feature{Name: "urgent", Value: powerLong.Seconds(), Unit: "s"})))
	if c == clear {
		d.level = 0
	}
}

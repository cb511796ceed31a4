package detect

import (
	"time"

	"osmanthus/care"
)

const (
	radioRule = "radio/1"
	// radioDeaf is how long a radio may hear nothing and be healed before
	// somebody is told. It is told of at once when everything was tried; the
	// requirement is 180 s, with the minute in which deafness shows.
	radioDeaf = 110 * time.Second
	// radioSettle is how long it must hear again before that counts.
	radioSettle = 10 * time.Second
)

// Limit returns how long a source of this class may be silent, 0 where it may
// for ever.
func (c Class) Limit() time.Duration {
	limit, _ := c.silence()
	return limit
}

// radio watches a radio or bridge of the gateway: whoever is heard by it alone
// is not watched while it is gone.
type radio struct {
	base
	hears float64 // residents
	fault condition
	state float64 // the last one that was no hearing
}

func newRadio(s Source) *radio {
	return &radio{base: base{s.Resident, s.ID}, hears: float64(s.Hears), fault: condition{raiseAfter: radioDeaf, clearAfter: radioSettle}}
}

func (d *radio) Block(*care.Block) []care.Alert { return nil }

func (d *radio) Reading(r care.Reading) []care.Alert {
	if r.Metric != care.RadioState || r.Flags&care.OutOfRange != 0 {
		return nil
	}
	bad := r.Value != care.RadioHears && r.Value != care.RadioQuiet
	if bad {
		d.state = r.Value
	}
	c := d.fault.observe(bad, r.At)
	if r.Value == care.RadioGone && d.fault.state == pending {
		d.fault.state, c = raised, raise
	}
	return d.say(c, r.At)
}

func (d *radio) Tick(at time.Time) []care.Alert { return d.say(d.fault.tick(at), at) }

func (d *radio) say(c change, at time.Time) []care.Alert {
	if c == same {
		return nil
	}
	return []care.Alert{d.announce(care.RadioFault, c, care.Medium, d.fault.onset, at, ruled(care.Evidence{
		Rule: radioRule, Metric: care.RadioState, Value: d.state,
		Features: []care.Feature{{Name: "residents", Value: d.hears, Unit: "1"}},
	}, care.Feature{Name: "lasts", Value: radioDeaf.Seconds(), Unit: "s"}))}
}

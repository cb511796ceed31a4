package config

import (
	"slices"
	"strings"
	"time"

	"osmanthus/care"
)

// hears says which kinds of sensors a decision about a resident is good for.
var hears = []struct {
	key   string
	given func(Resident) bool
	what  string
	kinds []string
}{
	{"bed", func(r Resident) bool { return r.Bed != nil }, "tells who is in a bed", []string{"ads1115", "hx711", "fsrmatrix", "mat", "mr60bha1", "r60abd1"}},
	{"bed.edge", func(r Resident) bool { return r.Bed != nil && r.Bed.Edge.Given && !r.Bed.Edge.Never }, "tells who sits on the edge of a bed", []string{"ads1115", "hx711"}},
	{"bed.turn", func(r Resident) bool { return r.Bed != nil && r.Bed.Turn > 0 }, "knows how somebody lies", []string{"fsrmatrix"}},
	{"well_window", func(r Resident) bool { return r.WellWindow > 0 }, `can say "I am well"`, []string{"well_button"}},
	{"long_lie", func(r Resident) bool { return r.LongLie > 0 }, "finds falls", []string{"mpu6050", "lsm6dso", "adxl345", "amg8833", "mlx90640", "ld6002c", "mr60fda2"}},
	{"not_worn", func(r Resident) bool { return r.NotWorn != 0 }, "is a band that says whether it is worn", []string{"band"}},
	{"apnoea", func(r Resident) bool { return r.Apnoea != nil }, "shows single breaths", []string{"ads1115", "hx711"}},
}

// idle says which decisions about residents change nothing, because no sensor is
// there that they are about. Those of rooms need more to be said of.
func (c Config) idle() (notes []string) {
	for _, r := range c.Residents {
		for _, h := range hears {
			has := func(s Sensor) bool { return s.Resident == r.ID && slices.Contains(h.kinds, s.Kind) }
			if h.given(r) && !slices.ContainsFunc(c.Sensors, has) {
				notes = append(notes, "resident "+r.ID+": "+h.key+" changes nothing: no sensor of this resident "+h.what+" (one of "+strings.Join(h.kinds, ", ")+")")
			}
		}
	}
	return notes
}

// Expired says which exceptions do not hold any more. A clock that was never set
// cannot tell.
func (c Config) Expired(at time.Time) (notes []string) {
	if !care.ClockSet(at) {
		return nil
	}
	over := func(r Resident, what string, until Time) {
		if !at.Before(until.Time) {
			notes = append(notes, "resident "+r.ID+": "+what+" ended on "+until.Format(time.RFC3339)+", and what holds for everybody holds again; renew it, or take it out")
		}
	}
	for _, r := range c.Residents {
		for _, o := range r.Overrides {
			over(r, "the override of "+o.Metric+" "+o.Side+" of "+o.Priority+" priority", o.Until)
		}
		if r.Apnoea != nil {
			over(r, "apnoea", r.Apnoea.Until)
		}
		if r.Scale2 != nil {
			over(r, "spo2_scale_2", r.Scale2.Until)
		}
	}
	return notes
}

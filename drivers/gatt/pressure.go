package gatt

import "math"

// mmHgPerKPa converts the unit of a cuff that is set to kPa.
const mmHgPerKPa = 7.50062

// Pressure is a Blood Pressure Measurement (2A35).
type Pressure struct {
	Flags     uint8  `json:"flags"`
	Unit      string `json:"unit"` // mmHg or kPa
	Systolic  Number `json:"systolic"`
	Diastolic Number `json:"diastolic"`
	MAP       Number `json:"map"` // mean arterial pressure
	cuffEnd
}

// Cuff is an Intermediate Cuff Pressure (2A36): how far a cuff is inflated.
type Cuff struct {
	Flags uint8  `json:"flags"`
	Unit  string `json:"unit"`
	Cuff  Number `json:"cuff_pressure"`
	cuffEnd
}

// cuffEnd is what both end with.
type cuffEnd struct {
	Timestamp   Optional[DateTime] `json:"timestamp"`
	Pulse       Optional[Number]   `json:"pulse"` // /min
	UserID      Optional[uint8]    `json:"user_id"`
	Status      Optional[uint16]   `json:"status"`
	StatusFlags []string           `json:"status_flags,omitempty"`
}

func (c *cursor) cuffEnd(flags uint8) (e cuffEnd) {
	if flags&2 != 0 {
		e.Timestamp = some(c.dateTime())
	}
	if flags&4 != 0 {
		e.Pulse = some(c.sfloat())
	}
	if flags&8 != 0 {
		e.UserID = some(c.u8())
	}
	if flags&16 != 0 {
		e.Status = some(c.u16())
		e.StatusFlags = pressureStatus(e.Status.Value)
	}
	return e
}

func pressureStatus(bits uint16) []string {
	out := set([]string{"body_movement", "cuff_too_loose", "irregular_pulse"}, uint32(bits))
	switch bits >> 3 & 3 {
	case 1:
		out = append(out, "pulse_rate_exceeds_upper_limit")
	case 2:
		out = append(out, "pulse_rate_below_lower_limit")
	}
	return append(out, set([]string{5: "improper_position"}, uint32(bits))...)
}

func pressureUnit(flags uint8) string {
	if flags&1 != 0 {
		return "kPa"
	}
	return "mmHg"
}

func decodePressure(c *cursor) Value {
	p := &Pressure{Flags: c.u8(), Systolic: c.sfloat(), Diastolic: c.sfloat(), MAP: c.sfloat()}
	p.Unit, p.cuffEnd = pressureUnit(p.Flags), c.cuffEnd(p.Flags)
	return p
}

func decodeCuff(c *cursor) Value {
	p := &Cuff{Flags: c.u8(), Cuff: c.sfloat()}
	c.take(4) // diastolic and mean pressure, which an inflating cuff does not know
	p.Unit, p.cuffEnd = pressureUnit(p.Flags), c.cuffEnd(p.Flags)
	return p
}

// Measures implements Value.
func (p *Pressure) Measures(to []Measure) []Measure {
	doubt := ""
	const spoilt = 1<<0 | 1<<1 | 1<<5 // movement, loose cuff, improper position
	if p.Status.Value&spoilt != 0 {
		doubt = p.StatusFlags[0]
	}
	for _, v := range [...]struct {
		metric string
		n      Number
	}{{"systolic", p.Systolic}, {"diastolic", p.Diastolic}, {"mean_pressure", p.MAP}} {
		if !v.n.OK() {
			continue
		}
		m := Measure{Metric: v.metric, Value: v.n.Value, Unit: "mm[Hg]", Doubt: doubt, At: p.Timestamp, User: p.UserID}
		if p.Unit == "kPa" {
			m.Value = math.Round(m.Value*mmHgPerKPa*10) / 10
		}
		to = append(to, m)
	}
	if p.Pulse.OK && p.Pulse.Value.OK() {
		to = append(to, Measure{Metric: "pulse_rate", Value: p.Pulse.Value.Value, Unit: "/min", Doubt: doubt, At: p.Timestamp, User: p.UserID})
	}
	return to
}

// Measures implements Value: the pressure of a cuff that is being inflated is
// not that of a person.
func (*Cuff) Measures(to []Measure) []Measure { return to }

// PressureFeature is what a cuff can tell (2A49).
type PressureFeature struct {
	Features  uint16   `json:"features"`
	Supported []string `json:"supported"`
}

var pressureFeatures = [...]string{"body_movement", "cuff_fit", "irregular_pulse", "pulse_rate_range", "measurement_position", "multiple_bond"}

func decodePressureFeature(c *cursor) Value {
	f := &PressureFeature{Features: c.u16()}
	f.Supported = set(pressureFeatures[:], uint32(f.Features))
	return f
}

// Measures implements Value: there are none.
func (*PressureFeature) Measures(to []Measure) []Measure { return to }

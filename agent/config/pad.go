package config

import "math"

// Pad holds the two borders of a bed pad, in volts, or of load cells, in kilograms.
type Pad struct {
	On  float64 `yaml:"on"`  // at which somebody is in the bed
	Off float64 `yaml:"off"` // at which nobody is
}

const (
	// maxInput is the end of the range of an ads1115 as it is set, in volts.
	maxInput = 4.096
	// maxWeight is more than a resident weighs, in kilograms.
	maxWeight = 200
)

// pad checks that a bed can become occupied and empty: beyond a border that is
// never reached nobody is ever seen to lie down, or to leave.
func (j *judgement) pad(i int, s Sensor) {
	p, most, unit := s.Pad, maxInput, "V"
	if s.Kind == "hx711" {
		most, unit = maxWeight, "kg"
	}
	if p == nil {
		return
	}
	place := at{"sensors", i, "pad"}
	for _, b := range []struct {
		key   string
		value float64
	}{{"on", p.On}, {"off", p.Off}} {
		in := append(place[:len(place):len(place)], b.key)
		if j.doc.Text(in) == "" {
			j.bad(in, "missing: give both borders, at which the bed is occupied and empty")
		} else if !(b.value > 0 && b.value < most) {
			j.bad(in, "%v is not more than 0 and less than %v %s, and would never be passed", b.value, most, unit)
		}
	}
	switch {
	case *p == (Pad{}):
	case math.Abs(p.On-p.Off) < 1e-3:
		j.bad(place, "on and off must lie apart")
	case s.Kind == "hx711" && p.On < p.Off:
		j.bad(place, "on must be more than off: who lies there weighs something; cells that are wired the other way round have a negative load.per_kg")
	}
}

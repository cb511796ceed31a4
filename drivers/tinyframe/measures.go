package tinyframe

import (
	"math"

	"osmanthus/drivers"
)

// Measures appends what of a frame is useful to whoever knows nothing of the
// module. A rate of 0 is no reading, and a distance counts where the module
// says so. It allocates nothing but room in to.
func (m Model) Measures(f Frame, to []drivers.Measure) []drivers.Measure {
	message, known := m.Messages[f.Type]
	if !known || len(f.Data) == 0 {
		return to
	}
	switch message.Name {
	case "breath":
		return rate(f, "respiratory_rate", to)
	case "heart":
		return rate(f, "heart_rate", to)
	case "presence":
		if v, ok := f.Uint(0); ok {
			to = append(to, drivers.State("presence", v != 0))
		}
	case "fall":
		if v, ok := f.Uint(0); ok {
			to = append(to, drivers.State("fall_detected", v != 0))
		}
	case "distance":
		valid, _ := f.Uint(0)
		if cm, ok := f.number(4); ok && valid != 0 && len(f.Data) >= 8 {
			to = append(to, drivers.Measure{Metric: "distance", Value: cm / 100, Unit: "m"})
		}
	case "targets":
		if n, ok := message.count(f); ok {
			to = append(to, drivers.State("presence", n > 0), drivers.Measure{Metric: "occupants", Value: float64(n), Unit: "1"})
		}
	case "zones":
		if len(f.Data) >= 4*message.Zones {
			to = append(to, drivers.State("presence", f.occupied(message.Zones)))
		}
	}
	return to
}

func rate(f Frame, metric string, to []drivers.Measure) []drivers.Measure {
	if v, ok := f.number(0); ok && v > 0 {
		to = append(to, drivers.Measure{Metric: metric, Value: v, Unit: "/min"})
	}
	return to
}

// number is a Float with the seven digits that are in it.
func (f Frame) number(at int) (float64, bool) {
	v, ok := f.Float(at)
	return math.Round(v*1e5) / 1e5, ok
}

// count returns how many items a list has, and false where they are not all
// there.
func (m Message) count(f Frame) (int, bool) {
	n, ok := f.Uint(0)
	return int(n), ok && len(f.Data) >= 4 && int64(len(f.Data)-4) >= int64(n)*int64(4*len(m.Each))
}

// occupied reports whether one of so many zones is.
func (f Frame) occupied(zones int) bool {
	for i := range zones {
		if v, _ := f.Uint(4 * i); v != 0 {
			return true
		}
	}
	return false
}

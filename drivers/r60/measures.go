package r60

import (
	"encoding/binary"

	"osmanthus/drivers"
)

// answer is the bit by which a question, and the answer to it, differ from the
// command that they are about.
const answer = 0x80

// about returns the command whose value the frame holds: that of an answer is
// the one that was asked for.
func (f Frame) about() uint8 {
	if f.Control >= 0x80 {
		return f.Command &^ answer
	}
	return f.Command
}

// Measures appends what of a frame is useful to whoever knows nothing of the
// module. A rate of 0 is no reading. It allocates nothing but room in to.
func (f Frame) Measures(to []drivers.Measure) []drivers.Measure {
	if len(f.Data) == 0 {
		return to
	}
	v := f.Data[0]
	switch [2]uint8{f.Control, f.about()} {
	case [2]uint8{0x80, 0x01}:
		return state("presence", v, to)
	case [2]uint8{0x80, 0x02}: // none, still, active
		if v <= 2 {
			to = append(to, drivers.State("motion", v == 2))
		}
	case [2]uint8{0x80, 0x04}:
		if len(f.Data) >= 2 {
			if cm := binary.BigEndian.Uint16(f.Data); cm > 0 {
				to = append(to, drivers.Measure{Metric: "distance", Value: float64(cm) / 100, Unit: "m"})
			}
		}
	case [2]uint8{0x81, 0x02}:
		return rate("respiratory_rate", v, to)
	case [2]uint8{0x85, 0x02}:
		return rate("heart_rate", v, to)
	case [2]uint8{0x84, 0x01}: // out, in, nothing known
		return state("bed_occupancy", v, to)
	}
	return to
}

func state(metric string, v uint8, to []drivers.Measure) []drivers.Measure {
	if v > 1 { // a question has 0x0F here
		return to
	}
	return append(to, drivers.State(metric, v == 1))
}

func rate(metric string, v uint8, to []drivers.Measure) []drivers.Measure {
	if v == 0 {
		return to
	}
	return append(to, drivers.Measure{Metric: metric, Value: float64(v), Unit: "/min"})
}

package gatt

import "math"

// HeartRate is a Heart Rate Measurement (2A37).
type HeartRate struct {
	Flags    uint8            `json:"flags"`
	BPM      uint16           `json:"bpm"`       // /min
	Contact  Optional[bool]   `json:"contact"`   // with the skin, where the sensor can tell
	EnergyKJ Optional[uint16] `json:"energy_kj"` // since it was reset; stays at 65535
	RR       []uint16         `json:"rr_1024"`   // intervals between beats, in 1/1024 s, the oldest first
	RRms     []float64        `json:"rr_ms"`     // the same in ms
}

func decodeHeartRate(c *cursor) Value {
	h := &HeartRate{Flags: c.u8(), RR: []uint16{}, RRms: []float64{}}
	if h.Flags&1 != 0 {
		h.BPM = c.u16()
	} else {
		h.BPM = uint16(c.u8())
	}
	if h.Flags&4 != 0 {
		h.Contact = some(h.Flags&2 != 0)
	}
	if h.Flags&8 != 0 {
		h.EnergyKJ = some(c.u16())
	}
	for h.Flags&16 != 0 && len(c.b) > 0 && c.err == nil {
		rr := c.u16()
		h.RR = append(h.RR, rr)
		h.RRms = append(h.RRms, math.Round(float64(rr)*1e6/1024)/1000)
	}
	return h
}

// Measures implements Value. A sensor that says 0 has no rate.
func (h *HeartRate) Measures(to []Measure) []Measure {
	if h.BPM == 0 {
		return to
	}
	m := Measure{Metric: "heart_rate", Value: float64(h.BPM), Unit: "/min"}
	if h.Contact.OK && !h.Contact.Value {
		m.Doubt = "no skin contact"
	}
	return append(to, m)
}

// Location is where a sensor sits on the body (2A38).
type Location struct {
	Location uint8  `json:"location"`
	Name     string `json:"name"`
}

var locations = [...]string{"other", "chest", "wrist", "finger", "hand", "ear lobe", "foot"}

func decodeLocation(c *cursor) Value {
	l := &Location{Location: c.u8()}
	l.Name = name(locations[:], l.Location)
	return l
}

// Measures implements Value: there are none.
func (*Location) Measures(to []Measure) []Measure { return to }

// name looks an enumeration up; what is newer than this table is "reserved".
func name(names []string, i uint8) string {
	if int(i) < len(names) && names[i] != "" {
		return names[i]
	}
	return "reserved"
}

// set returns the names of the bits that are set.
func set(names []string, bits uint32) []string {
	out := []string{}
	for i, n := range names {
		if bits>>i&1 != 0 && n != "" {
			out = append(out, n)
		}
	}
	return out
}

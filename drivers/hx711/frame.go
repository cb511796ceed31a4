package hx711

// The ends of the range, at which the true value may lie beyond.
const (
	maxCounts = 1<<23 - 1
	minCounts = -1 << 23
)

// Frame is what one Sense brought.
type Frame struct {
	Fresh     bool  // there is a conversion since the Sense before
	Counts    int32 // of the converter, −8388608 … 8388607
	Saturated bool  // at the end of the range
	Torn      bool  // a reading was thrown away here, and some conversions after it
}

// counts is a word of 24 bits in two's complement.
func counts(bits uint32) int32 { return int32(bits<<8) >> 8 }

// Scale turns counts into a mass. It is that of one frame with its cells: put
// something of a known mass on it.
type Scale struct {
	Tare  int32   // counts with nothing on it
	PerKg float64 // counts a kilogram, negative if the cells are wired the other way round
}

// Kilograms is the mass that lies on the scale.
func (s Scale) Kilograms(counts int32) float64 {
	return (float64(counts) - float64(s.Tare)) / s.PerKg
}

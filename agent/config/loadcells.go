package config

import "math"

// LoadCells says what the counts of load cells weigh: put something of a known mass
// on the bed, and see what osmanthus-probe reads.
type LoadCells struct {
	Tare  int     `yaml:"tare"`   // counts of the empty bed
	PerKg float64 `yaml:"per_kg"` // counts a kilogram, negative for cells that are wired the other way round
}

// maxCounts is the end of the range of a converter of 24 bits.
const maxCounts = 1<<23 - 1

func (j *judgement) load(i int, l *LoadCells) {
	if l == nil {
		return
	}
	if l.Tare < -maxCounts || l.Tare > maxCounts {
		j.bad(at{"sensors", i, "load", "tare"}, "%d is not between -%d and %d counts", l.Tare, maxCounts, maxCounts)
	}
	if p := math.Abs(l.PerKg); !(p >= 1 && p <= maxCounts) {
		j.bad(at{"sensors", i, "load", "per_kg"}, "%v counts a kilogram cannot be: weigh something of a known mass", l.PerKg)
	}
}

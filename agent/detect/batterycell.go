package detect

import (
	"fmt"
	"math"
)

// Cell is what a device has its power from.
type Cell uint8

// The kinds of cells. A device of which nobody said it is believed to tell its
// charge evenly.
const (
	UnknownCell  Cell = iota
	CoinCell          // CR2032 and its relatives: a plateau, then a cliff
	AlkalineCell      // AAA, AA: falls all the time
	LiIonCell         // is charged, not changed
)

var cellNames = [...]string{CoinCell: "cr2032", AlkalineCell: "alkaline", LiIonCell: "li-ion"}

// String returns the cell's name in configuration, as in "cr2032".
func (c Cell) String() string {
	if c != 0 && int(c) < len(cellNames) {
		return cellNames[c]
	}
	return fmt.Sprintf("cell-%d", uint8(c))
}

// CellByName finds a kind of cell by its name.
func CellByName(name string) (Cell, bool) {
	for c := CoinCell; int(c) < len(cellNames); c++ {
		if cellNames[c] == name {
			return c, true
		}
	}
	return UnknownCell, false
}

// point is a voltage of one cell and the share of its charge that is left then.
type point struct{ volts, left float64 }

// discharges are cells under a small load, falling. The shapes are those of
// makers' data sheets (section "Typical discharge characteristics"), rounded by us
// and not measured.
var discharges = map[Cell][]point{
	CoinCell:     {{3.05, 1}, {2.95, 0.75}, {2.90, 0.5}, {2.80, 0.25}, {2.70, 0.12}, {2.60, 0.06}, {2.40, 0.02}, {2.00, 0}},
	AlkalineCell: {{1.58, 1}, {1.40, 0.75}, {1.30, 0.55}, {1.20, 0.35}, {1.10, 0.15}, {1.00, 0.06}, {0.90, 0.02}, {0.80, 0}},
	LiIonCell:    {{4.20, 1}, {4.00, 0.8}, {3.80, 0.5}, {3.70, 0.3}, {3.60, 0.15}, {3.50, 0.07}, {3.30, 0.02}, {3.00, 0}},
}

// scales are the voltages that devices call full and empty when they tell the
// voltage as a percentage. What is charged has a gauge.
var scales = map[Cell]struct{ full, empty float64 }{CoinCell: {3.0, 2.0}, AlkalineCell: {1.5, 0.8}}

// leftAt returns the share that is left at the voltage of one cell.
func (c Cell) leftAt(volts float64) float64 {
	curve := discharges[c]
	if volts >= curve[0].volts {
		return 1
	}
	for i := 1; i < len(curve); i++ {
		if a, b := curve[i-1], curve[i]; volts >= b.volts {
			return b.left + (a.left-b.left)*(volts-b.volts)/(a.volts-b.volts)
		}
	}
	return 0
}

// ofLevel returns the share that is left by what a device says in percent.
func (c Cell) ofLevel(percent float64) float64 {
	s, ok := scales[c]
	if !ok {
		return percent / 100
	}
	return c.leftAt(s.empty + (s.full-s.empty)*percent/100)
}

// inARow is how many cells a voltage takes: more than one only of alkaline ones.
func (c Cell) inARow(volts float64) float64 {
	if c != AlkalineCell {
		return 1
	}
	return math.Max(1, math.Ceil(volts/1.65))
}

// ofVoltage returns the share that is left by the voltage of one cell.
func (c Cell) ofVoltage(volts float64) float64 {
	switch {
	case c != UnknownCell:
	case volts > 3.4:
		c = LiIonCell
	case volts < 1.7:
		c = AlkalineCell
	default:
		c = CoinCell
	}
	return c.leftAt(volts)
}

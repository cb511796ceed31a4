package sim

import "time"

// Cells is how hard each of the 16 cells of a mattress is pressed at an
// instant, as the voltage of its divider.
type Cells func(at time.Time) [16]float64

// Mattress is force-sensing cells behind an analogue multiplexer, whose address
// lines are four pins, the lowest bit first: give Volts to an input of an ADS1115.
type Mattress struct {
	selects [4]*Pin
	source  Cells
}

// NewMattress returns a mattress whose multiplexer hangs on these pins.
func NewMattress(selects [4]*Pin, source Cells) *Mattress {
	return &Mattress{selects, source}
}

// Volts is the voltage of the cell that the pins select.
func (m *Mattress) Volts(at time.Time) float64 {
	cell := 0
	for bit, p := range m.selects {
		if p.Read() {
			cell |= 1 << bit
		}
	}
	return m.source(at)[cell]
}

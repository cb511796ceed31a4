// Package fsrmatrix drives 16 force-sensing resistors under a mattress, which one
// input of a converter measures in turn through an analogue multiplexer.
//
// Each cell is the upper resistor of a divider, or all share one lower resistor
// behind the multiplexer. Four GPIO lines select the cell, the lowest bit first:
// a multiplexer of 16 channels (as a CD74HC4067), or two of four, of which the
// first two lines select the column and the others the row. Cell 0 is row 0,
// column 0, cell 1 row 0, column 1.
//
// What it cannot tell: a select line that is cut shows some cells twice and
// others never, and a cell that is cut looks like one that nobody presses.
package fsrmatrix

import (
	"fmt"

	"osmanthus/drivers"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Cells is how many there are.
const Cells = 16

// FullScale is the count of a cell at the supply's voltage: those of a converter
// of 10 bits, as in the recordings that models of beds are fitted to. This
// converter's finer steps are kept, so counts are no whole numbers.
const FullScale = 1023

// DefaultSupply is the voltage above the dividers where none is given.
const DefaultSupply = 3300 * physic.MilliVolt

// Voltmeter measures the output of the multiplexer; ads1115.Input is one.
type Voltmeter interface {
	Voltage() (physic.ElectricPotential, error)
	String() string
}

// Selector is a line of the multiplexer's address.
type Selector interface {
	Out(l gpio.Level) error
	Name() string
}

// Frame is one row of all cells: how hard each is pressed, in counts of
// FullScale. It is nil unless all of them could be measured, and valid until
// the next Sense.
type Frame struct {
	Counts []float64
}

// Dev is one matrix. It is not safe for concurrent use; its converter may be
// shared.
type Dev struct {
	meter   Voltmeter
	selects [4]Selector
	supply  physic.ElectricPotential
	halted  bool
	at      int // cell that is selected, -1 when that is not known
	counts  [Cells]float64
}

// New selects the first cell and measures it once, as a probe. supply is the
// voltage above the dividers; 0 means DefaultSupply.
func New(meter Voltmeter, selects [4]Selector, supply physic.ElectricPotential) (*Dev, error) {
	if supply == 0 {
		supply = DefaultSupply
	}
	if supply < 0 {
		return nil, fmt.Errorf("fsrmatrix: the supply of %v is negative", supply)
	}
	d := &Dev{meter: meter, selects: selects, supply: supply, at: -1}
	if _, err := d.measure(0); err != nil {
		return nil, err
	}
	return d, nil
}

// Sense measures all cells, which takes 16 conversions. With an error the frame
// is empty: a row is whole, or there is none.
func (d *Dev) Sense(f *Frame) error {
	f.Counts = nil
	if d.halted {
		return fmt.Errorf("fsrmatrix: sensing: %w", drivers.ErrHalted)
	}
	for i := range Cells {
		// In the order of Gray's code only one line changes at a time.
		cell := i ^ i>>1
		v, err := d.measure(cell)
		if err != nil {
			return err
		}
		d.counts[cell] = float64(v) / float64(d.supply) * FullScale
	}
	f.Counts = d.counts[:]
	return nil
}

// measure selects a cell and measures it. The order to convert takes 90 µs on
// the bus, longer than a cell needs to settle.
func (d *Dev) measure(cell int) (physic.ElectricPotential, error) {
	for bit, s := range d.selects {
		if d.at >= 0 && (cell^d.at)>>bit&1 == 0 {
			continue
		}
		if err := s.Out(cell>>bit&1 == 1); err != nil {
			d.at = -1
			return 0, fmt.Errorf("fsrmatrix: selecting cell %d by %s: %w", cell, s.Name(), err)
		}
	}
	d.at = cell
	v, err := d.meter.Voltage()
	if err != nil {
		return 0, fmt.Errorf("fsrmatrix: measuring cell %d: %w", cell, err)
	}
	return v, nil
}

// Halt ends the use of the matrix and leaves its first cell selected; the
// converter goes on. It is idempotent.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	for _, s := range d.selects {
		if err := s.Out(gpio.Low); err != nil {
			return fmt.Errorf("fsrmatrix: letting go of %s: %w", s.Name(), err)
		}
	}
	return nil
}

// String names the converter and its input.
func (d *Dev) String() string { return "FSR matrix on " + d.meter.String() }

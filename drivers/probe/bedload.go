package probe

import (
	"errors"
	"fmt"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/fsrmatrix"
	"osmanthus/drivers/hx711"
)

// openHX711 reads counts: what they weigh is seen with something of a known
// mass on the cells.
func openHX711(w wires) (func(*Line) error, func() error, error) {
	d, err := hx711.New(w.pins[0], w.pins[1], nil)
	if err != nil {
		return nil, nil, err
	}
	var f hx711.Frame
	return func(l *Line) error {
		if err := d.Sense(&f); err != nil {
			return err
		}
		l.Overrun = f.Torn
		if !f.Fresh {
			return nil
		}
		l.Samples = 1
		load := Reading{Metric: "bed_load", Value: float64(f.Counts)}
		if f.Saturated {
			load.Text = "at the end of the range"
		}
		l.Readings = append(l.Readings, load)
		return nil
	}, d.Halt, nil
}

// openFSRMatrix reads the cells by the converter's first input.
func openFSRMatrix(w wires) (func(*Line) error, func() error, error) {
	adc, err := ads1115.New(w.bus, w.addr, nil)
	if err != nil {
		return nil, nil, err
	}
	d, err := fsrmatrix.New(adc.Input(ads1115.A0), [4]fsrmatrix.Selector{w.pins[0], w.pins[1], w.pins[2], w.pins[3]}, 0)
	if err != nil {
		return nil, nil, errors.Join(err, adc.Halt())
	}
	var f fsrmatrix.Frame
	return func(l *Line) error {
		if err := d.Sense(&f); err != nil {
			return err
		}
		l.Samples = 1
		for i, c := range f.Counts {
			l.Readings = append(l.Readings, Reading{Metric: "bed_cell", Value: c, Text: fmt.Sprintf("row %d, column %d", i/4, i%4)})
		}
		return nil
	}, func() error { return errors.Join(d.Halt(), adc.Halt()) }, nil
}

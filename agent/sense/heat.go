package sense

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/amg8833"
	"osmanthus/drivers/mlx90640"
)

// cells is the side of the picture that is given on: 4×4, as the detector of
// falls before a thermal array wants it.
//
// That detector was fitted to recordings of one array alone, Omron's D6T of 4×4
// pixels and some 45° of sight (agent/detect/thermal.md). A larger array that is
// averaged down sees a wider room in as many cells: 60° with an AMG8833, 55° by
// 35° or 110° by 75° with an MLX90640, whose longer side belongs upright, or the
// floor is out of sight. How well falls are found there was never measured;
// nobody has recorded any.
const cells = 4

// heatKinds are the thermal arrays.
func heatKinds() []Kind {
	return []Kind{
		{
			// Ten pictures a second; one that is no different is no new one.
			Name: "amg8833", Addresses: []uint16{0x69, 0x68}, Rate: 10,
			Options: []string{"room", "turned"},
			every:   100 * time.Millisecond, mute: 10 * time.Second, open: openAMG8833,
		},
		{
			// The rate is that of half pictures, of which each makes a new one with
			// the half before; the bus is asked whether there is one.
			Name: "mlx90640", Addresses: []uint16{0x33}, Rate: 4, MinRate: 2, MaxRate: 8, Rates: []float64{2, 4, 8},
			Options: []string{"room", "turned"},
			every:   60 * time.Millisecond, mute: 5 * time.Second, open: openMLX90640,
		},
	}
}

// heatReader reads pictures of warmth.
type heatReader struct {
	// look takes a picture; nil pixels say that there is no new one.
	look   func(e *emitter) (pixels []float64, err error)
	stop   func() error
	width  int
	turned int
	period time.Duration
	cells  [cells * cells]float64
}

func openAMG8833(s *Sensor, p *parts) (reader, error) {
	dev, err := amg8833.New(p.bus, s.Address, nil)
	if err != nil {
		return nil, err
	}
	f, first := new(amg8833.Frame), true
	return &heatReader{
		stop: dev.Halt, width: amg8833.Width, turned: s.Turned, period: dev.Period(),
		look: func(e *emitter) ([]float64, error) {
			if err := dev.Sense(f); err != nil || f.Repeated {
				return nil, err
			}
			if f.Settling { // what it says is not true yet
				if !first { // but it lives; the first alone may be a picture that stands
					e.runner.samples.Add(1)
				}
				first = false
				return nil, nil
			}
			return f.PixelC[:], nil
		},
	}, nil
}

func openMLX90640(s *Sensor, p *parts) (reader, error) {
	dev, err := mlx90640.New(p.bus, s.Address, &mlx90640.Opts{RateHz: int(s.Rate)})
	if err != nil {
		return nil, err
	}
	f := new(mlx90640.Frame)
	return &heatReader{
		stop: dev.Halt, width: mlx90640.Width, turned: s.Turned, period: dev.Period(),
		look: func(e *emitter) ([]float64, error) {
			err := dev.Sense(f)
			if f.Overrun {
				e.overrun(time.Now())
			}
			if err != nil || !f.Fresh {
				return nil, err
			}
			return f.PixelC[:], nil
		},
	}, nil
}

func (r *heatReader) halt() error { return r.stop() }

func (r *heatReader) read(_ context.Context, e *emitter) error {
	pixels, err := r.look(e)
	if err != nil || pixels == nil {
		return err
	}
	now := time.Now()
	shrink(&r.cells, pixels, r.width, r.turned)
	if slices.ContainsFunc(r.cells[:], math.IsNaN) {
		return errHole // no detector looks at a picture with a hole: that must be said
	}
	for i, channel := range e.channels(len(r.cells), 1) {
		channel[0] = r.cells[i]
	}
	// A picture is between none and one period old when it is found.
	e.sendAt(care.Thermal, r.period, now.Add(-r.period/2), false, now)
	return nil
}

// errHole is a cell without any pixel that has a value.
var errHole = errors.New("sense: a part of the picture has no value: what is there is far too hot or cold, or the array is broken")

// shrink averages a picture, row by row, down to 4×4 cells, after it was turned
// clockwise by so many degrees: 0, 90, 180 or 270. Its sides are multiples of
// four. Pixels that are no number do not count; a cell of such alone is none.
func shrink(dst *[cells * cells]float64, pixels []float64, width, turned int) {
	height := len(pixels) / width
	var n [cells * cells]float64
	clear(dst[:])
	for i, v := range pixels {
		if math.IsNaN(v) {
			continue
		}
		row, column, rows, columns := i/width, i%width, height, width
		switch turned {
		case 90:
			row, column, rows, columns = column, height-1-row, width, height
		case 180:
			row, column = height-1-row, width-1-column
		case 270:
			row, column, rows, columns = width-1-column, row, width, height
		}
		cell := row*cells/rows*cells + column*cells/columns
		dst[cell] += v
		n[cell]++
	}
	for i := range dst {
		dst[i] /= n[i] // 0/0 is no number
	}
}

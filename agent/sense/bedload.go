package sense

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/fsrmatrix"
	"osmanthus/drivers/hx711"
)

// pins opens several pins, or none.
func (p *parts) pins(names ...string) (pins []gpio.PinIO, err error) {
	for _, name := range names {
		pin, err := p.openPin(name)
		if err != nil {
			return nil, errors.Join(err, closePins(pins))
		}
		pins = append(pins, pin)
	}
	return pins, nil
}

// closePins lets go of the pins that can be let go of.
func closePins(pins []gpio.PinIO) (err error) {
	for _, p := range pins {
		if c, ok := p.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}

// loadReader reads load cells, in kilograms, and gathers half a second into a block.
type loadReader struct {
	dev   *hx711.Dev
	pins  []gpio.PinIO
	scale hx711.Scale
	frame hx711.Frame
	kilos []float64
}

func openLoadCells(s *Sensor, p *parts) (reader, error) {
	pins, err := p.pins(s.Pin, s.Clock)
	if err != nil {
		return nil, err
	}
	dev, err := hx711.New(pins[0], pins[1], &hx711.Opts{RateHz: int(s.Rate)})
	if err != nil {
		return nil, errors.Join(err, closePins(pins))
	}
	return &loadReader{dev: dev, pins: pins, scale: hx711.Scale{Tare: int32(s.Load.Tare), PerKg: s.Load.PerKg}}, nil
}

func (r *loadReader) halt() error { return errors.Join(r.dev.Halt(), closePins(r.pins)) }

// read takes a conversion if one waits. One at the end of the range is no mass:
// a wire of the cells that breaks looks like that, and must not be an occupied
// bed, nor an empty one.
func (r *loadReader) read(_ context.Context, e *emitter) error {
	err := r.dev.Sense(&r.frame)
	now := time.Now()
	if err != nil || r.frame.Torn || r.frame.Saturated {
		r.flush(e, now)
		e.gap = true
	}
	if err != nil {
		return err
	}
	if r.frame.Torn {
		e.overrun(now)
	}
	if !r.frame.Fresh || r.frame.Saturated {
		return nil
	}
	r.kilos = append(r.kilos, r.scale.Kilograms(r.frame.Counts))
	if time.Duration(len(r.kilos))*r.dev.Period() >= 500*time.Millisecond {
		r.flush(e, now)
	}
	return nil
}

func (r *loadReader) flush(e *emitter, now time.Time) {
	if len(r.kilos) == 0 {
		return
	}
	copy(e.channels(1, len(r.kilos))[0], r.kilos)
	e.send(care.BedLoad, r.dev.Period(), now)
	r.kilos = r.kilos[:0]
}

// matrixReader reads the cells under a mattress, a row a beat.
type matrixReader struct {
	dev    *fsrmatrix.Dev
	guard  *guard
	addr   uint16
	adc    *ads1115.Dev
	pins   []gpio.PinIO
	period time.Duration
	frame  fsrmatrix.Frame
}

func openMatrix(s *Sensor, p *parts) (reader, error) {
	if len(s.Select) != 4 {
		return nil, fmt.Errorf("sense: a matrix is selected by 4 pins, not %d", len(s.Select))
	}
	adc, err := p.bus.converter(s.Address)
	if err != nil {
		return nil, err
	}
	r := &matrixReader{guard: p.bus, addr: s.Address, adc: adc, period: time.Duration(float64(time.Second) / s.Rate)}
	if r.pins, err = p.pins(s.Select...); err == nil {
		input := adc.Input(ads1115.A0 + ads1115.Mux(s.Channel))
		r.dev, err = fsrmatrix.New(input, [4]fsrmatrix.Selector{r.pins[0], r.pins[1], r.pins[2], r.pins[3]}, 0)
	}
	if err != nil {
		return nil, errors.Join(err, r.letGo())
	}
	return r, nil
}

func (r *matrixReader) letGo() error {
	return errors.Join(closePins(r.pins), r.guard.release(r.addr, r.adc))
}

func (r *matrixReader) halt() error { return errors.Join(r.dev.Halt(), r.letGo()) }

func (r *matrixReader) read(_ context.Context, e *emitter) error {
	if err := r.dev.Sense(&r.frame); err != nil {
		e.gap = true
		return err
	}
	now := time.Now()
	c := e.channels(len(r.frame.Counts), 1)
	for i, v := range r.frame.Counts {
		c[i][0] = v
	}
	e.sendAt(care.BedMatrix, r.period, now, false, now)
	return nil
}

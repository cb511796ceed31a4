package sense

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"osmanthus/care"
	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/lines"
)

// lineReader is what the readers of lines share: what they sit on, and a step
// that waits for up to lineWait and says what there is.
type lineReader struct {
	step    func(e *emitter, now func() time.Time) error
	closers []func() error // in the order in which they were opened
}

func (r *lineReader) read(ctx context.Context, e *emitter) error {
	if ctx.Err() != nil {
		return nil
	}
	return r.step(e, time.Now)
}

// halt closes what was opened last first, so that a driver ends before its pin.
func (r *lineReader) halt() error {
	var err error
	for i := len(r.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, r.closers[i]())
	}
	r.closers = nil
	return err
}

// own adds what halt is to end, or halts everything where it could not be
// opened.
func (r *lineReader) own(end func() error, err error) error {
	if err != nil {
		return errors.Join(err, r.halt())
	}
	r.closers = append(r.closers, end)
	return nil
}

// pin opens a pin that halt closes.
func (r *lineReader) pin(p *parts, name string) (gpio.PinIO, error) {
	pin, err := p.openPin(name)
	if err != nil {
		return nil, errors.Join(err, r.halt())
	}
	return r.keep(pin), nil
}

// keep lets halt close a pin.
func (r *lineReader) keep(pin gpio.PinIO) gpio.PinIO {
	if c, ok := pin.(io.Closer); ok {
		r.closers = append(r.closers, c.Close)
	}
	return pin
}

// meter opens an input of a converter that halt leaves.
func (r *lineReader) meter(g *guard, t *Tap) (lines.Voltmeter, error) {
	adc, err := g.converter(t.addr())
	if err := r.own(func() error { return g.release(t.addr(), adc) }, err); err != nil {
		return nil, err
	}
	return t.input(adc), nil
}

// onLine opens the driver of a sensor by its supervised line, or else on its pin;
// halt ends it.
func onLine[D interface{ Halt() error }](r *lineReader, s *Sensor, p *parts,
	supervised func(lines.Voltmeter) (D, error), plain func(gpio.PinIO) (D, error)) (dev D, err error) {
	if s.Line != nil {
		var meter lines.Voltmeter
		if meter, err = r.meter(p.line, s.Line); err == nil {
			dev, err = supervised(meter)
		}
	} else {
		var pin gpio.PinIO
		if pin, err = r.pin(p, s.Pin); err == nil {
			dev, err = plain(pin)
		}
	}
	return dev, r.own(func() error { return dev.Halt() }, err)
}

func (t *Tap) addr() uint16 { return cmp.Or(t.Address, ads1115.Addr) }

func (t *Tap) input(adc *ads1115.Dev) lines.Voltmeter {
	return adc.Input(ads1115.A0 + ads1115.Mux(t.Channel))
}

// linePoll is how often a supervised line that calls nobody is measured: each
// look is a conversion, and the bus has other work.
const linePoll = 100 * time.Millisecond

// laterMeter is an input of a converter that is opened when it is measured, and
// again where that failed: what else its sensor has does not wait for it.
type laterMeter struct {
	guard *guard
	tap   *Tap
	adc   *ads1115.Dev // nil while it is not open
}

// Voltage implements lines.Voltmeter.
func (m *laterMeter) Voltage() (physic.ElectricPotential, error) {
	if m.adc == nil {
		adc, err := m.guard.converter(m.tap.addr())
		if err != nil {
			return 0, err
		}
		m.adc = adc
	}
	v, err := m.tap.input(m.adc).Voltage()
	if err != nil {
		return 0, errors.Join(err, m.close())
	}
	return v, nil
}

func (m *laterMeter) close() error {
	if m.adc == nil {
		return nil
	}
	adc := m.adc
	m.adc = nil
	return m.guard.release(m.tap.addr(), adc)
}

// String implements lines.Voltmeter.
func (m *laterMeter) String() string {
	return fmt.Sprintf("input %d of %#02x", m.tap.Channel, m.tap.addr())
}

// wiring is how a sensor's contact is wired to its pin.
func wiring(s *Sensor) lines.Opts {
	o := lines.Opts{Poll: pinPoll}
	if s.NormallyClosed {
		o.Wiring = lines.NormallyClosed
	}
	return o
}

// sayer says one metric when it is news, and every lineEvery as proof that
// somebody watches.
type sayer struct {
	metric  care.Metric
	value   float64
	quality care.Quality
	flags   care.Flags
	at      time.Time
	known   bool
}

func (s *sayer) say(e *emitter, v float64, q care.Quality, flags care.Flags, now time.Time) {
	if s.known && s.value == v && s.quality == q && s.flags == flags && now.Sub(s.at) < lineEvery {
		return
	}
	s.value, s.quality, s.flags, s.at, s.known = v, q, flags, now, true
	e.flagged(s.metric, v, q, flags, now, now)
}

// lineSayer says whether the wires of a contact are whole: always of those that
// are supervised, else only of one that flickered.
type lineSayer struct {
	sayer
	always bool
}

func newLineSayer(supervised bool) lineSayer {
	return lineSayer{sayer{metric: care.LineState}, supervised}
}

func (s *lineSayer) say(e *emitter, state lines.State, unsettled bool, now time.Time) {
	v := float64(care.CallLineNormal)
	switch {
	case state == lines.Short:
		v = care.CallLineShort
	case state == lines.Cut || unsettled:
		v = care.CallLineOpen
	}
	if s.always || s.known || v != care.CallLineNormal {
		s.sayer.say(e, v, 100, 0, now)
	}
}

package sense

import (
	"errors"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/alarmrelay"
	"osmanthus/drivers/contact"
	"osmanthus/drivers/flowmeter"
	"osmanthus/drivers/lines"
	"osmanthus/drivers/mains"
	"osmanthus/drivers/mat"
	"osmanthus/drivers/pir"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// openContact opens a contact that says a metric: 1 while it is open, or, of one
// that rests open, closed.
func openContact(m care.Metric) func(*Sensor, *parts) (reader, error) {
	return func(s *Sensor, p *parts) (reader, error) {
		r := &lineReader{}
		dev, err := onLine(r, s, p,
			func(meter lines.Voltmeter) (*contact.Dev, error) {
				return contact.NewSupervised(meter, &lines.SupervisedOpts{Debounce: contact.Debounce, Poll: linePoll})
			},
			func(pin gpio.PinIO) (*contact.Dev, error) {
				o := wiring(s)
				o.Debounce = contact.Debounce
				return contact.New(pin, &o)
			})
		if err != nil {
			return nil, err
		}
		level, line, f := sayer{metric: m}, newLineSayer(s.Line != nil), contact.Frame{}
		r.step = func(e *emitter, now func() time.Time) error {
			if err := dev.Wait(&f, lineWait); err != nil {
				return err
			}
			at := now()
			switch f.State {
			case contact.Unknown:
				return nil
			case contact.Closed:
				level.say(e, 0, 100, 0, at)
			case contact.Open:
				level.say(e, 1, 100, 0, at)
			}
			line.say(e, lines.State(f.State), f.Unsettled, at)
			return nil
		}
		return r, nil
	}
}

// openMat opens a mat that says a metric, with a hold and a longest time that
// fit what lies on it; 0 is the driver's.
func openMat(m care.Metric, hold, stuck time.Duration) func(*Sensor, *parts) (reader, error) {
	return func(s *Sensor, p *parts) (reader, error) {
		r := &lineReader{}
		o := mat.Opts{Line: wiring(s), Supervised: lines.SupervisedOpts{Poll: linePoll}, Hold: hold, StuckAfter: stuck}
		dev, err := onLine(r, s, p,
			func(meter lines.Voltmeter) (*mat.Dev, error) { return mat.NewSupervised(meter, &o) },
			func(pin gpio.PinIO) (*mat.Dev, error) { return mat.New(pin, &o) })
		if err != nil {
			return nil, err
		}
		level, line, f := sayer{metric: m}, newLineSayer(s.Line != nil), mat.Frame{}
		r.step = func(e *emitter, now func() time.Time) error {
			if err := dev.Wait(&f, lineWait); err != nil {
				return err
			}
			at := now()
			switch f.State {
			case mat.Unknown:
				return nil
			case mat.Empty:
				level.say(e, 0, 100, 0, at)
			case mat.Occupied:
				level.say(e, 1, 100, stuckFlag(f.Stuck), at)
			}
			line.say(e, lines.State(f.State), f.Unsettled, at)
			return nil
		}
		return r, nil
	}
}

func stuckFlag(stuck bool) care.Flags {
	if stuck {
		return care.Stuck
	}
	return 0
}

// openMotion opens a motion sensor. While it warms up it is heard and means
// nothing: quality 0.
func openMotion(s *Sensor, p *parts) (reader, error) {
	r := &lineReader{}
	pin, err := r.pin(p, s.Pin)
	if err != nil {
		return nil, err
	}
	dev, err := pir.New(pin, &pir.Opts{Line: wiring(s)})
	if err := r.own(func() error { return dev.Halt() }, err); err != nil {
		return nil, err
	}
	level, line, f := sayer{metric: care.Motion}, newLineSayer(false), pir.Frame{}
	r.step = func(e *emitter, now func() time.Time) error {
		if err := dev.Wait(&f, lineWait); err != nil {
			return err
		}
		at := now()
		switch {
		case f.Warming:
			level.say(e, 0, 0, 0, at)
		case f.Known && f.Moving:
			level.say(e, 1, 100, stuckFlag(f.Stuck), at)
		case f.Known:
			level.say(e, 0, 100, 0, at)
		}
		line.say(e, lines.Rest, f.Unsettled, at)
		return nil
	}
	return r, nil
}

// hazards translates what a detector's relays say.
var hazards = map[alarmrelay.State]float64{
	alarmrelay.Clear: care.HazardNone, alarmrelay.Alarm: care.HazardAlarm,
	alarmrelay.Fault: care.HazardFault, alarmrelay.Cut: care.HazardCut,
}

// openHazard opens a detector of what endangers a home. One whose fault contact
// cannot be opened, or read, calls all the same.
func openHazard(m care.Metric) func(*Sensor, *parts) (reader, error) {
	return func(s *Sensor, p *parts) (reader, error) {
		r := &lineReader{}
		dev, missing, err := r.relay(s, p)
		if err != nil {
			return nil, err
		}
		level, f, opened := sayer{metric: m}, alarmrelay.Frame{}, time.Now()
		r.step = func(e *emitter, now func() time.Time) error {
			err := dev.Wait(&f, lineWait)
			part := errors.Is(err, alarmrelay.ErrFaultContact)
			if err == nil && missing != nil {
				err, part = missing, f.State == alarmrelay.Alarm || now().Sub(opened) < faultAgain
			}
			// An alarm that is seen is said, whatever could not be read.
			if v, known := hazards[f.State]; known && (err == nil || f.State == alarmrelay.Alarm) {
				level.say(e, v, 100, 0, now())
			}
			if part {
				return &partError{err}
			}
			return err
		}
		return r, nil
	}
}

// faultAgain is after what time a fault contact that could not be opened is tried
// again.
const faultAgain = time.Minute

// relay opens a detector; missing is why it has no fault contact although it
// should.
func (r *lineReader) relay(s *Sensor, p *parts) (dev *alarmrelay.Dev, missing, err error) {
	o := alarmrelay.Opts{Alarm: wiring(s), Fault: lines.Opts{Poll: pinPoll}}
	var fault gpio.PinIn
	if s.FaultPin != "" {
		pin, err := p.openPin(s.FaultPin)
		if missing = err; err == nil {
			fault = r.keep(pin)
		}
	}
	dev, err = onLine(r, s, p,
		func(meter lines.Voltmeter) (*alarmrelay.Dev, error) {
			return alarmrelay.NewSupervised(meter, fault, &o)
		},
		func(pin gpio.PinIO) (*alarmrelay.Dev, error) { return alarmrelay.New(pin, fault, &o) })
	return dev, missing, err
}

const (
	// flowLook is how often pulses are taken from the kernel, and flowEvery over
	// what time a flow is a mean.
	flowLook  = time.Second
	flowEvery = 10 * time.Second
)

// openFlow opens a water meter. Its first reading follows a gap: what flowed
// before nobody counted.
func openFlow(s *Sensor, p *parts) (reader, error) {
	r := &lineReader{}
	pin, err := r.pin(p, s.Pin)
	if err != nil {
		return nil, err
	}
	dev, err := flowmeter.New(pin, &flowmeter.Opts{PulsesPerLitre: s.PulsesPerLitre})
	if err := r.own(func() error { return dev.Halt() }, err); err != nil {
		return nil, err
	}
	var f flowmeter.Frame
	var litres float64
	var over time.Duration
	flags := care.AfterGap
	r.step = func(e *emitter, now func() time.Time) error {
		if err := dev.Sense(&f); err != nil {
			return err
		}
		at := now()
		litres, over = litres+f.Litres, over+f.Over
		if f.Lost > 0 { // they are counted, and were not looked at
			e.runner.overrun(at)
		}
		if over >= flowEvery {
			e.flagged(care.WaterFlow, litres/over.Minutes(), 100, flags, at, at)
			litres, over, flags = 0, 0, 0
		}
		return nil
	}
	return r, nil
}

// batteryStep is by how many volts a battery must change to be said before
// lineEvery has passed.
const batteryStep = 0.1

// openMains opens the contact of the mains, and the battery that bridges them.
func openMains(s *Sensor, p *parts) (reader, error) {
	r := &lineReader{}
	o := mains.Opts{Line: lines.Opts{Poll: pinPoll}, NormallyOpen: !s.NormallyClosed, Divider: s.Divider}
	if s.Battery != nil {
		meter := &laterMeter{guard: p.line, tap: s.Battery}
		r.closers = append(r.closers, meter.close)
		o.Battery = meter
	}
	pin, err := r.pin(p, s.Pin)
	if err != nil {
		return nil, err
	}
	dev, err := mains.New(pin, &o)
	if err := r.own(func() error { return dev.Halt() }, err); err != nil {
		return nil, err
	}
	level, battery, f := sayer{metric: care.MainsPower}, sayer{metric: care.BatteryVoltage}, mains.Frame{}
	r.step = func(e *emitter, now func() time.Time) error {
		err := dev.Wait(&f, lineWait)
		if errors.Is(err, mains.ErrBattery) {
			err = &partError{err}
		} else if err != nil {
			return err
		}
		at := now()
		switch f.Mains {
		case mains.On:
			level.say(e, 1, 100, 0, at)
		case mains.Off:
			level.say(e, 0, 100, 0, at)
		}
		if f.Measured {
			v := float64(f.Battery) / float64(physic.Volt)
			if d := v - battery.value; battery.known && d < batteryStep && d > -batteryStep {
				v = battery.value
			}
			battery.say(e, v, 100, 0, at)
		}
		return err
	}
	return r, nil
}

package sense

import (
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/lines"
)

const (
	// lineEvery is how often the state of a call line is said although it is
	// the same: proof that somebody could call.
	lineEvery = 20 * time.Second
	// pinPoll is how often the level of a pin is read besides its edges; a
	// press is seen within this and the debouncing, 80 ms of the 150 allowed.
	pinPoll = 50 * time.Millisecond
	// lineWait bounds one wait, so that the end of the agent is seen.
	lineWait = 500 * time.Millisecond
)

// openButton opens a button that says a metric: 1 while it is pressed.
func openButton(m care.Metric) func(*Sensor, *parts) (reader, error) {
	return func(s *Sensor, p *parts) (reader, error) { return openPoint(s, p, m, buttonStates) }
}

func openCall(s *Sensor, p *parts) (reader, error) {
	return openPoint(s, p, care.CallLine, lineStates)
}

// openPoint opens a call point, or another button, that says a metric by its
// states.
func openPoint(s *Sensor, p *parts, m care.Metric, states map[callpoint.State]float64) (reader, error) {
	r := &lineReader{}
	dev, err := onLine(r, s, p,
		func(meter lines.Voltmeter) (*callpoint.Dev, error) { return callpoint.NewLine(meter, nil) },
		func(pin gpio.PinIO) (*callpoint.Dev, error) {
			o := wiring(s)
			return callpoint.New(pin, &o)
		})
	if err != nil {
		return nil, err
	}
	level, f := sayer{metric: m}, callpoint.Frame{}
	r.step = func(e *emitter, now func() time.Time) error {
		if err := dev.Wait(&f, lineWait); err != nil {
			return err
		}
		state := f.State
		if f.Unsettled {
			state = callpoint.Open
		}
		if v, means := states[state]; means {
			level.say(e, v, 100, 0, now())
		}
		return nil
	}
	return r, nil
}

// lineStates translates what a call point says; a flickering contact cannot
// be trusted to call, like an open one.
var lineStates = map[callpoint.State]float64{
	callpoint.Normal: care.CallLineNormal, callpoint.Pressed: care.CallLinePressed,
	callpoint.Open: care.CallLineOpen, callpoint.Short: care.CallLineShort,
}

// buttonStates is the level of a button that calls nobody: what flickers says
// nothing.
var buttonStates = map[callpoint.State]float64{callpoint.Normal: 0, callpoint.Pressed: 1}

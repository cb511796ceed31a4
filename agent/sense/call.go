package sense

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
	"osmanthus/drivers/ads1115"
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

// callReader watches a call point, or another button on a pin.
type callReader struct {
	dev    *callpoint.Dev
	pin    gpio.PinIO // nil for a supervised line
	close  func() error
	metric care.Metric
	states map[callpoint.State]float64
	frame  callpoint.Frame
	said   time.Time
	known  bool
}

// openButton opens a button that says a metric: 1 while it is pressed.
func openButton(m care.Metric) func(s *Sensor, p *parts) (reader, error) {
	return func(s *Sensor, p *parts) (reader, error) { return openPin(s, p, m, buttonStates) }
}

func openCall(s *Sensor, p *parts) (reader, error) {
	if s.Line != nil {
		return openLine(s.Line, p.line)
	}
	return openPin(s, p, care.CallLine, lineStates)
}

func openPin(s *Sensor, p *parts, m care.Metric, states map[callpoint.State]float64) (reader, error) {
	pin, err := p.openPin(s.Pin)
	if err != nil {
		return nil, err
	}
	opts := lines.DefaultOpts
	opts.Poll = pinPoll
	if s.NormallyClosed {
		opts.Wiring = lines.NormallyClosed
	}
	r := &callReader{pin: pin, metric: m, states: states, close: func() error { return nil }}
	if c, ok := pin.(interface{ Close() error }); ok {
		r.close = c.Close
	}
	if r.dev, err = callpoint.New(pin, &opts); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func openLine(t *Tap, g *guard) (reader, error) {
	addr := t.Address
	if addr == 0 {
		addr = ads1115.Addr
	}
	adc, err := g.converter(addr)
	if err != nil {
		return nil, err
	}
	r := &callReader{metric: care.CallLine, states: lineStates, close: func() error { return g.release(addr, adc) }}
	if r.dev, err = callpoint.NewLine(adc.Input(ads1115.A0+ads1115.Mux(t.Channel)), nil); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *callReader) halt() error {
	err := r.dev.Halt()
	if e := r.close(); err == nil {
		err = e
	}
	return err
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

func (r *callReader) read(ctx context.Context, e *emitter) error {
	if err := r.dev.Wait(&r.frame, lineWait); err != nil {
		return err
	}
	if p, ok := r.pin.(interface{ Err() error }); ok {
		if err := p.Err(); err != nil {
			return fmt.Errorf("sense: call point: %w", err)
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	now := time.Now()
	state, known := r.states[r.frame.State]
	if r.frame.Unsettled {
		state, known = r.states[callpoint.Open]
	}
	if !known || !r.frame.Changed && !r.frame.Unsettled && now.Sub(r.said) < lineEvery && r.known {
		return nil
	}
	if r.frame.Unsettled && r.known && now.Sub(r.said) < time.Second {
		return nil
	}
	r.said, r.known = now, true
	e.reading(r.metric, state, 100, now, now)
	return nil
}

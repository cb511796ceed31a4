package local

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
)

const (
	// look is how often the button is read; two equal looks count.
	look = 20 * time.Millisecond
	// hold is how long a press becomes a dismissal.
	hold = 3 * time.Second
)

// watch reads the button, which pulls its pin to ground.
func (a *Annunciator) watch(ctx context.Context) error {
	if err := a.opts.Button.In(gpio.PullUp, gpio.NoEdge); err != nil {
		// A gateway without its button still has to ring.
		a.opts.Fault("acknowledge", fmt.Errorf("setting up the button: %w", err))
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	var b press
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			switch b.look(a.opts.Button.Read() == gpio.Low, now) {
			case pressed:
				a.Silence(now)
			case held:
				a.Dismiss()
			}
		}
	}
}

type pressEvent uint8

const (
	nothing pressEvent = iota
	pressed
	held
)

// press debounces the button. A button that is down from the start, as one
// that is jammed, says nothing until it was up once.
type press struct {
	wasDown, armed, down, dismissed bool
	since                           time.Time
}

func (b *press) look(down bool, at time.Time) pressEvent {
	stable := down == b.wasDown
	b.wasDown = down
	switch {
	case !stable:
	case !down:
		*b = press{armed: true}
	case !b.armed:
	case !b.down:
		b.down, b.since = true, at
		return pressed
	case !b.dismissed && at.Sub(b.since) >= hold:
		b.dismissed = true
		return held
	}
	return nothing
}

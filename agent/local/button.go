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
	// A press of hold to jam is a dismissal; a longer one is none.
	hold = 3 * time.Second
	jam  = 30 * time.Second
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
				a.Silence(now)
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

// press debounces the button, and speaks when it is let go: one that stays
// down, as a jammed one or a pin that cannot be read any more, says nothing.
type press struct {
	wasDown, armed, down bool // armed: it was up once
	since                time.Time
}

func (b *press) look(down bool, at time.Time) pressEvent {
	stable := down == b.wasDown
	b.wasDown = down
	switch {
	case !stable:
	case !down:
		was, lasted := b.down, at.Sub(b.since)
		*b = press{armed: true}
		switch {
		case !was || lasted >= jam:
		case lasted >= hold:
			return held
		default:
			return pressed
		}
	case b.armed && !b.down:
		b.down, b.since = true, at
	}
	return nothing
}

package local

import (
	"context"
	"errors"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
)

// retry is how soon a pin that failed is driven again.
const retry = time.Second

// output is one Output being driven, by one goroutine.
type output struct {
	Output
	wake chan struct{} // capacity 1: what is open has changed

	shows   care.Priority
	began   time.Time
	last    [4]bool
	known   bool // last is what the pins are
	failing bool
}

// drive shows the loudest priority of what it sounds for.
func (a *Annunciator) drive(ctx context.Context, o *output) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-o.wake:
		case <-ctx.Done():
			o.known = false
			return o.set(levels{}) // a lamp that nobody drives must not look alive
		}
		now := time.Now()
		a.mu.Lock()
		p, again := a.episodes.loudest(now, func(place string) bool { return a.sounds(o, place) })
		a.mu.Unlock()
		if p != o.shows {
			o.shows, o.began = p, now
		}
		l := pattern(p, now.Sub(o.began))
		wait := l.next
		if !again.IsZero() {
			wait = min(wait, max(again.Sub(now), time.Millisecond))
		}
		if err := o.set(l); err != nil {
			wait = min(wait, retry)
			a.fault(o, err)
		} else if o.failing {
			a.fault(o, nil)
		}
		timer.Reset(wait)
	}
}

// sounds reports whether an output sounds for a place: its own, or one for which
// nothing else would. An alarm that is too loud is better than one that nobody
// hears.
func (a *Annunciator) sounds(o *output, place string) bool {
	return o.Place == "" || o.Place == place || !a.places[""] && !a.places[place]
}

func (a *Annunciator) fault(o *output, err error) {
	if (err != nil) != o.failing {
		o.failing = err != nil
		a.opts.Fault(o.Name, err)
	}
}

// set drives the pins that have to change.
func (o *output) set(l levels) error {
	want := [4]bool{l.red, l.yellow, l.siren, l.relay}
	var errs error
	for i, pin := range []Pin{o.Red, o.Yellow, o.Siren, o.Relay} {
		if pin == nil || o.known && want[i] == o.last[i] {
			continue
		}
		errs = errors.Join(errs, pin.Out(gpio.Level(want[i])))
	}
	o.last, o.known = want, errs == nil
	return errs
}

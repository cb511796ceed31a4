package alarm

import (
	"errors"
	"fmt"
)

// ErrMalformed says that an event lacks what every event must have.
var ErrMalformed = errors.New("alarm: malformed event")

// Code says why something may not be done to an alarm now.
type Code string

const (
	Taken   Code = "taken"           // somebody else was first
	Over    Code = "closed"          // the alarm is over
	NoProof Code = "proof_required"  // a high alarm about a person, and nothing proves presence
	Lasts   Code = "condition_lasts" // a technical alarm whose cause is still there, and no reason or note
)

// Conflict is why an event was refused. By is who was first, if anybody.
type Conflict struct {
	Code  Code
	State State
	By    *Mark
}

// Error says what stands against it, with the name of who was first.
func (c *Conflict) Error() string {
	switch {
	case c.Code == NoProof:
		return "alarm: a high alarm about a person is closed only with proof of presence at the bedside or with a reason"
	case c.Code == Lasts:
		return "alarm: its cause is still there"
	case c.By != nil:
		return fmt.Sprintf("alarm: %s by %s at %s", c.State, c.By.Actor, c.By.At.Format("15:04:05"))
	}
	return "alarm: " + c.State.String()
}

func (a *Alarm) conflict(code Code, by *Mark) error {
	return &Conflict{Code: code, State: a.State, By: by}
}

func (a *Alarm) over() error {
	c := &Conflict{Code: Over, State: a.State}
	if a.Closing != nil {
		c.By = &a.Closing.Mark
	}
	return c
}

// check refuses an event of which the history could not say who, when and
// where.
func (e Event) check() error {
	malformed := func(what string) error { return fmt.Errorf("%w: %s %s", ErrMalformed, e.What, what) }
	if e.What < Suspect || e.What > Overdue {
		return fmt.Errorf("%w: no such event: %d", ErrMalformed, uint8(e.What))
	}
	if e.Actor == "" || e.At.IsZero() {
		return malformed("without actor or time")
	}
	if e.What <= Clear {
		if e.Alert == nil || e.By == Person {
			return malformed("without an alert")
		}
		return nil
	}
	if e.What == Overdue && e.By != System {
		return malformed("by somebody else than the cloud")
	}
	if e.By == Person && e.Station == "" {
		return malformed("without a station")
	}
	if e.What == Close {
		switch e.Resolution {
		case Helped, FalseAlarm, Test, Other:
		default:
			return malformed(fmt.Sprintf("with resolution %q", e.Resolution))
		}
	}
	return nil
}

package detect

import (
	"time"

	"osmanthus/care"
)

// condition is the state machine of everything that is raised when it has
// lasted and cleared when it has been over for a while:
//
//	good ──bad──▶ pending ──raiseAfter──▶ raised ──good──▶ leaving ──clearAfter──▶ good
//	  ▲──────good────┘                       ▲──────bad────────┘
type condition struct {
	raiseAfter, clearAfter time.Duration

	state phase
	onset time.Time // when it became bad
	since time.Time // when the present phase began
}

type phase uint8

const (
	good phase = iota
	pending
	raised
	leaving
)

// change is what an event did to a condition.
type change uint8

const (
	same change = iota
	raise
	clear
)

// observe says that the condition is bad, or not, at a time.
func (c *condition) observe(bad bool, at time.Time) change {
	switch {
	case bad && c.state == good:
		c.state, c.onset, c.since = pending, at, at
	case bad && c.state == leaving:
		c.state = raised
	case !bad && c.state == pending:
		c.state = good
	case !bad && c.state == raised:
		c.state, c.since = leaving, at
	}
	return c.tick(at)
}

// tick says that it is now at.
func (c *condition) tick(at time.Time) change {
	if at.Before(c.since) { // time was set back: count anew
		c.since = at
	}
	switch {
	case c.state == pending && at.Sub(c.since) >= c.raiseAfter:
		c.state = raised
		return raise
	case c.state == leaving && at.Sub(c.since) >= c.clearAfter:
		c.state = good
		return clear
	}
	return same
}

// announce builds the alert for a change of a condition.
func (b base) announce(k care.Kind, c change, p care.Priority, onset, at time.Time, e care.Evidence) care.Alert {
	state := care.Confirmed
	if c == clear {
		state = care.Cleared
	}
	return care.Alert{
		Episode: care.NewEpisode(k, b.resident, b.source, e.Metric, onset),
		Kind:    k, State: state, Priority: p, Resident: b.resident, Source: b.source,
		Onset: onset, At: at, Confidence: 1, Evidence: e,
	}
}

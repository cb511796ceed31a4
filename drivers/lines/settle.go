package lines

import "time"

// unsettledAfter is how long a contact may flicker before a frame says so. A
// corroded contact that never holds still would otherwise look like silence.
const unsettledAfter = 2 * time.Second

// calmAfter is how long the looks must agree with what is believed before
// flickering counts as over: shorter peace can be looks that happen to meet the
// same phase of it.
const calmAfter = 500 * time.Millisecond

// settle turns single looks at a line into a state that has held still. Time
// comes in with the looks.
type settle struct {
	debounce time.Duration // how long Rest and Active must hold
	fault    time.Duration // how long Cut and Short must hold

	state     State     // what was last believed
	held      time.Time // since when, as the looks saw it
	seen      State     // what the looks say now
	since     time.Time // since when they all say so
	restless  time.Time // since when state and seen differ, or zero
	unsettled bool
}

// look takes one look at the line and reports whether the believed state changed.
func (s *settle) look(seen State, at time.Time) (changed bool) {
	if seen != s.seen || s.since.IsZero() {
		s.seen, s.since = seen, at
	}
	if seen == s.state && (at.Sub(s.since) >= calmAfter || s.restless.IsZero()) {
		s.restless, s.unsettled = time.Time{}, false
		return false
	}
	if seen != s.state && at.Sub(s.since) >= s.hold(seen) {
		s.state, s.held, s.restless, s.unsettled = seen, s.since, time.Time{}, false
		return true
	}
	if s.restless.IsZero() {
		s.restless = at
	}
	s.unsettled = at.Sub(s.restless) >= unsettledAfter
	return false
}

// pending reports whether the next look decides something soon.
func (s *settle) pending() bool { return s.seen != s.state }

func (s *settle) hold(state State) time.Duration {
	if state == Cut || state == Short {
		return s.fault
	}
	return s.debounce
}

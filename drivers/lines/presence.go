package lines

import (
	"time"
)

// Presence is a line that says whether somebody is there: the sheet of a mat, or
// the output of a motion sensor. Both come and go while somebody is, so what was
// Active stays so for a while; and what never pauses is no person but a fault.
type Presence struct {
	line        *Line
	hold, stuck time.Duration
	look        Frame

	state  State
	since  time.Time // state holds since then
	risen  time.Time // the line itself is Active since then
	active bool      // the line itself
	seen   time.Time // the line was last Active
	told   bool      // that it is stuck
}

// PresenceFrame is what a look brought.
type PresenceFrame struct {
	State     State         // Active: somebody is there
	Changed   bool          // State or Stuck is news; the first state after New always is
	For       time.Duration // how long State has held
	Stuck     bool          // Active without any pause for longer than a person can
	Unsettled bool          // as in Frame
}

// NewPresence holds what l says for hold after it was last Active, and calls it
// stuck after so long without a pause; 0 is never.
func NewPresence(l *Line, hold, stuck time.Duration) *Presence {
	return &Presence{line: l, hold: hold, stuck: stuck}
}

// Sense takes one look, as Line.Sense.
func (p *Presence) Sense(f *PresenceFrame) error {
	err := p.line.Sense(&p.look)
	p.fill(f, time.Now(), err == nil)
	return err
}

// Wait looks until something changes, an error occurs, or the timeout has
// passed, as Line.Wait.
func (p *Presence) Wait(f *PresenceFrame, timeout time.Duration) error {
	end := time.Now().Add(timeout)
	for {
		now := time.Now()
		err := p.line.Wait(&p.look, max(min(end.Sub(now), p.due(now)), 0))
		now = time.Now()
		if p.fill(f, now, err == nil); err != nil || f.Changed || !now.Before(end) {
			return err
		}
	}
}

// due is how long it is until time alone changes something.
func (p *Presence) due(now time.Time) time.Duration {
	switch {
	case p.state != Active:
	case !p.active:
		return p.seen.Add(p.hold).Sub(now)
	case p.stuck > 0 && !p.told:
		return p.risen.Add(p.stuck).Sub(now)
	}
	return time.Hour
}

func (p *Presence) fill(f *PresenceFrame, now time.Time, looked bool) {
	*f = PresenceFrame{Unsettled: p.look.Unsettled}
	if looked {
		f.Changed = p.take(now)
	}
	f.State, f.Stuck = p.state, p.told
	if p.state != Unknown {
		f.For = now.Sub(p.since)
	}
}

// take moves on by the last look.
func (p *Presence) take(now time.Time) (changed bool) {
	active := p.look.State == Active
	switch {
	case active && !p.active:
		p.risen = p.look.Since
	case !active && p.active:
		p.seen = p.look.Since
	}
	p.active = active
	stuck := active && p.stuck > 0 && now.Sub(p.risen) >= p.stuck
	changed = stuck != p.told
	p.told = stuck
	next := p.look.State
	if next == Rest && p.state == Active && now.Sub(p.seen) < p.hold {
		next = Active
	}
	if next != p.state {
		p.state, p.since, changed = next, now, true
		if next == Active {
			p.since = p.risen
		}
	}
	return changed
}

// Halt ends the watching, as Line.Halt.
func (p *Presence) Halt() error { return p.line.Halt() }

// String is the name of the pin or the meter.
func (p *Presence) String() string { return p.line.String() }

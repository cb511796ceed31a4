package detect

import (
	"math"
	"time"

	"osmanthus/care"
)

const (
	// careLasts is how long one sign of care holds falls back: the requirement
	// is 15 min at most, and nothing but a new sign begins it anew.
	careLasts = 15 * time.Minute
	// careAway is how long a badge must have been away after care ran out
	// before it can begin it again: one that was forgotten on the bed, at the
	// edge of its range, must not hold falls back all night.
	careAway = time.Minute
	// careSaid is how often the countdown is said while it runs.
	careSaid = 30 * time.Second
)

// level is what one source said last of a button or badge.
type level struct {
	id    care.SourceID
	kind  Kind
	known bool
	on    bool
	since time.Time // when it went on or off
	spent bool      // its care ran out, and it has not been away since
}

func (d *fallEpisodes) level(id care.SourceID) *level {
	for i := range d.levels {
		if d.levels[i].id == id {
			return &d.levels[i]
		}
	}
	return nil
}

// press takes a reading and reports whether it is a new press. A button says
// its level again and again, so only a rise is one, and a button that is down
// when the agent starts may be jammed; what a band says of its button is a
// press each time.
func (l *level) press(r care.Reading, button Kind) bool {
	on := r.Value >= 0.5
	rise := on && l.known && !l.on
	if !l.known || on != l.on {
		l.since = r.At
	}
	l.known, l.on = true, on
	if l.kind != button {
		return on
	}
	return rise
}

// snooze is care in progress: somebody is with the resident, and lifts, turns
// and washes.
type snooze struct {
	on         bool
	left       time.Duration
	until      time.Time // in place of left, right after a restart
	source     care.SourceID
	said       time.Duration // what was left when it was said last
	total      time.Duration // how long falls were held back in all
	unreported bool          // it ended, and that was not said
}

// pass lets time pass.
func (s *snooze) pass(step time.Duration) (ran bool) {
	if !s.on {
		return false
	}
	step = min(max(step, 0), s.left)
	s.left -= step
	s.total += step
	if s.left > 0 {
		return false
	}
	s.stop()
	return true
}

func (s *snooze) stop() { s.on, s.left, s.unreported = false, 0, true }

// cared takes a sign that somebody is with the resident, or has left. A
// button begins care and ends it by turns; a badge says whether it is there.
func (d *fallEpisodes) cared(l *level, r care.Reading) {
	away := r.At.Sub(l.since)
	was := l.known && l.on
	began := l.press(r, CareButton)
	switch {
	case l.kind == CareButton && !began:
	case l.kind == CareButton && d.snooze.on:
		d.careEnds(r.At)
	case l.kind == CareButton:
		d.careBegins(r.Source)
	case !l.on && was && d.snooze.on && d.snooze.source == r.Source:
		d.careEnds(r.At)
	case !l.on || was || d.snooze.on:
	case l.spent && away < careAway:
	default:
		l.spent = false
		d.careBegins(r.Source)
	}
}

func (d *fallEpisodes) careBegins(source care.SourceID) {
	d.snooze.on, d.snooze.left, d.snooze.source, d.snooze.said = true, careLasts, source, math.MaxInt64
}

// careEnds raises what was held back and is still true.
func (d *fallEpisodes) careEnds(at time.Time) {
	d.snooze.stop()
	for i := range d.falls {
		d.release(&d.falls[i], at)
	}
}

// countdown says how many minutes of care are left: when it begins, twice a
// minute, and when it is over.
func (d *fallEpisodes) countdown(at time.Time) {
	s := &d.snooze
	switch {
	case s.on && s.said-s.left >= careSaid:
		s.said = s.left
	case !s.on && s.unreported:
		s.unreported = false
	default:
		return
	}
	d.readings = append(d.readings, care.NewReading(d.resident, s.source, care.CareLeft, s.left.Minutes(), 100, at))
}

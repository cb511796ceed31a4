package detect

import (
	"time"

	"osmanthus/care"
)

// Times of radars in rooms; radar.md says why.
const (
	radarBlink  = time.Minute      // seeing nobody for less is losing somebody who is still
	radarGone   = 2 * time.Minute  // nobody is seen for so long: probably left
	radarSame   = 10 * time.Minute // seen again after less, and nowhere else meanwhile: it is one stay
	radarSilent = 2 * time.Minute  // a radar that says nothing for so long knows nothing
)

// roomRadar is what one radar says.
type roomRadar struct {
	present bool
	heard   time.Time // the last word about presence
	fell    time.Time // when presence ended
	moving  bool
	moves   bool // it tells movement from presence
}

// roomStay is for how long the radars of the bathroom have seen somebody,
// whatever else is heard in the home.
type roomStay struct {
	Since  time.Time // zero: nobody
	Lost   time.Time // since when nobody is seen; the stay may not be over
	Source care.SourceID
}

// radar takes what a radar says of its room. Presence says where somebody is,
// and is no movement: who lies still is present.
func (d *rooms) radar(s *roomSource, r care.Reading, at time.Time) {
	on := r.Value >= 0.5
	if r.Metric == care.Motion {
		if on && !s.radar.moving {
			s.since = at
		}
		s.radar.moves, s.radar.moving = true, on
		if on && at.Sub(s.since) < roomRepeat {
			d.sign(s, at)
		}
		return
	}
	first := s.radar.heard.IsZero()
	switch rises := on && !s.radar.present; {
	case !on && s.radar.present:
		s.radar.fell = at
	case first && d.restored: // it may have seen somebody all the time
	case rises && (first || at.Sub(s.radar.fell) >= radarBlink) && d.state.Place != s.room:
		d.sign(s, at) // somebody went there
	}
	s.radar.present, s.radar.heard = on, at
	if s.room == Bathroom {
		d.stay(s.id, at)
	}
}

// stay keeps the clock of who is before the radars of the bathroom.
func (d *rooms) stay(source care.SourceID, at time.Time) {
	st, seen := &d.state, d.seen(at)
	switch s := &st.Stay; {
	case !seen && !s.Since.IsZero() && s.Lost.IsZero():
		s.Lost = at
	case seen && (s.Since.IsZero() || !s.Lost.IsZero() && (at.Sub(s.Lost) >= radarSame || st.Place != Bathroom)):
		*s = roomStay{Since: at, Source: source}
	case seen:
		s.Lost = time.Time{}
	}
	if seen && st.Place == Bathroom && at.Sub(st.Passed) >= radarBlink {
		st.Left, st.Sure = false, true // whatever its door did: somebody is seen behind it
	}
}

// seen reports whether a radar that is heard sees somebody in the bathroom.
func (d *rooms) seen(at time.Time) bool {
	for i := range d.sources {
		if s := &d.sources[i]; s.kind == Radar && s.room == Bathroom && s.radar.sees(at) {
			return true
		}
	}
	return false
}

func (r *roomRadar) sees(at time.Time) bool {
	return r.present && at.Sub(r.heard) < radarSilent
}

// stays reports whether a radar holds somebody in the bathroom, so that a sign
// elsewhere ends nothing: it may be somebody else's. One that lost them this very
// moment, or that has not spoken since a restart, may see them the next: judgeStay
// ends it when it does not.
func (d *rooms) stays(at time.Time) bool {
	s := &d.state.Stay
	switch {
	case s.Since.IsZero():
		return false
	case !s.Lost.IsZero() && at.Sub(s.Lost) < radarBlink:
		return true
	case s.Lost.IsZero() && d.restored && (d.began.IsZero() || at.Sub(d.began) < radarSilent):
		return true
	}
	return d.seen(at)
}

// here reports whether a radar that tells movement from presence sees somebody:
// so somebody is at home, whatever is known of the front door.
func (d *rooms) here(at time.Time) bool {
	for i := range d.sources {
		if s := &d.sources[i]; s.kind == Radar && s.radar.moves && s.radar.sees(at) {
			return true
		}
	}
	return false
}

// shut reports whether the doors of the bathroom are watched, closed, and did
// not move since somebody was seen behind them: nobody vanishes there.
func (d *rooms) shut() bool {
	watched := false
	for i := range d.sources {
		if s := &d.sources[i]; s.kind == DoorContact && s.room == Bathroom && s.known {
			if watched = true; s.on {
				return false
			}
		}
	}
	return watched && d.state.Place == Bathroom && d.state.Sure && !d.state.Left
}

// lost reports whether the radars of the bathroom have seen nobody for so long
// that the resident has probably left.
func (d *rooms) lost(at time.Time) bool {
	s := &d.state.Stay
	return !s.Lost.IsZero() && at.Sub(s.Lost) >= radarGone && !d.shut()
}

// judgeStay lets time pass for who is before the radars of the bathroom.
func (d *rooms) judgeStay(at time.Time) {
	st := &d.state
	s := &st.Stay
	switch {
	case s.Since.IsZero():
		return
	case s.Lost.IsZero() && !d.seen(at): // its radar is silent
		if st.Place != Bathroom && at.Sub(d.began) >= radarSilent {
			d.endStay(at)
		}
		return
	case !s.Lost.IsZero() && !d.shut():
		same := radarSame
		if st.Place != Bathroom || st.Left {
			same = radarBlink // seen elsewhere, or through the door
		}
		if at.Sub(s.Lost) >= same {
			d.endStay(at)
		}
		return
	}
	if limit := d.bathroomLimit(at); limit >= 0 && at.Sub(s.Since) >= limit {
		last := st.Source
		st.Source = s.Source
		d.raise(bathroomRule, at, roomBreach{onset: s.Since, limit: limit, still: at.Sub(st.Alive)})
		st.Source = last
	}
}

// endStay notes that nobody is before the radars any more. Who is not heard
// elsewhere, in a home that would hear it, may lie where no radar sees.
func (d *rooms) endStay(at time.Time) {
	d.state.Stay = roomStay{}
	d.clear(bathroomRule, at)
	if d.state.Place != Bathroom {
		return
	}
	d.state.Left, d.state.Sure = true, false
	for i := range d.sources {
		if s := &d.sources[i]; s.room != Bathroom && (s.kind == MotionSensor || s.kind == Radar) {
			return
		}
	}
	d.state.Place, d.state.Since = 0, at
}

// shiftRadars moves what the radars said along with a clock that was set.
func (d *rooms) shiftRadars(by time.Duration) {
	o := outage{shift: by}
	d.began = o.time(d.began)
	for i := range d.sources {
		r := &d.sources[i].radar
		r.heard, r.fell = o.time(r.heard), o.time(r.fell)
	}
}

// bathroomLimit is how long somebody may be in the bathroom now.
func (d *rooms) bathroomLimit(at time.Time) time.Duration {
	if d.night(at) {
		return d.policy.BathroomNight
	}
	return d.policy.Bathroom
}

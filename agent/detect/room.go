package detect

import (
	"time"

	"osmanthus/care"
)

// Times of the rules of rooms; room.md says where they come from.
const (
	roomGroup   = 40 * time.Second        // movements of a bathroom door this close are one passage
	roomLeft    = 15 * time.Minute        // nothing at home for this long after the front door: away
	roomAgain   = time.Minute             // between two passages of the front door
	roomReturn  = 10 * time.Minute        // this soon after each other, signs of life without a door
	roomSigns   = 3                       // and this many of them, by other sensors in turn, say that somebody is at home
	roomRepeat  = time.Hour               // a motion sensor that says "motion" for longer is stuck
	roomRefill  = time.Minute             // a cistern that fills moves the float again
	roomTurns   = 10                      // changes of a contact in a minute
	roomDraught = 10 * time.Second        // between a door and another that it moves
	roomPulse   = 1500 * time.Millisecond // nobody goes through a door that is open for so short: a draught
)

// rooms follows one resident, who lives alone, through the rooms of a home by
// what motion, doors, flush, bed and seats say, and holds the rules about time
// in rooms. See room.md.
type rooms struct {
	resident care.ResidentID
	policy   RoomPolicy
	zone     *time.Location
	sources  []roomSource
	front    bool // there is a sensor at the front door
	asked    bool // somebody set how long stillness may last
	motion   bool // there is a motion sensor or radar in the bathroom
	bedroom  bool // a motion sensor or radar tells who has gone to bed; a bed that speaks does, too
	state    roomState
	restored bool      // the state is from before a restart
	began    time.Time // the first tick
	ticked   time.Time // the last tick
	draught  time.Time // when a door elsewhere moved last
	blown    bool      // the bathroom was entered right after that
	due      time.Time // when stillness is too long; zero: not worked out yet
	out      []care.Alert
}

// roomSource is one sensor of a room.
type roomSource struct {
	id    care.SourceID
	kind  Kind
	room  Room
	known bool
	on    bool
	since time.Time // on since then
	moved time.Time // the last flush, or the beginning of a chatter
	turns int       // changes since then
	radar roomRadar
}

// roomState is what outlives a restart.
type roomState struct {
	Place   Room          // where the resident was seen last, 0 for not yet
	Out     bool          // out of the home; Place is Entrance
	Since   time.Time     // since when, the coming in included
	Sure    bool          // seen inside of the bathroom, not only at its door
	Left    bool          // and its door has moved since: probably not there any more
	Passed  time.Time     // when a bathroom door moved last
	Seen    time.Time     // when the resident was last seen inside of the bathroom
	Alive   time.Time     // the last sign of life anywhere
	Door    time.Time     // when the front door moved last, and nothing else since
	Passage time.Time     // when it was moved first in that passage
	Before  Room          // where the resident was before the bathroom
	Through care.SourceID // the bathroom door that was passed last, "" for none since it was entered
	Home    bool          // the resident was at home before that
	Signs   int           // of life without a door, from other sensors in turn, while out
	Stray   time.Time     // the last of them
	StrayAt care.SourceID // and its sensor
	InUse   bool          // a bed has spoken: one that never does tells nothing
	Bed     bool          // the bed is occupied
	Seat    bool          // a seat is
	Walk    roomWalk      // for wandering
	Stay    roomStay      // in the bathroom, by its radars
	Source  care.SourceID // of the last sign
	Open    [4]roomAlarm  // by roomRule

	// Doors is what each front and bathroom door said last, so that its first
	// word after a restart may be a movement.
	Doors map[care.SourceID]bool `json:",omitempty"`
}

func newRooms(p Plan, resident care.ResidentID) *rooms {
	d := &rooms{resident: resident, zone: p.Zone}
	watched := false
	for _, s := range p.Sources {
		if s.Resident != resident {
			continue
		}
		switch {
		case s.Kind.watchesRooms():
			watched = true
			if s.Room == 0 {
				s.Room = OtherRoom
				if s.Kind == FlushSensor {
					s.Room = Bathroom
				}
			}
			d.front = d.front || s.Kind == DoorContact && s.Room == Entrance
			sees := s.Kind == MotionSensor || s.Kind == Radar
			d.motion = d.motion || sees && s.Room == Bathroom
			d.bedroom = d.bedroom || sees && s.Room == Bedroom
		case s.Kind == BedPad || s.Kind == BedMatrix || s.Kind == BedIMU:
			s.Room = Bedroom
		default:
			continue
		}
		d.sources = append(d.sources, roomSource{id: s.ID, kind: s.Kind, room: s.Room})
	}
	if !watched {
		return nil
	}
	for _, r := range p.Rooms {
		if r.Resident == resident {
			d.policy = r
		}
	}
	d.asked = d.policy.Still > 0
	d.policy = d.policy.resolved()
	return d
}

func (d *rooms) Block(*care.Block) []care.Alert { return nil }

// Reading takes what a sensor of a room says.
func (d *rooms) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	s := d.source(r)
	if s == nil || r.Flags&(care.OutOfRange|care.Stuck) != 0 || r.Quality == 0 {
		return nil
	}
	at, ok := d.heard(r.At)
	if !ok {
		return nil
	}
	if s.kind == Radar {
		d.radar(s, r, at)
		return d.out
	}
	on := r.Value >= 0.5
	first, changed := !s.known, s.known && s.on != on
	if first && on && s.kind == DoorContact && s.room == Entrance && !d.began.IsZero() && at.Sub(d.began) >= roomAgain {
		changed = true // it speaks of changes only
	}
	if on && (first || changed) {
		s.since = at
	}
	s.known, s.on = true, on
	switch s.kind {
	case MotionSensor:
		if on && at.Sub(s.since) < roomRepeat {
			d.sign(s, at)
		}
	case FlushSensor:
		if on && (first || changed) {
			d.flushed(s, at)
		}
	case DoorContact, Contact: // what is open when the sensor is first heard did not move
		if changed && !s.chatters(at) {
			d.moved(s, at)
		}
	default:
		d.rested(s, changed, first && on, at)
	}
	return d.out
}

// heard returns the time at which a reading counts, false where it comes too
// late to say where somebody is.
func (d *rooms) heard(at time.Time) (time.Time, bool) {
	switch {
	case d.ticked.IsZero():
	case at.Before(d.ticked.Add(-clockJump)):
		return at, false
	case at.After(d.ticked.Add(clockJump)):
		return d.ticked, true // the clock was set, and the tick that says so is to come
	}
	return at, true
}

// flushed takes a movement of the float of a flush.
func (d *rooms) flushed(s *roomSource, at time.Time) {
	if at.Sub(s.moved).Abs() > roomRefill || d.state.Place == Bathroom && !d.state.Left {
		d.sign(s, at)
	}
	s.moved = at
}

// moved takes a change of a contact.
func (d *rooms) moved(s *roomSource, at time.Time) {
	switch {
	case s.kind == Contact:
		d.sign(s, at)
	case s.room == Entrance:
		d.frontDoor(s, at)
	default:
		d.door(s, at)
	}
}

// rested takes what a bed or a seat says: that it changed, or first that somebody
// is on it. After a restart one that was occupied and still is says nothing new.
func (d *rooms) rested(s *roomSource, changed, firstOn bool, at time.Time) {
	before := d.state.Bed
	if s.kind == SeatPad {
		before = d.state.Seat
	} else {
		d.state.InUse = true
	}
	if changed || firstOn && !before {
		d.sign(s, at)
	}
	d.occupied()
}

// chatters takes a change and reports whether there were more within a minute
// than a hand makes: a mercury switch that hangs on its edge, or a door in the
// wind. It does until nothing has changed for a minute.
func (s *roomSource) chatters(at time.Time) bool {
	if at.Sub(s.moved).Abs() > time.Minute {
		s.moved, s.turns = at, 0
	}
	if s.turns++; s.turns > roomTurns {
		s.moved = at
		return true
	}
	return false
}

// source returns the sensor that r comes from, if r is what it is there for.
func (d *rooms) source(r care.Reading) *roomSource {
	for i := range d.sources {
		s := &d.sources[i]
		if s.id != r.Source {
			continue
		}
		if r.Metric == s.kind.roomMetric() || s.kind == Radar && r.Metric == care.Motion {
			return s
		}
		return nil
	}
	return nil
}

// roomMetric is what sources of this kind say about a room.
func (k Kind) roomMetric() care.Metric {
	switch k {
	case MotionSensor:
		return care.Motion
	case FlushSensor:
		return care.Flush
	case SeatPad:
		return care.Seat
	case DoorContact, Contact:
		return care.Door
	case Radar:
		return care.Presence
	}
	return care.BedOccupancy
}

// occupied notes whether any bed or seat is. Of one that has not spoken since a
// restart what was kept still holds.
func (d *rooms) occupied() {
	var on, silent struct{ bed, seat bool }
	for i := range d.sources {
		s := &d.sources[i]
		said := &silent
		switch {
		case s.known && !s.on:
			continue
		case s.known:
			said = &on
		}
		said.seat = said.seat || s.kind == SeatPad
		said.bed = said.bed || s.kind.roomMetric() == care.BedOccupancy
	}
	d.state.Bed = on.bed || silent.bed && d.state.Bed
	d.state.Seat = on.seat || silent.seat && d.state.Seat
}

// sign is a sign of life inside of a room.
func (d *rooms) sign(s *roomSource, at time.Time) {
	st := &d.state
	if !d.believed(s, at) {
		return
	}
	d.alive(s, at)
	d.atHome(at)
	if s.room != Bathroom {
		d.enter(s.room, at)
		return
	}
	switch {
	case st.Place != Bathroom:
		d.enter(Bathroom, at)
	case st.Left: // so that passage was a coming in
		through := st.Through
		d.enter(Bathroom, at)
		st.Through = through
	}
	st.Sure, st.Left, st.Seen = true, false, at
}

// believed reports whether a sign says that somebody is at home: a motion
// sensor that the sun warms, or a contact on its edge, is nobody who came home
// without opening the front door.
func (d *rooms) believed(s *roomSource, at time.Time) bool {
	st := &d.state
	if !st.Out || !d.front || s.kind != MotionSensor && s.kind != Contact && s.kind != Radar {
		return true
	}
	if at.Sub(st.Stray) > roomReturn {
		st.Signs, st.StrayAt = 0, ""
	}
	if st.Stray = at; st.StrayAt != s.id { // one sensor alone proves nothing
		st.Signs, st.StrayAt = st.Signs+1, s.id
	}
	return st.Signs >= roomSigns
}

// door is a movement of a door between rooms: whoever moved it is on one side
// of it. Only at the bathroom it matters on which.
func (d *rooms) door(s *roomSource, at time.Time) {
	st := &d.state
	d.alive(s, at)
	d.atHome(at)
	if s.room != Bathroom {
		d.draught = at
		d.enter(s.room, at)
		return
	}
	other := s.id != st.Through
	switch {
	case st.Place != Bathroom:
		st.Before = st.Place
		d.enter(Bathroom, at)
		d.blown = at.Sub(d.draught) <= roomDraught
	case d.blown && !s.on && !st.Sure && at.Sub(st.Since) <= roomPulse:
		d.enter(st.Before, at) // another door moved it
		return
	case other:
		d.enter(Bathroom, at)
	case st.Sure && d.motion && !s.on && at.Sub(st.Passed) <= roomGroup:
		return // closed behind who came in and was seen before it fell shut
	case st.Sure || at.Sub(st.Passed) > roomGroup: // another passage
		if st.Left {
			d.enter(Bathroom, at)
		} else {
			st.Left, st.Sure = true, false
			d.leaves(at)
		}
	}
	st.Through, st.Passed = s.id, at
}

// frontDoor is a movement of the front door.
func (d *rooms) frontDoor(s *roomSource, at time.Time) {
	st := &d.state
	switch {
	case st.Door.IsZero():
		st.Home, st.Passage = !st.Out, at
		st.Walk.Rested = false
	case s.on && at.Sub(st.Door) > roomAgain: // opened again: out and in by turns
		st.Home, st.Passage = !st.Home, at
	}
	d.alive(s, at)
	st.Out, st.Signs = false, 0
	d.enter(Entrance, at)
	st.Door = at
}

// atHome notes that somebody is on this side of the front door.
func (d *rooms) atHome(at time.Time) {
	d.state.Out, d.state.Signs = false, 0
	d.state.Door = time.Time{}
	d.clear(doorRule, at)
}

func (d *rooms) alive(s *roomSource, at time.Time) {
	d.state.Alive, d.state.Source = at, s.id
	d.due = time.Time{}
	d.clear(stillRule, at)
}

// leaves ends a long stay in the bathroom, unless a radar still sees somebody
// there.
func (d *rooms) leaves(at time.Time) {
	if !d.stays(at) {
		d.clear(bathroomRule, at)
	}
}

// enter notes that the resident went to another room.
func (d *rooms) enter(room Room, at time.Time) {
	st := &d.state
	if st.Place != room {
		d.walk(room, at)
	}
	if st.Place != room || room == Bathroom {
		d.leaves(at)
		st.Place, st.Since, st.Seen = room, at, at
		st.Sure, st.Left, st.Through = false, false, ""
	}
}

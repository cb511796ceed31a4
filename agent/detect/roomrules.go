package detect

import (
	"time"

	"osmanthus/care"
)

// roomRule is one of the rules; it indexes their alarms.
type roomRule uint8

const (
	bathroomRule roomRule = iota
	stillRule
	doorRule
	wanderRule
)

// roomRules is the table of the rules.
var roomRules = [...]struct {
	kind     care.Kind
	name     string
	priority care.Priority
}{
	bathroomRule: {care.BathroomLong, "bathroom/3", care.High},
	stillRule:    {care.NoMovement, "still/3", care.High},
	doorRule:     {care.DoorAtNight, "door/2", care.High},
	wanderRule:   {care.Wandering, "wandering/2", care.Medium},
}

const (
	bathroomWeak = 3 * time.Hour
	doorWait     = 5 * time.Minute  // without a sign of life at home after the front door
	doorMoves    = 10 * time.Minute // the same where the wind goes on moving it
	outDoubt     = 24 * time.Hour   // out by the front door, and in by a seat
	wanderSpan   = 30 * time.Minute // in which changes of rooms are counted
	wanderMoves  = 12               // changes of rooms
	wanderStay   = 15 * time.Second // shorter is no visit
	wanderRooms  = 3                // different ones
	wanderSettle = 20 * time.Minute // in one room: it is over
	wanderRest   = 45 * time.Minute // of stillness before: the night had begun
)

// deepNight is when nobody is expected to go out or to walk about: shorter than
// the night, because there are late and early risers.
var deepNight = Hours{From: 23 * time.Hour, To: 5 * time.Hour}

// roomAlarm is an alert that may be open.
type roomAlarm struct {
	Open   bool
	Onset  time.Time
	Source care.SourceID
	Level  care.Priority
}

// roomWalk counts changes of rooms at night.
type roomWalk struct {
	Rested bool // it was still, or the bed was occupied, before
	Moves  []roomMove
}

type roomMove struct {
	At   time.Time
	Room Room
}

// Tick judges what is due by time alone.
func (d *rooms) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	if by := jumped(d.ticked, at); by != 0 {
		d.state.shift(by) // what had lasted has lasted
		d.shiftRadars(by)
		d.due = time.Time{}
	}
	if d.ticked = at; d.began.IsZero() {
		d.began = at
	}
	st := &d.state
	d.judgeStay(at)
	if st.Alive.IsZero() {
		return d.out
	}
	if !st.Door.IsZero() {
		d.judgeDoor(at)
	}
	if st.Place == Bathroom {
		d.judgeBathroom(at)
	}
	d.judgeStill(at)
	d.judgeWalk(at)
	return d.out
}

func (d *rooms) night(at time.Time) bool { return d.policy.Night.Hold(at, d.zone) }

// outAtNight reports whether going out is told of. While the clock was never set
// nobody knows the hour, and it is.
func (d *rooms) outAtNight(at time.Time) bool {
	return !care.ClockSet(at) || deepNight.Hold(at, d.zone)
}

// judgeBathroom raises when the resident was last seen in the bathroom, and has
// not been seen elsewhere since.
func (d *rooms) judgeBathroom(at time.Time) {
	st := &d.state
	limit := d.bathroomLimit(at)
	if limit < 0 || at.Sub(st.Since) < limit {
		return
	}
	if st.Left || d.lost(at) || !d.motion && st.Through == "" {
		// Whose door moved again, or who turned a tap where neither door nor
		// motion sensor is, may be anywhere, in the evening in bed. But nothing
		// was heard from anywhere.
		limit = max(limit, bathroomWeak)
		if end := st.Alive.Add(limit); at.Before(end) || d.night(st.Alive) || d.night(end) {
			return
		}
	}
	d.raise(bathroomRule, at, roomBreach{onset: st.Since, limit: limit, still: at.Sub(st.Seen)})
}

// judgeDoor tells going out from coming home after the front door moved.
func (d *rooms) judgeDoor(at time.Time) {
	st := &d.state
	gone, moving := at.Sub(st.Door), at.Sub(st.Passage)
	if st.Home && (gone >= doorWait || moving >= doorMoves) && d.outAtNight(st.Door) && !d.policy.NoDoor {
		d.raise(doorRule, at, roomBreach{onset: st.Passage, limit: doorWait})
	}
	if gone >= roomLeft {
		// Who was out and moves the door is at home, with no sensor near.
		st.Out = st.Home && !d.here(at)
		st.Door = time.Time{}
	}
}

// judgeStill raises when nothing moves where somebody is.
func (d *rooms) judgeStill(at time.Time) {
	st := &d.state
	if !st.Door.IsZero() {
		return
	}
	limit, level := time.Duration(0), care.Priority(0)
	switch {
	case st.Out && st.Seat && d.policy.Seated > 0:
		// A visitor went, or the resident did and left a bag on the seat.
		limit, level = max(d.policy.Seated, outDoubt), care.Medium
	case st.Out:
		limit, level = d.policy.Away, care.Low
	case st.Bed:
		limit = d.policy.InBed
	case st.Seat:
		limit = d.policy.Seated
	default:
		d.judgeStillUp(at)
		return
	}
	if limit > 0 && at.Sub(st.Alive) >= limit {
		d.raise(stillRule, at, roomBreach{onset: st.Alive, limit: limit, level: level})
	}
}

// judgeStillUp raises when nothing moves and neither a bed nor a seat says why.
// Without a sensor at the front door nobody knows whether anybody is at home:
// there the rule is for who asked for it.
func (d *rooms) judgeStillUp(at time.Time) {
	st, limit := &d.state, d.policy.Still
	if !d.front && !d.asked && !d.here(at) || limit < 0 || at.Sub(st.Alive) < limit {
		return
	}
	if d.due.IsZero() {
		d.due = st.Alive.Add(limit)
		if !d.up() && limit < d.policy.Night.rest() {
			d.due = d.dayAfter(st.Alive, limit)
		}
	}
	if !at.Before(d.due) {
		d.raise(stillRule, at, roomBreach{onset: st.Alive, limit: limit})
	}
}

// up reports whether the resident is known not to have gone to bed: seen last in
// another room of a home whose bed or bedroom would have told.
func (d *rooms) up() bool {
	return (d.bedroom || d.state.InUse) && !d.policy.SleepsAnywhere && d.state.Place != 0 && d.state.Place != Bedroom
}

// dayAfter is when so much time has passed since a moment, or, where there was a
// night in between, since its end. The time fits into a day without its night.
func (d *rooms) dayAfter(since time.Time, limit time.Duration) time.Time {
	from, end := since, since.Add(limit+48*time.Hour)
	for at := since; at.Before(end); at = at.Add(time.Minute) {
		switch {
		case d.night(at):
			from = at
		case at.Sub(from) >= limit:
			return at
		}
	}
	return end
}

// walk notes a change of rooms.
func (d *rooms) walk(room Room, at time.Time) {
	w := &d.state.Walk
	if !deepNight.Hold(at, d.zone) || d.policy.NoWandering {
		w.Moves, w.Rested = w.Moves[:0], false
		if d.state.Open[wanderRule].Open { // it ends when the resident settles, in the morning, too
			w.Moves = append(w.Moves, roomMove{at, room})
		}
		return
	}
	kept := w.Moves[:0]
	for _, m := range w.Moves {
		if at.Sub(m.At) <= wanderSpan {
			kept = append(kept, m)
		}
	}
	if len(kept) == 2*wanderMoves {
		copy(kept, kept[1:])
		kept = kept[:len(kept)-1]
	}
	if n := len(kept); n > 0 && at.Sub(kept[n-1].At) < wanderStay {
		kept = kept[:n-1] // passed through, or two sensors see one place
	}
	w.Moves = append(kept, roomMove{at, room})
	var seen, rooms int
	for _, m := range w.Moves {
		if seen&(1<<m.Room) == 0 {
			seen |= 1 << m.Room
			rooms++
		}
	}
	if w.Rested && len(w.Moves) >= wanderMoves && rooms >= wanderRooms {
		d.raise(wanderRule, at, roomBreach{onset: w.Moves[0].At, limit: wanderSpan})
	}
}

// judgeWalk ends wandering when the resident settles.
func (d *rooms) judgeWalk(at time.Time) {
	w := &d.state.Walk
	if d.night(at) && d.night(at.Add(-wanderRest)) && !d.state.Out && d.state.Door.IsZero() &&
		(d.state.Bed || !d.state.InUse && at.Sub(d.state.Alive) >= wanderRest) {
		w.Rested = true
	}
	if n := len(w.Moves); n > 0 && at.Sub(w.Moves[n-1].At) >= wanderSettle {
		d.clear(wanderRule, at)
		w.Moves = w.Moves[:0]
	}
}

// roomBreach is how a rule is broken.
type roomBreach struct {
	onset time.Time
	limit time.Duration // after which that is so
	still time.Duration // in the bathroom: since the last sign of life there
	level care.Priority // 0: that of the rule
}

// raise says that a rule is broken, once.
func (d *rooms) raise(rule roomRule, at time.Time, b roomBreach) {
	o := &d.state.Open[rule]
	if o.Open {
		return
	}
	if b.level == 0 {
		b.level = roomRules[rule].priority
	}
	*o = roomAlarm{Open: true, Onset: b.onset, Source: d.state.Source, Level: b.level}
	if o.Source == "" { // after a restart
		o.Source = d.sources[0].id
	}
	d.emit(rule, care.Confirmed, at, b)
}

// clear says that it is over.
func (d *rooms) clear(rule roomRule, at time.Time) {
	o := &d.state.Open[rule]
	if !o.Open {
		return
	}
	d.emit(rule, care.Cleared, at, roomBreach{})
	*o = roomAlarm{}
}

func (d *rooms) emit(rule roomRule, s care.State, at time.Time, b roomBreach) {
	o, r := &d.state.Open[rule], &roomRules[rule]
	a := care.Alert{
		Episode: care.NewEpisode(r.kind, d.resident, o.Source, 0, o.Onset),
		Kind:    r.kind, State: s, Priority: o.Level, Resident: d.resident, Source: o.Source,
		Onset: o.Onset, At: at, Confidence: 0.8,
		Evidence: care.Evidence{Rule: r.name, Features: []care.Feature{{Name: "lasted", Value: at.Sub(o.Onset).Seconds(), Unit: "s"}}},
	}
	if b.limit > 0 {
		a.Evidence.Limits = []care.Feature{{Name: "limit", Value: b.limit.Seconds(), Unit: "s"}}
	}
	if rule == bathroomRule {
		a.Evidence.Features = append(a.Evidence.Features, care.Feature{Name: "still", Value: b.still.Seconds(), Unit: "s"})
	}
	d.out = append(d.out, a)
}

package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

var _ keeper = (*rooms)(nil)

// keepRound is how exactly the last sign of life is kept: it changes with every
// step that the resident takes, and an SD card wears.
const keepRound = 5 * time.Minute

func (d *rooms) key() string { return "rooms/1" }

func (d *rooms) save() any {
	s := d.state
	s.Stay.Lost = time.Time{} // a radar may lose somebody many times
	s.Alive, s.Seen = s.Alive.Truncate(keepRound), s.Seen.Truncate(keepRound)
	if s.Place != 0 && s.Place != Bathroom && s.Place != Entrance {
		if s.Place != Bedroom {
			s.Place = OtherRoom // any of them
		}
		s.Before, s.Since, s.Seen, s.Source = OtherRoom, s.Alive, s.Alive, ""
	}
	s.Doors = nil
	for i := range d.sources {
		if w := &d.sources[i]; w.known && w.kept() {
			if s.Doors == nil {
				s.Doors = map[care.SourceID]bool{}
			}
			s.Doors[w.id] = w.on
		}
	}
	return s
}

// kept reports whether what the source says outlives a restart: of doors that
// rules follow.
func (s *roomSource) kept() bool {
	return s.kind == DoorContact && (s.room == Entrance || s.room == Bathroom)
}

func (d *rooms) load(raw json.RawMessage, o outage) error {
	var s roomState
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if int(s.Place) >= len(roomNames) || len(s.Walk.Moves) > 2*wanderMoves {
		return errors.New("an unknown room, or too many moves")
	}
	for _, m := range s.Walk.Moves {
		if int(m.Room) >= len(roomNames) {
			return errors.New("a move to an unknown room")
		}
	}
	s.shift(o.shift)
	d.state, d.due, d.restored = s, time.Time{}, s.Place != 0
	for i := range d.sources {
		w := &d.sources[i]
		if on, ok := s.Doors[w.id]; ok && w.kept() {
			w.known, w.on = true, on
		}
	}
	d.state.Doors = nil
	return nil
}

// shift moves every time that is not zero.
func (s *roomState) shift(by time.Duration) {
	o := outage{shift: by}
	for _, t := range []*time.Time{&s.Since, &s.Passed, &s.Seen, &s.Alive, &s.Door, &s.Passage, &s.Stray, &s.Stay.Since, &s.Stay.Lost} {
		*t = o.time(*t)
	}
	for i := range s.Walk.Moves {
		s.Walk.Moves[i].At = o.time(s.Walk.Moves[i].At)
	}
}

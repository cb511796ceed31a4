package detect

import (
	"fmt"
	"strings"
	"time"

	"osmanthus/care"
)

// Room says what a room is for. Two rooms of one purpose are one to the rules.
type Room uint8

// The rooms.
const (
	Bathroom  Room = iota + 1 // toilet, bath or shower
	Bedroom                   //
	Kitchen                   //
	Living                    //
	Hall                      //
	Entrance                  // where the front door is
	OtherRoom                 //
)

var roomNames = [...]string{
	Bathroom: "bathroom", Bedroom: "bedroom", Kitchen: "kitchen", Living: "living-room", Hall: "hall",
	Entrance: "entrance", OtherRoom: "other",
}

// roomAliases are what people also call a room.
var roomAliases = map[string]Room{
	"toilet": Bathroom, "wc": Bathroom, "shower": Bathroom, "restroom": Bathroom, "washroom": Bathroom, "bath": Bathroom,
	"living": Living, "lounge": Living, "hallway": Hall, "corridor": Hall,
	"front": Entrance, "front-door": Entrance, "foyer": Entrance, "entry": Entrance, "entrance-hall": Entrance,
	"office": OtherRoom, "study": OtherRoom, "dining-room": OtherRoom, "porch": OtherRoom,
}

// String returns the room's name in configuration, as in "living-room".
func (r Room) String() string {
	if r != 0 && int(r) < len(roomNames) {
		return roomNames[r]
	}
	return fmt.Sprintf("room-%d", uint8(r))
}

// RoomByName finds a room by its name, or by what people also call it:
// "toilet" is a bathroom.
func RoomByName(name string) (Room, bool) {
	name = strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(name))
	for r := Bathroom; int(r) < len(roomNames); r++ {
		if roomNames[r] == name {
			return r, true
		}
	}
	r, ok := roomAliases[name]
	return r, ok
}

// watchesRooms reports whether sources of this kind are for the rules of rooms.
func (k Kind) watchesRooms() bool {
	switch k {
	case MotionSensor, DoorContact, FlushSensor, SeatPad, Contact, Radar:
		return true
	}
	return false
}

// RoomPolicy holds what one resident's rules of rooms compare with. Zero means
// the default, and a negative duration that the rule is off.
type RoomPolicy struct {
	Resident      care.ResidentID
	Night         Hours         // the zero value means Night
	Bathroom      time.Duration // in the bathroom by day
	BathroomNight time.Duration // and by night
	Still         time.Duration // nothing moves by day, and somebody is at home
	InBed         time.Duration // nothing moves, and the bed is occupied, by day or night
	Seated        time.Duration // nothing moves, and a seat is occupied
	Away          time.Duration // out of the home and not back
	NoDoor        bool          // going out at night is not an alert
	NoWandering   bool          // walking about at night is not an alert
	// SleepsAnywhere is for who does not sleep in the bed or bedroom that is
	// watched: by night stillness says nothing about them.
	SleepsAnywhere bool
}

// DefaultRoomPolicy returns what holds for a resident of whom nothing else was
// decided; room.md says why.
func DefaultRoomPolicy() RoomPolicy {
	return RoomPolicy{
		Night:    Hours{From: 22 * time.Hour, To: 7 * time.Hour},
		Bathroom: 75 * time.Minute, BathroomNight: 75 * time.Minute,
		Still: 5 * time.Hour, InBed: 14 * time.Hour, Seated: 8 * time.Hour, Away: -1,
	}
}

// resolved returns p with the defaults where it says nothing.
func (p RoomPolicy) resolved() RoomPolicy {
	d := DefaultRoomPolicy()
	if p.Night == (Hours{}) {
		p.Night = d.Night
	}
	for _, v := range []struct{ have, or *time.Duration }{
		{&p.Bathroom, &d.Bathroom}, {&p.BathroomNight, &d.BathroomNight}, {&p.Still, &d.Still},
		{&p.InBed, &d.InBed}, {&p.Seated, &d.Seated}, {&p.Away, &d.Away},
	} {
		if *v.have == 0 {
			*v.have = *v.or
		}
	}
	return p
}

func (p RoomPolicy) check() error {
	if err := p.Night.check(); err != nil {
		return fmt.Errorf("rooms of %q: the night: %w", p.Resident, err)
	}
	for _, v := range []struct {
		name string
		is   time.Duration
	}{{"bathroom", p.Bathroom}, {"bathroom at night", p.BathroomNight}, {"still", p.Still},
		{"in bed", p.InBed}, {"seated", p.Seated}, {"away", p.Away}} {
		if v.is > 0 && (v.is < 5*time.Minute || v.is > 7*24*time.Hour) {
			return fmt.Errorf("rooms of %q: %s: %v is not between 5 minutes and a week", p.Resident, v.name, v.is)
		}
	}
	return nil
}

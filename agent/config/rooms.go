package config

import "time"

// RoomNames are what a room can be for.
var RoomNames = []string{"bathroom", "bedroom", "kitchen", "living-room", "hall", "entrance", "other"}

// Rooms says what the rules about time in rooms compare with, for one resident
// who lives alone. What is left out stays as it is for everybody.
type Rooms struct {
	Night         Hours `yaml:"night"`           // what counts as night
	Bathroom      Wait  `yaml:"bathroom"`        // in the bathroom by day
	BathroomNight Wait  `yaml:"bathroom_night"`  // and at night
	Still         Wait  `yaml:"still"`           // nothing moves by day; without a sensor at the front door only if given
	InBed         Wait  `yaml:"in_bed"`          // nothing moves in an occupied bed
	Seated        Wait  `yaml:"seated"`          // nothing moves on an occupied seat
	Away          Wait  `yaml:"away"`            // out and not back
	NoDoor        bool  `yaml:"no_door"`         // going out at night is not an alert
	NoWandering   bool  `yaml:"no_wandering"`    // walking about at night is not one
	Anywhere      bool  `yaml:"sleeps_anywhere"` // not in the bed or bedroom that is watched
}

// rooms judges what was decided about the rooms of resident i.
func (j *judgement) rooms(i int, r *Rooms) {
	if r == nil {
		return
	}
	in := func(key string) at { return at{"residents", i, "rooms", key} }
	for _, w := range []struct {
		key string
		is  Wait
	}{{"bathroom", r.Bathroom}, {"bathroom_night", r.BathroomNight}, {"still", r.Still}, {"in_bed", r.InBed},
		{"seated", r.Seated}, {"away", r.Away}} {
		if d := time.Duration(w.is); w.is != Never && w.is != 0 && (d < 5*time.Minute || d > 7*24*time.Hour) {
			j.bad(in(w.key), "%v is not never, or between 5m and 168h", w.is)
		}
	}
	if r.Night.Never || r.Night.Given && r.Night.From == r.Night.To {
		j.bad(in("night"), "give the hours of the night, as in 22:00-07:00")
	}
}

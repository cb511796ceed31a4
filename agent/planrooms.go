package agent

import (
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/care"
)

// roomPolicy is what was decided about a resident's time in rooms.
func roomPolicy(r config.Resident) []detect.RoomPolicy {
	c := r.Rooms
	if c == nil {
		return nil
	}
	p := detect.RoomPolicy{
		Resident: care.ResidentID(r.ID),
		Bathroom: time.Duration(c.Bathroom), BathroomNight: time.Duration(c.BathroomNight), Still: time.Duration(c.Still),
		InBed: time.Duration(c.InBed), Seated: time.Duration(c.Seated), Away: time.Duration(c.Away),
		NoDoor: c.NoDoor, NoWandering: c.NoWandering, SleepsAnywhere: c.Anywhere,
	}
	if c.Night.Given {
		p.Night = detect.Hours{From: c.Night.From, To: c.Night.To}
	}
	return []detect.RoomPolicy{p}
}

package agent

import (
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/care"
)

// notes says what is allowed and probably not meant: of the file, of exceptions
// that are over, and of rules that can never speak with its sensors.
func notes(cfg config.Config, at time.Time) []string {
	all, p := append(cfg.Notes(), cfg.Expired(at)...), plan(cfg)
	if zone, _ := at.Zone(); cfg.TimeZone == "" && zone == "UTC" && len(cfg.Residents) > 0 {
		all = append(all, "time_zone is left out, and the system's is UTC: night is judged by UTC; give the home's, as in Asia/Shanghai, or UTC")
	}
	for _, r := range cfg.Residents {
		id := care.ResidentID(r.ID)
		if r.Rooms == nil && !p.WatchesRooms(id) {
			continue // nobody asked
		}
		for _, why := range p.RoomsDeaf(id) {
			all = append(all, "resident "+r.ID+": "+why)
		}
	}
	return all
}

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

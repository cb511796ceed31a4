package detect

import (
	"slices"

	"osmanthus/care"
)

// WatchesRooms reports whether any sensor of a room is a resident's.
func (p Plan) WatchesRooms(resident care.ResidentID) bool { return newRooms(p, resident) != nil }

// RoomsDeaf says of each rule of rooms that is on and can never raise anything
// for a resident, with the sensors that the plan lists, what it is without.
func (p Plan) RoomsDeaf(resident care.ResidentID) (all []string) {
	d := newRooms(p, resident)
	if d == nil {
		return []string{"no rule of rooms holds: no sensor of a room is declared"}
	}
	deaf := func(cannot bool, why string) {
		if cannot {
			all = append(all, why)
		}
	}
	places := map[Room]bool{}
	for _, s := range d.sources {
		if s.kind != DoorContact || s.room != Entrance {
			places[s.room] = true
		}
	}
	radar := slices.ContainsFunc(d.sources, func(s roomSource) bool { return s.kind == Radar })
	deaf((d.policy.Bathroom > 0 || d.policy.BathroomNight > 0) && !places[Bathroom], "bathroom_long is never raised: no sensor is in a bathroom")
	deaf(d.policy.Still > 0 && !d.front && !d.asked && !radar, "no_movement by day is never raised: without a door in the entrance nobody knows who is at home; set the limit to be told all the same")
	deaf(d.policy.Away > 0 && !d.front, "no_movement of who is out is never raised: there is no door in the entrance")
	deaf(!d.policy.NoDoor && !d.front, "door_at_night is never raised: there is no door in the entrance")
	deaf(!d.policy.NoWandering && len(places) < wanderRooms, "wandering is never raised: sensors are in fewer than 3 kinds of rooms")
	return all
}

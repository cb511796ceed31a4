package sense

import (
	"time"

	"osmanthus/care"
)

// seatedMost is how long somebody may sit on a mat without ever lifting off.
const seatedMost = 24 * time.Hour

// lineKinds are the kinds that sit on lines of the gateway: most are also heard
// by radio.
func lineKinds() []Kind {
	contact := heard("pin", "normally_closed", "supervised", "room")
	reached := []string{"pin|supervised|mac|senml", "room"}
	relay := heard("pin", "fault_pin", "normally_closed", "supervised")
	kinds := []Kind{
		{Name: "door", Options: contact, Needs: reached, open: openContact(care.Door), Heard: opens(care.Door)},
		{Name: "contact", Options: contact, Needs: reached, open: openContact(care.Door), Heard: opens(care.Door)},
		{Name: "flush", Options: contact, Needs: reached[:1], open: openContact(care.Flush), Heard: opens(care.Flush)},
		{Name: "seat", Options: contact, Needs: reached, open: openMat(care.Seat, 0, seatedMost), Heard: sits},
		{Name: "mat", Options: heard("pin", "normally_closed", "supervised"), Needs: reached[:1], open: openMat(care.BedOccupancy, 0, 0), Heard: lies},
		{
			// Whoever stands on it moves about in the room; a step holds for an instant.
			Name: "floor_mat", Options: []string{"pin", "normally_closed", "supervised", "room"}, Needs: []string{"pin|supervised", "room"},
			open: openMat(care.Motion, 300*time.Millisecond, time.Hour),
		},
		{
			Name: "motion", Options: heard("pin", "normally_closed", "room"), Needs: []string{"pin|mac|senml", "room"},
			open: openMotion, Heard: moves,
		},
		{Name: "water_flow", Options: []string{"pin", "pulses_per_litre", "water"}, Needs: []string{"pin", "pulses_per_litre"}, Home: true, every: flowLook, open: openFlow},
		{Name: "mains", Options: []string{"pin", "normally_closed", "battery"}, Needs: []string{"pin"}, Home: true, open: openMains},
	}
	for _, hazard := range []struct {
		name string
		m    care.Metric
	}{{"smoke", care.Smoke}, {"gas", care.Gas}, {"carbon_monoxide", care.CarbonMonoxide}, {"leak", care.WaterLeak}} {
		kinds = append(kinds, Kind{Name: hazard.name, Options: relay, Needs: reached[:1], Home: true, open: openHazard(hazard.m),
			Heard: map[string]care.Metric{hazard.m.String(): hazard.m}})
	}
	return kinds
}

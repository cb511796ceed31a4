package agent

import (
	"time"

	"osmanthus/agent/config"
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

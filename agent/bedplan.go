package agent

import (
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/care"
)

// bedPolicy is what was decided about the bed of a resident, nil where nothing
// was.
func bedPolicy(r config.Resident) []detect.BedPolicy {
	if r.Bed == nil && !r.NoBedExit {
		return nil
	}
	p := detect.BedPolicy{Resident: care.ResidentID(r.ID), NoExit: r.NoBedExit}
	if b := r.Bed; b != nil {
		p.NoExit = p.NoExit || b.Exit.Never
		p.ExitHours = hours(b.Exit)
		p.Edge = b.Edge.Given && !b.Edge.Never
		p.EdgeHours = hours(b.Edge)
		p.Night = hours(b.Night)
		p.NotBackNight, p.NotBackDay, p.NeverBack = time.Duration(b.NotBackNight), time.Duration(b.NotBackDay), time.Duration(b.NeverBack)
		p.Turn, p.TurnHours = time.Duration(max(b.Turn, 0)), hours(b.TurnHours)
		switch {
		case b.Arm == nil:
		case *b.Arm == 0:
			p.Arm = -1 // at once
		default:
			p.Arm = time.Duration(*b.Arm)
		}
	}
	return []detect.BedPolicy{p}
}

func hours(h config.Hours) detect.Hours { return detect.Hours{From: h.From, To: h.To} }

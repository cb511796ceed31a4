package replay

import (
	"fmt"

	"osmanthus/agent/detect"
)

// scale2 returns by which scale of NEWS2 the profile wants SpO2 scored: nothing
// for the first, which is the default.
func (p profile) scale2() []detect.Scale2 {
	if p.SpO2Scale != 2 {
		return nil
	}
	return []detect.Scale2{{Resident: resident, By: "profile", Why: "profile", Until: at(1e9)}}
}

func (p profile) checkScale() error {
	switch p.SpO2Scale {
	case 0, 1, 2:
		return nil
	}
	return fmt.Errorf("spo2_scale is %d: want 1 or 2", p.SpO2Scale)
}

package ld2410

import "encoding/hex"

// Fields returns everything by name, for people and tests.
func (f Frame) Fields() map[string]any {
	switch {
	case f.Err != nil:
		return map[string]any{"kind": "data", "error": true, "text": f.Err.Error()}
	case f.Ack != nil:
		out := map[string]any{"kind": "cmd/ack", "payload": hex.EncodeToString(f.Ack.Payload)}
		if len(f.Ack.Payload) >= 2 {
			out["ack_for"], out["status"] = f.Ack.Command, f.Ack.Status
		}
		return out
	}
	r := f.Report
	out := map[string]any{
		"kind": "data", "type": "basic", "state": uint8(r.State), "moving_distance_cm": r.MovingCM, "moving_energy": r.MovingEnergy,
		"static_distance_cm": r.StillCM, "static_energy": r.StillEnergy, "detection_distance_cm": r.DetectionCM,
	}
	if r.Engineering {
		out["type"], out["light"] = "engineering", r.Light
		out["moving_energies"], out["static_energies"] = ints(r.MovingEnergies), ints(r.StillEnergies)
	}
	return out
}

// ints makes numbers of what JSON would take for bytes.
func ints(b []uint8) []int {
	out := make([]int, len(b))
	for i, v := range b {
		out[i] = int(v)
	}
	return out
}

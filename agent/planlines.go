package agent

import (
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/sense"
)

// homeSource says what the engine makes of a mat, and of a sensor that watches
// the home.
func homeSource(s config.Sensor, source *detect.Source) {
	switch s.Kind {
	case "mat":
		source.Kind = detect.BedPad
	case "floor_mat":
		source.Kind = detect.MotionSensor
	case "smoke", "gas", "carbon_monoxide", "leak":
		source.Kind = detect.HazardSensor
	case "mains":
		source.Kind = detect.MainsSensor
		if s.Battery != nil {
			source.LowBattery = s.Battery.Low
		}
	case "water_flow":
		source.Kind = detect.WaterMeter
		if w := s.Water; w != nil {
			source.Water = detect.WaterPolicy{Running: time.Duration(w.Running), Unused: time.Duration(w.Unused), Least: w.Least}
		}
	}
}

// homeLines adds what such a sensor sits on.
func homeLines(s config.Sensor, out *sense.Sensor) {
	out.FaultPin, out.PulsesPerLitre = s.FaultPin, s.PulsesPerLitre
	if b := s.Battery; b != nil {
		out.Battery, out.Divider = &sense.Tap{Bus: b.Bus, Address: uint16(b.Address), Channel: b.Channel}, b.Divider
	}
}

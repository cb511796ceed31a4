package gatt

// LevelStatus is a Battery Level Status (2BED): where a device has its power
// from.
type LevelStatus struct {
	Flags      uint8            `json:"flags"`
	PowerState uint16           `json:"power_state"`
	Present    bool             `json:"battery_present"`
	Charge     string           `json:"charge_state"` // unknown, charging, discharging or idle
	Identifier Optional[uint16] `json:"identifier,omitzero"`
	Percent    Optional[uint8]  `json:"percent,omitzero"`
	Additional Optional[uint8]  `json:"additional_status,omitzero"`
}

var chargeStates = [...]string{"unknown", "charging", "discharging", "idle"}

func decodeLevelStatus(c *cursor) Value {
	s := &LevelStatus{Flags: c.u8(), PowerState: c.u16()}
	s.Present = s.PowerState&1 != 0
	s.Charge = chargeStates[s.PowerState>>5&3]
	if s.Flags&1 != 0 {
		s.Identifier = some(c.u16())
	}
	if s.Flags&2 != 0 {
		s.Percent = some(c.u8())
		if s.Percent.Value > 100 {
			c.fail("%d %% of a battery", s.Percent.Value)
		}
	}
	if s.Flags&4 != 0 {
		s.Additional = some(c.u8())
	}
	return s
}

// Charging reports whether the battery is being charged, where that is known.
func (s *LevelStatus) Charging() (charging, known bool) {
	return s.Charge == "charging", s.Charge != "unknown"
}

// Measures implements Value.
func (s *LevelStatus) Measures(to []Measure) []Measure {
	if !s.Percent.OK {
		return to
	}
	return append(to, Measure{Metric: "battery_level", Value: float64(s.Percent.Value), Unit: "%"})
}

// Worn reports whether the sensor is on skin, where it can tell.
func (h *HeartRate) Worn() (worn, known bool) { return h.Contact.Value, h.Contact.OK }

// notOnSkin are the bits of the device and sensor status by which an oximeter
// says that nobody wears it: unconnected to the user, displaced, disconnected.
const notOnSkin = 1<<11 | 1<<13 | 1<<15

// Worn reports whether the sensor is on skin, where it can tell.
func (s *Continuous) Worn() (worn, known bool) {
	return s.SensorStatus.Value&notOnSkin == 0, s.SensorStatus.OK
}

// Worn reports whether the sensor is on skin, where it can tell.
func (s *SpotCheck) Worn() (worn, known bool) {
	return s.SensorStatus.Value&notOnSkin == 0, s.SensorStatus.OK
}

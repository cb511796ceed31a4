package gatt

// Saturation is oxygen saturation in % and pulse rate in /min.
type Saturation struct {
	SpO2  Number `json:"spo2"`
	Pulse Number `json:"pulse"`
}

// SpotCheck is a PLX Spot-Check Measurement (2A5E).
type SpotCheck struct {
	Flags uint8 `json:"flags"`
	Saturation
	Timestamp         Optional[DateTime] `json:"timestamp"`
	MeasurementStatus Optional[uint16]   `json:"measurement_status"`
	SensorStatus      Optional[uint32]   `json:"device_sensor_status"`
	PAI               Optional[Number]   `json:"pai"`           // pulse amplitude index, %
	ClockNotSet       bool               `json:"clock_not_set"` // the time stamp must not be trusted
	Status            []string           `json:"status_flags"`
}

func decodeSpotCheck(c *cursor) Value {
	s := &SpotCheck{Flags: c.u8()}
	s.Saturation = c.saturation()
	if s.Flags&1 != 0 {
		s.Timestamp = some(c.dateTime())
	}
	s.MeasurementStatus, s.SensorStatus, s.PAI, s.Status = c.oximetry(s.Flags >> 1)
	s.ClockNotSet = s.Flags&16 != 0
	return s
}

func (c *cursor) saturation() Saturation { return Saturation{c.sfloat(), c.sfloat()} }

// oximetry reads what both measurements end with; its flags are the lowest
// three bits.
func (c *cursor) oximetry(flags uint8) (m Optional[uint16], d Optional[uint32], pai Optional[Number], status []string) {
	if flags&1 != 0 {
		m = some(c.u16())
	}
	if flags&2 != 0 {
		d = some(c.u24())
	}
	if flags&4 != 0 {
		pai = some(c.sfloat())
	}
	return m, d, pai, append(set(measurementStatus[:], uint32(m.Value)), set(sensorStatus[:], d.Value)...)
}

var measurementStatus = [16]string{
	5: "measurement_ongoing", 6: "early_estimate", 7: "validated", 8: "fully_qualified", 9: "from_storage",
	10: "demonstration", 11: "testing", 12: "calibration_ongoing", 13: "unavailable", 14: "questionable", 15: "invalid",
}

var sensorStatus = [16]string{
	"extended_display_update", "equipment_malfunction", "signal_processing_irregular", "inadequate_signal",
	"poor_signal", "low_perfusion", "erratic_signal", "non_pulsatile_signal", "questionable_pulse",
	"signal_analysis_ongoing", "sensor_interference", "sensor_unconnected", "unknown_sensor", "sensor_displaced",
	"sensor_malfunction", "sensor_disconnected",
}

const (
	notAMeasurement = 1<<10 | 1<<11 | 1<<12 | 1<<13 | 1<<15       // demonstration, test, calibration, unavailable, invalid
	notASignal      = 1<<1 | 1<<7 | 1<<11 | 1<<13 | 1<<14 | 1<<15 // malfunction, no pulse, the sensor is off
	doubtfulSignal  = 1<<2 | 1<<3 | 1<<4 | 1<<5 | 1<<6 | 1<<8 | 1<<10
	doubtful        = 1<<6 | 1<<14 // early estimate, questionable
)

// measures gives what the status allows: what is no measurement is none, and
// what is doubtful says so.
func (s Saturation) measures(to []Measure, m Optional[uint16], d Optional[uint32], at Optional[DateTime]) []Measure {
	if m.Value&notAMeasurement != 0 || d.Value&notASignal != 0 {
		return to
	}
	doubt := ""
	if m.Value&doubtful != 0 || d.Value&doubtfulSignal != 0 {
		doubt = "poor signal"
	}
	if s.SpO2.OK() {
		to = append(to, Measure{Metric: "spo2", Value: s.SpO2.Value, Unit: "%", Doubt: doubt, At: at})
	}
	if s.Pulse.OK() {
		to = append(to, Measure{Metric: "pulse_rate", Value: s.Pulse.Value, Unit: "/min", Doubt: doubt, At: at})
	}
	return to
}

// Measures implements Value.
func (s *SpotCheck) Measures(to []Measure) []Measure {
	at := s.Timestamp
	if s.ClockNotSet {
		at = Optional[DateTime]{}
	}
	return perfusion(s.measures(to, s.MeasurementStatus, s.SensorStatus, at), len(to), s.PAI, at)
}

// perfusion adds the amplitude of the pulse where the saturation was believed.
func perfusion(to []Measure, before int, pai Optional[Number], at Optional[DateTime]) []Measure {
	if len(to) == before || !pai.OK || !pai.Value.OK() {
		return to
	}
	return append(to, Measure{Metric: "perfusion_index", Value: pai.Value.Value, Unit: "%", At: at})
}

// Continuous is a PLX Continuous Measurement (2A5F).
type Continuous struct {
	Flags uint8 `json:"flags"`
	Saturation
	Fast              Optional[Saturation] `json:"fast"`
	Slow              Optional[Saturation] `json:"slow"`
	MeasurementStatus Optional[uint16]     `json:"measurement_status"`
	SensorStatus      Optional[uint32]     `json:"device_sensor_status"`
	PAI               Optional[Number]     `json:"pai"`
	Status            []string             `json:"status_flags"`
}

func decodeContinuous(c *cursor) Value {
	s := &Continuous{Flags: c.u8()}
	s.Saturation = c.saturation()
	if s.Flags&1 != 0 {
		s.Fast = some(c.saturation())
	}
	if s.Flags&2 != 0 {
		s.Slow = some(c.saturation())
	}
	s.MeasurementStatus, s.SensorStatus, s.PAI, s.Status = c.oximetry(s.Flags >> 2)
	return s
}

// Measures implements Value.
func (s *Continuous) Measures(to []Measure) []Measure {
	none := Optional[DateTime]{}
	return perfusion(s.measures(to, s.MeasurementStatus, s.SensorStatus, none), len(to), s.PAI, none)
}

// PLXFeatures is what an oximeter can do (2A60).
type PLXFeatures struct {
	Features          uint16           `json:"features"`
	Supported         []string         `json:"supported"`
	MeasurementStatus Optional[uint16] `json:"measurement_status"` // bits that it may set
	SensorStatus      Optional[uint32] `json:"device_sensor_status"`
}

var plxFeatures = [...]string{"measurement_status", "device_sensor_status", "stored_spot_checks", "timestamp", "fast", "slow", "pai", "multiple_bonds"}

func decodePLXFeatures(c *cursor) Value {
	f := &PLXFeatures{Features: c.u16()}
	f.Supported = set(plxFeatures[:], uint32(f.Features))
	if f.Features&1 != 0 {
		f.MeasurementStatus = some(c.u16())
	}
	if f.Features&2 != 0 {
		f.SensorStatus = some(c.u24())
	}
	return f
}

// Measures implements Value: there are none.
func (*PLXFeatures) Measures(to []Measure) []Measure { return to }

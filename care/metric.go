package care

import "math"

// Metric names what a reading measures. Its number travels on the wire and is
// stored, so numbers are only ever added, never changed or used again.
type Metric uint16

// The metrics. Numbers below 100 are vital signs, 100–199 describe bed and
// body, 200–249 call points and lines, 250–299 rooms, 300–399 the sensors themselves,
// 400–499 assessments.
const (
	HeartRate       Metric = 1
	PulseRate       Metric = 2
	SpO2            Metric = 3
	RespiratoryRate Metric = 4
	BodyTemperature Metric = 5
	Systolic        Metric = 6
	Diastolic       Metric = 7
	MeanPressure    Metric = 8
	PerfusionIndex  Metric = 9
	BodyWeight      Metric = 10
	BodyHeight      Metric = 11
	BodyMassIndex   Metric = 12
	BodyFat         Metric = 13
	Glucose         Metric = 14 // of blood or interstitial fluid

	BedOccupancy Metric = 100
	BedPad       Metric = 101
	Activity     Metric = 102
	BedPosture   Metric = 103

	CallLine  Metric = 200
	WellPress Metric = 201 // the wearer says "I am well"
	CareGiven Metric = 202 // somebody is with the resident
	CareLeft  Metric = 203 // for how long that still holds falls back
	// ButtonPress is one press of a button that is heard by radio, each a
	// reading of its own: it has no level.
	ButtonPress  Metric = 204
	FallDetected Metric = 205 // a module (radar, band) says by its own judgement that somebody fell
	MainsPower   Metric = 206 // of the gateway or the home

	Motion Metric = 250 // of a room, by passive infrared
	Door   Metric = 251
	Flush  Metric = 252
	Seat   Metric = 253

	Presence         Metric = 254 // somebody is there, moving or still: by radar
	Distance         Metric = 255 // of whom or what a module ranges
	Smoke            Metric = 256
	Gas              Metric = 257 // combustible
	CarbonMonoxide   Metric = 258
	WaterLeak        Metric = 259
	WaterFlow        Metric = 260 // since the last reading, as a rate
	AirTemperature   Metric = 261
	RelativeHumidity Metric = 262
	AirPressure      Metric = 263
	Illuminance      Metric = 264
	CarbonDioxide    Metric = 265
	SkinTemperature  Metric = 266 // of a surface, by infrared: indicative, never judged as body temperature
	Occupants        Metric = 267 // how many people a radar sees

	SkinContact       Metric = 300
	SensorTemperature Metric = 301
	SensorState       Metric = 302
	BatteryLevel      Metric = 303 // of a sensor or band
	BatteryVoltage    Metric = 304
	WearState         Metric = 305 // of a band
	SignalStrength    Metric = 306 // with which the chosen radio hears a device
	RadioState        Metric = 307 // of a radio or bridge of the gateway
	LineState         Metric = 308 // of the wires of a contact; with the states of CallLine
	WornWeek          Metric = 309 // how much of the last seven days a band was worn

	Consciousness Metric = 400 // by the ACVPU scale
	Oxygen        Metric = 401 // whether supplemental oxygen is breathed
	NEWS2         Metric = 402 // the score, from what is known
)

// MetricInfo is one row of the table of metrics.
type MetricInfo struct {
	Metric Metric
	Name   string // the name in configuration, API and store
	Unit   string // UCUM code of every value of this metric
	Low    float64
	High   float64 // Low and High bound what is plausible in a living person, or for the sensor
	Digits int     // decimal digits that are carried: the resolution is 10^-Digits
	LOINC  string  // "" where none fits
	MDC    uint32  // IEEE 11073-10101 term code, 0 where none fits
	State  bool    // the value is an enumeration, not a quantity
}

// metrics is the one table of metrics. LOINC and UCUM as in the vital-signs
// profiles of HL7 FHIR R4; MDC codes of IEEE 11073-10101. The plausible
// ranges are those of the sensing, not clinical limits: outside of them a
// value is carried with the flag OutOfRange and judged by no clinical rule.
var metrics = []MetricInfo{
	{Metric: HeartRate, Name: "heart_rate", Unit: "/min", Low: 20, High: 250, Digits: 1, LOINC: "8867-4", MDC: 147842},
	{Metric: PulseRate, Name: "pulse_rate", Unit: "/min", Low: 20, High: 250, Digits: 1, LOINC: "8889-8", MDC: 149530},
	{Metric: SpO2, Name: "spo2", Unit: "%", Low: 50, High: 100, Digits: 1, LOINC: "59408-5", MDC: 150456},
	{Metric: RespiratoryRate, Name: "respiratory_rate", Unit: "/min", Low: 2, High: 80, Digits: 1, LOINC: "9279-1", MDC: 151562},
	{Metric: BodyTemperature, Name: "body_temperature", Unit: "Cel", Low: 25, High: 45, Digits: 2, LOINC: "8310-5", MDC: 150364},
	{Metric: Systolic, Name: "systolic", Unit: "mm[Hg]", Low: 40, High: 300, Digits: 0, LOINC: "8480-6", MDC: 150021},
	{Metric: Diastolic, Name: "diastolic", Unit: "mm[Hg]", Low: 20, High: 200, Digits: 0, LOINC: "8462-4", MDC: 150022},
	{Metric: MeanPressure, Name: "mean_pressure", Unit: "mm[Hg]", Low: 25, High: 250, Digits: 0, LOINC: "8478-0", MDC: 150023},
	{Metric: PerfusionIndex, Name: "perfusion_index", Unit: "%", Low: 0, High: 25, Digits: 2, LOINC: "61006-3", MDC: 150488},
	{Metric: BodyWeight, Name: "body_weight", Unit: "kg", Low: 10, High: 400, Digits: 2, LOINC: "29463-7", MDC: 188736},
	{Metric: BodyHeight, Name: "body_height", Unit: "cm", Low: 50, High: 250, Digits: 1, LOINC: "8302-2", MDC: 188740},
	{Metric: BodyMassIndex, Name: "body_mass_index", Unit: "kg/m2", Low: 5, High: 120, Digits: 1, LOINC: "39156-5", MDC: 188752},
	{Metric: BodyFat, Name: "body_fat", Unit: "%", Low: 1, High: 75, Digits: 1, LOINC: "41982-0", MDC: 188748},
	{Metric: Glucose, Name: "glucose", Unit: "mmol/L", Low: 0.5, High: 40, Digits: 2, LOINC: "15074-8", MDC: 160184},

	{Metric: BedOccupancy, Name: "bed_occupancy", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: BedPad, Name: "bed_pad", Unit: "V", Low: 0, High: 6.144, Digits: 3},
	{Metric: Activity, Name: "activity", Unit: "g", Low: 0, High: 16, Digits: 3},
	{Metric: BedPosture, Name: "bed_posture", Unit: "1", Low: 0, High: 5, State: true},

	{Metric: CallLine, Name: "call_line", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: WellPress, Name: "well_press", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: CareGiven, Name: "care_given", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: CareLeft, Name: "care_left", Unit: "min", Low: 0, High: 15, Digits: 1},
	{Metric: ButtonPress, Name: "button_press", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: FallDetected, Name: "fall_detected", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: MainsPower, Name: "mains_power", Unit: "1", Low: 0, High: 1, State: true},

	{Metric: Motion, Name: "motion", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Door, Name: "door", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Flush, Name: "flush", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Seat, Name: "seat", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Presence, Name: "presence", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Distance, Name: "distance", Unit: "m", Low: 0, High: 20, Digits: 2},
	{Metric: Smoke, Name: "smoke", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: Gas, Name: "gas", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: CarbonMonoxide, Name: "carbon_monoxide", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: WaterLeak, Name: "water_leak", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: WaterFlow, Name: "water_flow", Unit: "L/min", Low: 0, High: 200, Digits: 2},
	{Metric: AirTemperature, Name: "air_temperature", Unit: "Cel", Low: -40, High: 85, Digits: 2, LOINC: "60832-3"},
	{Metric: RelativeHumidity, Name: "relative_humidity", Unit: "%", Low: 0, High: 100, Digits: 1, LOINC: "65643-9"},
	{Metric: AirPressure, Name: "air_pressure", Unit: "hPa", Low: 300, High: 1100, Digits: 1},
	{Metric: Illuminance, Name: "illuminance", Unit: "lx", Low: 0, High: 200000, Digits: 0},
	{Metric: CarbonDioxide, Name: "carbon_dioxide", Unit: "[ppm]", Low: 0, High: 40000, Digits: 0},
	{Metric: SkinTemperature, Name: "skin_temperature", Unit: "Cel", Low: -40, High: 125, Digits: 2},
	{Metric: Occupants, Name: "occupants", Unit: "1", Low: 0, High: 20},

	{Metric: SkinContact, Name: "skin_contact", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: SensorTemperature, Name: "sensor_temperature", Unit: "Cel", Low: -40, High: 125, Digits: 1},
	{Metric: SensorState, Name: "sensor_state", Unit: "1", Low: 0, High: 4, State: true},
	{Metric: BatteryLevel, Name: "battery_level", Unit: "%", Low: 0, High: 100, Digits: 0, MDC: 67996},
	{Metric: BatteryVoltage, Name: "battery_voltage", Unit: "V", Low: 0, High: 60, Digits: 2},
	{Metric: WearState, Name: "wear_state", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: SignalStrength, Name: "signal_strength", Unit: "dB[mW]", Low: -127, High: 20, Digits: 0},
	{Metric: RadioState, Name: "radio_state", Unit: "1", Low: 0, High: 4, State: true},
	{Metric: LineState, Name: "line_state", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: WornWeek, Name: "worn_week", Unit: "%", Low: 0, High: 100, Digits: 0},

	{Metric: Consciousness, Name: "consciousness", Unit: "1", Low: 0, High: 4, LOINC: "80288-4", State: true},
	{Metric: Oxygen, Name: "oxygen", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: NEWS2, Name: "news2", Unit: "{score}", Low: 0, High: 20},
}

// States of SensorState: what the agent last learned about a sensor, reported
// when it changes and at least every minute.
const (
	SensorWorks    = 0
	SensorSilent   = 1 // it does not answer on its bus
	SensorWrong    = 2 // another chip answers at its address
	SensorLosing   = 3 // it answers, and samples are being lost
	SensorBusStuck = 4 // its bus hangs
)

// States of CallLine. A line without an end-of-line resistor knows only the
// first two.
const (
	CallLineNormal  = 0
	CallLinePressed = 1
	CallLineOpen    = 2 // cut, or the plug is out: the person cannot call
	CallLineShort   = 3
)

// States of what an alarm relay says: Smoke, Gas, CarbonMonoxide, WaterLeak.
// Without a fault contact only the first two are known.
const (
	HazardNone  = 0
	HazardAlarm = 1
	HazardFault = 2 // the detector says that it cannot detect
	HazardCut   = 3 // its line is cut or shorted
)

// States of WearState.
const (
	WearUnknown  = 0
	WearWorn     = 1
	WearOff      = 2 // heard, and not on a person
	WearCharging = 3
)

// States of RadioState.
const (
	RadioHears   = 0
	RadioDeaf    = 1 // it answers, and hears nothing
	RadioHealing = 2 // it is being restarted
	RadioGone    = 3 // nothing that was tried brought it back
	RadioQuiet   = 4 // it answers, and nothing proves that there is something to hear
)

// States of Consciousness: the ACVPU scale of NEWS2.
const (
	ACVPUAlert        = 0
	ACVPUConfusion    = 1 // new confusion
	ACVPUVoice        = 2
	ACVPUPain         = 3
	ACVPUUnresponsive = 4
)

// States of BedPosture.
const (
	PostureUnknown = 0
	PostureBack    = 1
	PostureLeft    = 2
	PostureRight   = 3
	PostureStomach = 4
	PostureSitting = 5
)

// Metrics returns the table, in the order of its numbers. The caller must not
// change it.
func Metrics() []MetricInfo { return metrics }

// Info returns the row of m, and false for a number that this version does not
// know.
func (m Metric) Info() (MetricInfo, bool) {
	for i := range metrics {
		if metrics[i].Metric == m {
			return metrics[i], true
		}
	}
	return MetricInfo{}, false
}

// String returns the metric's name, or "metric-N" for one that this version
// does not know.
func (m Metric) String() string {
	if info, ok := m.Info(); ok {
		return info.Name
	}
	return unknown("metric", uint64(m))
}

// MetricByName finds a metric by its name.
func MetricByName(name string) (Metric, bool) {
	for i := range metrics {
		if metrics[i].Name == name {
			return metrics[i].Metric, true
		}
	}
	return 0, false
}

// Plausible reports whether v can be true of a living person or a working
// sensor.
func (i MetricInfo) Plausible(v float64) bool { return v >= i.Low && v <= i.High }

// Quantize rounds v to the digits that the metric carries, so that what the
// detectors judge, what is stored and what is shown is one number.
func (i MetricInfo) Quantize(v float64) float64 {
	p := math.Pow10(i.Digits)
	return math.Round(v*p) / p
}

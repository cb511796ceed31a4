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

	BedOccupancy Metric = 100
	BedPad       Metric = 101
	Activity     Metric = 102
	BedPosture   Metric = 103

	CallLine  Metric = 200
	WellPress Metric = 201 // the wearer says "I am well"
	CareGiven Metric = 202 // somebody is with the resident
	CareLeft  Metric = 203 // for how long that still holds falls back

	Motion Metric = 250 // of a room, by passive infrared
	Door   Metric = 251
	Flush  Metric = 252
	Seat   Metric = 253

	SkinContact       Metric = 300
	SensorTemperature Metric = 301
	SensorState       Metric = 302

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

	{Metric: BedOccupancy, Name: "bed_occupancy", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: BedPad, Name: "bed_pad", Unit: "V", Low: 0, High: 6.144, Digits: 3},
	{Metric: Activity, Name: "activity", Unit: "g", Low: 0, High: 16, Digits: 3},
	{Metric: BedPosture, Name: "bed_posture", Unit: "1", Low: 0, High: 5, State: true},

	{Metric: CallLine, Name: "call_line", Unit: "1", Low: 0, High: 3, State: true},
	{Metric: WellPress, Name: "well_press", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: CareGiven, Name: "care_given", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: CareLeft, Name: "care_left", Unit: "min", Low: 0, High: 15, Digits: 1},

	{Metric: Motion, Name: "motion", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Door, Name: "door", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Flush, Name: "flush", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: Seat, Name: "seat", Unit: "1", Low: 0, High: 1, State: true},

	{Metric: SkinContact, Name: "skin_contact", Unit: "1", Low: 0, High: 1, State: true},
	{Metric: SensorTemperature, Name: "sensor_temperature", Unit: "Cel", Low: -40, High: 125, Digits: 1},
	{Metric: SensorState, Name: "sensor_state", Unit: "1", Low: 0, High: 4, State: true},

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

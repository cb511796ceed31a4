package detect

import (
	"fmt"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// Plan says whom and what an Engine watches. The zero value of every optional
// field means the default.
type Plan struct {
	Sources   []Source
	Zone      *time.Location // the home's, for rules with hours of the day; nil means UTC
	Limits    []Limit        // of vital signs; nil means DefaultLimits
	Overrides []Override     // of single residents
	Scale2    []Scale2       // of single residents: SpO2 by the second scale of NEWS2
	Beds      []BedPolicy    // of single residents; who is not listed gets the default policy
	Falls     []FallPolicy   // of single residents; likewise
	Rooms     []RoomPolicy   // of single residents; likewise
	Apnoeas   []ApnoeaPolicy // of single residents; likewise
	Wears     []WearPolicy   // of single residents; likewise
}

// Source is one sensor at one place. Readings and blocks of a source that the
// plan does not list pass through an Engine unjudged.
type Source struct {
	ID       care.SourceID
	Resident care.ResidentID // "" for a source of no resident
	Kind     Kind
	Class    Class // 0 means the class of the kind, see Kind.Class
	// Worn says that it is a band, whatever its class: somebody has to wear it. A
	// source of class Band is one anyway.
	Worn bool
	// Pad tells an empty bed from an occupied one; the zero value means
	// signal.PadOn and signal.PadOff. Only for BedPad.
	Pad Pad
	// Contact is the least infrared light, in counts, that skin sends back; 0
	// means DefaultContact, and a negative value that it is not judged. Only
	// for PPG.
	Contact float64
	// Room is where the source is, for the kinds that watch rooms; 0 means
	// OtherRoom, for a flush Bathroom. A DoorContact of the Entrance is the front
	// door.
	Room Room
	// Matrix is the model of a mattress; nil means the one that is shipped. Only
	// for BedMatrix.
	Matrix *MatrixModel
	// Fall is the model of falls; nil means the one that is shipped for the
	// place. Only for IMUWrist and IMUWaist.
	Fall *FallModel
	// Thermal is the model of a thermal array; nil means the one that is shipped.
	// Only for ThermalArray.
	Thermal *ThermalModel
	// Cell is what it has its power from, where it tells of its battery.
	Cell Cell
	// Wear is the model of leaving the bed; nil means the one that is shipped.
	// Only for BedIMU.
	Wear *WearModel
	// LowBattery is the voltage at which the battery that bridges the mains is low,
	// 0 where nobody knows. Only for MainsSensor.
	LowBattery float64
	// Water is what its rules compare with. Only for WaterMeter.
	Water WaterPolicy
	// Hears is how many residents have something that is heard by radio. Only for
	// RadioSource.
	Hears int
}

// Pad holds the two borders of a bed pad with a hysteresis between them. The
// load of a person may raise the voltage (On > Off) or lower it (On < Off).
type Pad struct {
	On  float64 // volts, or kilograms on load cells, at which somebody is in the bed
	Off float64 // and at which nobody is
}

// resolved returns the source with its defaults filled in, but for the model of
// falls and the room: an Ambient without one is not judged.
func (s Source) resolved() Source {
	if s.Class == 0 {
		s.Class = s.Kind.Class()
	}
	if s.Pad == (Pad{}) {
		s.Pad = Pad{On: signal.PadOn, Off: signal.PadOff}
	}
	if s.Contact == 0 {
		s.Contact = DefaultContact
	}
	switch {
	case s.Kind == BedMatrix && s.Matrix == nil:
		s.Matrix = &matrixModel
	case s.Kind == ThermalArray && s.Thermal == nil:
		s.Thermal = &thermalModel
	case s.Kind == BedIMU && s.Wear == nil:
		s.Wear = &wearModel
	}
	s.Water = s.Water.resolved()
	return s
}

// Kind says what a source is, and thereby which detectors watch it.
type Kind uint8

// The kinds of sources.
const (
	IMUWrist     Kind = iota + 1 // blocks of care.IMU, worn at the wrist
	IMUWaist                     // blocks of care.IMU, worn at waist or lower back
	PPG                          // blocks of care.PPG: red and infrared, or infrared alone
	BedPad                       // blocks of care.BedLoad, or readings of bed_occupancy
	CallLine                     // readings of call_line, or of button_press
	Vitals                       // readings of vital signs that come by themselves
	Spot                         // readings of vital signs measured now and then: cuff, ear thermometer
	Breathing                    // blocks of care.Breathing, or of care.BedLoad that hold a breathing waveform
	WellButton                   // readings of well_press: the level of a button
	CareButton                   // readings of care_given: the level of a button, which begins and ends care by turns
	BedIMU                       // blocks of care.IMU, worn at the sternum: who lies, sits up and leaves
	BedMatrix                    // blocks of care.BedMatrix: force-sensing cells under a mattress
	MotionSensor                 // readings of motion: passive infrared
	DoorContact                  // readings of door: open or closed
	FlushSensor                  // readings of flush
	SeatPad                      // readings of seat: somebody sits on it
	Contact                      // readings of door, of what only somebody opens who is there: a fridge, a drawer, a tap
	ThermalArray                 // blocks of care.Thermal: 4×4 pixels that look into a room from the side
	Radar                        // readings of presence, motion, fall_detected, bed_occupancy by a module's own judgement
	RadioSource                  // readings of radio_state: a radio of the gateway, or a bridge
	Ambient                      // readings that no rule judges: the air of a room, a tag
	HazardSensor                 // readings of smoke, gas, carbon_monoxide or water_leak
	WaterMeter                   // readings of water_flow
	MainsSensor                  // readings of mains_power and of the battery_voltage that bridges them
)

var kindNames = [...]string{
	IMUWrist: "imu-wrist", IMUWaist: "imu-waist", PPG: "ppg", BedPad: "bed-pad",
	CallLine: "call-line", Vitals: "vitals", Spot: "spot", Breathing: "breathing",
	WellButton: "well-button", CareButton: "care-button", BedIMU: "bed-imu", BedMatrix: "bed-matrix",
	MotionSensor: "motion-sensor", DoorContact: "door", FlushSensor: "flush", SeatPad: "seat", Contact: "contact", ThermalArray: "thermal",
	Radar:       "radar",
	RadioSource: "radio", Ambient: "ambient",
	HazardSensor: "hazard", WaterMeter: "water-meter", MainsSensor: "mains",
}

// String returns the kind's name in configuration, as in "imu-wrist".
func (k Kind) String() string {
	if k != 0 && int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind-%d", uint8(k))
}

// KindByName finds a kind by its name.
func KindByName(name string) (Kind, bool) {
	for k := IMUWrist; int(k) < len(kindNames); k++ {
		if kindNames[k] == name {
			return k, true
		}
	}
	return 0, false
}

// Class returns the class of sources of this kind that are wired to the
// gateway; Spot sources are never stale.
func (k Kind) Class() Class {
	switch k {
	case Spot:
		return Unsupervised
	case RadioSource:
		return Bed // it may take a minute until it is known whether there is anything to hear
	}
	return Wired
}

// Class says how long a source may be silent before that is an alert.
type Class uint8

// The classes of sources with their limits of silence.
const (
	Wired        Class = iota + 1 // on a bus of the gateway: 60 s
	CallRadio                     // a call button by radio: 60 s
	Bed                           // a bed sensor by radio: 5 min
	Band                          // worn, by radio: 15 min, and more urgent after 30 min
	Unsupervised                  // speaks when it wants
)

var classNames = [...]string{Wired: "wired", CallRadio: "call-radio", Bed: "bed", Band: "band", Unsupervised: "unsupervised"}

// String returns the class's name in configuration, as in "call-radio".
func (c Class) String() string {
	if c != 0 && int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class-%d", uint8(c))
}

// ClassByName finds a class by its name.
func ClassByName(name string) (Class, bool) {
	for c := Wired; int(c) < len(classNames); c++ {
		if classNames[c] == name {
			return c, true
		}
	}
	return 0, false
}

// Side says on which side of a limit it is dangerous.
type Side uint8

const (
	Above Side = iota + 1 // values above the limit: care.VitalHigh
	Below                 // values below the limit: care.VitalLow
)

// Limit is one border of one vital sign.
type Limit struct {
	Metric     care.Metric
	Side       Side
	Priority   care.Priority // Medium or High
	Value      float64       // in the metric's unit
	Hysteresis float64       // how far a value must come back to count as back, in the metric's unit
	Persist    time.Duration // how long it must last: 5 to 30 s
}

// Override replaces one limit for one resident until it expires. Somebody
// answers for it.
type Override struct {
	Resident care.ResidentID
	Metric   care.Metric
	Side     Side
	Priority care.Priority // which limit: the one of this priority
	Value    float64       // the new limit, in the metric's unit
	As       care.Priority // the new priority; 0 leaves it. High may not go below Medium
	By, Why  string        // who decided it and why; both required
	Until    time.Time     // required
}

package care

// Kind says what an alert is about. Numbers travel on the wire: only added.
type Kind uint8

// The kinds of alerts. A technical kind says that somebody is not, or not
// well, watched; the others are about a person.
const (
	Fall         Kind = 1
	BedExit      Kind = 2
	Call         Kind = 3
	VitalHigh    Kind = 4
	VitalLow     Kind = 5
	SourceStale  Kind = 6  // technical: a source stopped speaking
	LineFault    Kind = 7  // technical: a call line is cut or shorted
	SensorFault  Kind = 8  // technical: a sensor does not answer or answers nonsense
	Implausible  Kind = 9  // technical: values that no living person has, or that never move
	BedEnter     Kind = 10 // an event of the replay command; never raised as an alert
	GatewayLost  Kind = 11 // technical, raised by the cloud: a gateway stopped speaking
	LongLie      Kind = 12 // somebody fell and has not got up since
	Apnoea       Kind = 13 // breathing pauses
	BedEdge      Kind = 14 // sits on the edge of the bed
	BedNotBack   Kind = 15 // left the bed and has not come back
	NotTurned    Kind = 16 // has lain in one posture too long
	BathroomLong Kind = 17 // in the bathroom for too long
	NoMovement   Kind = 18 // nothing moves in a home in which somebody is
	DoorAtNight  Kind = 19 // went out of the door at night
	Wandering    Kind = 20 // walks about between rooms when others sleep
	EarlyWarning Kind = 21 // the NEWS2 score calls for a response
	Drift        Kind = 22 // a note: something changed slowly against the own baseline

	// What endangers everybody in the home.
	SmokeAlarm          Kind = 23
	GasAlarm            Kind = 24 // combustible gas
	CarbonMonoxideAlarm Kind = 25
	LeakAlarm           Kind = 26 // water where none should be
	WaterRunning        Kind = 27 // a tap runs for too long
	WaterUnused         Kind = 28 // no water was used for too long in a home in which somebody is
	PowerLost           Kind = 29 // technical: the mains failed, and batteries last for hours
	BatteryLow          Kind = 30 // technical: a battery has to be changed
	RadioFault          Kind = 31 // technical: a radio or bridge hears nothing
	NotWorn             Kind = 32 // technical: a band is heard, and nobody wears it
	RoomHot             Kind = 33 // hotter than is safe for old people
	RoomCold            Kind = 34
)

var kindNames = [...]string{
	Fall: "fall", BedExit: "bed_exit", Call: "call", VitalHigh: "vital_high", VitalLow: "vital_low",
	SourceStale: "source_stale", LineFault: "line_fault", SensorFault: "sensor_fault",
	Implausible: "implausible", BedEnter: "bed_enter", GatewayLost: "gateway_lost",
	LongLie: "long_lie", Apnoea: "apnoea", BedEdge: "bed_edge", BedNotBack: "bed_not_back", NotTurned: "not_turned",
	BathroomLong: "bathroom_long", NoMovement: "no_movement", DoorAtNight: "door_at_night", Wandering: "wandering",
	EarlyWarning: "early_warning", Drift: "drift",
	SmokeAlarm: "smoke", GasAlarm: "gas", CarbonMonoxideAlarm: "carbon_monoxide", LeakAlarm: "water_leak",
	WaterRunning: "water_running", WaterUnused: "water_unused", PowerLost: "power_lost", BatteryLow: "battery_low",
	RadioFault: "radio_fault", NotWorn: "not_worn", RoomHot: "room_hot", RoomCold: "room_cold",
}

// String returns the kind's name, as in "bed_exit".
func (k Kind) String() string {
	if k.Known() {
		return kindNames[k]
	}
	return unknown("kind", uint64(k))
}

// Known reports whether this version knows the kind.
func (k Kind) Known() bool { return int(k) < len(kindNames) && kindNames[k] != "" }

// Technical reports whether alerts of this kind are about the watching, not
// about a person.
func (k Kind) Technical() bool {
	switch k {
	case SourceStale, LineFault, SensorFault, Implausible, GatewayLost, PowerLost, BatteryLow, RadioFault, NotWorn:
		return true
	}
	return false
}

// Note reports whether alerts of this kind are notes to be read some day: they
// never ring, and nobody has to acknowledge them.
func (k Kind) Note() bool { return k == Drift }

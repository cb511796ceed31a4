package radio

import (
	"slices"
	"time"

	"osmanthus/drivers/ble"
)

// Numbers of the services and characteristics that a session knows (Bluetooth
// SIG, Assigned Numbers).
const (
	serviceGlucose  = 0x1808
	serviceOximeter = 0x1822
	serviceCGM      = 0x181F

	currentTime   = 0x2A2B
	dateTime      = 0x2A08
	batteryLevel  = 0x2A19
	batteryStatus = 0x2BED
	recordAccess  = 0x2A52
	cgmBegun      = 0x2AAA // CGM Session Start Time

	heartRate        = 0x2A37
	oximeterSpot     = 0x2A5E
	oximeterStream   = 0x2A5F
	temperature      = 0x2A1C
	bloodPressure    = 0x2A35
	weight           = 0x2A9D
	composition      = 0x2A9C
	glucose          = 0x2A18
	cgm              = 0x2AA7
	modelNumber      = 0x2A24
	firmwareRevision = 0x2A26
	manufacturerName = 0x2A29
)

// values are the characteristics that a session subscribes to: what is measured,
// not what is about to be (an inflating cuff, an intermediate temperature).
var values = []uint16{heartRate, oximeterStream, oximeterSpot, temperature, bloodPressure, weight, composition, glucose, cgm,
	batteryLevel, batteryStatus}

// stored maps the services that hand out records on request to what they send.
var stored = map[uint16]uint16{serviceGlucose: glucose, serviceOximeter: oximeterSpot, serviceCGM: cgm}

// stream reports whether a characteristic says the same quantity again and again
// while it is connected.
func stream(uuid uint16) bool {
	return uuid == heartRate || uuid == oximeterStream || uuid == batteryLevel || uuid == batteryStatus
}

// visiting are the kinds of devices that are awake for a minute after a
// measurement: they are read and let go. Others stay connected.
var visiting = []string{"thermometer", "oximeter", "cuff", "scale", "glucose_meter"}

// classOf returns for what a kind is connected.
func classOf(kind string) Class {
	if slices.Contains(visiting, kind) {
		return Visit
	}
	return Stays
}

// find returns the first characteristic of a number, of a service where that is
// not 0.
func find(list []ble.Characteristic, service, uuid uint16) (ble.Characteristic, bool) {
	for _, c := range list {
		if s, _ := c.Service.Short(); c.UUID == ble.UUID16(uuid) && (service == 0 || s == service) {
			return c, true
		}
	}
	return ble.Characteristic{}, false
}

// The times of sessions.
const (
	// callWait bounds one read or write: GATT's own transaction ends after 30 s.
	callWait = 10 * time.Second
	// recordWait is how long a device may be silent while it hands out records.
	recordWait = 30 * time.Second
	// quietVisit is after what silence a device that is visited has said all.
	quietVisit = 8 * time.Second
	// firstVisit is how long it has for its first word: a thermometer in an ear
	// may speak every 10 s.
	firstVisit = 30 * time.Second
	// longVisit bounds a visit in which nobody asks for records.
	longVisit = 2 * time.Minute
	// reconnect is how long to wait after a connect that failed or a connection
	// that broke, doubled each time up to reconnectMost, always with a random
	// quarter more or less.
	reconnect     = 2 * time.Second
	reconnectMost = 5 * time.Minute
	// settled is how long a connection must last for the next failure to be a
	// new trouble.
	settled = time.Minute
	// again is how long a device that was visited is left alone, doubled each
	// time that it had nothing to say, up to againMost.
	again     = time.Minute
	againMost = 30 * time.Minute
	// awake is how long ago a device that is visited must have been heard.
	awake = 10 * time.Second
	// refuses is after what time a device that is heard and does not connect is
	// said to be silent.
	refuses = 10 * time.Minute
	// visitsInVain connects of a device that is visited must fail for it to be said
	// to be silent: it is awake for a minute, and some four fit into that.
	visitsInVain = 6
	// clockWrong is how far a device's clock must be off to be set: each time is
	// a write to its memory.
	clockWrong = 5 * time.Second
	// clockLook and batteryLook are how often both are read of a device that
	// stays connected.
	clockLook   = 6 * time.Hour
	batteryLook = time.Hour
	// wornEvery is how often it is said how a band is worn although it is the
	// same.
	wornEvery = time.Minute
	// every is how often a quantity of a stream is passed on.
	every = 5 * time.Second
	// live is how old a value may be that is judged as one of now: who measured a
	// pressure a quarter of an hour ago and comes to the gateway is told of it.
	live = 15 * time.Minute
	// garbage is how many values in a row must be malformed for the device to be
	// said to talk nonsense.
	garbage = 5
)

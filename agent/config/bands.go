package config

import (
	"slices"
	"strings"
	"time"
)

// Cells are what a device may have its power from.
var Cells = []string{"cr2032", "alkaline", "li-ion"}

// connected are the kinds that are always connected to; others only say more by
// a connection.
var connected = []string{"band", "oximeter", "cuff", "glucose_meter"}

// Connected reports whether the gateway connects to a sensor, by Bluetooth.
func (s Sensor) Connected() bool {
	return s.MAC != "" && (s.Connect || slices.Contains(connected, s.Kind))
}

// notWorn judges after what time a band that nobody wears is told of.
func (j *judgement) notWorn(place at, w Wait) {
	if d := time.Duration(w); w != Never && w != 0 && (d < 10*time.Minute || d > 7*24*time.Hour) {
		j.bad(append(place, "not_worn"), "%v is not never, or between 10m and 168h", w)
	}
}

// band checks how a sensor is connected to.
func (j *judgement) band(i int, s Sensor) {
	if s.Cell != "" && !slices.Contains(Cells, s.Cell) {
		j.bad(at{"sensors", i, "cell"}, "%q is not cr2032, alkaline or li-ion", s.Cell)
	}
	if s.User < 0 || s.User > 254 {
		j.bad(at{"sensors", i, "user"}, "%d is not 1 to 254", s.User)
	}
	if s.Connect && s.MAC == "" {
		j.bad(at{"sensors", i, "connect"}, "only what has a mac can be connected to")
	}
	if (s.Bond || s.User != 0) && !s.Connected() {
		j.bad(at{"sensors", i}, "%q has a bond or a user, and is not connected to", s.ID)
	}
	if !s.Connected() {
		return
	}
	if s.KeyFile != "" {
		j.bad(at{"sensors", i, "key_file"}, "what is connected to has a bond, not a key")
	}
	for k, other := range j.Sensors[:i] {
		if other.Connected() && strings.EqualFold(other.MAC, s.MAC) {
			j.bad(at{"sensors", i, "mac"}, "%q and %q both connect to %s", j.Sensors[k].ID, s.ID, s.MAC)
		}
	}
	if !slices.ContainsFunc(j.Radios, func(r Radio) bool { return r.Kind == "bluez" || r.Kind == "esphome" }) {
		j.bad(at{"sensors", i}, "%q is connected to, and no radio connects: that takes one of kind bluez or esphome", s.ID)
	}
}

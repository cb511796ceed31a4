package advert

import (
	"encoding/binary"
	"fmt"
	"math"
)

// pressNames are the presses of object 1001.
var pressNames = []string{"press", "double_press", "long_press", "triple_press"}

// miButton is object 1001: which, and how; both depend on the device.
func miButton(d device, raw []byte) {
	if len(raw) < 3 {
		return
	}
	which, press := int(raw[0]), at(pressNames, int(raw[2]))
	if miDevices[d.product].buttons > 0 && raw[2] == 1 { // wall switches know no double press
		press = "long_press"
	}
	switch d.product {
	case miCube:
		d.event("cube", [2]string{"rotate_right", "rotate_left"}[which&1])
	case miDimmer:
		miDimmed(d, raw)
	case miRemote, miRemoteFan, miRemoteBath, miRemoteFancl:
		if press == "" {
			return
		}
		if name := at(remoteButtons, which); name != "" {
			d.event("button_"+name, press)
			if name == "on" || name == "off" {
				d.state("power", name == "on")
			}
		}
	default:
		if press == "" {
			return
		}
		for _, name := range at(buttonSets[miDevices[d.product].buttons], which) {
			d.event(name, press)
		}
	}
}

var remoteButtons = []string{"on", "off", "brightness", "plus", "M", "minus"}

// buttonSets names the buttons of a device with one, two and three by the
// number that it sends: alone, then together.
var buttonSets = [...][][]string{
	0: {{"button"}},
	1: {{"button"}},
	2: {{"button_left"}, {"button_right"}, {"button_left", "button_right"}},
	3: {{"button_left"}, {"button_middle"}, {"button_right"}, {"button_left", "button_middle"},
		{"button_left", "button_right"}, {"button_middle", "button_right"}, {"button_left", "button_middle", "button_right"}},
}

func at[T any](all []T, i int) (v T) {
	if i < len(all) {
		return all[i]
	}
	return v
}

// miDimmed is the knob: how often pressed, how far turned, turned while pressed.
func miDimmed(d device, raw []byte) {
	v := Value{Name: "dimmer", Kind: Event}
	switch steps := int8(raw[1]); raw[2] {
	case 3:
		switch {
		case raw[0] == 0:
			v.Text, v.Number = "press", float64(raw[1])
		default:
			v.Text, v.Number = "long_press", float64(raw[1])
		}
	case 4:
		v.Text, v.Number = "rotate_right", float64(steps)
		if raw[0] != 0 { // turned while pressed: the steps are in the first byte
			v.Text, v.Number = "rotate_right_pressed", float64(int8(raw[0]))
		}
		if v.Number < 0 {
			v.Number = -v.Number
			v.Text = map[string]string{"rotate_right": "rotate_left", "rotate_right_pressed": "rotate_left_pressed"}[v.Text]
		}
	default:
		return
	}
	d.add(v)
}

// click is a press of a device that tells which button in a byte, or has only
// one.
func click(press string) miObject {
	return special(func(d device, raw []byte) {
		n := miDevices[d.product].buttons
		if n == 0 {
			n = 1
		}
		which := 0
		if len(raw) > 0 && raw[0] > 0 {
			which = int(raw[0]) - 1
		}
		if d.product == miSwitchKS1 && len(raw) > 0 { // four buttons in a square
			d.event(at([]string{"button_left", "button_right", "button_mid_left", "button_mid_right"}, which), press)
			return
		}
		if d.product == miSwitchWS01 { // the one of this object is the right one
			d.event("button_right", press)
			return
		}
		for _, name := range at(buttonSets[n], which) {
			d.event(name, press)
		}
	})
}

// miIdle is the time without motion in seconds, of 2 or 4 bytes: 0 is motion.
func miIdle(d device, raw []byte) {
	if len(raw) == 2 || len(raw) == 4 {
		idle := integer(raw, false)
		d.state("motion", idle == 0)
		if idle > 0 {
			d.add(Value{Name: "idle_time", Number: idle, Unit: "s"})
		}
	}
}

// miMotionLight is motion with a measure of light, which only some sensors
// measure in lux.
func miMotionLight(d device, raw []byte) {
	if len(raw) < 3 {
		return
	}
	light := integer(raw[:3], false)
	d.state("motion", true)
	if d.product == miNightLight || d.product == miMotion {
		d.state("light", light >= 100)
		return
	}
	d.add(Value{Name: "illuminance", Number: light, Unit: "lx"})
}

func miDoor(d device, raw []byte) {
	if len(raw) == 0 {
		return
	}
	switch raw[0] {
	case 0:
		d.text("door_action", "open_the_door")
		d.state("door", true)
	case 1:
		d.text("door_action", "close_the_door")
		d.state("door", false)
		d.state("door_left_open", false)
		d.state("pry_the_door", false)
	case 2:
		d.state("door", true)
		d.state("door_left_open", true)
	case 3:
		d.event("door_action", "knock")
	case 4:
		d.state("door", true)
		d.state("pry_the_door", true)
	case 5:
		d.state("door_stuck", true)
	}
}

func miOpening(d device, raw []byte) {
	if len(raw) == 0 {
		return
	}
	switch raw[0] {
	case 0:
		d.state("opening", true)
	case 1:
		d.state("opening", false)
	case 2:
		d.state("opening", true)
		d.state("door_left_open", true)
	}
}

// miPatch is a thermometer on the skin with two sensors; the formula is the
// maker's, as ble_monitor gives it.
func miPatch(d device, raw []byte) {
	if len(raw) < 5 {
		return
	}
	skin, outer := integer(raw[:2], true)/100, integer(raw[2:4], true)/100
	body := 3.71934e-11*math.Exp(0.69314*skin) - 1.02801e-8*math.Exp(0.53871*outer) + 36.413
	d.add(Value{Name: "temperature", Number: body, Unit: "Cel", Metric: "body_temperature"})
	d.add(Value{Name: "battery", Number: float64(raw[4]), Unit: "%"})
}

func miToothbrush(d device, raw []byte) {
	if len(raw) == 0 {
		return
	}
	starts := raw[0] == 0
	d.state("toothbrush", starts)
	if len(raw) > 1 {
		name := map[bool]string{true: "counter", false: "score"}[starts]
		d.add(Value{Name: name, Number: float64(raw[1]), Unit: "1"})
	}
}

// miBed is a sensor under a mattress, with a button on it.
func miBed(d device, raw []byte) {
	switch {
	case len(raw) == 0:
	case raw[0] == 1 || raw[0] == 2:
		d.state("bed_occupancy", raw[0] == 1)
	case raw[0] == 3:
		d.event("button", "double_press")
	}
}

// miBedOrScale is one object of two devices.
func miBedOrScale(d device, raw []byte) {
	if len(raw) == 1 {
		d.state("bed_occupancy", raw[0] == 1)
		return
	}
	if len(raw) < 9 {
		return
	}
	d.add(Value{Name: "profile_id", Number: float64(raw[0]), Unit: "1"})
	d.add(Value{Name: "mass", Number: integer(raw[1:5], false) / 100, Unit: "kg", Metric: "body_weight"})
}

// miScaleS400 packs weight, pulse and impedance into 32 bits.
func miScaleS400(d device, raw []byte) {
	if len(raw) < 9 {
		return
	}
	data := binary.LittleEndian.Uint32(raw[1:])
	mass, heart, impedance := data&0x7FF, data>>11&0x7F, data>>18
	d.add(Value{Name: "profile_id", Number: float64(raw[0]), Unit: "1"})
	if mass != 0 {
		d.add(Value{Name: "mass", Number: float64(mass) / 10, Unit: "kg", Metric: "body_weight"})
	}
	if heart > 0 && heart < 127 {
		d.add(Value{Name: "heart_rate", Number: float64(heart) + 50, Unit: "/min"})
	}
	if impedance != 0 {
		name := "impedance"
		if mass != 0 {
			name = "impedance_low"
		}
		d.add(Value{Name: name, Number: float64(impedance) / 10, Unit: "Ohm"})
	}
	d.state("stabilized", mass == 0 || impedance == 0)
}

var fingerprintResults = []string{"match_successful", "match_failed", "timeout", "low_quality_too_light_fuzzy",
	"insufficient_area", "skin_is_too_dry", "skin_is_too_wet"}

func miFingerprint(d device, raw []byte) {
	if len(raw) < 5 {
		return
	}
	d.text("key_id", keyOwner(binary.LittleEndian.Uint32(raw)))
	if result := at(fingerprintResults, int(raw[4])); result != "" {
		d.state("fingerprint", raw[4] == 0)
		d.event("fingerprint_result", result)
	}
}

var (
	lockMethods = []string{"bluetooth", "password", "biometrics", "key", "turntable", "nfc", "one_time_password",
		"two_step_verification", "coercion", "homekit", "manual", "automatic", 15: "abnormal"}
	lockActions = []struct {
		name, what string
		open       bool
	}{
		{"lock", "unlock_outside_the_door", true}, {"lock", "lock", false}, {"antilock", "turn_on_anti_lock", false},
		{"antilock", "turn_off_anti_lock", true}, {"lock", "unlock_inside_the_door", true}, {"lock", "lock_inside_the_door", false},
		{"childlock", "turn_on_child_lock", false}, {"childlock", "turn_off_child_lock", true}, {"lock", "lock_outside_the_door", false},
		15: {"lock", "abnormal", true},
	}
	keyKinds = []string{"Bluetooth", "Fingerprint", "Password", "Keys", "NFC", "Two-step verification", "Human face", "Finger veins", "Palm print"}
)

func miLock(d device, raw []byte) {
	if len(raw) < 9 {
		return
	}
	action, method := at(lockActions, int(raw[0]&15)), at(lockMethods, int(raw[0]>>4))
	if action.name == "" || method == "" {
		return
	}
	d.state(action.name, action.open)
	d.event(action.name+"_action", action.what)
	d.text("lock_method", method)
	d.text("key_id", keyOwner(binary.LittleEndian.Uint32(raw[1:])))
}

// keyOwner says who a lock's key belongs to.
func keyOwner(id uint32) string {
	switch id {
	case 0:
		return "administrator"
	case 0xFFFFFFFF:
		return "unknown operator"
	case 0xDEADBEEF:
		return "invalid operator"
	}
	if kind := at(keyKinds, int(id>>16&0x7FFF)); id >= 0x80000000 && kind != "" {
		return fmt.Sprintf("%s key id %d", kind, id&0xFFFF)
	}
	return fmt.Sprintf("Bluetooth key id %d", id)
}

package advert

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"osmanthus/drivers/internal/vectors"
)

// theengsNames are what Theengs calls our values. All else that it says, which
// the test names, is not looked at: what it derives (Fahrenheit), what it says
// about itself, and what says nothing about a home.
var theengsNames = map[string]string{
	"tempc": "temperature", "hum": "humidity", "batt": "battery", "volt": "voltage", "lux": "illuminance", "moi": "moisture",
	"fer": "conductivity", "for": "formaldehyde", "pres": "pressure", "open": "opening", "motion": "motion", "steps": "steps",
	"act_bpm": "heart_rate", "bpm": "heart_rate", "co2": "carbon_dioxide", "pm25": "pm25", "pm10": "pm10", "weight": "weight",
	"impedance": "impedance", "major": "major", "minor": "minor", "uuid": "uuid", "light": "light", "mov": "movements", "tx": "tx_power",
	"contact": "door", "button": "button", "button1": "button_1", "button2": "button_2", "button3": "button_3", "button4": "button_4", "push_ct": "presses",
	"position": "position", "moving": "moving", "calibrated": "calibrated", "alarm": "alarm", "wake": "awake", "shake": "shake",
	"tempc1": "temperature_probe_1", "tempc2": "temperature_probe_2", "tempc3": "temperature_probe_3", "tempc4": "temperature_probe_4",
	"tempc5": "temperature_probe_5", "tempc6": "temperature_probe_6", "tempc2_dp": "dew_point",
	"tempc_max": "temperature_highest", "tempc_min": "temperature_lowest", "time_max": "seconds_highest", "time_min": "seconds_lowest",
	"accx": "acceleration_x", "accy": "acceleration_y", "accz": "acceleration_z", "x_axis": "acceleration_x", "y_axis": "acceleration_y", "z_axis": "acceleration_z",
	"level": "level", "quality": "quality", "gravity": "gravity", "packet": "packet_id", "seq": "packet_id",
}

// theengsPresses are Theengs' numbers for what happens to a button; 0 is nothing.
var theengsPresses = map[float64]any{
	0: nil, 1: "press", 2: "double_press", 3: "triple_press", 4: "long_press", 9: "long_press", 11: "hold_press",
}

// notDecoded are the models of which some or all advertisements are not decoded
// as Theengs does, and why not.
var notDecoded = map[string]string{
	"Apple Continuity":     "says who passes by, not how somebody is: telephones are nobody's sensor",
	"Apple Watch":          "says who passes by: a locked watch is no measure",
	"Apple iPhone/iPad":    "says who passes by: an unlocked telephone is no measure",
	"GAEN":                 "contact tracing: made so that nobody can be told from it",
	"Smart Tracker":        "says nothing but that it is there, which whoever hears it knows",
	"G-Tag":                "says nothing but that it is there, which whoever hears it knows",
	"Blind Tilt":           "position, movement and battery come out; seven that are calibrated do not show which bit says so: not guessed",
	"Mi Band/Smart Watch":  "one without heart rate and steps says nothing",
	"Door & Window Sensor": "one example of a closed door does not show which bit opens it: not guessed",
	"Hydractiva Digital":   "one example of a shower does not show which byte is what: not guessed",
	"Energy Meter":         "energy and water come out; four examples do not show the rule of its battery",
	"Pro Check (Universal)/BottleCheck Sensor": "how it leans is counts of no unit; all else comes out",
	"Rotarex-compatible Monitor":               "its frame with a serial number measures nothing",
	"iBeacon":                                  "a measured power of +26 dBm is taken there for a voltage of 2.6 V",
	"Bluetooth BBQ Thermometer":                "the vector has an odd number of hexadecimal digits",
	"Round TH":                                 "the vector has letters in place of an address",
	"Motion & Light":                           "its object 11 is light by another source of the same vectors, motion by this",
}

// TestTheengsVectors decodes what Theengs decodes, and prints for each model how
// many came out as there, and which are not decoded at all.
func TestTheengsVectors(t *testing.T) {
	type count struct{ passed, all, unknown int }
	counts := map[string]*count{}
	others := map[string]int{}
	for _, v := range vectors.From(t, "adv_theengs.json") {
		var in struct {
			Name, ID, ServiceData, ServiceDataUUID, ManufacturerData string
		}
		var want map[string]any
		if err := errors.Join(json.Unmarshal(v.Input, &in), json.Unmarshal(v.Expected, &want)); err != nil {
			t.Fatal(err)
		}
		model := fmt.Sprint(want["model"])
		c := counts[model]
		if c == nil {
			c = &count{}
			counts[model] = c
		}
		c.all++
		for name := range want {
			if theengsNames[name] == "" {
				others[name]++
			}
		}
		a := Advert{Name: in.Name}
		a.Address, _ = ParseAddress(in.ID)
		if mac, ok := want["mac"].(string); ok && a.Address == (Address{}) {
			a.Address, _ = ParseAddress(mac)
		}
		if b, err := hex.DecodeString(in.ManufacturerData); err == nil && len(b) >= 2 {
			a.Manufacturer = []Data{{uint16(b[0]) | uint16(b[1])<<8, b[2:]}}
		}
		uuid := uint64(0xFE95) // where the vector names none
		if in.ServiceDataUUID != "" {
			uuid, _ = strconv.ParseUint(strings.TrimPrefix(in.ServiceDataUUID, "0x"), 16, 16)
		}
		if in.ServiceDataUUID == "" && in.ManufacturerData != "" {
			uuid = 0xFEE0
		}
		if b, err := hex.DecodeString(in.ServiceData); err == nil && len(b) > 0 {
			a.ServiceData = []Data{{uint16(uuid), b}}
		}
		r, err := Decode(&a, nil)
		if errors.Is(err, ErrUnknown) {
			c.unknown++
			continue
		}
		if err == nil {
			err = sameAsTheengs(want, r)
		}
		if err != nil {
			t.Logf("differs: %s %s: %v", model, strings.Join(strings.Fields(string(v.Input)), ""), err)
			continue
		}
		c.passed++
	}
	passed, all := 0, 0
	for _, c := range counts {
		passed, all = passed+c.passed, all+c.all
	}
	t.Logf("all %d/%d; fields that are not looked at: %v", passed, all, others)
	for _, model := range slices.Sorted(maps.Keys(counts)) {
		c := counts[model]
		why := notDecoded[model]
		t.Logf("%-40s %d/%d, %d not known %s", model, c.passed, c.all, c.unknown, why)
		if (c.passed < c.all) != (why != "") {
			t.Errorf("%s: %d of %d pass, the reason is %q", model, c.passed, c.all, why)
		}
	}
}

func sameAsTheengs(want map[string]any, r Report) error {
	got := r.Fields()
	for name, w := range want {
		ours, ok := theengsNames[name]
		if !ok {
			continue
		}
		g := got[ours]
		switch n, _ := w.(float64); { // other words for the same
		case name == "contact":
			w = w != "closed"
		case strings.HasPrefix(name, "button"):
			w = theengsPresses[n]
		case strings.HasPrefix(name, "acc") && r.Format == "ruuvi": // mg here; there m/s², of which they make a tenth
			w = n / 0.000980665
		case name == "open" && g == nil && got["position"] != nil:
			g = got["position"]
		case name == "open" && g == nil:
			g = got["door"]
		case name == "motion" && g == nil:
			g = got["moving"]
		case name == "pres" && g == nil:
			g = got["tyre_pressure"]
		case name == "weight" && g == nil: // of a scale that is empty again
			g = got["non_stabilized_weight"]
		case g == nil:
			g = got[ours+"_probe_1"]
		}
		if state, ok := g.(bool); ok {
			if w == state {
				continue
			}
		}
		n, isNumber := w.(float64)
		f, _ := g.(float64)
		if isNumber && g != nil && math.Abs(n-f) <= 0.011*math.Max(1, math.Abs(n)/10) {
			continue
		}
		if err := vectors.Same(w, vectors.JSON(g)); err != nil {
			return fmt.Errorf("%s: %w in %v", name, err, got)
		}
	}
	return nil
}

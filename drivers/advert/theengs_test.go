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

// theengsNames are what Theengs calls our values. What it derives (Fahrenheit)
// and says about itself is not for us.
var theengsNames = map[string]string{
	"tempc": "temperature", "hum": "humidity", "batt": "battery", "volt": "voltage", "lux": "illuminance", "moi": "moisture",
	"fer": "conductivity", "for": "formaldehyde", "pres": "pressure", "open": "opening", "motion": "motion", "steps": "steps",
	"act_bpm": "heart_rate", "bpm": "heart_rate", "co2": "carbon_dioxide", "pm25": "pm25", "pm10": "pm10", "weight": "weight",
	"impedance": "impedance", "major": "major", "minor": "minor", "uuid": "uuid", "light": "light", "mov": "movements", "tx": "tx_power",
}

// theengsLeast is how many vectors of Theengs come out right: beacons of phones,
// blinds, meters and grills are not decoded, because nobody's care hangs on them,
// and some thermometers are still to come.
const theengsLeast = 148

// TestTheengsVectors decodes what Theengs decodes, and prints for each model how
// many came out as there, and which are not decoded at all.
func TestTheengsVectors(t *testing.T) {
	type count struct{ passed, all, unknown int }
	counts := map[string]*count{}
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
	t.Logf("all %d/%d", passed, all)
	if passed < theengsLeast {
		t.Errorf("%d come out as Theengs decodes them, %d did before", passed, theengsLeast)
	}
	for _, model := range slices.Sorted(maps.Keys(counts)) {
		c := counts[model]
		t.Logf("%-40s %d/%d, %d not known", model, c.passed, c.all, c.unknown)
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
		switch { // other words for the same
		case name == "open" && g == nil:
			g = got["door"]
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

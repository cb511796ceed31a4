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
	"time"

	"osmanthus/drivers/internal/vectors"
)

// input is what a vector gives, in one of several shapes.
type input struct {
	ServiceUUID string `json:"service_uuid"`
	ServiceData string `json:"service_data"`
	Address     string `json:"address"`
	Name        string `json:"local_name"`
	HCI         string `json:"hci_event"`
	Key         string `json:"bindkey"`
}

func (in input) advert() (a Advert, key []byte, err error) {
	un := func(s string) []byte {
		b, e := hex.DecodeString(s)
		err = errors.Join(err, e)
		return b
	}
	if in.Key != "" {
		key = un(in.Key)
	}
	if in.HCI != "" {
		event := un(in.HCI)
		if err != nil {
			return a, key, err
		}
		a, err = ParseHCI(event)
		return a, key, err
	}
	a.Name = in.Name
	if in.Address != "" {
		if a.Address, err = ParseAddress(in.Address); err != nil {
			return a, key, err
		}
	}
	uuid, e := strconv.ParseUint(in.ServiceUUID, 16, 16)
	a.ServiceData = []Data{{uint16(uuid), un(in.ServiceData)}}
	return a, key, errors.Join(err, e)
}

// TestVectors decodes every vector beside the project whose device is in judges
// and prints how many came out as they must.
func TestVectors(t *testing.T) {
	type count struct{ passed, all int }
	counts := map[string]*count{}
	for _, file := range []string{"adv_bthome.json", "adv_xiaomi.json", "adv_misc_hci.json"} {
		for _, v := range vectors.From(t, file) {
			judge, ok := judges[v.Device]
			if !ok {
				continue
			}
			c := counts[v.Device]
			if c == nil {
				c = &count{}
				counts[v.Device] = c
			}
			c.all++
			if why, known := mistaken[v.Name]; known {
				t.Logf("not passed: %s %s: %s", v.Device, v.Name, why)
				continue
			}
			var in input
			var want map[string]any
			if err := errors.Join(json.Unmarshal(v.Input, &in), json.Unmarshal(v.Expected, &want)); err != nil {
				t.Fatal(err)
			}
			a, key, err := in.advert()
			if err != nil {
				t.Errorf("%s %s: %v", v.Device, v.Name, err)
				continue
			}
			r, err := Decode(&a, key)
			if err := judge(want, a, r, err); err != nil {
				t.Errorf("%s %s %s: %v", v.Device, v.Name, v.Input, err)
				continue
			}
			c.passed++
		}
	}
	for _, device := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%-24s %d/%d", device, counts[device].passed, counts[device].all)
	}
}

// mistaken are vectors that no decoder of single advertisements can pass.
var mistaken = map[string]string{
	"mibeacon test_Xiaomi_HHCCJCY01_all_values":    "its values come from four advertisements, of which the vector has the last",
	"ble_monitor smartdry cloth_dryer":             "its voltage is read differently by the two sources that we have, the one with more examples is followed",
	"ble_monitor sensorpush_parser SensorPush_HTw": "how the maker packs its values is in no description that we have",
	"ble_monitor airmentor air_mentor_pro_2_set_1": "how the maker packs humidity and TVOC is in no description that we have",
	"ble_monitor airmentor air_mentor_2s_set_1":    "how the maker packs formaldehyde is in no description that we have",
}

// judges compare a report with what each source of vectors calls its fields.
var judges = map[string]func(want map[string]any, a Advert, r Report, err error) error{
	"bthome-v2":           judgeBTHome,
	"bthome-v2-encrypted": judgeBTHome,
	"bthome-v2-hci":       judgeMonitor,
	"bthome-v1-hci":       judgeMonitor,
	"mibeacon":            judgeBTHome,
	"mibeacon-encrypted":  judgeBTHome,
	"mibeacon-hci":        judgeMonitor,
	"mi-scale-hci":        judgeMonitor,
	"mi-band-amazfit-hci": judgeMonitor,
	"atc-lywsd03-hci":     judgeMonitor,
	"ruuvi":               judgeMonitor,
	"qingping":            judgeFamily,
	"sensirion":           judgeFamily,
	"inkbird":             judgeFamily,
	"govee":               judgeFamily,
	"thermopro":           judgeFamily,
	"switchbot":           judgeFamily,
	"thermobeacon":        judgeFamily,
	"bluemaestro":         judgeFamily,
	"holyiot":             judgeFamily,
	"oral-b":              judgeFamily,
	"senssun-scale":       judgeFamily,
	"acconeer-radar":      judgeFamily,
	"almendo":             judgeFamily,
	"jaalee":              judgeFamily,
	"kkm":                 judgeFamily,
	"teltonika":           judgeFamily,
	"relsib":              judgeFamily,
	"airmentor":           judgeFamily,
	"smartdry":            judgeFamily,
	"sensorpush":          judgeFamily,
	"ibeacon":             judgeBeacon,
	"altbeacon":           judgeBeacon,
}

// judgeBTHome knows values, binary states and events by the names of the format.
func judgeBTHome(want map[string]any, _ Advert, r Report, err error) error {
	if want["supported"] == false {
		if err == nil {
			return fmt.Errorf("taken: %v", r.Fields())
		}
		return nil
	}
	if err != nil {
		return err
	}
	got := r.Fields()
	for _, group := range []string{"values", "binary"} {
		if w, ok := want[group].(map[string]any); ok {
			if consumable, ok := w["ExtendedSensorDeviceClass.CONSUMABLE"]; ok {
				w = map[string]any{"consumable": consumable}
			}
			if err := vectors.Same(w, vectors.JSON(got)); err != nil {
				return err
			}
		}
	}
	if w, _ := want["values"].(map[string]any); len(w) == 0 && want["binary"] == nil && want["events"] == nil && len(r.Values) > 0 {
		return fmt.Errorf("values out of nothing: %v", got)
	}
	events, _ := want["events"].(map[string]any)
	for name, e := range events {
		g := got[name]
		for _, more := range []string{"_action", "_result"} { // where a state has the same name
			if got[name+more] != nil {
				g = got[name+more]
			}
		}
		if err := vectors.Same(e.(map[string]any)["type"], g); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, v := range r.Values {
		name, _, _ := strings.Cut(strings.TrimSuffix(v.Key(), "_action"), "_result")
		if _, ok := events[name]; v.Kind == Event && !ok {
			return fmt.Errorf("an event out of nothing: %v", v)
		}
	}
	for _, name := range []string{"manufacturer", "model", "bindkey_verified", "decryption_failed"} {
		if w, ok := want[name]; ok && (got[name] != nil || w != false) {
			if err := vectors.Same(w, got[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// monitorNames are the names of ble_monitor that differ from ours.
var monitorNames = map[string]string{
	"co2": "carbon_dioxide", "tvoc": "volatile_organic_compounds", "binary": "generic", "gas detected": "gas",
	"moisture detected": "moisture", "distance mm": "distance", "volume mL": "volume", "weight": "mass", "dewpoint": "dew_point",
	"switch": "power", "packet": "packet_id", "result": "fingerprint_result", "action": "lock_action", "method": "lock_method",
	"door action": "door_action", "one btn switch": "button",
}

// judgeMonitor knows values by the names of ble_monitor.
func judgeMonitor(want map[string]any, a Advert, r Report, err error) error {
	if err != nil {
		return err
	}
	got := r.Fields()
	for name, w := range want {
		ours := strings.ReplaceAll(name, " ", "_")
		if n, ok := monitorNames[name]; ok && got[ours] == nil {
			ours = n
		}
		g := got[ours]
		switch name {
		case "non-stabilized weight":
			g = got["non_stabilized_weight"]
		case "weight unit", "motion":
			if r.Format == "ruuvi" || name == "weight unit" { // it makes motion of the count of movements
				continue
			}
		case "firmware", "type", "data", "motion timer", "remote", "remote single press", "locktype", "one btn switch":
			continue // what it makes of the others
		case "button switch":
			name, g = "button", got["button"]
		case "rssi":
			g = float64(a.RSSI)
		case "mac":
			g = strings.ReplaceAll(a.Address.String(), ":", "")
		case "packet":
			if _, isText := w.(string); isText { // none, or all its bytes
				w = nil
			} else {
				g = float64(r.Packet)
				if r.Format == "mibeacon" { // it knows the low byte only
					g = float64(r.Packet & 0xFF)
				}
			}
		case "steps":
			if g == nil {
				g = got["dimmer_steps"]
			}
		case "voltage":
			if r.Format == "atc" && r.Encrypted {
				continue // it makes one of the percents
			}
		case "timestamp":
			at, err := time.Parse(time.RFC3339, w.(string))
			if err != nil {
				return err
			}
			w = float64(at.Unix())
		}
		if text, ok := w.(string); ok && name != "text" {
			w = strings.TrimPrefix(strings.ReplaceAll(text, " ", "_"), "single_")
		}
		if text, ok := g.(string); ok && name == "key id" {
			if i := strings.LastIndex(text, " "); text[i+1:] == fmt.Sprint(w) {
				continue
			}
			g = strings.ReplaceAll(text, " ", "_")
		}
		if g == nil && name == "button" {
			for _, v := range r.Values {
				if v.Kind == Event {
					g = strings.TrimPrefix(v.Text, "rotate_")
				}
			}
		}
		if on, ok := w.(bool); ok { // mostly
			w = map[bool]float64{true: 1}[on]
		}
		if state, ok := g.(bool); ok { // it knows 0 and 1
			g = map[bool]float64{true: 1}[state]
		}
		if g == nil { // of several it shows the last
			for i := 2; got[ours+"_"+strconv.Itoa(i)] != nil; i++ {
				g = got[ours+"_"+strconv.Itoa(i)]
			}
		}
		if n, ok := w.(float64); ok {
			if f, ok := g.(float64); ok && math.Abs(n-f) <= 0.005 || name == "acceleration" && math.Abs(n-f) < 0.05 { // rounded
				continue
			}
		}
		if err := vectors.Same(w, g); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// judgeBeacon knows what ble_monitor tracks; what it makes of a beacon's numbers
// for other devices (temperatures in major and minor) is not for us.
func judgeBeacon(want map[string]any, a Advert, r Report, err error) error {
	if _, ok := want["sensor_msg"]; ok {
		if !errors.Is(err, ErrUnknown) {
			return fmt.Errorf("taken: %v, %v", r.Fields(), err)
		}
		return nil
	}
	plain := map[string]any{}
	for name, w := range want {
		name = strings.TrimPrefix(name, "tracker.")
		if name != "tracker_id" && name != "is connected" && name != "manufacturer" && !strings.HasPrefix(name, "cypress") {
			plain[name] = w
		}
	}
	return judgeMonitor(plain, a, r, err)
}

// judgeFamily knows what ble_monitor makes of its devices, without what it
// derives, and takes an alarm that is not set for none, not for 0 degrees.
func judgeFamily(want map[string]any, a Advert, r Report, err error) error {
	if _, ok := want["sensor_msg"]; ok {
		if !errors.Is(err, ErrUnknown) {
			return fmt.Errorf("taken: %v, %v", r.Fields(), err)
		}
		return nil
	}
	plain := map[string]any{}
	for name, w := range want {
		if strings.Contains(name, "probe") && w == 0.0 {
			if _, ok := r.Find(strings.ReplaceAll(name, " ", "_")); !ok {
				continue
			}
		}
		switch name {
		case "toothbrush state", "sector", "sector timer", "number of sectors", "mode", "switch", "packet":
			continue
		case "pressure":
			if _, text := w.(string); text {
				continue
			}
		case "mac":
			if r.Model == "H5178-outdoor" { // it makes another address for the second sensor
				continue
			}
		case "button":
			w = "press"
		case "pm2.5":
			name = "pm25"
		}
		plain[name] = w
	}
	if r.Model != want["type"] {
		return fmt.Errorf("model %q, want %q", r.Model, want["type"])
	}
	return judgeMonitor(plain, a, r, err)
}

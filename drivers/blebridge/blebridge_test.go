package blebridge

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/internal/vectors"
)

// ourNames are what the vectors call our values.
var ourNames = map[string]string{"temperature_C": "temperature", "humidity_pct": "humidity", "battery_pct": "battery", "open": "opening"}

func TestVectors(t *testing.T) {
	passed, all := map[string]int{}, map[string]int{}
	for _, v := range vectors.From(t, "bridge_json.json") {
		all[v.Device]++
		var err error
		if v.Device == "shelly" {
			err = checkShelly(v)
		} else {
			err = checkMQTT(v)
		}
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		passed[v.Device]++
	}
	for device := range all {
		t.Logf("%s %d/%d", device, passed[device], all[device])
	}
}

func checkMQTT(v vectors.Vector) error {
	var in struct{ Topic, Payload string }
	var want map[string]any
	if err := errors.Join(json.Unmarshal(v.Input, &in), json.Unmarshal(v.Expected, &want)); err != nil {
		return err
	}
	h, err := ParseMQTT(in.Topic, []byte(in.Payload))
	if err != nil {
		return err
	}
	fields := map[string]any{}
	if h.Decoded != nil {
		fields = h.Decoded.Fields()
	}
	for name, w := range want {
		var g any
		switch name {
		case "mac":
			g = h.Advert.Address.String()
		case "rssi":
			g = float64(h.Advert.RSSI)
		case "distance_m":
			g = h.Distance
		case "id_invalid_mac":
			g = h.Advert.Address == advert.Address{}
		case "manufacturer_data":
			m := h.Advert.Manufacturer[0]
			g = hex.EncodeToString(append([]byte{byte(m.ID), byte(m.ID >> 8)}, m.Bytes...))
		case "ibeacon":
			g = map[string]any{"uuid": fields["uuid"]}
		case "same_beacon_uuid":
			g = fields["uuid"]
		case "humidity_pct":
			if g = fields["humidity"]; w.(float64) > 100 { // it must be dropped
				w = nil
			}
		default:
			g = fields[ourNames[name]]
		}
		if err := vectors.Same(w, g); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func checkShelly(v vectors.Vector) error {
	var want map[string]any
	if err := json.Unmarshal(v.Expected, &want); err != nil {
		return err
	}
	all, err := ParseShelly(v.Input)
	if err != nil || len(all) != 1 {
		return fmt.Errorf("%d, %v", len(all), err)
	}
	h := all[0]
	if want["advertisements"] != nil {
		got := []any{map[string]any{"mac": h.Advert.Address.String(), "rssi": float64(h.Advert.RSSI), "raw": hex.EncodeToString(h.Raw)}}
		return vectors.Same(want["advertisements"], got)
	}
	fields := h.Decoded.Fields()
	got := map[string]any{"packet_id": float64(h.Decoded.Packet), "battery_pct": fields["battery"], "rssi": float64(h.Advert.RSSI)}
	if fields["button"] == "press" {
		got["button"] = 1.0
	}
	if want["buttons"] != nil {
		pressed := []any{0.0, 0.0, 0.0, 0.0}
		for i := range pressed {
			for n, what := range presses {
				if fields[fmt.Sprintf("button_%d", i+1)] == what {
					pressed[i] = float64(n)
				}
			}
		}
		got["buttons"] = pressed
	}
	return vectors.Same(want, got)
}

// What comes raw is decoded here, whatever the bridge thinks of it.
func TestRawBytesComeFirst(t *testing.T) {
	h, err := ParseMQTT("home/omg/BTtoMQTT/A4C1388D18B2", []byte(`{"id":"a4:c1:38:8d:18:b2","rssi":"-60","servicedata":"4002ca0903bf13","servicedatauuid":"0xfcd2","tempc":99}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Report(nil)
	if v, _ := r.Find("temperature"); err != nil || v.Number != 25.06 || h.Advert.RSSI != -60 || h.Bridge != "omg" {
		t.Errorf("%+v, %v", r, err)
	}
	h, _ = ParseMQTT("home/omg/BTtoMQTT/A4C1388D18B2", []byte(`{"manufacturerdata":"not hex","tempc":"21.5"}`))
	if r, err = h.Report(nil); err != nil || len(r.Values) != 1 || h.Advert.Address.String() != "A4:C1:38:8D:18:B2" {
		t.Errorf("%+v %+v, %v", h, r, err)
	}
}

// A bridge that gives nothing raw passes on that somebody called.
func TestAPressThatABridgeDecoded(t *testing.T) {
	for payload, want := range map[string]string{
		`{"id":"AA:BB:CC:DD:EE:FF","packet":29,"batt":100,"button":1}`:             "29 [{battery_level 100 %} {button_press 1 1}]",
		`{"id":"AA:BB:CC:DD:EE:FF","packet":30,"batt":100,"button":11}`:            "30 [{battery_level 100 %} {button_press 1 1}]",
		`{"id":"AA:BB:CC:DD:EE:FF","packet":31,"batt":100,"button":0}`:             "31 [{battery_level 100 %}]",
		`{"id":"AA:BB:CC:DD:EE:FF","packet":32,"button1":0,"button2":77}`:          "32 [{button_press 1 1}]",
		`{"id":"AA:BB:CC:DD:EE:FF","packet":"x","batt":100,"button":"of a shirt"}`: "0 [{battery_level 100 %}]",
	} {
		h, err := ParseMQTT("home/omg/BTtoMQTT/AABBCCDDEEFF", []byte(payload))
		if err != nil || h.Decoded == nil {
			t.Fatalf("%s: %v", payload, err)
		}
		if got := fmt.Sprint(h.Decoded.Packet, h.Decoded.Measures(nil)); got != want {
			t.Errorf("%s: %s", payload, got)
		}
	}
}

// One event that is broken does not hide the other.
func TestShellyEvents(t *testing.T) {
	all, err := ParseShelly([]byte(`{"src":"shelly-hall","method":"NotifyEvent","params":{"events":[
		{"event":"ble.scan_result","data":[2,[["AA:BB:CC:DD:EE:FF",-50,"AgEG","CBbS/ECh"],["nobody",1,"",""]]]},
		{"event":"shelly-blu","data":{"address":"b0:c7:de:00:11:22","pid":7,"button":254}},
		{"event":"something.else","data":1}]}}`))
	if err == nil || len(all) != 2 || all[0].Bridge != "shelly-hall" {
		t.Fatalf("%+v, %v", all, err)
	}
	if v, ok := all[1].Decoded.Find("button"); !ok || v.Text != "hold_press" {
		t.Errorf("%+v", all[1].Decoded)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range [][2]string{{"a/b", "{}"}, {"a/BTtoMQTT/x", "nonsense"}} {
		if _, err := ParseMQTT(c[0], []byte(c[1])); !errors.Is(err, ErrMalformed) {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, s := range []string{"", `{"event":"ble.scan_result","data":[3,0]}`, `{"event":"ble.scan_result","data":{}}`, `{"event":"shelly-blu","data":{"address":"x"}}`} {
		if _, err := ParseShelly([]byte(s)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("home/x/BTtoMQTT/A4C1388D18B2", `{"id":"a4:c1:38:8d:18:b2","rssi":-60,"servicedata":"4002ca09","servicedatauuid":"fcd2","hum":"52"}`)
	f.Add("", `{"event":"ble.scan_result","data":[2,[["AA:BB:CC:DD:EE:FF",-50,"AgEG",""]]]}`)
	f.Add("", `{"params":{"events":[{"event":"shelly-blu","data":{"address":"b0:c7:de:00:11:22","button":[0,1]}}]}}`)
	f.Fuzz(func(t *testing.T, topic, payload string) {
		if h, err := ParseMQTT(topic, []byte(payload)); err == nil {
			h.Report(nil)
		}
		all, _ := ParseShelly([]byte(payload))
		for i := range all {
			all[i].Report(nil)
		}
	})
}

func BenchmarkParseMQTT(b *testing.B) {
	payload := []byte(strings.TrimSpace(`{"id":"58:2D:34:33:AA:DF","rssi":-70,"servicedata":"5020aa018ddfaa33342d580610026602","servicedatauuid":"0xfe95","hum":61.4}`))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMQTT("home/omg/BTtoMQTT/582D3433AADF", payload); err != nil {
			b.Fatal(err)
		}
	}
}

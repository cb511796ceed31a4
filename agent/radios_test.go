package agent

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/care"
)

// A button that two radios hear, in the agent as it runs.
func TestAButtonByRadioFlashesTheLamp(t *testing.T) {
	h := newFakeHome(t)
	h.cfg = h.parse(fmt.Sprintf(`
site: home-1
gateway: gw-1
state_dir: %s/state
http: 127.0.0.1:0
local: {outputs: [{place: room-1, red: "%s"}]}
radios:
  - {name: gateway, kind: bluez, device: "%s"}
  - {name: hall, kind: bluez, device: "%s"}
residents: [{id: r-1}, {id: r-2, bed: {arm: 1s}}]
sensors:
  - {id: button-2, kind: callpoint, resident: r-1, place: room-1, mac: "A4:C1:38:00:00:01"}
  - {id: front, kind: door, resident: r-1, room: entrance, mac: "A4:C1:38:00:00:02", class: bed}
  - {id: ear-1, kind: thermometer, resident: r-2, mac: "A4:C1:38:00:00:03"}
  - {id: air-1, kind: climate, resident: r-2, mac: "A4:C1:38:00:00:04", class: band}
  - {id: mat-2, kind: mat, resident: r-2, mac: "A4:C1:38:00:00:05"}
`, h.dir, h.server.Addr("red"), h.server.Addr("gateway"), h.server.Addr("hall")))
	tag := func(last byte) *sim.Tag {
		t := sim.NewTag([6]byte{0xA4, 0xC1, 0x38, 0, 0, last}, "")
		t.HeardBy(h.home.Radio("gateway"), -60)
		t.HeardBy(h.home.Radio("hall"), -70)
		return t
	}
	button, door, ear, air, mat := tag(1), tag(2), tag(3), tag(4), tag(5)
	h.start()
	h.until(20*time.Second, "hearing", func() bool {
		air.Air(21.5, 48)
		s := h.states()
		return s["air-1"] == care.SensorWorks && strings.Contains(h.tapped.String(), `"radio_state"`)
	})
	if _, listed := h.states()["button-2"]; listed {
		t.Error("a button that speaks when it wants is said not to have been reached")
	}
	if s, listed := h.states()["front"]; !listed || s != -1 {
		t.Error("a door that has to speak is not missed")
	}
	pressed := time.Now()
	button.Press()
	h.until(10*time.Second, "a call", func() bool { return h.flashes("red", pressed) >= 2 })
	mat.Occupied(true) // and nothing more until somebody leaves the bed
	lain := time.Now()
	door.Door(true)
	ear.Temperature(38.4)
	h.until(10*time.Second, "readings", func() bool {
		s := h.tapped.String()
		return strings.Contains(s, `"body_temperature","value":38.4`) && strings.Contains(s, `"metric":"door","value":1`) &&
			strings.Contains(s, `"relative_humidity","value":48`) && (strings.Contains(s, `"signal_strength","value":-60`) || strings.Contains(s, `"signal_strength","value":-70`)) // of whichever radio was first
	})
	h.until(10*time.Second, "a second in bed", func() bool { return time.Since(lain) > 1500*time.Millisecond })
	mat.Occupied(false)
	h.until(10*time.Second, "an exit", func() bool { return strings.Contains(h.alerts.String(), `"kind":"bed_exit"`) })
	h.end()
	calls := 0
	for line := range strings.Lines(h.alerts.String()) {
		if strings.Contains(line, `"kind":"call"`) {
			calls++
		}
	}
	if calls != 1 || strings.Count(h.tapped.String(), `"button_press"`) != 1 {
		t.Errorf("%d calls\n%s", calls, h.alerts)
	}
	var figures bytes.Buffer
	h.metrics.WritePrometheus(&figures)
	for _, want := range []string{"osmanthus_agent_radio_adverts_total", "osmanthus_agent_radio_repeated_total", `osmanthus_agent_radio_state{radio="hall"} 0`} {
		if !strings.Contains(figures.String(), want) {
			t.Errorf("no %s in the figures", want)
		}
	}
	if again := replayed(t, h.cfg, h.recorded.String()); again != h.alerts.String() || again == "" {
		t.Errorf("the recorded trace gave\n%s\nlive it was\n%s", again, h.alerts)
	}
}

// SenML of third-party gateways, in both forms, resolved by its rules.
func TestPacksOfSenML(t *testing.T) {
	at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	// [{-2: "urn:dev:1:", 0: "heart_rate", 2: 72}], as RFC 8428 writes it in CBOR.
	cbor, err := hex.DecodeString("81a3216a75726e3a6465763a313a006a68656172745f72617465021848")
	if err != nil {
		t.Fatal(err)
	}
	for _, payload := range [][]byte{
		[]byte(` [{"bn":"urn:dev:1:","n":"heart_rate","u":"beat/min","v":72,"t":-30}, {"n":"nonsense","v":1}]`), cbor,
	} {
		records, err := pack(payload, at)
		if err != nil || len(records) != 1 || records[0].Name != "urn:dev:1:heart_rate" || records[0].Metric != "heart_rate" || records[0].Value != 72 {
			t.Errorf("%q: %+v, %v", payload, records, err)
		}
		if payload[0] == ' ' && !records[0].At.Equal(at.Add(-30*time.Second)) {
			t.Errorf("half a minute ago is %v", records[0].At)
		}
	}
	for _, payload := range []string{"", "[", "{}", `[{"n":"heart_rate"}]`, "\xff\xff", "81"} {
		if records, err := pack([]byte(payload), at); err == nil {
			t.Errorf("%q: %+v", payload, records)
		}
	}
}

func FuzzPack(f *testing.F) {
	f.Add([]byte(`[{"bn":"urn:dev:1:","n":"heart_rate","v":72}]`))
	f.Add([]byte("\x81\xa2\x21\x61a\x00\x61b"))
	f.Fuzz(func(t *testing.T, payload []byte) { pack(payload, time.Unix(1e9, 0)) })
}

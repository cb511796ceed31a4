package agent

import (
	"fmt"
	"testing"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/agent/sim"
	"osmanthus/care"

	"periph.io/x/conn/v3/gpio"
)

// A smoke detector of the home: from its relay to the lamp, the siren and the
// contact of the nurse call, without a resident, and onto the disk.
func TestA8_SmokeInAHomeCallsWithoutAnybodysName(t *testing.T) {
	h := newFakeHome(t)
	smoke := sim.NewContact(h.home.Pin("smoke"), sim.NormallyOpen)
	fault := sim.NewContact(h.home.Pin("smoke-fault"), sim.NormallyClosed)
	h.home.Pin("relay")
	h.cfg = h.parse(fmt.Sprintf(`
site: home-1
gateway: gw-1
state_dir: %s/state
http: 127.0.0.1:0
local: {outputs: [{place: 厨房, red: "%s", relay: "%s"}]}
residents: [{id: r-1}]
sensors:
  - {id: smoke-1, kind: smoke, place: 厨房, pin: "%s", fault_pin: "%s"}
`, h.dir, h.server.Addr("red"), h.server.Addr("relay"), h.server.Addr("smoke"), h.server.Addr("smoke-fault")))
	h.start()
	defer h.end()
	h.until(10*time.Second, "a sensor that works", func() bool { return h.sense.States()["smoke-1"] == care.SensorWorks })
	began := time.Now()
	smoke.Press()
	h.until(5*time.Second, "red and calling", func() bool {
		return h.flashes("red", began) > 0 && h.home.Pin("relay").Read() == gpio.High
	})
	h.until(5*time.Second, "on disk", func() bool { return len(h.stored()) == 1 })
	if a := h.stored()[0].Alert; a.Kind != care.SmokeAlarm || a.Priority != care.High || a.State != care.Confirmed || a.Resident != "" || a.Source != "smoke-1" || a.Place != "厨房" {
		t.Errorf("%+v", a)
	}
	// Its power fails while it burns: the alarm stays, and that it cannot watch
	// any more is told when it falls silent.
	fault.CutCord()
	smoke.Release()
	h.until(20*time.Second, "a fault", func() bool {
		list := h.stored()
		return len(list) >= 2 && list[1].Alert.Kind == care.SensorFault && list[1].Alert.Priority == care.Medium
	})
	for _, m := range h.stored() {
		if m.Alert.State == care.Cleared {
			t.Errorf("%+v", m.Alert)
		}
	}
}

// What the configuration says of the home reaches the engine and the drivers.
func TestWhatWatchesTheHomeIsPlanned(t *testing.T) {
	h := &fakeHome{t: t}
	cfg := h.parse(`
site: home-1
gateway: gw-1
buses: [{name: b, device: /dev/i2c-1}]
residents: [{id: r-1}]
sensors:
  - {id: mat, kind: mat, resident: r-1, pin: GPIO4}
  - {id: floor, kind: floor_mat, resident: r-1, pin: GPIO5, room: bedroom}
  - {id: gas, kind: gas, pin: GPIO6, fault_pin: GPIO7}
  - {id: co, kind: carbon_monoxide, supervised: {bus: b, channel: 1}}
  - {id: leak, kind: leak, resident: r-1, pin: GPIO8, normally_closed: true}
  - {id: water, kind: water_flow, resident: r-1, pin: GPIO9, pulses_per_litre: 450, water: {running: never, unused: 6h, least: 3}}
  - {id: mains, kind: mains, pin: GPIO10, battery: {bus: b, channel: 2, divider: 5.7, low: 11.5}}
  - {id: door, kind: door, resident: r-1, room: entrance, supervised: {bus: b, channel: 3}}
`)
	want := []detect.Kind{detect.BedPad, detect.MotionSensor, detect.HazardSensor, detect.HazardSensor, detect.HazardSensor,
		detect.WaterMeter, detect.MainsSensor, detect.DoorContact}
	sources := plan(cfg).Sources
	for i, k := range want {
		if sources[i].Kind != k {
			t.Errorf("%s: %v, want %v", sources[i].ID, sources[i].Kind, k)
		}
	}
	if w := sources[5].Water; w.Running >= 0 || w.Unused != 6*time.Hour || w.Least != 3 || sources[6].LowBattery != 11.5 || sources[1].Room != detect.Bedroom {
		t.Errorf("%+v, %v, %v", w, sources[6].LowBattery, sources[1].Room)
	}
	_, sensors := senses(cfg)
	if s := sensors[2]; s.FaultPin != "GPIO7" || s.Resident != "" {
		t.Errorf("%+v", s)
	}
	if s := sensors[5]; s.PulsesPerLitre != 450 {
		t.Errorf("%+v", s)
	}
	if s := sensors[6]; s.Battery == nil || s.Battery.Channel != 2 || s.Divider != 5.7 || sensors[7].Line.Channel != 3 {
		t.Errorf("%+v", s)
	}
}

package hardware

import (
	"slices"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/e2e/hardware/bench"
	"osmanthus/e2e/hardware/ether"
)

// wholeHome is a home with a bit of everything that hangs on a gateway.
const wholeHome = `buses:
	- {name: bedside, device: BUS}
radios:
	- {name: gateway, kind: bluez, device: hci0}
sensors:
	- {id: wrist-01, kind: mpu6050, bus: bedside, address: 0x68, resident: r-01, worn: wrist}
	- {id: finger-01, kind: max30102, bus: bedside, resident: r-01}
	- {id: bed-01, kind: ads1115, bus: bedside, resident: r-01, rate: 5, pad: {on: 1.4, off: 1.0}}
	- {id: air-01, kind: bme280, bus: bedside, resident: r-01}
	- {id: air-02, kind: scd4x, bus: bedside, resident: r-01}
	- {id: radar-01, kind: ld2410, port: PORT, resident: r-01, room: bathroom}
	- {id: call-01, kind: callpoint, pin: CALL-1, resident: r-01}
	- {id: door-01, kind: door, pin: DOOR, resident: r-01, room: entrance}
	- {id: room-01, kind: climate, mac: "A4:C1:38:8D:18:B2", resident: r-01, class: band}
	- {id: button-01, kind: callpoint, mac: "A4:C1:38:00:00:01", resident: r-01}
`

// TestA1_AHomeOnARealKernel: the whole agent, and everything that it senses
// comes through the kernel: I²C, GPIO, a serial port and Bluetooth. Every sensor
// works and says what is there, and still does when a while has passed.
func TestA1_AHomeOnARealKernel(t *testing.T) {
	wires := bedside()
	for _, c := range chips {
		if slices.Contains([]string{"ads1115", "bme280", "scd4x"}, c.driver) {
			wires.Attach(c.addr, c.model)
		}
	}
	adapter := bench.PlugAdapter(t, wires)
	lines := bench.PlugLines(t, "board", "CALL-1", "DOOR")
	var bath bathroom
	serial := bench.PlugSerial(t, sim.NewLD2410(bath.scene))
	var air ether.Ether
	controllers(t, &air, 1)
	button, press := ether.NewButton(buttonAddress)
	air.On(ether.NewTag(tagAddress, rising))
	air.On(button)

	g := runGateway(t, strings.NewReplacer("BUS", adapter.Device(), "PORT", serial.Device()).Replace(wholeHome))
	time.Sleep(10 * time.Second) // until the radio listens
	press()
	want := map[string]string{ // what each measures
		"wrist-01": "activity", "finger-01": "pulse_rate", "bed-01": "bed_occupancy", "air-01": "air_temperature",
		"air-02": "carbon_dioxide", "radar-01": "presence", "call-01": "call_line", "door-01": "door",
		"room-01": "air_temperature", "button-01": "button_press",
	}
	g.all(2*time.Minute, want)

	time.Sleep(time.Minute)
	g.skip()
	press()
	g.all(2*time.Minute, want)
	pressed := time.Now()
	lines.Close("CALL-1")
	if a := g.alerts(time.Second, "call", "confirmed", "call-01"); a.At.Sub(pressed) > quick {
		t.Errorf("the call was raised after %v", a.At.Sub(pressed))
	}
	g.quiet("sensor_fault", 0)
	g.quiet("radio_fault", 0)
	g.quiet("source_stale", 0)
	g.quiet("implausible", 0)
}

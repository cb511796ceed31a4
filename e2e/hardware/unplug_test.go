package hardware

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/e2e/hardware/bench"
)

// works is the value of sensor_state of a sensor that works.
const works = 0

// TestA1_TheProbeReadsTheRealThing: what an installer types shows what the chips
// behind /dev/i2c-N and a line of the kernel say.
func TestA1_TheProbeReadsTheRealThing(t *testing.T) {
	wires := bedside()
	adapter := bench.PlugAdapter(t, wires)
	bench.PlugLines(t, "board", "CALL-1")
	for _, try := range []struct{ driver, bus, metric string }{
		{"mpu6050", adapter.Device(), "acceleration_z"},
		{"max30102", adapter.Device(), "light_infrared"},
		{"callpoint", "CALL-1", "call_line"},
	} {
		out, err := exec.Command(program("osmanthus-probe"), "read", "-driver", try.driver, "-bus", try.bus, "-n", "3").CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", try.driver, err, out)
			continue
		}
		said := 0
		for line := range strings.Lines(string(out)) {
			var l struct{ Readings []struct{ Metric string } }
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Errorf("%s: %v: %s", try.driver, err, line)
			}
			for _, r := range l.Readings {
				if r.Metric == try.metric {
					said++
				}
			}
		}
		if said == 0 {
			t.Errorf("%s does not say %s:\n%s", try.driver, try.metric, out)
		}
	}
}

// bedsideHome is a home with a band and a finger clip on one bus, and a call
// point on a line.
const bedsideHome = `buses:
	- {name: bedside, device: DEVICE}
sensors:
	- {id: wrist-01, kind: mpu6050, bus: bedside, resident: r-01, worn: wrist}
	- {id: finger-01, kind: max30102, bus: bedside, resident: r-01}
	- {id: call-01, kind: callpoint, pin: CALL-1, resident: r-01}
`

// TestA2_TheAdapterIsPulledAndPutBack: the bus of two sensors is pulled out of
// its socket. Both are technical alarms within a minute, the call point beside
// them works on, and all is well again when the plug is back, without a restart.
func TestA2_TheAdapterIsPulledAndPutBack(t *testing.T) {
	wires := bedside()
	adapter := bench.PlugAdapter(t, wires)
	lines := bench.PlugLines(t, "board", "CALL-1")
	g := runGateway(t, strings.ReplaceAll(bedsideHome, "DEVICE", adapter.Device()))
	g.says(10*time.Second, "wrist-01", "sensor_state", works)
	g.reading(time.Minute, "finger-01", "pulse_rate")

	pulled := time.Now()
	adapter.Unplug()
	for range 2 {
		a := g.alerts(time.Minute, "sensor_fault", "confirmed", "wrist-01", "finger-01")
		t.Logf("%s: %s after %v", a.Source, a.Kind, a.At.Sub(pulled).Round(time.Millisecond))
	}

	pressed := time.Now()
	lines.Close("CALL-1")
	call := g.alerts(time.Second, "call", "confirmed", "call-01")
	if d := call.At.Sub(pressed); d > quick {
		t.Errorf("the call beside the dead bus was raised after %v", d)
	}
	lines.Release("CALL-1")

	adapter.Plug()
	back := time.Now()
	for range 2 {
		a := g.alerts(time.Minute, "sensor_fault", "cleared", "wrist-01", "finger-01")
		t.Logf("%s: works %v after the plug was put back", a.Source, a.At.Sub(back).Round(time.Millisecond))
	}
	g.reads(time.Minute, "a new pulse", func(r reading) bool { return r.Metric == "pulse_rate" && r.At.After(back) })
}

// TestA4_TheChipOfACallLineVanishes: the line is a technical alarm within a
// minute, never a call and never calm; when the chip is back a press is seen
// again, without a restart.
func TestA4_TheChipOfACallLineVanishes(t *testing.T) {
	lines := bench.PlugLines(t, "board", "CALL-1")
	g := runGateway(t, `sensors:
	- {id: call-01, kind: callpoint, pin: CALL-1, resident: r-01}
`)
	g.says(10*time.Second, "call-01", "call_line", 0)
	gone := time.Now()
	lines.Unplug()
	a := g.alerts(time.Minute, "sensor_fault", "confirmed", "call-01")
	t.Logf("%s after %v", a.Kind, a.At.Sub(gone).Round(time.Millisecond))

	lines.Plug()
	back := time.Now()
	a = g.alerts(time.Minute, "sensor_fault", "cleared", "call-01")
	t.Logf("cleared %v after the chip was back", a.At.Sub(back).Round(time.Millisecond))
	pressed := time.Now()
	lines.Close("CALL-1")
	call := g.alerts(time.Second, "call", "confirmed", "call-01")
	if d := call.At.Sub(pressed); d > quick {
		t.Errorf("the call was raised after %v", d)
	}
	g.quiet("call", 1)
}

// TestA2_AnAdapterHangsInTheKernel: one adapter takes a transfer and never ends
// it, so that the kernel hangs with whoever asked. The sensor is a technical
// alarm within a minute, the other bus loses nothing, and when the adapter
// answers again all is well without a restart.
func TestA2_AnAdapterHangsInTheKernel(t *testing.T) {
	wires := sim.NewHome(nil).Bus("hanging")
	wires.Attach(0x68, sim.NewMPU6050(still))
	other := bedside()
	one, two := bench.PlugAdapter(t, wires), bench.PlugAdapter(t, other)
	t.Cleanup(func() { wires.SetFault(sim.NoFault) }) // or it could not be unplugged
	g := runGateway(t, strings.NewReplacer("ONE", one.Device(), "TWO", two.Device()).Replace(`buses:
	- {name: one, device: ONE}
	- {name: two, device: TWO}
sensors:
	- {id: wrist-01, kind: mpu6050, bus: one, resident: r-01, worn: wrist}
	- {id: finger-01, kind: max30102, bus: two, resident: r-01}
`))
	g.says(10*time.Second, "wrist-01", "sensor_state", works)
	last := g.reading(time.Minute, "finger-01", "pulse_rate").At

	hung := time.Now()
	wires.SetFault(sim.Hang)
	a := g.alerts(time.Minute, "sensor_fault", "confirmed", "wrist-01")
	t.Logf("%s after %v", a.Kind, a.At.Sub(hung).Round(time.Millisecond))
	for time.Since(hung) < 2*time.Minute { // it says one every 5 s
		next := g.reading(time.Minute, "finger-01", "pulse_rate").At
		if d := next.Sub(last); d > 6*time.Second {
			t.Errorf("the pulse of the other bus paused for %v", d)
		}
		last = next
	}

	wires.SetFault(sim.NoFault)
	mended := time.Now()
	a = g.alerts(2*time.Minute, "sensor_fault", "cleared", "wrist-01")
	t.Logf("cleared %v after it answered again", a.At.Sub(mended).Round(time.Millisecond))
}

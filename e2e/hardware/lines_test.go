package hardware

import (
	"math"
	"testing"
	"time"

	"osmanthus/e2e/hardware/bench"
)

// linedHome is a home whose sensors are contacts on the kernel's lines.
const linedHome = `sensors:
	- {id: door-01, kind: door, pin: DOOR, normally_closed: true, room: entrance, resident: r-01}
	- {id: motion-01, kind: motion, pin: PIR, normally_closed: true, room: kitchen, resident: r-01}
	- {id: mat-01, kind: mat, pin: MAT, resident: r-01}
	- {id: smoke-01, kind: smoke, pin: SMOKE, fault_pin: SMOKE-FAULT}
	- {id: leak-01, kind: leak, pin: LEAK}
	- {id: water-01, kind: water_flow, pin: WATER, pulses_per_litre: 300}
	- {id: mains-01, kind: mains, pin: MAINS}
`

// TestA8_AHomeOfLines: what an installer wires to the gateway's pins comes out
// as readings and alerts, by the kernel's edges and levels; of the pulses of a
// water meter none is lost.
func TestA8_AHomeOfLines(t *testing.T) {
	lines := bench.PlugLines(t, "board", "DOOR", "PIR", "MAT", "SMOKE", "SMOKE-FAULT", "LEAK", "WATER", "MAINS")
	g := runGateway(t, linedHome)
	time.Sleep(time.Second) // then the lines are open
	for _, closed := range []string{"DOOR", "PIR", "SMOKE-FAULT"} {
		lines.Close(closed)
	}
	g.says(time.Minute, "smoke-01", "smoke", 0)
	time.Sleep(2 * time.Minute) // until the motion sensor has warmed up

	for _, try := range []struct {
		what           func()
		source, metric string
		value          float64
	}{
		{func() { lines.Release("DOOR") }, "door-01", "door", 1},
		{func() { lines.Close("DOOR") }, "door-01", "door", 0},
		{func() { lines.Release("PIR") }, "motion-01", "motion", 1},
		{func() { lines.Close("PIR") }, "motion-01", "motion", 0},
		{func() { lines.Close("MAT") }, "mat-01", "bed_occupancy", 1},
		{func() { lines.Release("MAT") }, "mat-01", "bed_occupancy", 0},
		{func() { lines.Close("MAINS") }, "mains-01", "mains_power", 0},
		{func() { lines.Release("SMOKE-FAULT") }, "smoke-01", "smoke", 2},
		{func() { lines.Close("SMOKE-FAULT") }, "smoke-01", "smoke", 0},
	} {
		g.skip()
		try.what()
		g.says(15*time.Second, try.source, try.metric, try.value)
	}
	g.alerts(time.Minute, "power_lost", "confirmed", "mains-01")
	for source, kind := range map[string]string{"smoke-01": "smoke", "leak-01": "water_leak"} {
		began := time.Now()
		lines.Close(map[string]string{"smoke-01": "SMOKE", "leak-01": "LEAK"}[source])
		a := g.alerts(5*time.Second, kind, "confirmed", source)
		t.Logf("%s after %v", kind, a.At.Sub(began).Round(time.Millisecond))
	}

	g.skip()
	last := g.reading(time.Minute, "water-01", "water_flow")
	const pulses = 600
	for range pulses {
		lines.Close("WATER")
		time.Sleep(10 * time.Millisecond)
		lines.Release("WATER")
		time.Sleep(10 * time.Millisecond)
	}
	litres := 0.0
	for range 4 {
		r := g.reading(time.Minute, "water-01", "water_flow")
		litres += r.Value * r.At.Sub(last.At).Minutes()
		last = r
	}
	if math.Abs(litres-pulses/300.0) > 0.05 {
		t.Errorf("%v l of %v", litres, pulses/300.0)
	}
}

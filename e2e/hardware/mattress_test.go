package hardware

import (
	"encoding/json"
	"math"
	"os/exec"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/e2e/hardware/bench"
)

// TestA1_CellsByTheKernelsLines: four outputs of the gateway choose which of 16
// cells under a mattress the converter on I²C measures; each says its own.
func TestA1_CellsByTheKernelsLines(t *testing.T) {
	lines := bench.PlugLines(t, "board", "S0", "S1", "S2", "S3")
	cell := func(time.Time) float64 {
		chosen := 0
		for i, name := range []string{"S0", "S1", "S2", "S3"} {
			if lines.High(name) {
				chosen |= 1 << i
			}
		}
		return 0.2 * float64(chosen)
	}
	wires := sim.NewHome(nil).Bus("bed")
	wires.Attach(0x48, sim.NewADS1115([4]sim.Volts{cell}))
	adapter := bench.PlugAdapter(t, wires)
	out, err := exec.Command(program("osmanthus-probe"), "read", "-driver", "fsrmatrix", "-bus", adapter.Device()+",S0,S1,S2,S3", "-n", "2").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		var l struct{ Readings []struct{ Value float64 } }
		if err := json.Unmarshal([]byte(line), &l); err != nil || len(l.Readings) != 16 {
			t.Fatalf("%v: %s", err, line)
		}
		for i, r := range l.Readings {
			if want := 62 * float64(i); math.Abs(r.Value-want) > 1 { // 1023 counts are 3.3 V
				t.Errorf("cell %d says %v, not %v", i, r.Value, want)
			}
		}
	}
}

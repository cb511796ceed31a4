package agent

import (
	"strings"
	"testing"
	"time"

	"osmanthus/agent/config"
	"osmanthus/care"
)

// BenchmarkPipeline is what a fifth of a second of one wrist costs, from the
// sink of the senses to the batch.
func BenchmarkPipeline(b *testing.B) {
	cfg, err := config.Parse([]byte(`
site: home-1
gateway: gw-1
state_dir: `+b.TempDir()+`
http: ""
residents: [{id: r-1}]
buses: [{name: b, device: /dev/i2c-1}]
sensors: [{id: wrist-1, kind: mpu6050, bus: b, resident: r-1, worn: wrist}]
`), Kinds())
	if err != nil {
		b.Fatal(err)
	}
	a, err := New(cfg, Opts{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.outbox.Close()
	someone := &body{}
	block := care.Block{Resident: "r-1", Source: "wrist-1", Kind: care.IMU, Start: time.Now().Round(0).UTC(), Rate: 100, Channels: make([][]float64, 6)}
	for i := range 20 {
		acc, gyro := someone.feel(block.At(i))
		for k := range 3 {
			block.Channels[k] = append(block.Channels[k], acc[k])
			block.Channels[3+k] = append(block.Channels[3+k], gyro[k])
		}
	}
	b.ReportAllocs()
	for i := range b.N {
		a.pipe.Block(&block)
		block.Start = block.Start.Add(200 * time.Millisecond)
		if i%500 == 0 {
			a.batcher.flush()
		}
	}
}

func TestAReadingThatCannotBeCarriedHarmsNoOther(t *testing.T) {
	a := quietAgent(t)
	at := time.Now()
	nan := care.NewReading("r-1", "x", care.HeartRate, 0, 90, at)
	nan.Value = nan.Value / nan.Value
	a.pipe.Reading(nan)
	a.pipe.Reading(care.NewReading("no id", "x", care.HeartRate, 70, 90, at))
	tap := &buffer{}
	a.opts.Tap = tap
	for range 3 { // one series, one millisecond: the store would keep one
		a.pipe.Reading(care.NewReading("r-1", "x", care.HeartRate, 300, 90, at))
	}
	a.batcher.drain()
	if a.pipe.refused.Load() != 2 || a.pipe.readings.Load() != 3 || a.outbox.Stats().Telemetry != 1 {
		t.Errorf("%d refused, %d taken, %d batches", a.pipe.refused.Load(), a.pipe.readings.Load(), a.outbox.Stats().Telemetry)
	}
	lines := strings.Split(strings.TrimSpace(tap.String()), "\n")
	if len(lines) != 3 || lines[0] == lines[1] || lines[1] == lines[2] {
		t.Errorf("tapped %q", lines)
	}
	if !strings.Contains(lines[0], `"value":300`) || !strings.Contains(lines[0], `"flags":1`) {
		t.Errorf("a heart rate of 300 is not carried with its flag: %s", lines[0])
	}
}

func TestADetectorThatPanicsCostsOneStep(t *testing.T) {
	a := quietAgent(t)
	a.pipe.do(func() ([]care.Reading, []care.Alert) { panic("a detector") })
	a.pipe.Reading(care.NewReading("r-1", "x", care.HeartRate, 70, 90, time.Now()))
	if a.pipe.panics.Load() != 1 || a.pipe.readings.Load() != 1 {
		t.Errorf("%d panics, %d readings", a.pipe.panics.Load(), a.pipe.readings.Load())
	}
	if codes := a.warnings.Codes(time.Now()); len(codes) != 1 || codes[0] != "detector-panic" {
		t.Errorf("warnings %v", codes)
	}
}

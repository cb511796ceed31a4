package agent

import (
	"context"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/config"
	"osmanthus/care"
)

// freeAddress is an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// replayed plays a trace through the whole agent, with a state of its own, and
// returns its alerts.
func replayed(t *testing.T, cfg config.Config, trace string) string {
	t.Helper()
	cfg.StateDir, cfg.HTTP = t.TempDir(), ""
	alerts := &buffer{}
	a, err := New(cfg, Opts{Trace: strings.NewReader(trace), Alerts: alerts})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return alerts.String()
}

// D1: all detection runs with network and cloud absent, and gives the same.
func TestD1_TheSameTraceGivesTheSameAlertsWithAndWithoutNetwork(t *testing.T) {
	cfg, err := config.Parse([]byte(`
site: home-1
gateway: gw-1
state_dir: /nowhere
residents: [{id: r-1}]
buses: [{name: b, device: "sim:unix:///nowhere#b"}]
sensors:
  - {id: wrist-1, kind: mpu6050, bus: b, resident: r-1, worn: wrist}
  - {id: pad-1, kind: ads1115, bus: b, resident: r-1}
  - {id: button-1, kind: callpoint, resident: r-1, pin: GPIO5}
`), Kinds())
	if err != nil {
		t.Fatal(err)
	}
	trace := modelledTrace(t)
	alone := replayed(t, cfg, trace)
	for _, want := range []string{`"kind":"fall","state":"confirmed"`, `"kind":"call"`, `"kind":"source_stale"`} {
		if !strings.Contains(alone, want) {
			t.Errorf("without a network there is no %s:\n%s", want, alone)
		}
	}
	cfg.Uplink.Broker = "tcp://" + freeAddress(t) // nobody answers there
	if cut := replayed(t, cfg, trace); cut != alone {
		t.Errorf("with a broker out of reach:\n%s\nwithout a network:\n%s", cut, alone)
	}
	if again := replayed(t, cfg, trace); again != alone {
		t.Errorf("the second time:\n%s\nthe first:\n%s", again, alone)
	}
}

// modelledTrace is three minutes of one resident: a fall, a call, and a pad
// that falls silent.
func modelledTrace(t *testing.T) string {
	var b strings.Builder
	line := func(l traceLine) {
		j, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(j, '\n'))
	}
	begin := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	someone := &body{}
	someone.fall(begin.Add(40 * time.Second))
	for s := range 180 {
		at := begin.Add(time.Duration(s) * time.Second)
		block := care.Block{Resident: "r-1", Source: "wrist-1", Kind: care.IMU, Start: at, Rate: 100, Channels: make([][]float64, 6)}
		for i := range 100 {
			acc, gyro := someone.feel(block.At(i))
			for k := range 3 {
				block.Channels[k] = append(block.Channels[k], acc[k])
				block.Channels[3+k] = append(block.Channels[3+k], gyro[k])
			}
		}
		line(traceLine{Block: fromBlock(&block)})
		if s < 60 {
			pad := care.Block{Resident: "r-1", Source: "pad-1", Kind: care.BedLoad, Start: at, Rate: 10, Channels: [][]float64{{.2, .2, .2, .2, .2, .2, .2, .2, .2, .2}}}
			line(traceLine{Block: fromBlock(&pad)})
		}
		if s%20 == 0 {
			state := float64(care.CallLineNormal)
			if s == 100 {
				state = care.CallLinePressed
			}
			line(traceLine{Reading: fromReading(care.NewReading("r-1", "button-1", care.CallLine, state, 100, at))})
		}
		line(traceLine{Tick: new(at.Add(time.Second))})
	}
	return b.String()
}

func TestATraceThatCannotBeReadIsAnError(t *testing.T) {
	for _, bad := range []string{"{", "{}", `{"tick":5}`, `{"block":{"rate":"x"}}`} {
		a, err := New(config.Config{StateDir: t.TempDir(), Outbox: config.Outbox{Cap: 8 << 20}, Telemetry: config.Telemetry{Batch: config.Duration(time.Second)}},
			Opts{Trace: strings.NewReader(bad)})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzPlay plays whatever bytes; nothing may panic beyond the pipeline, which
// counts the panics of detectors: there are to be none.
func FuzzPlay(f *testing.F) {
	f.Add([]byte(`{"block":{"resident":"r-1","source":"wrist-1","kind":1,"start":"2026-03-01T00:00:00Z","rate":100,"channels":[[1,2],[3,4],[5,6]]}}`))
	f.Add([]byte(`{"block":{"resident":"r-1","source":"finger-1","kind":2,"start":"2026-03-01T00:00:00Z","rate":100,"channels":[[1,2]]}}`))
	f.Add([]byte(`{"block":{"resident":"r-1","source":"pad-1","kind":3,"start":"2026-03-01T00:00:00Z","rate":1e-9,"channels":[]}}`))
	f.Add([]byte(`{"reading":{"resident":"r-1","source":"button-1","metric":200,"value":1,"quality":255,"at":"0001-01-01T00:00:00Z"}}`))
	f.Add([]byte("{\"tick\":\"2026-03-01T00:00:00Z\"}\n{\"tick\":\"1970-03-01T00:00:00Z\"}\n"))
	cfg, err := config.Parse([]byte(`
site: home-1
gateway: gw-1
state_dir: `+f.TempDir()+`
http: ""
residents: [{id: r-1}]
buses: [{name: b, device: /dev/i2c-1}]
sensors:
  - {id: wrist-1, kind: mpu6050, bus: b, resident: r-1, worn: wrist}
  - {id: finger-1, kind: max30102, bus: b, resident: r-1}
  - {id: pad-1, kind: ads1115, bus: b, resident: r-1}
  - {id: button-1, kind: callpoint, resident: r-1, pin: GPIO5}
`), Kinds())
	if err != nil {
		f.Fatal(err)
	}
	a, err := New(cfg, Opts{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { a.outbox.Close() })
	f.Fuzz(func(t *testing.T, trace []byte) {
		before := a.pipe.panics.Load()
		a.play(t.Context(), strings.NewReader(string(trace))) //nolint:errcheck // most inputs are no trace
		a.caller.drain()
		a.batcher.flush()
		if a.pipe.panics.Load() != before {
			t.Error("a detector panicked")
		}
	})
}

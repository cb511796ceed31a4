package agent

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/agent/config"
	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/wire"
)

// body walks, and falls when it is told to: loss of balance, half weight,
// impact, stillness.
type body struct {
	mu   sync.Mutex
	fell time.Time
}

func (b *body) fall(at time.Time) { b.mu.Lock(); defer b.mu.Unlock(); b.fell = at }

func (b *body) feel(at time.Time) (acc, gyro [3]float64) {
	b.mu.Lock()
	fell := b.fell
	b.mu.Unlock()
	t := float64(at.UnixMicro()%1e10) / 1e6
	noise := func(k float64) float64 { return 0.008 * math.Sin(t*(311+97*k)) * math.Sin(t*(173+31*k)) }
	since := at.Sub(fell).Seconds()
	switch {
	case fell.IsZero() || since < 0: // walking, the arm hangs
		w := 2 * math.Pi * 1.7
		acc = [3]float64{0.97 + 0.16*math.Sin(w*t), 0.18 + 0.1*math.Sin(w*t/2), 0.16 + 0.12*math.Sin(w*t/2)}
		gyro[1] = 70 * math.Sin(w*t/2)
	case since < 0.4:
		acc = [3]float64{0.8, 0.4 * since, 0.3}
		gyro = [3]float64{120, 180, 60}
	case since < 0.8:
		acc = [3]float64{0.25, -0.2, 0.15}
		gyro = [3]float64{220, 260, 90}
	case since < 1.3: // the impact, and a smaller one after it
		p := 6.5*math.Exp(-math.Pow((since-0.86)/0.025, 2)) + 2.5*math.Exp(-math.Pow((since-1.05)/0.04, 2))
		acc = [3]float64{0.2 + 0.4*p, -0.9 - 0.8*p, 0.3 + 0.45*p}
		gyro = [3]float64{-150 * (1.3 - since), 200 * (1.3 - since), 0}
	default:
		acc = [3]float64{0.2, -0.93, 0.31}
	}
	for k := range 3 {
		acc[k] += noise(float64(k))
	}
	return acc, gyro
}

// fakeHome is modelled chips and pins behind a socket, and an agent on them.
type fakeHome struct {
	t      *testing.T
	dir    string
	home   *sim.Home
	server *sim.Server
	body   *body
	button *sim.Contact
	cfg    config.Config

	*Agent
	tapped, alerts, recorded *buffer
	stop                     context.CancelFunc
	done                     chan error
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }
func (b *buffer) String() string              { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

func newFakeHome(t *testing.T) *fakeHome {
	t.Helper()
	// A socket's path is short; t.TempDir's may not be.
	dir, err := os.MkdirTemp("", "home")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	h := &fakeHome{t: t, dir: dir, home: sim.NewHome(nil), body: &body{}}
	bus := h.home.Bus("bed-1")
	bus.Attach(0x68, sim.NewMPU6050(h.body.feel))
	bus.Attach(0x57, sim.NewMAX30102(func(time.Time) (red, ir float64) { return 90_000, 110_000 }))
	volts := func(time.Time) float64 { return 0.2 }
	bus.Attach(0x48, sim.NewADS1115([4]sim.Volts{volts, volts, volts, volts}))
	h.button = sim.NewContact(h.home.Pin("button-1"), sim.NormallyOpen)
	for _, pin := range []string{"red", "yellow", "siren"} {
		h.home.Pin(pin)
	}
	if h.server, err = sim.NewServer(h.home, filepath.Join(dir, "sim.sock"), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- h.server.Run(ctx) }()
	t.Cleanup(func() { stop(); <-served })
	h.cfg = h.parse(fmt.Sprintf(`
site: home-1
gateway: gw-1
state_dir: %s/state
http: 127.0.0.1:0
local: {outputs: [{place: room-1, red: "%[2]s", yellow: "%[3]s", siren: "%[4]s"}]}
buses: [{name: bed-1, device: "%[5]s"}]
residents: [{id: r-1}]
sensors:
  - {id: wrist-1, kind: mpu6050, bus: bed-1, resident: r-1, place: room-1, worn: wrist}
  - {id: finger-1, kind: max30102, bus: bed-1, resident: r-1, place: room-1}
  - {id: pad-1, kind: ads1115, bus: bed-1, resident: r-1, place: room-1}
  - {id: button-1, kind: callpoint, resident: r-1, place: room-1, pin: "%[6]s"}
`, dir, h.server.Addr("red"), h.server.Addr("yellow"), h.server.Addr("siren"), h.server.Addr("bed-1"), h.server.Addr("button-1")))
	return h
}

func (h *fakeHome) parse(text string) config.Config {
	h.t.Helper()
	cfg, err := config.Parse([]byte(text), Kinds())
	if err == nil {
		err = Check(cfg)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return cfg
}

// start runs an agent on the home; end ends it.
func (h *fakeHome) start() {
	h.t.Helper()
	h.tapped, h.alerts, h.recorded, h.done = &buffer{}, &buffer{}, &buffer{}, make(chan error, 1)
	var err error
	h.Agent, err = New(h.cfg, Opts{Tap: h.tapped, Alerts: h.alerts, Record: h.recorded})
	if err != nil {
		h.t.Fatal(err)
	}
	var ctx context.Context
	ctx, h.stop = context.WithCancel(context.Background())
	go func() { h.done <- h.Agent.Run(ctx) }()
}

func (h *fakeHome) end() {
	h.t.Helper()
	h.stop()
	if err := <-h.done; err != nil {
		h.t.Error(err)
	}
}

// until waits for a condition, and fails if it does not come in time.
func (h *fakeHome) until(limit time.Duration, what string, is func() bool) {
	h.t.Helper()
	for end := time.Now().Add(limit); !is(); {
		if time.Now().After(end) {
			h.t.Fatalf("after %v: not %s\nalerts:\n%s\nwarnings: %v", limit, what, h.alerts, h.warnings.Visible(time.Now()))
		}
		wait := time.NewTimer(20 * time.Millisecond)
		<-wait.C
	}
}

// flashes counts how often a pin rose after a time.
func (h *fakeHome) flashes(pin string, after time.Time) (n int) {
	for _, tr := range h.home.Pin(pin).History() {
		if tr.At.After(after) && tr.Level == gpio.High {
			n++
		}
	}
	return n
}

// stored decodes the alerts of the outbox.
func (h *fakeHome) stored() (list []wire.Alert) {
	lane := h.outbox.Alerts()
	for pos := uint64(0); ; pos++ {
		at, _, _, payload, ok := lane.Next(pos)
		if !ok {
			return list
		}
		pos = at
		m, err := wire.DecodeAlert(payload)
		if err != nil {
			h.t.Fatal(err)
		}
		list = append(list, m)
	}
}

func (h *fakeHome) has(k care.Kind, s care.State) (wire.Alert, bool) {
	for _, m := range h.stored() {
		if m.Alert.Kind == k && m.Alert.State == s {
			return m, true
		}
	}
	return wire.Alert{}, false
}

func TestAFallFlashesTheLampUntilSomebodyAnswers(t *testing.T) {
	h := newFakeHome(t)
	h.start()
	h.until(20*time.Second, "sensing", func() bool {
		s := h.sense.States()
		return s["wrist-1"] == care.SensorWorks && s["button-1"] == care.SensorWorks && h.sense.Stats().Samples > 1200
	})
	fell := time.Now()
	h.body.fall(fell)
	h.until(40*time.Second, "a confirmed fall in the outbox", func() bool { _, ok := h.has(care.Fall, care.Confirmed); return ok })
	m, _ := h.has(care.Fall, care.Confirmed)
	if off := m.Alert.Onset.Sub(fell); off < 0 || off > 2*time.Second {
		t.Errorf("the fall is said to have begun %v after it did", off)
	}
	if m.Alert.Resident != "r-1" || m.Alert.Source != "wrist-1" || m.Boot != h.boot || m.Seq == 0 {
		t.Errorf("the alert is %+v", m)
	}
	t.Logf("impact to decision %v", m.Alert.At.Sub(m.Alert.Onset))
	h.until(5*time.Second, "flashing", func() bool { return h.flashes("red", fell) >= 3 && h.flashes("siren", fell) >= 3 })

	h.apply(wire.Board{Version: 7, Entries: []wire.BoardEntry{{Episode: m.Alert.Episode, State: wire.BoardAcknowledged}}})
	if h.status().BoardVersion != 7 {
		t.Error("the status does not report the board")
	}
	quiet := time.Now().Add(100 * time.Millisecond)
	h.until(2*time.Second, "quiet", func() bool { return time.Now().After(quiet.Add(1200 * time.Millisecond)) })
	if n := h.flashes("red", quiet); n != 0 || h.home.Pin("red").Read() == gpio.High {
		t.Errorf("after the answer the lamp flashed %d times", n)
	}
	// An older board must not ring it again.
	h.apply(wire.Board{Version: 6, Entries: []wire.BoardEntry{{Episode: m.Alert.Episode, State: wire.BoardRaised}}})
	if p, _ := h.local.Loudest(time.Now()); p != 0 {
		t.Error("an older board rings again")
	}
	h.apply(wire.Board{Version: 8, Entries: []wire.BoardEntry{{Episode: m.Alert.Episode, State: wire.BoardClosed}}})
	if _, n := h.local.Loudest(time.Now()); n != 0 {
		t.Errorf("%d episodes are open after it was closed", n)
	}
	h.end()

	// What entered the engine, played again, gives the same alerts.
	if again := replayed(t, h.cfg, h.recorded.String()); again != h.alerts.String() || again == "" {
		t.Errorf("the recorded trace gave\n%s\nlive it was\n%s", again, h.alerts)
	}
}

func TestACallRingsAgainAfterAKill(t *testing.T) {
	h := newFakeHome(t)
	h.start()
	h.until(20*time.Second, "watching the button", func() bool { return strings.Contains(h.tapped.String(), `"call_line","value":0`) })
	pressed := time.Now()
	h.button.Press()
	h.until(10*time.Second, "a call", func() bool { return h.flashes("red", pressed) >= 2 })
	h.button.Release()
	h.end()
	if lines := strings.Count(h.tapped.String(), "\n"); lines < 4 {
		t.Errorf("%d readings were tapped", lines)
	}
	// local's own file is lost: the outbox still knows.
	if err := os.Remove(filepath.Join(h.cfg.StateDir, "open.json")); err != nil {
		t.Error(err)
	}
	again := time.Now()
	h.start()
	h.until(10*time.Second, "ringing again", func() bool { return h.flashes("red", again) >= 2 })
	if s := h.status(); s.Pending == 0 || s.Boot != h.boot || s.Presence != 0 {
		t.Errorf("the status is %+v", s)
	}
	h.end()
}

func TestEveryTappedReadingIsInTheOutboxOnce(t *testing.T) {
	h := newFakeHome(t)
	h.start()
	h.until(30*time.Second, "busy", func() bool { return strings.Count(h.tapped.String(), "\n") > 7 })
	h.end()
	// The outbox is closed: open it as the next run would.
	before := h.Agent
	next, err := New(h.cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer next.outbox.Close()
	lane, seqs, n := next.outbox.Telemetry(), uint64(0), uint64(0)
	for pos := uint64(0); ; pos++ {
		at, boot, seq, payload, ok := lane.Next(pos)
		if !ok {
			break
		}
		pos = at
		m, err := wire.DecodeTelemetry(payload)
		if err != nil || boot != before.boot || m.Boot != boot || m.Seq != seq {
			t.Fatalf("batch %d of boot %x: %v", seq, boot, err)
		}
		if seqs++; seq != seqs {
			t.Fatalf("batch %d comes after %d", seq, seqs-1)
		}
		n += uint64(len(m.Readings))
		for _, r := range m.Readings {
			if r.Flags&care.Simulated == 0 {
				t.Errorf("a model's reading of %s does not say so", r.Metric)
			}
		}
	}
	if n != before.pipe.readings.Load() || n == 0 {
		t.Errorf("%d readings are in the outbox, %d were taken", n, before.pipe.readings.Load())
	}
}

func TestHealthzAndMetrics(t *testing.T) {
	h := newFakeHome(t)
	l := freeAddress(t)
	h.cfg.HTTP = l
	h.start()
	defer h.end()
	h.until(20*time.Second, "sensing", func() bool { return h.sense.Stats().Samples > 100 })
	var body string
	get := func(path string) int {
		r, err := http.Get("http://" + l + path)
		if err != nil {
			return 0
		}
		defer r.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(r.Body); err != nil {
			return 0
		}
		body = b.String()
		return r.StatusCode
	}
	h.until(5*time.Second, "serving", func() bool { return get("/healthz") == 200 })
	if !strings.Contains(body, `"wrist-1": 0`) {
		t.Errorf("/healthz: %s", body)
	}
	if get("/metrics") != 200 || !strings.Contains(body, "osmanthus_agent_readings_total") || !strings.Contains(body, "process_resident_memory_bytes") {
		t.Errorf("/metrics: %s", body)
	}
}

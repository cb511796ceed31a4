package health

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"osmanthus/care"
)

var t0 = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return t0.Add(d) }

func TestWarningsAreDebounced(t *testing.T) {
	s := NewWarnings()
	w := Warning{Code: "uplink", Severity: Degraded, Text: "no broker"}
	s.Set(w, time.Minute, t0)
	if got := s.Codes(after(59 * time.Second)); len(got) != 0 {
		t.Errorf("shown too early: %v", got)
	}
	s.Clear("uplink", after(59*time.Second))
	s.Set(w, time.Minute, after(60*time.Second))
	if got := s.Codes(after(119 * time.Second)); len(got) != 0 {
		t.Errorf("two short troubles were added up: %v", got)
	}
	s.Set(w, time.Minute, after(100*time.Second)) // it lasts: said again
	if got := s.Visible(after(120 * time.Second)); len(got) != 1 || !got[0].Since.Equal(after(60*time.Second)) {
		t.Errorf("not shown, or since the wrong time: %v", got)
	}
	s.Clear("uplink", after(130*time.Second))
	if got := s.Codes(after(131 * time.Second)); len(got) != 1 {
		t.Error("it flickers")
	}
	if got := s.Codes(after(140 * time.Second)); len(got) != 0 {
		t.Errorf("it stays: %v", got)
	}
	s.Set(Warning{Code: "b", Severity: Notice}, 0, t0)
	s.Set(Warning{Code: "a", Severity: Critical}, 0, t0)
	if got := s.Codes(t0); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the gravest is not first: %v", got)
	}
}

func TestF5_TheQualityOfTheClock(t *testing.T) {
	synchronised, known := false, true
	c := &Clock{kernel: func() (bool, bool) { return synchronised, known }}
	want := func(at time.Time, q care.TimeQuality) {
		t.Helper()
		if got := c.Quality(at); got != q {
			t.Errorf("at %v: %v, want %v", at, got, q)
		}
	}
	synchronised = true
	want(time.Date(1970, 1, 1, 0, 0, 5, 0, time.UTC), care.TimeUnsynced)
	synchronised = false
	if !setSinceBoot() {
		want(t0, care.TimeUnsynced)
	}
	synchronised = true
	want(t0, care.TimeSynced)
	synchronised = false
	want(t0, care.TimeHoldover)
	known = false
	want(t0, care.TimeHoldover)
}

func TestTheKernelCanBeAsked(t *testing.T) {
	if q := NewClock().Quality(time.Now()); q > care.TimeSynced {
		t.Errorf("quality %v", q)
	}
}

func listen(t *testing.T) (string, *net.UnixConn) {
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return path, c
}

func heard(t *testing.T, c *net.UnixConn) string {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestF7_TheWatchdogIsFedOnlyWhileAlive(t *testing.T) {
	path, c := listen(t)
	env := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000"}
	m := NewManager(func(k string) string { return env[k] })
	if err := m.Say("READY=1"); err != nil || heard(t, c) != "READY=1" {
		t.Fatalf("READY was not heard: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	asked := make(chan struct{})
	silent := make(chan error)
	n := 0
	done := make(chan error)
	go func() {
		done <- m.Feed(ctx, func(time.Time) error {
			if n++; n > 2 {
				return errors.New("stands still")
			}
			return nil
		}, func(err error) { silent <- err })
	}()
	close(asked)
	if a, b := heard(t, c), heard(t, c); a != "WATCHDOG=1" || b != a {
		t.Errorf("heard %q, %q", a, b)
	}
	if err := <-silent; err == nil || !strings.Contains(err.Error(), "stands still") {
		t.Errorf("the hunger was %v", err)
	}
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-silent:
		<-done
	}
	other := NewManager(func(k string) string {
		return map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000", "WATCHDOG_PID": "1"}[k]
	})
	if other.watchdog != 0 {
		t.Error("it feeds the watchdog of another process")
	}
	if err := (Manager{}).Say("READY=1"); err != nil {
		t.Error(err)
	}
}

func TestPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPulses()
		beat := p.Watch("engine", 10*time.Second, time.Now())
		p.Watch("disk", time.Minute, time.Now())
		time.Sleep(9 * time.Second)
		if err := p.Alive(time.Now()); err != nil {
			t.Error(err)
		}
		beat(time.Now())
		time.Sleep(11 * time.Second)
		if err := p.Alive(time.Now()); err == nil || !strings.Contains(err.Error(), "engine") {
			t.Errorf("Alive = %v", err)
		}
	})
}

func TestTheHandler(t *testing.T) {
	set := metrics.NewSet()
	set.NewCounter("osmanthus_test_total").Inc()
	var alive error
	report := func(at time.Time) Report {
		r := Report{At: at, Warnings: []Warning{{Code: "sensor:w", Severity: Degraded, Since: at}}}
		r.Judge(care.TimeSynced, alive)
		return r
	}
	h := Handler(report, set)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	var r map[string]any
	if w := get("/healthz"); w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &r) != nil || r["status"] != "degraded" {
		t.Errorf("/healthz: %d %s", w.Code, w.Body)
	}
	alive = errors.New("engine stands still")
	if w := get("/healthz"); w.Code != 503 {
		t.Errorf("/healthz while failing: %d", w.Code)
	}
	body := get("/metrics").Body.String()
	for _, want := range []string{"osmanthus_test_total 1", "process_resident_memory_bytes", "process_cpu_seconds_total"} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

package agent

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

// stateAfter is the state file of an agent that ran and was stopped.
func stateAfter(t *testing.T, h *fakeHome) []byte {
	t.Helper()
	a, err := New(h.cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.outbox.Close()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := a.keep(stopped); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(a.stateFile())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheStateIsWrittenAtTheEndAndRead(t *testing.T) {
	h := newFakeHome(t)
	data := stateAfter(t, h)
	e, err := detect.New(plan(h.cfg))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(data, time.Now()); err != nil {
		t.Error(err)
	}
	if again := stateAfter(t, h); !detect.SameState(data, again) {
		t.Errorf("a restart changed\n%s\nto\n%s", data, again)
	}
}

func TestADamagedStateIsSaidAndTheHomeIsWatched(t *testing.T) {
	h := newFakeHome(t)
	data := stateAfter(t, h)
	data[len(data)-2] ^= 1
	if err := os.WriteFile(filepath.Join(h.cfg.StateDir, "state.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := New(h.cfg, Opts{})
	if err != nil {
		t.Fatalf("the agent does not start: %v", err)
	}
	defer a.outbox.Close()
	if v := a.warnings.Visible(time.Now()); len(v) != 1 || v[0].Code != "state-lost" {
		t.Errorf("the warnings are %+v", v)
	}
}

// When the state is lost, only who fell lately and was left alone lies for long;
// and the trace says so.
func TestD2_WhoLiesAfterTheStateWasLost(t *testing.T) {
	for _, c := range []struct {
		name string
		ago  time.Duration
		rest string // of the open episode
		lies bool
	}{
		{"half an hour ago, and nobody came", 30 * time.Minute, "", true},
		{"half an hour ago, and silenced in passing", 30 * time.Minute, `,"silenced":"2026-01-01T00:00:00Z"`, true},
		{"half an hour ago, and somebody came", 30 * time.Minute, `,"silenced":"2026-01-01T00:00:00Z","dismissed":true`, false},
		{"three months ago", 90 * 24 * time.Hour, "", false},
	} {
		h := newFakeHome(t)
		if err := os.MkdirAll(h.cfg.StateDir, 0o700); err != nil {
			t.Fatal(err)
		}
		onset := time.Now().Add(-c.ago).UTC().Truncate(time.Millisecond)
		open := fmt.Sprintf(`[{"episode":%q,"kind":%d,"priority":%d,"resident":"r-1","source":"wrist-1","onset":%q%s}]`,
			care.NewEpisode(care.Fall, "r-1", "wrist-1", 0, onset), care.Fall, care.High, onset.Format(time.RFC3339Nano), c.rest)
		for file, text := range map[string]string{"open.json": open, "state.json": "{}\n{}\n"} {
			if err := os.WriteFile(filepath.Join(h.cfg.StateDir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		recorded, alerts := &buffer{}, &buffer{}
		a, err := New(h.cfg, Opts{Record: recorded, Alerts: alerts})
		if err != nil {
			t.Fatal(err)
		}
		for s := range 200 {
			a.pipe.Tick(time.Now().Round(0).UTC().Add(time.Duration(s) * time.Second))
		}
		a.caller.drain()
		if err := a.outbox.Close(); err != nil {
			t.Fatal(err)
		}
		if lies := strings.Contains(alerts.String(), "long_lie"); lies != c.lies {
			t.Errorf("a fall %s: lies %v\n%s", c.name, lies, alerts)
		}
		if again := replayed(t, h.cfg, recorded.String()); again != alerts.String() {
			t.Errorf("a fall %s: the trace gave\n%s\nlive it was\n%s", c.name, again, alerts)
		}
	}
}

func TestAStateThatCannotBeWrittenIsSaid(t *testing.T) {
	h := newFakeHome(t)
	a, err := New(h.cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.outbox.Close()
	if err := os.Mkdir(a.stateFile()+".new", 0o700); err != nil { // in the way
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := a.keep(stopped); err != nil {
		t.Fatal(err)
	}
	if v := a.warnings.Visible(time.Now()); len(v) != 1 || v[0].Code != "state-not-kept" {
		t.Errorf("the warnings are %+v", v)
	}
}

package agent

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/agent/detect"
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

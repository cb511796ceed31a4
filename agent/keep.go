package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/agent/health"
	"osmanthus/internal/wholefile"
)

const (
	keepLook  = 30 * time.Second // changes are written this often at most: SD cards wear
	keepFresh = 10 * time.Minute // and the time of the file is never older than this
)

func (a *Agent) stateFile() string { return filepath.Join(a.cfg.StateDir, "state.json") }

// recall gives the engine what it knew before the restart. Without it the
// engine begins anew, which is worse for whoever has been in the bathroom for an
// hour, and no reason not to watch.
func (a *Agent) recall(engine *detect.Engine) {
	if a.opts.Trace != nil {
		return // a trace holds all that entered the engine
	}
	data, err := os.ReadFile(a.stateFile())
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	at := time.Now().Round(0).UTC()
	if err == nil {
		if a.opts.Record != nil {
			a.record(traceLine{State: &traceState{At: at, Data: string(data)}})
		}
		err = engine.Load(data, at)
	}
	if err != nil {
		a.log.Error("timers of the run before are lost, wholly or in part", "error", err)
		a.warnings.Set(health.Warning{Code: "state-lost", Severity: health.Degraded, Text: err.Error()}, 0, time.Now())
	}
}

// keep writes the state of the detectors beside the outbox until ctx ends, and
// then once more.
func (a *Agent) keep(ctx context.Context) error {
	if a.opts.Trace != nil {
		return nil
	}
	tick := time.NewTicker(keepLook)
	defer tick.Stop()
	var kept []byte
	var when time.Time
	failing := false
	for {
		ending := false
		select {
		case <-tick.C:
		case <-ctx.Done():
			ending = true
		}
		data, err := a.pipe.save()
		if !ending && len(data) > 0 && detect.SameState(kept, data) && time.Since(when) < keepFresh {
			continue
		}
		if len(data) > 0 {
			if e := wholefile.Write(a.stateFile(), data, 0o600); e != nil {
				err = errors.Join(err, fmt.Errorf("agent: keeping the state of the detectors: %w", e))
			} else {
				kept, when = data, time.Now()
			}
		}
		if (err != nil) != failing {
			failing = err != nil
			a.tellKept(err)
		}
		if ending {
			return nil
		}
	}
}

// tellKept says that the state cannot be kept, or can be again.
func (a *Agent) tellKept(err error) {
	w := health.Warning{Code: "state-not-kept", Severity: health.Degraded}
	if err != nil {
		w.Text = err.Error()
		a.log.Error("a restart now would lose timers", "error", err)
	}
	a.warnings.Is(err != nil, w, 0, time.Now())
}

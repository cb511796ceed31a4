package hardware

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"osmanthus/e2e/hardware/bench"
)

// program is a program of the project, as it was built for this machine.
func program(name string) string { return filepath.Join("..", "..", "bin", name) }

// gateway is the whole agent as a process of its own, with what it says about
// the home: every reading and every alert.
type gateway struct {
	t    testing.TB
	dir  string
	cmd  *exec.Cmd
	seen map[string]int // lines of a file that were looked at
}

// runGateway runs an agent that has these buses, sensors and radios: the end of
// a configuration, in YAML.
func runGateway(t *testing.T, what string) *gateway {
	t.Helper()
	g := &gateway{t: t, dir: t.TempDir(), seen: map[string]int{}}
	config := "site: home-1\ngateway: gw-1\ntime_zone: UTC\nlog_level: debug\nstate_dir: " + filepath.Join(g.dir, "state") +
		"\nresidents:\n  - id: r-01\n" + strings.ReplaceAll(what, "\t", "  ")
	if err := os.WriteFile(g.file("agent.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(g.file("log"))
	if err != nil {
		t.Fatal(err)
	}
	g.cmd = exec.Command(program("osmanthus-agent"), "run", "-config", g.file("agent.yaml"), "-tap", g.file("readings"), "-alerts", g.file("alerts"))
	g.cmd.Stdout, g.cmd.Stderr = log, log
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.stop()
		log.Close()
		if t.Failed() {
			for _, name := range []string{"agent.yaml", "alerts", "readings", "log"} {
				b, _ := os.ReadFile(g.file(name))
				t.Logf("the end of the agent's %s:\n%s", name, b[max(0, len(b)-5000):])
			}
		}
	})
	return g
}

func (g *gateway) file(name string) string { return filepath.Join(g.dir, name) }

// stop asks the agent to end, which it must do cleanly.
func (g *gateway) stop() {
	if g.cmd.ProcessState != nil {
		return
	}
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	limit := time.AfterFunc(time.Minute, func() { _ = g.cmd.Process.Kill() })
	defer limit.Stop()
	if err := g.cmd.Wait(); err != nil {
		g.t.Errorf("the agent did not stop cleanly: %v", err)
	}
}

// reading is a reading as the agent taps it.
type reading struct {
	At             time.Time
	Source, Metric string
	Value          float64
}

// alert is an alert as the agent has put it into its outbox.
type alert struct {
	At                            time.Time
	Source, Kind, State, Priority string
}

// reads waits for a reading that was not looked at yet and that want likes.
func (g *gateway) reads(within time.Duration, what string, want func(reading) bool) (found reading) {
	g.t.Helper()
	bench.Eventually(g.t, within, what, func() error { return next(g, "readings", want, &found) })
	return found
}

// reading waits for a reading of a source and metric.
func (g *gateway) reading(within time.Duration, source, metric string) reading {
	g.t.Helper()
	return g.reads(within, metric+" of "+source, func(r reading) bool { return r.Source == source && r.Metric == metric })
}

// says waits for a reading with a value.
func (g *gateway) says(within time.Duration, source, metric string, value float64) reading {
	g.t.Helper()
	return g.reads(within, fmt.Sprintf("%s of %s at %v", metric, source, value), func(r reading) bool {
		return r.Source == source && r.Metric == metric && r.Value == value
	})
}

// next looks at the lines of a file that were not looked at yet, up to one that
// want likes.
func next[T any](g *gateway, name string, want func(T) bool, found *T) error {
	b, err := os.ReadFile(g.file(name))
	if err != nil {
		return err
	}
	lines := bytes.Split(b, []byte("\n"))
	for _, line := range lines[min(g.seen[name], len(lines)) : len(lines)-1] {
		g.seen[name]++
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			g.t.Fatalf("the agent's %s: %v: %s", name, err, line)
		}
		if want(v) {
			*found = v
			return nil
		}
	}
	return fmt.Errorf("none among %d lines", len(lines)-1)
}

// alerts waits for an alert of one of several sources.
func (g *gateway) alerts(within time.Duration, kind, state string, sources ...string) (found alert) {
	g.t.Helper()
	bench.Eventually(g.t, within, kind+" "+state, func() error {
		return next(g, "alerts", func(a alert) bool {
			return slices.Contains(sources, a.Source) && a.Kind == kind && a.State == state
		}, &found)
	})
	return found
}

// quiet fails the test when there were more confirmed alerts of a kind.
func (g *gateway) quiet(kind string, most int) {
	g.t.Helper()
	b, err := os.ReadFile(g.file("alerts"))
	if err != nil {
		g.t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(b) {
		var a alert
		if err := json.Unmarshal(line, &a); err != nil {
			g.t.Fatal(err)
		}
		if a.Kind == kind && a.State == "confirmed" {
			n++
		}
	}
	if n > most {
		g.t.Errorf("%d alerts %s:\n%s", n, kind, b)
	}
}

// all waits until each of these sources has said its metric; none may say
// meanwhile that it does not work.
func (g *gateway) all(within time.Duration, want map[string]string) {
	g.t.Helper()
	missing := map[string]bool{}
	for source, metric := range want {
		missing[source+" "+metric] = true
	}
	end := time.Now().Add(within)
	for len(missing) > 0 {
		var r reading
		if next(g, "readings", func(reading) bool { return true }, &r) != nil {
			if time.Now().After(end) {
				g.t.Fatalf("not within %v: %v", within, slices.Sorted(maps.Keys(missing)))
			}
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if r.Metric == "sensor_state" && r.Value != works {
			g.t.Errorf("%s is in state %v", r.Source, r.Value)
		}
		delete(missing, r.Source+" "+r.Metric)
	}
}

// skip leaves out the readings so far.
func (g *gateway) skip() {
	var r reading
	_ = next(g, "readings", func(reading) bool { return false }, &r)
}

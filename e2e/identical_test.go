package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"osmanthus/deploy/demo"
	"osmanthus/e2e/lab"
)

// TestD1_TheSameTraceGivesTheSameAlertsWithoutNetwork records what an agent saw
// while somebody fell and somebody called, then plays it through two whole
// agents: one with the broker, one without.
func TestD1_TheSameTraceGivesTheSameAlertsWithoutNetwork(t *testing.T) {
	t.Parallel() // it mostly waits
	story := demo.Calm(5)
	road := lab.NewRoad(t, story)
	road.LogIn("nurse")
	impact := time.Now().Add(20 * time.Second)
	walksThenFalls(road, story.Residents[5], impact)
	road.Agent.Start(t)
	c := &calls{t: t, road: road}
	c.press("in the recording")
	c.release()
	lab.Eventually(t, time.Minute, "the fall is an alarm", func() error {
		_, err := alarmOf(road, 1, story.Residents[5].ID)
		return err
	})
	road.Agent.Stop()
	live := read(t, road.Alerts)

	with := road.Replay(t, "with")
	road.Link.Cut()
	without := road.Replay(t, "without")
	if !bytes.Equal(with, without) {
		t.Errorf("with a network:\n%s\nwithout:\n%s", with, without)
	}
	if !bytes.Equal(with, live) {
		t.Errorf("replayed:\n%s\nlive:\n%s", with, live)
	}
	if n := bytes.Count(with, []byte("\n")); n < 3 {
		t.Errorf("only %d alerts in the trace", n)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// run runs a program of the product and returns its output, whatever its exit.
func run(t *testing.T, dir, bin string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

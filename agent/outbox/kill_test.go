package outbox

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

const killedDir = "OSMANTHUS_TEST_OUTBOX"

// TestMain makes the test binary the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		o, err := Open(dir, Opts{})
		for seq := uint64(1); err == nil; seq++ {
			a, t := Key{Alert, 1, seq}, Key{Telemetry, 1, seq}
			if err = o.Put(a, payload(a, 200)); err == nil {
				err = o.Put(t, payload(t, 1400))
			}
			if err == nil && seq%3 == 0 {
				err = o.Commit()
			}
			fmt.Println(seq)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestF2_AKilledAgentKeepsEveryAlertAndOneCommitAtMostOfTelemetryIsLost(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killedDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := uint64(0)
	for lines := bufio.NewScanner(out); said < 100 && lines.Scan(); {
		if _, err := fmt.Sscan(lines.Text(), &said); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if said < 100 {
		t.Fatalf("the process ended at %d by itself", said)
	}
	o, err := Open(dir, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	alerts, telemetry := keys(t, o, Alert, 0, 200), keys(t, o, Telemetry, 0, 1400)
	if uint64(len(alerts)) < said || uint64(len(telemetry)) < said-2 {
		t.Errorf("after %d alerts and records %d and %d are left", said, len(alerts), len(telemetry))
	}
}

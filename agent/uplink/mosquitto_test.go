package uplink

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/wire"
)

// mosquitto starts a foreign broker with its default limits and without
// persistence.
func mosquitto(t *testing.T, addr string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		if path = "/usr/sbin/mosquitto"; !exists(path) {
			t.Skip("SKIPPED: mosquitto is not installed, so nothing is proved against a foreign broker")
		}
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(t.TempDir(), "mosquitto.conf")
	text := fmt.Sprintf("listener %s %s\nallow_anonymous true\npersistence false\nlog_type error\n", port, host)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-c", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	return cmd
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func kill(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}

// TestG2_AKilledBrokerLosesNothingForGood: what Mosquitto acknowledged and took
// with it comes back by the watermark, and every alert by its receipt.
func TestG2_AKilledBrokerLosesNothingForGood(t *testing.T) {
	addr := freeAddr(t)
	broker := mosquitto(t, addr)
	c := newCloud(t, addr)
	g := start(t, config(addr))
	c.status("the birth", online)
	const n = 400
	var b books
	alerts := map[uint64]bool{}
	for i := range n {
		g.telemetry.putTelemetry(t, 1)
		if i%20 == 0 {
			g.alerts.putAlert(t)
		}
		g.Wake()
		if i == n/4 || i == n/2 {
			kill(broker)
			broker = mosquitto(t, addr)
		}
	}
	say := time.NewTicker(100 * time.Millisecond)
	defer say.Stop()
	late := time.After(2 * patient)
	for g.telemetry.waiting()+g.alerts.waiting() > 0 {
		select {
		case m := <-c.heard:
			switch m.lane {
			case wire.LaneAlert:
				alerts[m.seq(t)] = true
			case wire.LaneLive, wire.LaneBackfill:
				b.write(m.seq(t))
			}
		case <-say.C:
			r := wire.Receipt{}
			if b.top > 0 {
				r = b.watermark()
			}
			for seq := range alerts {
				r.Alerts = append(r.Alerts, wire.AlertReceipt{Boot: boot, Seq: seq})
			}
			c.receipt(r)
		case <-g.telemetry.news:
		case <-late:
			t.Fatalf("%d batches and %d alerts still wait", g.telemetry.waiting(), g.alerts.waiting())
		}
	}
	if len(b.written) != n || len(alerts) != n/20 {
		t.Errorf("%d batches and %d alerts are in the cloud", len(b.written), len(alerts))
	}
}

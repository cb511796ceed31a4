package hardware

import (
	"context"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/e2e/hardware/ether"
)

// TestTheProbeListsWhatIsHeard: what an installer types shows a tag, decoded.
func TestTheProbeListsWhatIsHeard(t *testing.T) {
	var air ether.Ether
	controllers(t, &air, 1)
	air.On(ether.NewTag(tagAddress, rising))
	air.On(ether.NewBand(bandAddress, counting))
	out, err := exec.Command(program("osmanthus-probe"), "ble", "-adapter", "hci0", "-addr", "A4:C1:38:8D:18:B2", "-n", "3", "-for", "60s").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := 0
	for line := range strings.Lines(string(out)) {
		var l struct {
			Address  string
			RSSI     int
			Readings []struct {
				Metric string
				Value  float64
			}
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Address != "A4:C1:38:8D:18:B2" || l.RSSI >= 0 || len(l.Readings) != 1 || l.Readings[0].Value < 20 || l.Readings[0].Value >= 25 {
			t.Errorf("%v: %s", err, line)
		}
		lines++
	}
	if lines != 3 {
		t.Errorf("%d lines:\n%s", lines, out)
	}
	out, err = exec.Command(program("osmanthus-probe"), "ble", "-adapter", "hci7", "-for", "5s").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no such adapter") {
		t.Errorf("an adapter that is not there: %v\n%s", err, out)
	}
}

// TestAPressOfYesterdayIsNotHeard: BlueZ remembers what a button said last. Who
// begins to scan later must not take that for a press.
func TestAPressOfYesterdayIsNotHeard(t *testing.T) {
	var air ether.Ether
	_, blue := controllers(t, &air, 1)
	button, press := ether.NewButton(buttonAddress)
	air.On(button)
	air.On(ether.NewTag(tagAddress, rising))
	it := advert.Address(buttonAddress)
	presses := func(scan time.Duration, during func()) (n int, others int) {
		ctx, cancel := context.WithTimeout(t.Context(), scan)
		defer cancel()
		time.AfterFunc(scan/2, during)
		_ = central(t, "hci0").Scan(ctx, func(h ble.Heard) {
			if h.Address != it {
				others++
			} else if _, ok := h.Service(0xFCD2); ok {
				n++
			}
		})
		return n, others
	}
	nothing := func() {}
	if n, _ := presses(10*time.Second, press); n == 0 {
		t.Fatal("the press is not heard")
	}
	for _, begin := range []func(){nothing, func() { blue.KillDaemon(); blue.StartDaemon() }} {
		begin()
		if n, others := presses(10*time.Second, nothing); n != 0 || others == 0 {
			t.Errorf("the press of before is heard %d times, others %d times", n, others)
		}
	}
	if n, _ := presses(10*time.Second, press); n == 0 {
		t.Error("a new press is not heard")
	}
}

// TestABandThatIsConnectedAlreadyIsTakenOver: an agent that was killed leaves its
// bands connected, and they do not advertise. The next one is told of them, and
// has the connection at once.
func TestABandThatIsConnectedAlreadyIsTakenOver(t *testing.T) {
	var air ether.Ether
	controllers(t, &air, 1)
	air.On(ether.NewBand(bandAddress, counting))
	it := advert.Address(bandAddress)
	connect(t, central(t, "hci0"), it) // whoever was before
	us := central(t, "hci0")
	if h := hear(t, us, it); !h.Connected {
		t.Errorf("it is connected, and heard: %+v", h)
	}
	conn := connect(t, us, it)
	heartRate(t, subscribe(t, conn, 0x2A37))
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if h := hear(t, us, it); h.Connected {
		t.Errorf("nobody is connected to it: %+v", h)
	}
}

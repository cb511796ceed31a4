package hardware

import (
	"testing"
	"time"

	"osmanthus/e2e/hardware/ether"
)

var (
	tagAddress    = ether.Address{0xA4, 0xC1, 0x38, 0x8D, 0x18, 0xB2}
	buttonAddress = ether.Address{0xA4, 0xC1, 0x38, 0x00, 0x00, 0x01}
)

// rising is a room that gets a hundredth of a degree warmer every second, so that
// each advertisement says something else.
func rising(at time.Time) int16 { return int16(2000 + at.Unix()%500) }

// radioHome has two adapters and a room thermometer that is heard by both.
const radioHome = `radios:
	- {name: near, kind: bluez, device: hci0}
	- {name: far, kind: bluez, device: hci1}
sensors:
	- {id: room-01, kind: climate, mac: "A4:C1:38:8D:18:B2", resident: r-01, class: band}
	- {id: button-01, kind: callpoint, mac: "A4:C1:38:00:00:01", resident: r-01}
`

// TestB4_TheNearAdapterGoesDeaf: what two adapters of the machine hear is one
// stream, and a press of a button one call. When the nearer adapter's firmware
// hangs, a press is heard by the other as if nothing was; the ladder is climbed;
// and that nothing helped is told within three minutes, and over when it hears
// again.
func TestB4_TheNearAdapterGoesDeaf(t *testing.T) {
	var air ether.Ether
	sticks, _ := controllers(t, &air, 2)
	tag := ether.NewTag(tagAddress, rising)
	button, press := ether.NewButton(buttonAddress)
	tag.RSSI = func(c *ether.Controller) int8 { return int8(-50 - 20*c.Index()) }
	air.On(tag)
	air.On(button)
	g := runGateway(t, radioHome)
	g.reading(30*time.Second, "room-01", "air_temperature")
	call := func(when string) {
		t.Helper()
		time.Sleep(10 * time.Second) // who presses twice calls once
		pressed := time.Now()
		press()
		a := g.alerts(5*time.Second, "call", "confirmed", "button-01")
		t.Logf("%s: the call is raised %v after the press", when, a.At.Sub(pressed).Round(time.Millisecond))
	}
	call("two adapters hear")
	call("again")

	sticks[0].SetDeaf(true)
	deaf := time.Now()
	call("one is deaf")
	a := g.alerts(4*time.Minute, "radio_fault", "confirmed", "near")
	if d := a.At.Sub(deaf); d > 3*time.Minute {
		t.Errorf("a deaf adapter was told of after %v", d)
	} else {
		t.Logf("%s after %v, and %d resets", a.Kind, d.Round(time.Second), sticks[0].Resets())
	}
	call("one is given up")
	g.reads(2*time.Minute, "the room, heard by the other", func(r reading) bool {
		return r.Source == "room-01" && r.Metric == "air_temperature" && r.At.After(a.At)
	})

	sticks[0].SetDeaf(false)
	g.alerts(3*time.Minute, "radio_fault", "cleared", "near")
	call("two hear again")
	time.Sleep(10 * time.Second)
	g.quiet("call", 5)
	g.quiet("source_stale", 0)
}

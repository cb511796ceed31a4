package hardware

import (
	"testing"
	"time"

	"osmanthus/e2e/hardware/ether"
)

var (
	patchAddress = ether.Address{0xC0, 0xFF, 0xEE, 0, 0, 2}
	earAddress   = ether.Address{0xC0, 0xFF, 0xEE, 0, 0, 3}
)

// feverish is what the ear thermometer has measured.
func feverish(time.Time) float64 { return 38.2 }

// wornHome is a home whose resident wears a band and a patch, which stay
// connected, and has an ear thermometer, which is read when it is awake.
const wornHome = `radios:
	- {name: gateway, kind: bluez, device: hci0}
sensors:
	- {id: band-01, kind: band, mac: "C0:FF:EE:00:00:01", resident: r-01, class: bed}
	- {id: patch-01, kind: band, mac: "C0:FF:EE:00:00:02", resident: r-01}
	- {id: ear-01, kind: thermometer, mac: "C0:FF:EE:00:00:03", resident: r-01, connect: true}
`

// TestB1_TheAgentListensToABand: the whole agent connects to a band and to
// thermometers by real BlueZ, and what they measure comes out as readings. The
// band goes out of reach and comes back much later, and bluetoothd is killed:
// its heart rate comes again each time, without a restart of the agent.
func TestB1_TheAgentListensToABand(t *testing.T) {
	var air ether.Ether
	_, blue := controllers(t, &air, 1)
	band := ether.NewBand(bandAddress, counting)
	air.On(band)
	air.On(ether.NewPatch(patchAddress, warm))
	air.On(ether.NewThermometer(earAddress, feverish))
	g := runGateway(t, wornHome)
	g.reading(2*time.Minute, "band-01", "heart_rate")
	g.says(2*time.Minute, "ear-01", "body_temperature", 38.2)
	g.says(2*time.Minute, "patch-01", "body_temperature", 36.6)

	air.Off(band)
	left := time.Now()
	a := g.alerts(10*time.Minute, "source_stale", "confirmed", "band-01")
	t.Logf("out of reach, told after %v", a.At.Sub(left).Round(time.Second))
	time.Sleep(2 * time.Minute)
	air.On(band)
	back := time.Now()
	r := g.reads(5*time.Minute, "the heart rate again", func(r reading) bool {
		return r.Source == "band-01" && r.Metric == "heart_rate" && r.At.After(back)
	})
	t.Logf("back, heard after %v", r.At.Sub(back).Round(time.Second))

	blue.KillDaemon()
	time.Sleep(20 * time.Second)
	blue.StartDaemon()
	back = time.Now()
	r = g.reads(5*time.Minute, "the heart rate on a new bluetoothd", func(r reading) bool {
		return r.Source == "band-01" && r.Metric == "heart_rate" && r.At.After(back)
	})
	t.Logf("bluetoothd is back, heard after %v", r.At.Sub(back).Round(time.Second))
}

package hardware

import (
	"errors"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/drivers/bus"
	"osmanthus/drivers/radar"
	"osmanthus/e2e/hardware/bench"
)

// bathroom is what a radar sees: somebody, or nobody.
type bathroom struct{ empty atomic.Bool }

func (b *bathroom) scene(time.Time) sim.Scene {
	if b.empty.Load() {
		return sim.Scene{}
	}
	return sim.Scene{Present: true, Moving: true, Metres: 1.4}
}

// hearRadar reads a module until it has said this many whole frames.
func hearRadar(t *testing.T, dev *radar.Dev, frames int) {
	t.Helper()
	var f radar.Frame
	heard := 0
	for end := time.Now().Add(10 * time.Second); heard < frames; heard += f.Frames {
		if err := dev.Sense(&f); err != nil {
			t.Fatal(err)
		}
		if f.Malformed > 0 || time.Now().After(end) {
			t.Fatalf("%d frames, then %+v", heard, f)
		}
	}
}

// TestA7_ARadarOnAUSBSerialPort: frames come through the kernel's serial port
// whole; pulling the plug is an error of reading, at once, not silence; and the
// port can be opened again when the plug is back.
func TestA7_ARadarOnAUSBSerialPort(t *testing.T) {
	var room bathroom
	serial := bench.PlugSerial(t, sim.NewLD2410(room.scene))
	model, _ := radar.ByName("ld2410")
	for range 3 {
		port, err := bus.OpenSerial(serial.Device(), model.Bauds[0], 250*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		dev, err := radar.New(port, model)
		if err != nil {
			t.Fatal(err)
		}
		hearRadar(t, dev, 50)

		serial.Unplug()
		pulled := time.Now()
		for err == nil && time.Since(pulled) < 5*time.Second {
			var f radar.Frame
			err = dev.Sense(&f)
		}
		if err == nil {
			t.Error("the port is gone, and reading it says nothing")
		}
		t.Logf("after %v: %v", time.Since(pulled), err)
		if _, err := bus.OpenSerial(serial.Device(), model.Bauds[0], 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("opening a port that is gone: %v", err)
		}
		if err := port.Close(); err != nil {
			t.Logf("closing the port that is gone: %v", err)
		}
		serial.Plug()
	}
}

// TestA7_ARadarOfTheAgentIsPulledAndPutBack: the agent says who is in the
// bathroom, that the radar is gone within a minute, and who is there when it is
// back.
func TestA7_ARadarOfTheAgentIsPulledAndPutBack(t *testing.T) {
	var room bathroom
	serial := bench.PlugSerial(t, sim.NewLD2410(room.scene))
	g := runGateway(t, strings.ReplaceAll(`sensors:
	- {id: radar-01, kind: ld2410, port: PORT, room: bathroom, resident: r-01}
`, "PORT", serial.Device()))
	g.says(30*time.Second, "radar-01", "presence", 1)
	room.empty.Store(true)
	g.says(30*time.Second, "radar-01", "presence", 0)

	pulled := time.Now()
	serial.Unplug()
	a := g.alerts(time.Minute, "sensor_fault", "confirmed", "radar-01")
	t.Logf("%s after %v", a.Kind, a.At.Sub(pulled).Round(time.Millisecond))

	room.empty.Store(false)
	serial.Plug()
	back := time.Now()
	a = g.alerts(time.Minute, "sensor_fault", "cleared", "radar-01")
	t.Logf("cleared %v after the plug was put back", a.At.Sub(back).Round(time.Millisecond))
	g.says(time.Minute, "radar-01", "presence", 1)
}

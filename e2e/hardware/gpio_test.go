package hardware

import (
	"fmt"
	"io"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/callpoint"
	"osmanthus/e2e/hardware/bench"
)

// quick is how soon a press must be seen (row A3).
const quick = 150 * time.Millisecond

// openLine opens a line of the kernel until the test ends.
func openLine(t *testing.T, name string) gpio.PinIO {
	t.Helper()
	pin, err := bus.OpenPin(name, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { giveBack(t, pin) })
	return pin
}

// giveBack gives a line back to the kernel.
func giveBack(t *testing.T, pin gpio.PinIO) {
	t.Helper()
	if c, ok := pin.(io.Closer); ok {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// watch watches a call point on a line until the test ends.
func watch(t *testing.T, pin gpio.PinIO) *callpoint.Dev {
	t.Helper()
	dev, err := callpoint.New(pin, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, dev) })
	return dev
}

func stop(t *testing.T, dev *callpoint.Dev) {
	t.Helper()
	if err := dev.Halt(); err != nil {
		t.Error(err)
	}
}

// await waits until the call point says a state, and returns how long it took.
func await(t *testing.T, dev *callpoint.Dev, want callpoint.State, limit time.Duration) time.Duration {
	t.Helper()
	began := time.Now()
	var f callpoint.Frame
	for f.State != want {
		if err := dev.Wait(&f, limit); err != nil {
			t.Fatalf("%v: %v", dev, err)
		}
		if time.Since(began) > limit {
			t.Fatalf("%v is %v after %v, not %v", dev, f.State, limit, want)
		}
	}
	return time.Since(began)
}

// TestA3_APressOnALineOfTheKernel: a press and its release are seen within
// 150 ms, a hundred times in a row, with the kernel's own edges.
func TestA3_APressOnALineOfTheKernel(t *testing.T) {
	lines := bench.PlugLines(t, "board", "SPARE", "CALL-1", "MAT-1")
	dev := watch(t, openLine(t, "CALL-1"))
	await(t, dev, callpoint.Normal, time.Second)
	var worst time.Duration
	for range 100 {
		lines.Close("CALL-1")
		worst = max(worst, await(t, dev, callpoint.Pressed, quick))
		lines.Release("CALL-1")
		worst = max(worst, await(t, dev, callpoint.Normal, quick))
	}
	t.Logf("200 changes, the slowest seen after %v", worst)
}

// TestA3_EdgesOfTheKernelWake: an edge ends the wait at once, not at the next
// look; so a press is seen before the level is polled.
func TestA3_EdgesOfTheKernelWake(t *testing.T) {
	lines := bench.PlugLines(t, "board", "CALL-1")
	pin := openLine(t, "CALL-1")
	if err := pin.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	if pin.WaitForEdge(time.Second) {
		t.Error("an edge, and nothing happened")
	}
	const later = 300 * time.Millisecond
	for i := range 10 {
		began := time.Now()
		touch := time.AfterFunc(later, func() {
			if i%2 == 0 {
				lines.Close("CALL-1")
			} else {
				lines.Release("CALL-1")
			}
		})
		if !pin.WaitForEdge(5 * time.Second) {
			t.Fatalf("edge %d was not seen", i)
		}
		touch.Stop()
		if took := time.Since(began); took > later+20*time.Millisecond {
			t.Errorf("edge %d was seen after %v", i, took-later)
		}
		if want := gpio.Level(i%2 == 1); pin.Read() != want {
			t.Errorf("edge %d: the line is not %v", i, want)
		}
	}
}

// TestA3_ANeighbouringLineIsNoPress: lines of one chip are told apart by name.
func TestA3_ANeighbouringLineIsNoPress(t *testing.T) {
	lines := bench.PlugLines(t, "board", "SPARE", "CALL-1", "MAT-1")
	dev := watch(t, openLine(t, "CALL-1"))
	await(t, dev, callpoint.Normal, time.Second)
	lines.Close("SPARE")
	lines.Close("MAT-1")
	var f callpoint.Frame
	if err := dev.Wait(&f, time.Second); err != nil || f.Changed || f.State != callpoint.Normal {
		t.Errorf("%+v, %v", f, err)
	}
	if pin, err := bus.OpenPin("CALL-2", 0); err == nil {
		t.Errorf("a line that the machine does not have is %v", pin)
	}
}

// TestA3_ThePullOfALineIsSet: a contact to ground needs no resistor on the
// board, since the driver's pull-up is the kernel's.
func TestA3_ThePullOfALineIsSet(t *testing.T) {
	lines := bench.PlugLines(t, "board", "CALL-1")
	lines.Close("CALL-1")
	pin := openLine(t, "CALL-1")
	for pull, level := range map[gpio.Pull]gpio.Level{gpio.PullUp: gpio.High, gpio.PullDown: gpio.Low} {
		if err := pin.In(pull, gpio.NoEdge); err != nil {
			t.Fatal(err)
		}
		if got := pin.Read(); got != level {
			t.Errorf("%v: the line is %v", pull, got)
		}
	}
}

// TestA3_AnOutputLightsItsLamp: what is put out stands on the line.
func TestA3_AnOutputLightsItsLamp(t *testing.T) {
	lines := bench.PlugLines(t, "board", "LAMP")
	pin := openLine(t, "LAMP")
	for _, level := range []gpio.Level{gpio.High, gpio.Low, gpio.High} {
		if err := pin.Out(level); err != nil {
			t.Fatal(err)
		}
		if lines.High("LAMP") != bool(level) {
			t.Errorf("the lamp does not show %v", level)
		}
	}
}

// TestA4_AChipThatVanishesIsNoCalmLine: a line whose chip is gone is an error,
// never "normal"; and it is found again when the chip is back.
func TestA4_AChipThatVanishesIsNoCalmLine(t *testing.T) {
	lines := bench.PlugLines(t, "board", "CALL-1")
	pin := openLine(t, "CALL-1")
	dev := watch(t, pin)
	await(t, dev, callpoint.Normal, time.Second)
	lines.Unplug()
	bench.Eventually(t, 2*time.Second, "an error of the line", func() error {
		var f callpoint.Frame
		if err := dev.Wait(&f, 100*time.Millisecond); err != nil {
			t.Logf("the line says: %v", err)
			return nil
		}
		return fmt.Errorf("the line of a chip that is gone is %v", f.State)
	})
	if _, err := bus.OpenPin("CALL-1", 0); err == nil {
		t.Error("a line of a chip that is gone can be opened")
	}
	stop(t, dev)
	giveBack(t, pin)

	lines.Plug()
	again := watch(t, openLine(t, "CALL-1"))
	await(t, again, callpoint.Normal, time.Second)
	lines.Close("CALL-1")
	await(t, again, callpoint.Pressed, quick)
}

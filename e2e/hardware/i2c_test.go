package hardware

import (
	"errors"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/agent/sim"
	"osmanthus/drivers"
	"osmanthus/drivers/bus"
	"osmanthus/drivers/max30102"
	"osmanthus/drivers/mpu6050"
	"osmanthus/e2e/hardware/bench"
)

// still is a band that lies on a table.
func still(time.Time) (accelG, gyroDPS [3]float64) { return [3]float64{0, 0, 1}, [3]float64{} }

// finger is a pulse of 72 a minute.
func finger(at time.Time) (red, ir float64) {
	beat := math.Sin(2 * math.Pi * 1.2 * float64(at.UnixMilli()%1_000_000) / 1000)
	return 80_000 + 400*beat, 100_000 + 1000*beat
}

// bedside is a bus with a band and a finger clip.
func bedside() *sim.Bus {
	wires := sim.NewHome(nil).Bus("bedside")
	wires.Attach(0x68, sim.NewMPU6050(still))
	wires.Attach(0x57, sim.NewMAX30102(finger))
	return wires
}

// TestA1_DriversOnTheKernelsI2C: the drivers that run on recordings and on
// models run unchanged on /dev/i2c-N, by the kernel's I2C_RDWR.
func TestA1_DriversOnTheKernelsI2C(t *testing.T) {
	wires := bedside()
	adapter := bench.PlugAdapter(t, wires)
	b, err := bus.Open(adapter.Device(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()

	imu, err := mpu6050.New(b, mpu6050.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	clip, err := max30102.New(b, max30102.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	var moved mpu6050.Frame
	var light max30102.Frame
	var samples, lights int
	for range 20 {
		time.Sleep(100 * time.Millisecond)
		if err := imu.Sense(&moved); err != nil {
			t.Fatal(err)
		}
		if err := clip.Sense(&light); err != nil {
			t.Fatal(err)
		}
		samples += len(moved.Samples)
		lights += len(light.Samples)
	}
	t.Logf("%d samples of movement and %d of light in 2 s", samples, lights)
	if samples < 180 || samples > 220 || lights < 180 || lights > 220 {
		t.Error("not 100 samples a second")
	}
}

// TestA2_ErrorsOfTheKernelsI2C: an absent chip, a chip that falls silent and an
// adapter that is pulled are told apart.
func TestA2_ErrorsOfTheKernelsI2C(t *testing.T) {
	wires := bedside()
	adapter := bench.PlugAdapter(t, wires)
	device := adapter.Device()
	b, err := bus.Open(device, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := mpu6050.New(b, 0x69, nil); !drivers.NoAnswer(err) {
		t.Errorf("nobody at 0x69: %v", err)
	}
	imu, err := mpu6050.New(b, mpu6050.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	wires.Detach(mpu6050.Addr)
	var f mpu6050.Frame
	if err := imu.Sense(&f); !drivers.NoAnswer(err) {
		t.Errorf("unplugged from the bus: %v", err)
	}
	adapter.Unplug()
	if err := imu.Sense(&f); err == nil || drivers.NoAnswer(err) {
		t.Errorf("the adapter is gone: %v", err)
	} else {
		t.Logf("the adapter is gone: %v", err)
	}
	if _, err := bus.Open(device, 0); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("opening a bus that is gone: %v", err)
	}
}

// TestA2_PinsThatCouldNotBeGivenBackAreNotTaken: a line of the kernel can be had
// as an input, and not be given back to the bus that it belongs to. So the agent
// takes none of them, and the bus works as if they were not configured.
func TestA2_PinsThatCouldNotBeGivenBackAreNotTaken(t *testing.T) {
	wires := bedside()
	adapter := bench.PlugAdapter(t, wires)
	bench.PlugLines(t, "board", "SCL", "SDA")
	g := runGateway(t, strings.ReplaceAll(`buses:
	- {name: bedside, device: DEVICE, scl: SCL, sda: SDA}
sensors:
	- {id: wrist-01, kind: mpu6050, bus: bedside, resident: r-01, worn: wrist}
`, "DEVICE", adapter.Device()))
	g.says(10*time.Second, "wrist-01", "sensor_state", works)
	for _, name := range []string{"SCL", "SDA"} { // the kernel gives a line to one only
		if err := openLine(t, name).In(gpio.PullNoChange, gpio.NoEdge); err != nil {
			t.Errorf("the agent has taken a pin of the bus: %v", err)
		}
	}
}

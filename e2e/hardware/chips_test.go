package hardware

import (
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/drivers/catalog"
	"osmanthus/e2e/hardware/bench"
)

// room is the air and the warmth that the chips feel.
func room(time.Time) sim.Weather {
	return sim.Weather{Celsius: 21.5, Percent: 45, Pascal: 101_300, PPM: 800}
}

// chip is a chip with a metric that it must say, and how much.
type chip struct {
	driver    string
	addr      uint16
	model     sim.Chip
	metric    string
	low, high float64
}

// chips are those of the catalogue that sit on I²C, at addresses where they all
// find room on one bus.
var chips = []chip{
	{"ads1115", 0x48, sim.NewADS1115([4]sim.Volts{func(time.Time) float64 { return 1.5 }}), "bed_pad", 1.49, 1.51},
	{"adxl345", 0x53, sim.NewADXL345(still), "acceleration_z", 0.98, 1.02},
	{"amg8833", 0x69, sim.NewAMG8833(warmBody), "picture_warmest", 30, 36},
	{"bme280", 0x76, sim.NewBME280(room), "air_temperature", 21.4, 21.6},
	{"lsm6dso", 0x6A, sim.NewLSM6DSO(still), "acceleration_z", 0.98, 1.02},
	{"max30102", 0x57, sim.NewMAX30102(finger), "light_infrared", 98_000, 102_000},
	{"mlx90614", 0x5A, sim.NewMLX90614(func(time.Time) (float64, float64) { return 33.5, 25 }), "skin_temperature", 33.4, 33.6},
	{"mlx90640", 0x33, sim.NewMLX90640(warmBody), "picture_warmest", 30, 36},
	{"mpu6050", 0x68, sim.NewMPU6050(still), "acceleration_z", 0.98, 1.02},
	{"scd4x", 0x62, sim.NewSCD4X(room), "carbon_dioxide", 790, 810},
	{"sht3x", 0x44, sim.NewSHT3X(room), "relative_humidity", 44, 46},
	{"sht4x", 0x45, sim.NewSHT4X(room), "relative_humidity", 44, 46},
	{"vl53l1x", 0x29, sim.NewVL53L1X(func(time.Time) float64 { return 1.2 }), "distance", 1.19, 1.21},
}

// warmBody is somebody in the middle of a cold picture, who breathes.
func warmBody(at time.Time, x, y float64) float64 {
	if math.Hypot(x-0.5, y-0.5) < 0.3 {
		return 33 + 0.5*math.Sin(float64(at.UnixMilli()%4000)/4000*2*math.Pi)
	}
	return 20
}

// TestA1_EveryChipOnTheKernelsI2C: every chip of the catalogue, all on one bus,
// says to osmanthus-probe over /dev/i2c-N what its model feels.
func TestA1_EveryChipOnTheKernelsI2C(t *testing.T) {
	wires := sim.NewHome(nil).Bus("all")
	for _, c := range chips {
		wires.Attach(c.addr, c.model)
	}
	for _, k := range catalog.Kinds() {
		if len(k.Addrs) > 0 && len(k.Pins) == 0 && !slices.ContainsFunc(chips, func(c chip) bool { return c.driver == k.Name }) {
			t.Errorf("%s is not tried: give it a row", k.Name)
		}
	}
	adapter := bench.PlugAdapter(t, wires)
	for _, c := range chips {
		t.Run(c.driver, func(t *testing.T) {
			out, err := exec.Command(program("osmanthus-probe"), "read", "-driver", c.driver, "-bus", adapter.Device(),
				"-addr", fmt.Sprintf("%#x", c.addr), "-n", "3").CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			said := 0
			for line := range strings.Lines(string(out)) {
				var l struct {
					Readings []struct {
						Metric string
						Value  float64
					}
				}
				if err := json.Unmarshal([]byte(line), &l); err != nil {
					t.Fatalf("%v: %s", err, line)
				}
				for _, r := range l.Readings {
					if r.Metric != c.metric {
						continue
					}
					if said++; r.Value < c.low || r.Value > c.high {
						t.Errorf("%s is %v, not %v to %v", r.Metric, r.Value, c.low, c.high)
					}
				}
			}
			if said == 0 {
				t.Errorf("it does not say %s:\n%s", c.metric, out)
			}
		})
	}
}

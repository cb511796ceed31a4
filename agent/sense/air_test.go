package sense_test

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/i2c"

	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

// sensing runs sensors on a modelled bus until the test ends.
func sensing(t *testing.T, home *sim.Home, sensors ...sense.Sensor) (out *sink, end func()) {
	t.Helper()
	out = newSink(t)
	all, err := sense.New([]sense.Bus{{Name: "hall", Device: "hall"}, {Name: "bed", Device: "bed"}}, sensors, out,
		sense.Opts{OpenBus: func(d string) (i2c.BusCloser, error) { return home.Bus(d).Open(), nil }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- all.Run(ctx) }()
	return out, func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// of is the values that a source said of a metric.
func (s *sink) of(id care.SourceID, m care.Metric) (values []float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.readings {
		if r.Source == id && r.Metric == m {
			values = append(values, r.Value)
		}
	}
	return values
}

func stale(time.Time) sim.Weather {
	return sim.Weather{Celsius: 26.5, Percent: 58, Pascal: 101_000, PPM: 1450}
}

func TestA8_TheAirOfARoomIsSaidEveryFewSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home := sim.NewHome(nil)
		for addr, chip := range map[uint16]sim.Chip{
			0x76: sim.NewBME280(stale), 0x77: sim.NewBMP280(stale), 0x44: sim.NewSHT3X(stale), 0x62: sim.NewSCD4X(stale),
			0x5A: sim.NewMLX90614(func(time.Time) (object, chip float64) { return 33.5, 26 }),
		} {
			home.Bus("hall").Attach(addr, chip)
		}
		home.Bus("bed").Attach(0x44, sim.NewSHT4X(stale))
		out, end := sensing(t, home,
			sense.Sensor{ID: "bme280", Kind: "bme280", Bus: "hall"},
			sense.Sensor{ID: "bmp280", Kind: "bme280", Bus: "hall", Address: 0x77},
			sense.Sensor{ID: "sht3x", Kind: "sht3x", Bus: "hall"},
			sense.Sensor{ID: "sht4x", Kind: "sht4x", Bus: "bed"},
			sense.Sensor{ID: "scd4x", Kind: "scd4x", Bus: "hall"},
			sense.Sensor{ID: "mlx90614", Kind: "mlx90614", Bus: "hall"},
		)
		time.Sleep(5 * time.Minute)
		for id, metrics := range map[care.SourceID]map[care.Metric]float64{
			"bme280":   {care.AirTemperature: 26.5, care.RelativeHumidity: 58, care.AirPressure: 1010},
			"bmp280":   {care.AirTemperature: 26.5, care.AirPressure: 1010},
			"sht3x":    {care.AirTemperature: 26.5, care.RelativeHumidity: 58},
			"sht4x":    {care.AirTemperature: 26.5, care.RelativeHumidity: 58},
			"scd4x":    {care.AirTemperature: 26.5, care.RelativeHumidity: 58, care.CarbonDioxide: 1450},
			"mlx90614": {care.SkinTemperature: 33.5},
		} {
			for m, want := range metrics {
				values := out.of(id, m)
				if len(values) < 28 || len(values) > 31 {
					t.Errorf("%s said %v %d times in 5 min", id, m, len(values))
				}
				for _, v := range values {
					if math.Abs(v-want) > 0.1 {
						t.Fatalf("%s: %v is %v, want %v", id, m, v, want)
					}
				}
			}
			if values, _ := out.states(id, care.SensorState); len(values) != 1 || values[0] != care.SensorWorks {
				t.Errorf("the states of %s are %v", id, values)
			}
		}
		for _, m := range []care.Metric{care.BodyTemperature, care.RelativeHumidity} {
			if got := append(out.of("mlx90614", m), out.of("bmp280", m)...); len(got) > 0 {
				t.Errorf("%v was never measured, and is %v", m, got)
			}
		}
		end()
	})
}

// Row A2 for what is looked at seldom: silent within a minute, and back without
// a restart.
func TestA2_ASensorOfAirThatFailsIsSaidWithinAMinute(t *testing.T) {
	for name, fault := range map[string]sim.Fault{"no answer": sim.NoAnswer, "hang": sim.Hang, "corrupted": sim.Corrupted} {
		for kind, chip := range map[string]func() (uint16, sim.Chip){
			"bme280": func() (uint16, sim.Chip) { return 0x76, sim.NewBME280(stale) },
			"scd4x":  func() (uint16, sim.Chip) { return 0x62, sim.NewSCD4X(stale) },
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					home := sim.NewHome(nil)
					addr, model := chip()
					device := home.Bus("hall").Attach(addr, model)
					out, end := sensing(t, home, sense.Sensor{ID: "air", Kind: kind, Bus: "hall"})
					time.Sleep(time.Minute)
					device.SetFault(fault)
					broken := time.Now()
					time.Sleep(2 * time.Minute)
					values, at := out.states("air", care.SensorState)
					if len(values) != 2 || values[1] == care.SensorWorks || at[1].Sub(broken) > 50*time.Second {
						t.Errorf("the states were %v at %v after %v", values, at, broken)
					}
					before := len(out.of("air", care.AirTemperature))
					device.SetFault(sim.NoFault)
					time.Sleep(2 * time.Minute)
					if n := len(out.of("air", care.AirTemperature)) - before; n < 7 {
						t.Errorf("%d readings in two minutes after it was mended", n)
					}
					end()
				})
			})
		}
	}
}

// No air is without carbon dioxide.
func TestCarbonDioxideThatWasNotMeasuredIsNotSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home := sim.NewHome(nil)
		home.Bus("hall").Attach(0x62, sim.NewSCD4X(func(time.Time) sim.Weather { return sim.Weather{Celsius: 21, Percent: 40} }))
		out, end := sensing(t, home, sense.Sensor{ID: "air", Kind: "scd4x", Bus: "hall"})
		time.Sleep(time.Minute)
		if values := out.of("air", care.CarbonDioxide); len(values) > 0 {
			t.Errorf("%v ppm", values)
		}
		if len(out.of("air", care.AirTemperature)) == 0 {
			t.Error("nor the temperature")
		}
		end()
	})
}

// A dip of the supply of a sensor that measures by itself.
func TestAnSCD4XThatLostItsPowerIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, chip := sim.NewHome(nil), sim.NewSCD4X(stale)
		home.Bus("hall").Attach(0x62, chip)
		out, end := sensing(t, home, sense.Sensor{ID: "air", Kind: "scd4x", Bus: "hall"})
		time.Sleep(time.Minute)
		chip.PowerCycle()
		time.Sleep(time.Minute)
		before := len(out.of("air", care.CarbonDioxide))
		time.Sleep(time.Minute)
		if n := len(out.of("air", care.CarbonDioxide)) - before; n < 5 {
			t.Errorf("%d readings in the second minute after the dip", n)
		}
		end()
	})
}

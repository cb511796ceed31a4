package sim

import (
	"errors"
	"math"
	"testing"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/bme280"
	"osmanthus/drivers/scd4x"
	"osmanthus/drivers/sht3x"
	"osmanthus/drivers/sht4x"
)

// room warms up by a degree a minute, and its people breathe.
func room(began time.Time) Air {
	return func(at time.Time) Weather {
		minutes := at.Sub(began).Minutes()
		return Weather{Celsius: 18 + minutes, Percent: 45, Pascal: 99_800, PPM: 600 + 10*minutes}
	}
}

// feels compares what a driver says with the air.
func feels(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestA1_SHT3XDriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		air, chip := room(time.Now()), NewSHT3X(room(time.Now()))
		h.Bus("hall").Attach(sht3x.Addr, chip)
		for _, rep := range []sht3x.Repeatability{sht3x.High, sht3x.Medium, sht3x.Low} {
			d, err := sht3x.New(h.Bus("hall"), sht3x.Addr, &sht3x.Opts{Repeatability: rep})
			if err != nil {
				t.Fatal(err)
			}
			for range 10 {
				time.Sleep(10 * time.Second)
				var f sht3x.Frame
				if err := d.Sense(&f); err != nil {
					t.Fatal(err)
				}
				feels(t, "temperature", f.TempC, air(time.Now()).Celsius, 0.01)
				feels(t, "humidity", f.HumidityPct, 45, 0.01)
				chip.PowerCycle() // it measures on command only: nothing is lost
			}
		}
	})
}

func TestA1_SHT4XDriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		air := room(time.Now())
		h.Bus("hall").Attach(sht4x.Addr, NewSHT4X(air))
		d, err := sht4x.New(h.Bus("hall"), sht4x.Addr, nil)
		if err != nil || d.Serial() != 0x0F4A1D2C {
			t.Fatal(d, err)
		}
		for range 10 {
			time.Sleep(10 * time.Second)
			var f sht4x.Frame
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
			feels(t, "temperature", f.TempC, air(time.Now()).Celsius, 0.01)
			feels(t, "humidity", f.HumidityPct, 45, 0.01)
		}
	})
}

// One is no drop-in for the other: they share an address and a maker.
func TestASHT3XIsNoSHT4X(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		h.Bus("hall").Attach(0x44, NewSHT4X(room(time.Now())))
		if _, err := sht3x.New(h.Bus("hall"), 0x44, nil); err == nil {
			t.Error("an SHT4x passes for an SHT3x")
		}
		h.Bus("hall").Attach(0x44, NewSHT3X(room(time.Now())))
		if _, err := sht4x.New(h.Bus("hall"), 0x44, nil); err == nil {
			t.Error("an SHT3x passes for an SHT4x")
		}
	})
}

func TestA1_SCD4XDriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		air, chip := room(time.Now()), NewSCD4X(room(time.Now()))
		h.Bus("hall").Attach(scd4x.Addr, chip)
		d, err := scd4x.New(h.Bus("hall"), scd4x.Addr, &scd4x.Opts{AltitudeM: 1890})
		if err != nil || chip.Altitude() != 1890 {
			t.Fatal(chip.Altitude(), err)
		}
		fresh := 0
		var f scd4x.Frame
		for range 61 {
			time.Sleep(time.Second)
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
			if !f.Fresh {
				continue
			}
			fresh++
			feels(t, "carbon dioxide", float64(f.CO2PPM), air(time.Now()).PPM, 1)
			feels(t, "temperature", f.TempC, air(time.Now()).Celsius, 0.03)
			feels(t, "humidity", f.HumidityPct, 45, 0.01)
		}
		if fresh != 12 {
			t.Errorf("%d measurements in a minute, want 12", fresh)
		}
		chip.PowerCycle()
		for range 20 {
			time.Sleep(time.Second)
			if err = d.Sense(&f); err != nil {
				break
			}
		}
		if !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("after a dip of its supply: %v", err)
		}
		// A program that died left it measuring; the next one begins anew.
		if _, err := scd4x.New(h.Bus("hall"), scd4x.Addr, nil); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		if _, err := scd4x.New(h.Bus("hall"), scd4x.Addr, &scd4x.Opts{LowPower: true}); err != nil {
			t.Error(err)
		}
	})
}

func TestASleepingSCD4XIsWoken(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		h.Bus("hall").Attach(scd4x.Addr, NewSCD4X(room(time.Now())))
		if err := h.Bus("hall").Tx(scd4x.Addr, []byte{0x36, 0xE0}, nil); err != nil { // power down
			t.Fatal(err)
		}
		if _, err := scd4x.New(h.Bus("hall"), scd4x.Addr, nil); err != nil {
			t.Error(err)
		}
	})
}

func TestA1_BME280DriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		for name, chip := range map[string]*BME280{"BME280": NewBME280(room(time.Now())), "BMP280": NewBMP280(room(time.Now()))} {
			air := room(time.Now())
			h.Bus("hall").Attach(bme280.Addr, chip)
			chip.air = air
			d, err := bme280.New(h.Bus("hall"), bme280.Addr, nil)
			if err != nil || d.Variant().String() != name {
				t.Fatal(d, err)
			}
			var f bme280.Frame
			for range 10 {
				time.Sleep(10 * time.Second)
				if err := d.Sense(&f); err != nil {
					t.Fatal(err)
				}
				feels(t, "temperature", f.TempC, air(time.Now()).Celsius, 0.01)
				feels(t, "pressure", f.PressurePa, 99_800, 5)
				if f.HasHumidity != (name == "BME280") {
					t.Errorf("%s: humidity %v", name, f.HasHumidity)
				}
				if f.HasHumidity {
					feels(t, "humidity", f.HumidityPct, 45, 0.05)
				}
			}
			chip.PowerCycle()
			if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
				t.Errorf("after a dip of its supply: %v", err)
			}
			chip.SetIdentity(0x61)
			var wrong *drivers.IdentityError
			if _, err := bme280.New(h.Bus("hall"), bme280.Addr, nil); !errors.As(err, &wrong) || wrong.Got != 0x61 {
				t.Errorf("%v", err)
			}
		}
	})
}

package sim

import (
	"errors"
	"math"
	"testing"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/amg8833"
	"osmanthus/drivers/mlx90614"
	"osmanthus/drivers/mlx90640"
)

// slope is warmer to the right and to the bottom, and a degree warmer each minute.
func slope(began time.Time) Heat {
	return func(at time.Time, x, y float64) float64 { return 15 + 10*x + 8*y + at.Sub(began).Minutes() }
}

func TestA1_AMG8833DriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		began := time.Now()
		chip := NewAMG8833(slope(began))
		h.Bus("hall").Attach(amg8833.Addr, chip)
		d, err := amg8833.New(h.Bus("hall"), amg8833.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f amg8833.Frame
		for range 60 {
			time.Sleep(time.Second)
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
			if f.Settling != (time.Since(began) < 15*time.Second+250*time.Millisecond) {
				t.Fatalf("settling %v after %v", f.Settling, time.Since(began))
			}
			for i, v := range f.PixelC {
				want := slope(began)(time.Now(), (float64(i%8)+0.5)/8, (float64(i/8)+0.5)/8)
				if math.Abs(v-want) > 0.13 {
					t.Fatalf("pixel %d: %v °C, want %v", i, v, want)
				}
			}
		}
		feels(t, "thermistor", f.BoardC, dieCelsius, 0.07)
		chip.PowerCycle()
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("after a dip of its supply: %v", err)
		}
		if err := d.Halt(); err != nil {
			t.Error(err)
		}
		if _, err := amg8833.New(h.Bus("hall"), amg8833.Addr, nil); err != nil {
			t.Errorf("woken again: %v", err)
		}
		h.Bus("hall").Attach(amg8833.AddrLow, NewMPU6050(ramp(began)))
		var wrong *drivers.IdentityError
		if _, err := amg8833.New(h.Bus("hall"), amg8833.AddrLow, nil); !errors.As(err, &wrong) {
			t.Errorf("an accelerometer at its other address: %v", err)
		}
	})
}

func TestA1_MLX90614DriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		skin := 33.4
		chip := NewMLX90614(func(time.Time) (object, chip float64) { return skin, 24 })
		h.Bus("hall").Attach(mlx90614.Addr, chip)
		d, err := mlx90614.New(h.Bus("hall"), mlx90614.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f mlx90614.Frame
		for _, skin = range []float64{-40, 20, 33.4, 36.78, 300} {
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
			feels(t, "object", f.ObjectC, skin, 0.011)
			feels(t, "chip", f.AmbientC, 24, 0.011)
		}
		skin = 500
		if err := d.Sense(&f); !errors.Is(err, mlx90614.ErrInvalid) {
			t.Errorf("hotter than it can measure: %v", err)
		}
		if err := d.SetEmissivity(0.98); err != nil {
			t.Fatal(err)
		}
		if e, err := d.Emissivity(); err != nil || math.Abs(e-0.98) > 1e-4 {
			t.Errorf("%v, %v", e, err)
		}
		if id, err := d.ID(); err != nil || id != [4]uint16{0x1234, 0x5678, 0x9ABC, 0xDEF0} {
			t.Errorf("%x, %v", id, err)
		}
		if err := d.SetAddress(0x33); err != nil { // it moves there when its supply comes back
			t.Fatal(err)
		}
		var wrong *drivers.IdentityError
		if _, err := mlx90614.New(h.Bus("hall"), mlx90614.Addr, nil); !errors.As(err, &wrong) {
			t.Errorf("%v", err)
		}
	})
}

func TestA1_MLX90640DriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		began := time.Now()
		chip := NewMLX90640(slope(began))
		h.Bus("hall").Attach(mlx90640.Addr, chip)
		d, err := mlx90640.New(h.Bus("hall"), mlx90640.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f mlx90640.Frame
		fresh := 0
		for range 80 {
			time.Sleep(d.Period() / 2)
			if err := d.Sense(&f); err != nil || f.Overrun {
				t.Fatal(f.Overrun, err)
			}
			if !f.Fresh {
				continue
			}
			fresh++
			for p, v := range f.PixelC {
				want := slope(began)(time.Now(), (float64(p%32)+0.5)/32, (float64(p/32)+0.5)/24)
				if math.Abs(v-want) > 0.25 { // broken ones have the mean of their neighbours
					t.Fatalf("pixel %d: %v °C, want %v", p, v, want)
				}
			}
		}
		if fresh < 35 || fresh > 38 {
			t.Errorf("%d pictures in ten seconds, want about 37", fresh)
		}
		feels(t, "chip", f.ChipC, dieCelsius, 0.05)
		feels(t, "supply", f.SupplyV, 3.27, 0.001)

		// Late by a second: halves were lost, and an old half is never new.
		time.Sleep(time.Second)
		for f.Fresh = false; !f.Fresh; time.Sleep(d.Period() / 2) {
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
		}
		chip.PowerCycle() // it goes on at its own rate of 2 Hz
		for n := 0; err == nil && n < 10; n++ {
			time.Sleep(d.Period() / 2)
			err = d.Sense(&f)
		}
		if !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("after a dip of its supply: %v", err)
		}
	})
}

// The whole range of the calibration, far colder and hotter than a home.
func TestMLX90640OverItsRanges(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		celsius := 0.0
		h.Bus("hall").Attach(mlx90640.Addr, NewMLX90640(func(time.Time, float64, float64) float64 { return celsius }))
		d, err := mlx90640.New(h.Bus("hall"), mlx90640.Addr, &mlx90640.Opts{RateHz: 16})
		if err != nil {
			t.Fatal(err)
		}
		var f mlx90640.Frame
		for _, celsius = range []float64{-30, -5, 5, 37, 120, 200} {
			for range 10 {
				time.Sleep(d.Period())
				if err := d.Sense(&f); err != nil {
					t.Fatal(err)
				}
			}
			for p, v := range f.PixelC {
				if !f.Fresh || math.Abs(v-celsius) > 0.5 {
					t.Fatalf("%v °C, pixel %d: %v", celsius, p, v)
				}
			}
		}
	})
}

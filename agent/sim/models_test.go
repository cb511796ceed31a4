package sim

import (
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/lines"
	"osmanthus/drivers/max30102"
	"osmanthus/drivers/mpu6050"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// ramp is a source that tells the time of its samples: 1 g at rest, and on x
// one step of 1/2048 g for each 10 ms since start.
func ramp(start time.Time) IMU {
	return func(at time.Time) (acc, gyro [3]float64) {
		return [3]float64{at.Sub(start).Seconds() * 100 / 2048, 0, 1}, [3]float64{0, 10, -2500}
	}
}

// bubble runs a test with a home whose clock is the bubble's.
func bubble(t *testing.T, f func(t *testing.T, h *Home)) {
	synctest.Test(t, func(t *testing.T) { f(t, NewHome(nil)) })
}

func openMPU(t *testing.T, h *Home) (*mpu6050.Dev, *MPU6050) {
	t.Helper()
	chip := NewMPU6050(ramp(time.Now()))
	h.Bus("bed").Attach(mpu6050.Addr, chip)
	d, err := mpu6050.New(h.Bus("bed"), mpu6050.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d, chip
}

func TestA1_MPU6050DriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		d, _ := openMPU(t, h)
		var f mpu6050.Frame
		last, total := 0.0, 0
		for range 50 {
			time.Sleep(73 * time.Millisecond)
			if err := d.Sense(&f); err != nil || f.Overrun {
				t.Fatalf("%+v, %v", f, err)
			}
			for _, s := range f.Samples {
				if step := (s.AccelG[0] - last) * 2048; last != 0 && math.Abs(step-1) > 0.01 {
					t.Fatalf("a step of %v samples", step)
				}
				last = s.AccelG[0]
				if s.AccelG[2] != 1 || math.Abs(s.GyroDPS[1]-10) > 0.04 || math.Abs(s.GyroDPS[2]+1998) > 0.1 {
					t.Fatalf("%+v", s) // 2500 °/s is clipped at the end of the range
				}
			}
			total += len(f.Samples)
		}
		if total < 364 || total > 365 || math.Abs(f.TempC-31) > 0.01 {
			t.Errorf("%d samples in 3.65 s, %v °C", total, f.TempC)
		}
	})
}

func TestMPU6050OverflowByBeingLate(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		d, chip := openMPU(t, h)
		var f mpu6050.Frame
		for _, late := range []time.Duration{time.Second, time.Hour} {
			time.Sleep(late)
			if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
				t.Fatalf("after %v: %+v, %v", late, f, err)
			}
			time.Sleep(100 * time.Millisecond)
			if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 10 {
				t.Fatalf("after %v: next: %d samples, %v", late, len(f.Samples), err)
			}
		}
		chip.Overflow()
		if err := d.Sense(&f); err != nil || !f.Overrun {
			t.Fatalf("%+v, %v", f, err)
		}
		// 840 ms are 84 samples or 1008 bytes: too near to the brim to trust.
		time.Sleep(800 * time.Millisecond)
		if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 80 {
			t.Fatalf("%d samples, overrun %v, %v", len(f.Samples), f.Overrun, err)
		}
	})
}

func TestOscillatorsThatAreOff(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		imu, ppg := NewMPU6050(ramp(time.Now())), NewMAX30102(finger(time.Now()))
		imu.SetSlow(0.02)
		ppg.SetSlow(-0.03)
		h.Bus("bed").Attach(mpu6050.Addr, imu)
		h.Bus("bed").Attach(max30102.Addr, ppg)
		di, err := mpu6050.New(h.Bus("bed"), mpu6050.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		dp, err := max30102.New(h.Bus("bed"), max30102.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var fi mpu6050.Frame
		var fp max30102.Frame
		var ni, np int
		for range 100 {
			time.Sleep(100 * time.Millisecond)
			if err := errors.Join(di.Sense(&fi), dp.Sense(&fp)); err != nil {
				t.Fatal(err)
			}
			ni, np = ni+len(fi.Samples), np+len(fp.Samples)
		}
		if ni < 979 || ni > 983 || np < 1029 || np > 1032 {
			t.Errorf("%d and %d samples in 10 s, want about 981 and 1031", ni, np)
		}
	})
}

// The registers as a stranger's driver may read them.
func TestMPU6050StatusAndFIFORegisters(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		openMPU(t, h)
		read := func(register byte, n int) []byte {
			t.Helper()
			r := make([]byte, n)
			if err := h.Bus("bed").Tx(mpu6050.Addr, []byte{register}, r); err != nil {
				t.Fatal(err)
			}
			return r
		}
		time.Sleep(55 * time.Millisecond)
		if s := read(0x3A, 1)[0]; s != 0x01 {
			t.Errorf("status %#x, want data ready", s)
		}
		if s := read(0x3A, 1)[0]; s != 0 {
			t.Errorf("status %#x after it was read", s)
		}
		if n := read(0x72, 2); n[0] != 0 || n[1] != 60 {
			t.Errorf("count % x", n)
		}
		time.Sleep(time.Second)
		if s := read(0x3A, 1)[0]; s != 0x11 {
			t.Errorf("status %#x, want overflow", s)
		}
		if n := read(0x72, 2); n[0] != 4 || n[1] != 0 {
			t.Errorf("count % x", n)
		}
		fifo := read(0x74, 1024) // 1024 = 85 samples and 4 bytes: it begins within a sample
		newest := read(0x3B, 6)
		if string(fifo[1024-12:1024-6]) != string(newest) {
			t.Errorf("the FIFO ends with % x, the newest sample is % x", fifo[1012:1018], newest)
		}
	})
}

func TestMPU6050PowerDipAndIdentity(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		d, chip := openMPU(t, h)
		chip.PowerCycle()
		time.Sleep(time.Second)
		var f mpu6050.Frame
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("%v", err)
		}
		chip.SetIdentity(0x70)
		d, err := mpu6050.New(h.Bus("bed"), mpu6050.Addr, nil)
		if err != nil || d.Variant() != mpu6050.MPU6500 {
			t.Errorf("%v, %v", d, err)
		}
		chip.SetIdentity(0x12)
		var wrong *drivers.IdentityError
		if _, err := mpu6050.New(h.Bus("bed"), mpu6050.Addr, nil); !errors.As(err, &wrong) || wrong.Got != 0x12 {
			t.Errorf("%v", err)
		}
	})
}

// finger is steady light whose infrared tells the time: 10 counts each 10 ms.
func finger(start time.Time) PPG {
	return func(at time.Time) (red, ir float64) { return 90_000, 100_000 + at.Sub(start).Seconds()*1000 }
}

func openMAX(t *testing.T, h *Home, opts *max30102.Opts) (*max30102.Dev, *MAX30102) {
	t.Helper()
	chip := NewMAX30102(finger(time.Now()))
	h.Bus("bed").Attach(max30102.Addr, chip)
	d, err := max30102.New(h.Bus("bed"), max30102.Addr, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d, chip
}

func TestA1_MAX30102DriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		d, chip := openMAX(t, h, nil)
		var f max30102.Frame
		last, total := uint32(0), 0
		for range 40 {
			time.Sleep(100 * time.Millisecond)
			if err := d.Sense(&f); err != nil || f.Overrun {
				t.Fatalf("%+v, %v", f, err)
			}
			for _, s := range f.Samples {
				if last != 0 && s.IR != last+10 || s.Red != 90_000 || !s.Present() {
					t.Fatalf("%+v after %d", s, last)
				}
				last = s.IR
			}
			total += len(f.Samples)
		}
		if total != 400 {
			t.Errorf("%d samples in 4 s", total)
		}
		temp, err := d.DieTemperature()
		if err != nil || math.Abs(temp.Celsius()-dieCelsius) > 0.07 {
			t.Errorf("%v, %v", temp, err)
		}
		time.Sleep(310*time.Millisecond - 30*time.Millisecond)
		if err := d.Sense(&f); err != nil || f.Overrun {
			t.Errorf("%v, %v", f.Overrun, err)
		}
		time.Sleep(320 * time.Millisecond) // exactly full
		if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 32 {
			t.Errorf("%d, %v, %v", len(f.Samples), f.Overrun, err)
		}
		for _, late := range []time.Duration{330 * time.Millisecond, time.Hour} {
			time.Sleep(late)
			if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
				t.Errorf("%v late: %+v, %v", late, f, err)
			}
			time.Sleep(50 * time.Millisecond)
			if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 5 {
				t.Errorf("%v late, next: %+v, %v", late, f, err)
			}
		}
		chip.Overflow()
		if err := d.Sense(&f); err != nil || !f.Overrun {
			t.Errorf("%+v, %v", f, err)
		}
		chip.PowerCycle()
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("%v", err)
		}
	})
}

func TestMAX30102LightAndResolution(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		d, _ := openMAX(t, h, &max30102.Opts{
			RedCurrent: 12400 * physic.MicroAmpere, // twice the light
			RangeNA:    8192, SampleHz: 400, Average: 4, PulseWidth: 69 * time.Microsecond,
		})
		time.Sleep(100 * time.Millisecond)
		var f max30102.Frame
		if err := d.Sense(&f); err != nil || len(f.Samples) != 10 || f.Period != 10*time.Millisecond {
			t.Fatalf("%+v, %v", f, err)
		}
		if s := f.Samples[0]; s.Red != 90_000&^7 || s.IR < 49_900 || s.IR > 50_100 || s.IR&7 != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestA1_ADS1115DriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		began := time.Now()
		pad := func(at time.Time) float64 { return at.Sub(began).Seconds() }
		line := NewLine(lines.DefaultSupervised)
		for _, continuous := range []bool{false, true} {
			for _, chip := range []ads1115.Chip{ads1115.ADS1115, ads1115.ADS1015} {
				model := NewADS1115([4]Volts{pad, line.Volts})
				if chip == ads1115.ADS1015 {
					model = NewADS1015([4]Volts{pad, line.Volts})
				}
				h.Bus("adc").Attach(ads1115.Addr, model)
				d, err := ads1115.New(h.Bus("adc"), ads1115.Addr, &ads1115.Opts{Chip: chip, Continuous: continuous})
				if err != nil {
					t.Fatal(err)
				}
				for range 5 {
					time.Sleep(50 * time.Millisecond)
					var f ads1115.Frame
					err := d.Sense(&f)
					lag := time.Since(began).Seconds() - float64(f.Voltage)/float64(physic.Volt)
					if err != nil || lag < -0.002 || lag > 0.003 {
						t.Errorf("%v continuous %v: %v behind, %v", chip, continuous, lag, err)
					}
					v, err := d.Input(ads1115.A1).Voltage()
					if err != nil || (v-1650*physic.MilliVolt) > 2*physic.MilliVolt || (v-1650*physic.MilliVolt) < -2*physic.MilliVolt {
						t.Errorf("line %v, %v", v, err)
					}
				}
				model.PowerCycle()
				var f ads1115.Frame
				if err := d.Sense(&f); continuous && !errors.Is(err, drivers.ErrRestarted) {
					t.Errorf("%v", err)
				}
			}
		}
	})
}

func TestA4_SupervisedLineOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		line := NewLine(lines.DefaultSupervised)
		h.Bus("adc").Attach(ads1115.Addr, NewADS1115([4]Volts{1: line.Volts}))
		adc, err := ads1115.New(h.Bus("adc"), ads1115.Addr, &ads1115.Opts{RateHz: 860})
		if err != nil {
			t.Fatal(err)
		}
		d, err := callpoint.NewLine(adc.Input(ads1115.A1), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		for _, s := range []callpoint.State{
			callpoint.Normal, callpoint.Pressed, callpoint.Open, callpoint.Normal, callpoint.Short, callpoint.Pressed,
		} {
			line.Set(s)
			var f callpoint.Frame
			if err := d.Wait(&f, 10*time.Second); err != nil || !f.Changed || f.State != s {
				t.Fatalf("%v: %+v, %v", s, f, err)
			}
		}
	})
}

func TestCallPointOnAModelledPin(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		for _, wiring := range []lines.Wiring{lines.NormallyOpen, lines.NormallyClosed} {
			pin := h.Pin("cord " + wiring.String())
			contact := NewContact(pin, wiring)
			d, err := callpoint.New(pin, &lines.Opts{Wiring: wiring})
			if err != nil {
				t.Fatal(err)
			}
			next := func(want callpoint.State) {
				t.Helper()
				var f callpoint.Frame
				if err := d.Wait(&f, 150*time.Millisecond); err != nil || !f.Changed || f.State != want {
					t.Fatalf("%v: want %v, got %+v, %v", wiring, want, f, err)
				}
			}
			next(callpoint.Normal)
			contact.Press()
			next(callpoint.Pressed)
			contact.Release()
			next(callpoint.Normal)
			if contact.CutCord(); wiring == lines.NormallyClosed {
				next(callpoint.Pressed)
			}
			if err := d.Halt(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestE2_OutputsAreRecorded(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		lamp := h.Pin("lamp")
		seen, stop := lamp.Watch()
		defer stop()
		began := time.Now()
		for _, l := range []gpio.Level{gpio.High, gpio.High, gpio.Low, gpio.High} {
			if err := lamp.Out(l); err != nil {
				t.Fatal(err)
			}
			time.Sleep(250 * time.Millisecond)
		}
		want := []Transition{{began, true}, {began.Add(500 * time.Millisecond), false}, {began.Add(750 * time.Millisecond), true}}
		got := lamp.History()
		if len(got) != len(want) {
			t.Fatalf("%v", got)
		}
		for i := range want {
			if !got[i].At.Equal(want[i].At) || got[i].Level != want[i].Level || <-seen != got[i] {
				t.Errorf("%d: %v, want %v", i, got[i], want[i])
			}
		}
	})
}

package sim

import (
	"errors"
	"math"
	"testing"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/adxl345"
	"osmanthus/drivers/imu"
	"osmanthus/drivers/lsm6dso"

	"periph.io/x/conn/v3/i2c"
)

// imuDriver is what all drivers of inertial sensors are to those who use them.
type imuDriver interface {
	Sense(*imu.Frame) error
	Halt() error
	Period() time.Duration
}

// imuModel is what all their models can do.
type imuModel interface {
	Chip
	SetSource(IMU)
	SetIdentity(byte)
	SetSlow(float64)
	PowerCycle()
}

// imus are the drivers that share one shape of sample, with their models.
var imus = map[string]struct {
	addr  uint16
	model func(IMU) imuModel
	open  func(i2c.Bus) (imuDriver, error)
	step  float64       // of the accelerometer, in g
	gyro  bool          // has one
	holds time.Duration // what the FIFO holds
}{
	"lsm6dso": {lsm6dso.Addr, func(s IMU) imuModel { return NewLSM6DSO(s) },
		func(b i2c.Bus) (imuDriver, error) { return lsm6dso.New(b, lsm6dso.Addr, nil) }, 0.488e-3, true, 2461 * time.Millisecond},
	"adxl345": {adxl345.Addr, func(s IMU) imuModel { return NewADXL345(s) },
		func(b i2c.Bus) (imuDriver, error) { return adxl345.New(b, adxl345.Addr, nil) }, 1.0 / 256, false, 320 * time.Millisecond},
}

// swing tells the time of its samples: on x one step for each period.
func swing(start time.Time, step float64, period time.Duration) IMU {
	return func(at time.Time) (acc, gyro [3]float64) {
		n := float64(at.Sub(start)) / float64(period)
		return [3]float64{n * step, -20, 1}, [3]float64{0, 10, -2500}
	}
}

func testIMU(t *testing.T, name string) {
	kind := imus[name]
	bubble(t, func(t *testing.T, h *Home) {
		chip := kind.model(ramp(time.Now()))
		h.Bus("bed").Attach(kind.addr, chip)
		d, err := kind.open(h.Bus("bed"))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		source := swing(time.Now(), kind.step, d.Period())
		chip.SetSource(source)
		var f imu.Frame
		last, total := math.NaN(), 0
		for range 50 {
			time.Sleep(73 * time.Millisecond)
			if err := d.Sense(&f); err != nil || f.Overrun || f.HasGyro != kind.gyro {
				t.Fatalf("%+v, %v", f, err)
			}
			for _, s := range f.Samples {
				if step := (s.AccelG[0] - last) / kind.step; math.Abs(step-1) > 0.01 {
					t.Fatalf("a step of %v samples", step)
				}
				last = s.AccelG[0]
				if math.Abs(s.AccelG[1]+16) > 0.02 || math.Abs(s.AccelG[2]-1) > kind.step { // −20 g is clipped
					t.Fatalf("%+v", s)
				}
				if kind.gyro && (math.Abs(s.GyroDPS[1]-10) > 0.04 || math.Abs(s.GyroDPS[2]+2293.76) > 0.1) {
					t.Fatalf("%+v", s)
				}
			}
			total += len(f.Samples)
		}
		if want := int(3650 * time.Millisecond / d.Period()); total < want-1 || total > want+1 {
			t.Errorf("%d samples in 3.65 s, want %d", total, want)
		}
		if f.HasTemp && math.Abs(f.TempC-dieCelsius) > 0.01 {
			t.Errorf("%v °C", f.TempC)
		}
	})
}

func TestA1_LSM6DSODriverOnItsModel(t *testing.T) { testIMU(t, "lsm6dso") }

func TestA1_ADXL345DriverOnItsModel(t *testing.T) { testIMU(t, "adxl345") }

func TestIMUsThatAreReadTooLateSayAGapAndGoOn(t *testing.T) {
	for name, kind := range imus {
		bubble(t, func(t *testing.T, h *Home) {
			chip := kind.model(ramp(time.Now()))
			h.Bus("bed").Attach(kind.addr, chip)
			d, err := kind.open(h.Bus("bed"))
			if err != nil {
				t.Fatal(err)
			}
			var f imu.Frame
			time.Sleep(kind.holds - d.Period()) // full, and nothing lost
			if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) < int(kind.holds/d.Period())-2 {
				t.Errorf("%s: on time: %d samples, overrun %v, %v", name, len(f.Samples), f.Overrun, err)
			}
			for _, late := range []time.Duration{kind.holds + 2*d.Period(), time.Hour} {
				time.Sleep(late)
				if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
					t.Errorf("%s: after %v: %+v, %v", name, late, f, err)
				}
				time.Sleep(10*d.Period() + d.Period()/2)
				if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) < 9 || len(f.Samples) > 11 {
					t.Errorf("%s: after %v, next: %d samples, %v", name, late, len(f.Samples), err)
				}
			}
			chip.PowerCycle()
			time.Sleep(time.Second)
			if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
				t.Errorf("%s: after a dip: %v", name, err)
			}
			if d, err = kind.open(h.Bus("bed")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10*d.Period() + d.Period()/2)
			if err := d.Sense(&f); err != nil || len(f.Samples) < 9 {
				t.Errorf("%s: after the dip: %d samples, %v", name, len(f.Samples), err)
			}
			chip.SetIdentity(0x12)
			var wrong *drivers.IdentityError
			if _, err := kind.open(h.Bus("bed")); !errors.As(err, &wrong) || wrong.Got != 0x12 {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestIMUsWhoseOscillatorIsOffKeepEverySample(t *testing.T) {
	for name, kind := range imus {
		bubble(t, func(t *testing.T, h *Home) {
			chip := kind.model(ramp(time.Now()))
			chip.SetSlow(0.02)
			h.Bus("bed").Attach(kind.addr, chip)
			d, err := kind.open(h.Bus("bed"))
			if err != nil {
				t.Fatal(err)
			}
			var f imu.Frame
			total := 0
			for range 100 {
				time.Sleep(100 * time.Millisecond)
				if err := d.Sense(&f); err != nil || f.Overrun {
					t.Fatal(f.Overrun, err)
				}
				total += len(f.Samples)
			}
			if want := float64(10*time.Second) / float64(d.Period()) / 1.02; math.Abs(float64(total)-want) > 2 {
				t.Errorf("%s: %d samples in 10 s, want %v", name, total, want)
			}
		})
	}
}

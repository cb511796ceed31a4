package mains

import (
	"errors"
	"math"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/fakepin"
	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

func until(t *testing.T, d *Dev, want State, within time.Duration) time.Duration {
	t.Helper()
	return fakepin.Until(t, func(timeout time.Duration) (State, bool, error) {
		var f Frame
		err := d.Wait(&f, timeout)
		return f.Mains, f.Changed, err
	}, want, within)
}

func TestA8_TheMainsFailAndComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low) // the relay is held
		d, err := New(pin, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		until(t, d, On, 2*time.Second)
		pin.Set(gpio.High) // a dip
		var f Frame
		if err := d.Wait(&f, 800*time.Millisecond); err != nil || f.Changed {
			t.Errorf("%+v, %v", f, err)
		}
		pin.Set(gpio.Low)
		if err := d.Wait(&f, time.Second); err != nil || f.Changed {
			t.Errorf("%+v, %v", f, err)
		}
		pin.Set(gpio.High)
		until(t, d, Off, 2*time.Second)
		pin.Set(gpio.Low)
		until(t, d, On, 2*time.Second)
	})
}

func TestA8_TheBatteryIsMeasuredOverItsDivider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin, meter := fakepin.New(fakepin.Works, gpio.Low), &fakepin.Meter{}
		meter.Set(2200*physic.MilliVolt, nil)
		d, err := New(pin, &Opts{Battery: meter, Divider: 5.7})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		var f Frame
		measured := 0
		for end := time.Now().Add(65 * time.Second); time.Now().Before(end); {
			if err := d.Wait(&f, 500*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if f.Measured {
				measured++
				if volts := float64(f.Battery) / float64(physic.Volt); math.Abs(volts-12.54) > 1e-6 {
					t.Errorf("%v V", volts)
				}
			}
		}
		if measured != 7 || f.Mains != On {
			t.Errorf("%d measurements in 65 s, mains %v", measured, f.Mains)
		}
	})
}

// The mains are watched without their battery, and that it is not known is told.
func TestA2_ABatteryThatCannotBeMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin, meter := fakepin.New(fakepin.Works, gpio.Low), &fakepin.Meter{}
		meter.Set(0, syscall.EREMOTEIO)
		d, err := New(pin, &Opts{Battery: meter})
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		for range 4 {
			if err := d.Wait(&f, 500*time.Millisecond); !drivers.NoAnswer(err) || f.Measured {
				t.Fatalf("%+v, %v", f, err)
			}
		}
		if f.Mains != On {
			t.Errorf("%v", f.Mains)
		}
		meter.Set(physic.Volt, nil)
		time.Sleep(10 * time.Second)
		if err := d.Wait(&f, time.Second); err != nil || !f.Measured || f.Battery != physic.Volt {
			t.Errorf("%+v, %v", f, err)
		}
		pin.Fail(syscall.EIO)
		if err := d.Wait(&f, time.Second); !errors.Is(err, syscall.EIO) || f.Mains != On {
			t.Errorf("%+v, %v", f, err)
		}
		if err := errors.Join(d.Halt(), d.Halt()); err != nil {
			t.Error(err)
		}
		pin.Fail(nil)
		if err := d.Wait(&f, time.Second); !errors.Is(err, drivers.ErrHalted) || d.String() != "mains contact on FAKE1" {
			t.Errorf("%v, %v", d, err)
		}
	})
}

func TestStateOfEveryLook(t *testing.T) {
	for _, c := range []struct {
		look lines.Frame
		want State
	}{
		{lines.Frame{}, Unknown}, {lines.Frame{State: lines.Rest}, On}, {lines.Frame{State: lines.Active}, Off},
		{lines.Frame{State: lines.Rest, Unsettled: true}, Off},
	} {
		if got := stateOf(c.look); got != c.want {
			t.Errorf("%+v: %v, want %v", c.look, got, c.want)
		}
	}
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{Divider: 0.5}, {Divider: math.NaN()}, {Every: time.Millisecond}, {Line: lines.Opts{Poll: time.Hour}}} {
		if _, err := New(fakepin.New(fakepin.Works, gpio.Low), &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

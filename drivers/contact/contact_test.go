package contact

import (
	"errors"
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
		return f.State, f.Changed, err
	}, want, within)
}

func TestA8_ADoorOpensAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low) // the magnet is near
		d, err := New(pin, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		until(t, d, Closed, time.Second)
		go func() { // it slams: the reed rings for 40 ms
			for range 8 {
				pin.Set(gpio.High)
				time.Sleep(3 * time.Millisecond)
				pin.Set(gpio.Low)
				time.Sleep(2 * time.Millisecond)
			}
		}()
		var f Frame
		if err := d.Wait(&f, time.Second); err != nil || f.Changed || f.State != Closed || f.For < time.Second {
			t.Errorf("%+v, %v", f, err)
		}
		pin.Set(gpio.High)
		until(t, d, Open, 150*time.Millisecond)
		pin.Set(gpio.Low)
		until(t, d, Closed, 150*time.Millisecond)
	})
}

// A broken wire is an open door, or known as such; never a closed one.
func TestA4_ADoorWhoseWireBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		meter := &fakepin.Meter{}
		meter.Set(1650*physic.MilliVolt, nil)
		d, err := NewSupervised(meter, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		until(t, d, Closed, time.Second)
		meter.Set(799*physic.MilliVolt, nil)
		until(t, d, Open, time.Second)
		meter.Set(3290*physic.MilliVolt, nil)
		until(t, d, Cut, 10*time.Second)
		meter.Set(1640*physic.MilliVolt, nil)
		until(t, d, Closed, 10*time.Second)
		meter.Set(5*physic.MilliVolt, nil)
		until(t, d, Short, 10*time.Second)
		if d.String() != "contact on fake meter" {
			t.Error(d)
		}
		if _, err := NewSupervised(meter, &lines.SupervisedOpts{Poll: time.Hour}); err == nil {
			t.Error("a poll of an hour is accepted")
		}
		pin := fakepin.New(fakepin.Works, gpio.High) // the pull-up: nothing is wired
		p, err := New(pin, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Halt()
		until(t, p, Open, time.Second)
	})
}

func TestA2_ADoorThatCannotBeReadIsNotClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low)
		d, err := New(pin, nil)
		if err != nil {
			t.Fatal(err)
		}
		until(t, d, Closed, time.Second)
		pin.Fail(syscall.ENODEV)
		var f Frame
		if err := d.Sense(&f); !errors.Is(err, syscall.ENODEV) || f.Changed {
			t.Errorf("%+v, %v", f, err)
		}
		d.Halt()
		if err := d.Wait(&f, time.Minute); !errors.Is(err, drivers.ErrHalted) {
			t.Errorf("%v", err)
		}
	})
}

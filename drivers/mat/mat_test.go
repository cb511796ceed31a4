package mat

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

// until waits for news of a state and returns how long it took.
func until(t *testing.T, d *Dev, want State, within time.Duration) time.Duration {
	t.Helper()
	return fakepin.Until(t, func(timeout time.Duration) (State, bool, error) {
		var f Frame
		err := d.Wait(&f, timeout)
		return f.State, f.Changed, err
	}, want, within)
}

func open(t *testing.T, pin *fakepin.Pin, opts *Opts) *Dev {
	t.Helper()
	d, err := New(pin, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestA8_WhoTurnsOverHasNotLeftTheBed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.High)
		d := open(t, pin, nil)
		defer d.Halt()
		until(t, d, Empty, time.Second)
		pin.Set(gpio.Low)
		until(t, d, Occupied, time.Second)
		go func() {
			for range 5 { // lifts off for a second, lies again
				pin.Set(gpio.High)
				time.Sleep(time.Second)
				pin.Set(gpio.Low)
				time.Sleep(2 * time.Second)
			}
		}()
		var f Frame
		if err := d.Wait(&f, time.Minute); err != nil || f.Changed || f.State != Occupied || f.For < 59*time.Second {
			t.Errorf("%+v, %v", f, err)
		}
		pin.Set(gpio.High)
		if took := until(t, d, Empty, 3*time.Second); took < time.Second || took > 2*time.Second {
			t.Errorf("leaving was told after %v", took)
		}
	})
}

func TestA8_AStepOnAFloorMatIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Never, gpio.High) // and with no help from edges
		d := open(t, pin, &Opts{Hold: 1})
		defer func() { pin.Free(); d.Halt() }()
		until(t, d, Empty, time.Second)
		for range 10 {
			time.AfterFunc(100*time.Millisecond, func() { pin.Set(gpio.Low) })
			time.AfterFunc(300*time.Millisecond, func() { pin.Set(gpio.High) })
			until(t, d, Occupied, time.Second)
			until(t, d, Empty, time.Second)
		}
	})
}

func TestA8_AMatUnderACupboardIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Refused, gpio.Low)
		d := open(t, pin, &Opts{Line: lines.Opts{Poll: 100 * time.Millisecond}, StuckAfter: time.Hour})
		defer d.Halt()
		until(t, d, Occupied, time.Second)
		var f Frame
		if err := d.Wait(&f, 2*time.Hour); err != nil || !f.Changed || !f.Stuck || f.For < time.Hour-time.Second {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

// A mat whose plug is out: a normally closed one looks occupied, a supervised one
// is known to be cut.
func TestA4_AMatThatIsUnplugged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low)
		d := open(t, pin, &Opts{Line: lines.Opts{Wiring: lines.NormallyClosed}})
		defer d.Halt()
		until(t, d, Empty, time.Second)
		pin.Set(gpio.High)
		until(t, d, Occupied, time.Second)

		meter := &fakepin.Meter{}
		meter.Set(1650*physic.MilliVolt, nil)
		s, err := NewSupervised(meter, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Halt()
		until(t, s, Empty, time.Second)
		meter.Set(799*physic.MilliVolt, nil)
		until(t, s, Occupied, time.Second)
		meter.Set(3300*physic.MilliVolt, nil)
		until(t, s, Cut, 10*time.Second)
		meter.Set(1650*physic.MilliVolt, nil)
		until(t, s, Empty, 10*time.Second)
		meter.Set(0, syscall.EREMOTEIO)
		var f Frame
		if err := s.Wait(&f, time.Second); !errors.Is(err, syscall.EREMOTEIO) || f.State != Empty || f.Changed {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestA2_AMatThatCannotBeReadIsNotEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low)
		d := open(t, pin, nil)
		until(t, d, Occupied, time.Second)
		pin.Fail(syscall.ENODEV)
		pin.Set(gpio.High)
		var f Frame
		if err := d.Wait(&f, time.Minute); !errors.Is(err, syscall.ENODEV) || f.Changed {
			t.Errorf("%+v, %v", f, err)
		}
		if err := errors.Join(d.Halt(), d.Halt()); err != nil {
			t.Error(err)
		}
		pin.Fail(nil)
		if err := d.Wait(&f, time.Minute); !errors.Is(err, drivers.ErrHalted) || d.String() != "mat on FAKE1" {
			t.Errorf("%v, %v", d, err)
		}
	})
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{Hold: time.Minute}, {Hold: -1}, {Line: lines.Opts{Poll: time.Hour}}} {
		if _, err := New(fakepin.New(fakepin.Works, gpio.High), &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if _, err := NewSupervised(&fakepin.Meter{}, &Opts{Hold: time.Hour}); err == nil {
		t.Error("a hold of an hour is accepted")
	}
}

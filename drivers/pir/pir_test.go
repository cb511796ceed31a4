package pir

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
)

// module is wired as the package says: High is motion, and so is no wire.
var module = lines.Opts{Wiring: lines.NormallyClosed}

func open(t *testing.T, pin *fakepin.Pin, opts Opts) *Dev {
	t.Helper()
	opts.Line = module
	d, err := New(pin, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func next(t *testing.T, d *Dev, within time.Duration) Frame {
	t.Helper()
	var f Frame
	if err := d.Wait(&f, within); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestA8_AMotionSensorThatWarmsUpSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.High) // it says "motion" from the start
		began := time.Now()
		d := open(t, pin, Opts{})
		defer d.Halt()
		f := next(t, d, time.Second)
		for f.Warming {
			if f.Known || f.Moving {
				t.Fatalf("%+v after %v", f, time.Since(began))
			}
			f = next(t, d, 10*time.Second)
		}
		if warm := time.Since(began); warm != time.Minute || !f.Known || !f.Moving || !f.Changed {
			t.Errorf("%+v after %v", f, warm)
		}
	})
}

// Both ways of a sensor's own timer are one movement.
func TestA8_AMotionThatRetriggersOrNotIsOne(t *testing.T) {
	for name, quiet := range map[string]time.Duration{"retriggering": 0, "not retriggering": 2500 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pin := fakepin.New(fakepin.Works, gpio.Low)
				d := open(t, pin, Opts{WarmUp: -1})
				defer d.Halt()
				next(t, d, time.Second)
				go func() { // somebody walks about for a minute
					for range 10 {
						pin.Set(gpio.High)
						time.Sleep(6*time.Second - quiet)
						if quiet > 0 {
							pin.Set(gpio.Low)
							time.Sleep(quiet)
						}
					}
					pin.Set(gpio.Low)
				}()
				if f := next(t, d, time.Second); !f.Moving || !f.Changed {
					t.Fatalf("%+v", f)
				}
				began := time.Now()
				f := next(t, d, 2*time.Minute)
				if took := time.Since(began); f.Moving || !f.Changed || took < time.Minute || took > 66*time.Second {
					t.Errorf("%+v after %v", f, took)
				}
			})
		})
	}
}

func TestA8_AMotionSensorThatIsUnpluggedIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low)
		d := open(t, pin, Opts{WarmUp: -1, StuckAfter: 10 * time.Minute})
		defer d.Halt()
		next(t, d, time.Second)
		pin.Set(gpio.High) // the pull-up, for nobody holds it down any more
		if f := next(t, d, time.Second); !f.Moving {
			t.Fatalf("%+v", f)
		}
		if f := next(t, d, time.Hour); !f.Changed || !f.Stuck || f.For < 10*time.Minute {
			t.Errorf("%+v", f)
		}
		pin.Set(gpio.Low)
		if f := next(t, d, time.Second); !f.Changed || f.Stuck {
			t.Errorf("mended: %+v", f)
		}
	})
}

func TestA2_AMotionSensorThatCannotBeReadIsNotStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low)
		d := open(t, pin, Opts{WarmUp: -1})
		next(t, d, time.Second)
		pin.Fail(syscall.EIO)
		var f Frame
		if err := d.Wait(&f, time.Minute); !errors.Is(err, syscall.EIO) {
			t.Errorf("%+v, %v", f, err)
		}
		pin.Fail(nil)
		if err := d.Sense(&f); err != nil || !f.Known {
			t.Errorf("%+v, %v", f, err)
		}
		d.Halt()
		if err := d.Wait(&f, time.Minute); !errors.Is(err, drivers.ErrHalted) || d.String() != "motion sensor on FAKE1" {
			t.Errorf("%v, %v", d, err)
		}
	})
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{WarmUp: time.Hour}, {Hold: time.Hour}, {Line: lines.Opts{Debounce: time.Hour}}} {
		if _, err := New(fakepin.New(fakepin.Works, gpio.High), &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

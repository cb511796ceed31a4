package drycontact

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/fakepin"

	"periph.io/x/conn/v3/gpio"
)

// Every wiring: what the pin is when something is said, when nothing is, and
// when nobody is there to drive it.
func TestA8_AContactIsSafeAtStartAndAtItsEnd(t *testing.T) {
	for _, c := range []struct {
		opts          Opts
		off, on, left gpio.Level
	}{
		{Opts{}, gpio.Low, gpio.High, gpio.Low},
		{Opts{ActiveLow: true}, gpio.High, gpio.Low, gpio.High},
		{Opts{FailSafe: true}, gpio.High, gpio.Low, gpio.Low},
		{Opts{ActiveLow: true, FailSafe: true}, gpio.Low, gpio.High, gpio.High},
	} {
		t.Run(fmt.Sprintf("%+v", c.opts), func(t *testing.T) {
			pin := fakepin.New(fakepin.Works, !c.off)
			d, err := New(pin, &c.opts)
			if err != nil || pin.Read() != c.off || d.On() {
				t.Fatalf("at start the pin is %v, %v", pin.Read(), err)
			}
			if err := d.Set(true); err != nil || pin.Read() != c.on || !d.On() {
				t.Errorf("on the pin is %v, %v", pin.Read(), err)
			}
			if err := d.Set(false); err != nil || pin.Read() != c.off {
				t.Errorf("off the pin is %v, %v", pin.Read(), err)
			}
			if err := errors.Join(d.Halt(), d.Halt()); err != nil || pin.Read() != c.left {
				t.Errorf("left alone the pin is %v, %v", pin.Read(), err)
			}
			if err := d.Set(true); !errors.Is(err, drivers.ErrHalted) || pin.Read() != c.left {
				t.Errorf("a halted contact is driven: %v", err)
			}
		})
	}
}

func TestA8_APulseEndsByItselfAndEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.Low)
		d, err := New(pin, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, early := range []time.Duration{0, 300 * time.Millisecond} {
			done := make(chan struct{})
			want := time.Second
			if early > 0 {
				want = early
				time.AfterFunc(early, func() { close(done) })
			}
			time.AfterFunc(want/2, func() {
				if pin.Read() != gpio.High {
					t.Error("not on in the middle of its pulse")
				}
			})
			began := time.Now()
			if err := d.Pulse(time.Second, done); err != nil || time.Since(began) != want || pin.Read() != gpio.Low {
				t.Errorf("%v after %v, the pin is %v", err, time.Since(began), pin.Read())
			}
		}
	})
}

func TestA2_AContactThatDoesNotFollowIsTold(t *testing.T) {
	pin := fakepin.New(fakepin.Works, gpio.Low)
	d, err := New(pin, nil)
	if err != nil {
		t.Fatal(err)
	}
	pin.Stick(gpio.Low) // a short to ground
	if err := d.Set(true); !errors.Is(err, ErrNotDriven) {
		t.Errorf("%v", err)
	}
	if err := d.Pulse(time.Millisecond, nil); !errors.Is(err, ErrNotDriven) {
		t.Errorf("%v", err)
	}
	pin.Fail(syscall.ENODEV)
	if err := d.Check(); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("%v", err)
	}
	if _, err := New(pin, nil); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("%v", err)
	}
	blind, err := New(fakepin.New(fakepin.Works, gpio.Low), &Opts{NoReadBack: true})
	if err != nil || blind.Set(true) != nil || blind.Check() != nil || blind.String() != "contact driven by FAKE1" {
		t.Errorf("%v, %v", blind, err)
	}
}

func BenchmarkSet(b *testing.B) {
	d, err := New(fakepin.New(fakepin.Works, gpio.Low), nil)
	if err != nil {
		b.Fatal(err)
	}
	on := false
	b.ReportAllocs()
	for b.Loop() {
		on = !on
		if err := d.Set(on); err != nil {
			b.Fatal(err)
		}
	}
}

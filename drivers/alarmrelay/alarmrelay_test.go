package alarmrelay

import (
	"errors"
	"fmt"
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

// What both contacts say together: every state of one against every of the other.
func TestA8_TheGravestOfBothContacts(t *testing.T) {
	at := func(s lines.State) lines.Frame { return lines.Frame{State: s} }
	wild := lines.Frame{State: lines.Rest, Unsettled: true}
	for _, c := range []struct {
		alarm, fault lines.Frame
		want, alone  State // with and without a fault contact
	}{
		{at(lines.Unknown), at(lines.Unknown), Unknown, Unknown},
		{at(lines.Unknown), at(lines.Active), Fault, Unknown},
		{at(lines.Rest), at(lines.Unknown), Unknown, Clear},
		{at(lines.Rest), at(lines.Rest), Clear, Clear},
		{at(lines.Rest), at(lines.Active), Fault, Clear},
		{at(lines.Rest), wild, Fault, Clear},
		{at(lines.Active), at(lines.Unknown), Alarm, Alarm},
		{at(lines.Active), at(lines.Rest), Alarm, Alarm},
		{at(lines.Active), at(lines.Active), Alarm, Alarm},
		{at(lines.Cut), at(lines.Rest), Cut, Cut},
		{at(lines.Short), at(lines.Active), Cut, Cut},
		{wild, at(lines.Rest), Cut, Cut},
	} {
		d := Dev{a: c.alarm, f: c.fault, fault: &lines.Line{}}
		if got := d.judge(); got != c.want {
			t.Errorf("alarm %v, fault %v: %v, want %v", c.alarm, c.fault, got, c.want)
		}
		if d.fault = nil; d.judge() != c.alone {
			t.Errorf("alarm %v alone: %v, want %v", c.alarm, d.judge(), c.alone)
		}
	}
}

// wired is a detector that is well: its alarm contact open, its fault relay held.
func wired(t *testing.T, kind fakepin.Waiting) (alarm, fault *fakepin.Pin, d *Dev) {
	t.Helper()
	alarm, fault = fakepin.New(kind, gpio.High), fakepin.New(kind, gpio.Low)
	d, err := New(alarm, fault, nil)
	if err != nil {
		t.Fatal(err)
	}
	until(t, d, Clear, time.Second)
	return alarm, fault, d
}

func TestA8_SmokeIsSeenWhateverWaitForEdgeDoes(t *testing.T) {
	for _, kind := range []fakepin.Waiting{fakepin.Works, fakepin.AtOnce, fakepin.False, fakepin.Never, fakepin.Refused} {
		t.Run(fmt.Sprint(int(kind)), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alarm, fault, d := wired(t, kind)
				alarm.Set(gpio.Low)
				until(t, d, Alarm, 150*time.Millisecond)
				alarm.Set(gpio.High)
				until(t, d, Clear, 300*time.Millisecond)
				fault.Set(gpio.High) // its supply fails
				until(t, d, Fault, time.Second)
				alarm.Set(gpio.Low)
				until(t, d, Alarm, 150*time.Millisecond)
				alarm.Free()
				fault.Free()
				d.Halt()
			})
		})
	}
}

func TestA4_ADetectorWhoseLineIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		meter := &fakepin.Meter{}
		meter.Set(1650*physic.MilliVolt, nil)
		d, err := NewSupervised(meter, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		until(t, d, Clear, time.Second)
		meter.Set(3300*physic.MilliVolt, nil)
		until(t, d, Cut, 10*time.Second)
		meter.Set(799*physic.MilliVolt, nil)
		until(t, d, Alarm, time.Second)
		meter.Set(1650*physic.MilliVolt, nil)
		until(t, d, Clear, time.Second)
	})
}

// One contact that cannot be read does not hide the other.
func TestA2_AnAlarmOutlivesAFaultContactThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alarm, fault, d := wired(t, fakepin.Works)
		fault.Fail(syscall.ENODEV)
		alarm.Set(gpio.Low)
		var f Frame
		end := time.Now().Add(150 * time.Millisecond)
		for f.State != Alarm && time.Now().Before(end) {
			if err := d.Wait(&f, 10*time.Millisecond); !errors.Is(err, syscall.ENODEV) {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if f.State != Alarm {
			t.Errorf("%v", f.State)
		}
		fault.Fail(nil)
		alarm.Fail(syscall.EIO)
		if err := d.Wait(&f, time.Second); !errors.Is(err, syscall.EIO) {
			t.Errorf("%v", err)
		}
		alarm.Fail(nil)
		if err := errors.Join(d.Halt(), d.Halt()); err != nil {
			t.Error(err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrHalted) || d.String() != "detector on FAKE1" {
			t.Errorf("%v, %v", d, err)
		}
	})
}

// A detector whose contacts all close: nothing is closed while it is well.
func TestAFaultContactThatCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alarm, fault := fakepin.New(fakepin.Works, gpio.High), fakepin.New(fakepin.Works, gpio.High)
		d, err := New(alarm, fault, &Opts{FaultOpen: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Halt()
		until(t, d, Clear, time.Second)
		fault.Set(gpio.Low)
		until(t, d, Fault, time.Second)
	})
}

func TestAContactThatIsNoInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := fakepin.New(fakepin.Works, gpio.High)
		busy.RefuseIn(syscall.EBUSY)
		if _, err := New(busy, nil, nil); !errors.Is(err, syscall.EBUSY) {
			t.Errorf("%v", err)
		}
		if _, err := New(fakepin.New(fakepin.Works, gpio.High), busy, nil); !errors.Is(err, syscall.EBUSY) {
			t.Errorf("%v", err)
		}
	})
}

func BenchmarkSense(b *testing.B) {
	d, err := New(fakepin.New(fakepin.Refused, gpio.High), fakepin.New(fakepin.Refused, gpio.Low), nil)
	if err != nil {
		b.Fatal(err)
	}
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

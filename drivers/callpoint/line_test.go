package callpoint

import (
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/fakepin"

	"periph.io/x/conn/v3/physic"
)

// What the default line's divider gives: 10 kΩ to 3.3 V, then 10 kΩ, or 10 kΩ
// with 4.7 kΩ in parallel, to ground.
const (
	restVolts    = 1650 * physic.MilliVolt
	pressedVolts = 799 * physic.MilliVolt
	openVolts    = 3300 * physic.MilliVolt
	shortVolts   = 3 * physic.MilliVolt
)

func meter(v physic.ElectricPotential, err error) *fakepin.Meter {
	m := &fakepin.Meter{}
	m.Set(v, err)
	return m
}

func openLine(t *testing.T) (*Dev, *fakepin.Meter) {
	t.Helper()
	m := meter(restVolts, nil)
	d, err := NewLine(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	await(t, d, Normal, time.Second)
	return d, m
}

func TestA4_OpenLineIsKnownAndClearedOnReplug(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, m := openLine(t)
		defer d.Halt()
		for range 3 {
			m.Set(openVolts, nil)
			await(t, d, Open, 10*time.Second)
			m.Set(restVolts, nil)
			await(t, d, Normal, 10*time.Second)
		}
		m.Set(shortVolts, nil)
		await(t, d, Short, 10*time.Second)
	})
}

func TestA4_PressOnALineAndThenTheCordBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, m := openLine(t)
		defer d.Halt()
		m.Set(pressedVolts, nil)
		await(t, d, Pressed, 150*time.Millisecond)
		m.Set(openVolts, nil)
		await(t, d, Open, 10*time.Second)
	})
}

// Passing through another state's voltage on the way is not that state.
func TestSweepThroughOtherStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, m := openLine(t)
		defer d.Halt()
		m.Set(openVolts, nil) // the contact wipes for half a second
		quiet(t, d, 500*time.Millisecond)
		m.Set(restVolts, nil)
		quiet(t, d, time.Second)
	})
}

func TestLineWithoutAMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := meter(0, syscall.EREMOTEIO)
		if _, err := NewLine(m, nil); !drivers.NoAnswer(err) {
			t.Errorf("%v", err)
		}
		d, m := openLine(t)
		defer d.Halt()
		m.Set(0, syscall.EREMOTEIO)
		var f Frame
		if err := d.Wait(&f, time.Second); !errors.Is(err, syscall.EREMOTEIO) || f.State != Normal || f.Changed {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

package callpoint

import (
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"

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

func openLine(t *testing.T) (*Dev, *fakeMeter) {
	t.Helper()
	m := &fakeMeter{v: restVolts}
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
			m.set(openVolts, nil)
			await(t, d, Open, 10*time.Second)
			m.set(restVolts, nil)
			await(t, d, Normal, 10*time.Second)
		}
		m.set(shortVolts, nil)
		await(t, d, Short, 10*time.Second)
	})
}

func TestA4_PressOnALineAndThenTheCordBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, m := openLine(t)
		defer d.Halt()
		m.set(pressedVolts, nil)
		await(t, d, Pressed, 150*time.Millisecond)
		m.set(openVolts, nil)
		await(t, d, Open, 10*time.Second)
	})
}

// Passing through another state's voltage on the way is not that state.
func TestSweepThroughOtherStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, m := openLine(t)
		defer d.Halt()
		m.set(openVolts, nil) // the contact wipes for half a second
		quiet(t, d, 500*time.Millisecond)
		m.set(restVolts, nil)
		quiet(t, d, time.Second)
	})
}

func TestLineWithoutAMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fakeMeter{err: syscall.EREMOTEIO}
		if _, err := NewLine(m, nil); !drivers.NoAnswer(err) {
			t.Errorf("%v", err)
		}
		d, m := openLine(t)
		defer d.Halt()
		m.set(0, syscall.EREMOTEIO)
		var f Frame
		if err := d.Wait(&f, time.Second); !errors.Is(err, syscall.EREMOTEIO) || f.State != Normal || f.Changed {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestNearestState(t *testing.T) {
	o, err := (*LineOpts)(nil).orDefault()
	if err != nil {
		t.Fatal(err)
	}
	levels, err := o.levels()
	if err != nil {
		t.Fatal(err)
	}
	for volts, want := range map[physic.ElectricPotential]State{
		-10 * physic.MilliVolt: Short, 0: Short, 390 * physic.MilliVolt: Short,
		410 * physic.MilliVolt: Pressed, 1200 * physic.MilliVolt: Pressed,
		1250 * physic.MilliVolt: Normal, 2400 * physic.MilliVolt: Normal,
		2500 * physic.MilliVolt: Open, 3400 * physic.MilliVolt: Open,
	} {
		if got := nearest(&levels, volts); got != want {
			t.Errorf("%v: %v, want %v", volts, got, want)
		}
	}
}

func TestLineOptsAreChecked(t *testing.T) {
	for _, o := range []LineOpts{
		{Pressed: 9 * physic.KiloOhm},  // too close to the 10 kΩ of rest
		{Normal: 200 * physic.KiloOhm}, // too close to open
		{Pressed: 100 * physic.Ohm},    // too close to short
		{FaultAfter: time.Minute},      // A4 allows 10 s
		{FaultAfter: time.Millisecond}, // shorter than the debouncing
		{Poll: 200 * time.Millisecond}, // A3
		{Supply: -physic.Volt},
	} {
		if _, err := NewLine(&fakeMeter{}, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

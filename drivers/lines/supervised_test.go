package lines

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/fakepin"

	"periph.io/x/conn/v3/physic"
)

func TestNearestState(t *testing.T) {
	o, err := (*SupervisedOpts)(nil).orDefault()
	if err != nil {
		t.Fatal(err)
	}
	levels, err := o.levels()
	if err != nil {
		t.Fatal(err)
	}
	for volts, want := range map[physic.ElectricPotential]State{
		-10 * physic.MilliVolt: Short, 0: Short, 390 * physic.MilliVolt: Short,
		410 * physic.MilliVolt: Active, 1200 * physic.MilliVolt: Active,
		1250 * physic.MilliVolt: Rest, 2400 * physic.MilliVolt: Rest,
		2500 * physic.MilliVolt: Cut, 3400 * physic.MilliVolt: Cut,
	} {
		if got := nearest(&levels, volts); got != want {
			t.Errorf("%v: %v, want %v", volts, got, want)
		}
	}
}

func TestSupervisedOptsAreChecked(t *testing.T) {
	for _, o := range []SupervisedOpts{
		{Active: 9 * physic.KiloOhm},   // too close to the 10 kΩ of rest
		{Rest: 200 * physic.KiloOhm},   // too close to open
		{Active: 100 * physic.Ohm},     // too close to short
		{FaultAfter: time.Minute},      // A4 allows 10 s
		{FaultAfter: time.Millisecond}, // shorter than the debouncing
		{Poll: 200 * time.Millisecond}, // A3
		{Supply: -physic.Volt},
	} {
		if _, err := NewSupervised(&fakepin.Meter{}, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

package fsrmatrix

import (
	"testing"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/internal/hardware"
)

// All cells can be measured, and none is beyond the supply.
func TestOnHardware(t *testing.T) {
	pins := hardware.Pins(t, 4)
	adc, err := ads1115.New(hardware.Bus(t), ads1115.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer adc.Halt()
	d, err := New(adc.Input(ads1115.A0), [4]Selector{pins[0], pins[1], pins[2], pins[3]}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	var f Frame
	if err := d.Sense(&f); err != nil {
		t.Fatal(err)
	}
	for i, c := range f.Counts {
		if c < -5 || c > FullScale+5 {
			t.Errorf("cell %d: %v counts", i, c)
		}
	}
	t.Log(f.Counts)
}

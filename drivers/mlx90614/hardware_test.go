package mlx90614

import (
	"testing"

	"osmanthus/drivers/internal/hardware"
)

// What stands before the sensor is no oven, and its emissivity can be one.
func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	var f Frame
	if err := d.Sense(&f); err != nil || f.ObjectC < -20 || f.ObjectC > 100 || f.AmbientC < 0 || f.AmbientC > 50 {
		t.Errorf("%+v, %v", f, err)
	}
	if e, err := d.Emissivity(); err != nil || e < 0.1 || e > 1 {
		t.Errorf("%v, %v", e, err)
	}
}

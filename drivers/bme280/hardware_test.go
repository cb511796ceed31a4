package bme280

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"
)

// The air of the room in which the test runs can be lived in.
func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	var f Frame
	for range 3 {
		time.Sleep(time.Second)
		if err := d.Sense(&f); err != nil || f.TempC < 0 || f.TempC > 45 || f.PressurePa < 50_000 || f.PressurePa > 108_000 {
			t.Errorf("%+v, %v", f, err)
		}
	}
}

package mlx90640

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"
)

// Two seconds bring some pictures of a room.
func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	fresh := 0
	var f Frame
	for range 16 {
		time.Sleep(d.Period() / 2)
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
		if !f.Fresh {
			continue
		}
		fresh++
		if f.ChipC < 0 || f.ChipC > 70 || f.SupplyV < 3 || f.SupplyV > 3.6 {
			t.Errorf("chip %v °C, supply %v V", f.ChipC, f.SupplyV)
		}
	}
	if fresh < 3 {
		t.Errorf("%d pictures in two seconds", fresh)
	}
}

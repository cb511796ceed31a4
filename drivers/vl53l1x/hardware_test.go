package vl53l1x

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"
)

// The chip measures as often as it was told, whatever it sees.
func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	fresh := 0
	var f Frame
	for range 200 {
		time.Sleep(10 * time.Millisecond)
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
		if f.Fresh {
			fresh++
			t.Logf("%v %v", f.Distance, f.Status)
		}
	}
	if fresh < 15 || fresh > 25 {
		t.Errorf("%d measurements in 2 s", fresh)
	}
}

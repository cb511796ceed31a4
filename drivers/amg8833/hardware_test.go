package amg8833

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"
)

// Within a second there are about ten different pictures of a room.
func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	time.Sleep(settleTime)
	fresh := 0
	var f Frame
	for range 10 {
		time.Sleep(d.Period())
		if err := d.Sense(&f); err != nil || f.Settling || f.BoardC < 0 || f.BoardC > 60 {
			t.Fatal(f, err)
		}
		for i, v := range f.PixelC {
			if v < -20 || v > 100 {
				t.Errorf("pixel %d: %v °C", i, v)
			}
		}
		if !f.Repeated {
			fresh++
		}
	}
	if fresh < 7 {
		t.Errorf("%d new pictures in a second", fresh)
	}
}

package max30102

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"
)

// The chip gives as many samples as it says, finger or not.
func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	total, began := 0, time.Now()
	var f Frame
	for range 10 {
		time.Sleep(100 * time.Millisecond)
		if err := d.Sense(&f); err != nil || f.Overrun {
			t.Fatal(f.Overrun, err)
		}
		total += len(f.Samples)
	}
	if rate := float64(total) / time.Since(began).Seconds(); rate < 90 || rate > 110 {
		t.Errorf("%v samples a second", rate)
	}
	if temp, err := d.DieTemperature(); err != nil || temp.Celsius() < 0 || temp.Celsius() > 60 {
		t.Errorf("%v, %v", temp, err)
	}
}

package adxl345

import (
	"math"
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"
)

// A chip that lies still feels 1 g, and gives as many samples as it says.
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
		for _, s := range f.Samples {
			if g := math.Hypot(math.Hypot(s.AccelG[0], s.AccelG[1]), s.AccelG[2]); g < 0.8 || g > 1.2 {
				t.Errorf("%v g at rest", g)
			}
		}
		total += len(f.Samples)
	}
	if rate := float64(total) / time.Since(began).Seconds(); rate < 90 || rate > 110 {
		t.Errorf("%v samples a second", rate)
	}
}

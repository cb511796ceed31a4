package hx711

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"
)

// The chip converts as often as it says; how many readings this machine tears
// is printed, and must not be most of them.
func TestOnHardware(t *testing.T) {
	pins := hardware.Pins(t, 2)
	d, err := New(pins[0], pins[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	fresh, torn := 0, 0
	var f Frame
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(5 * time.Millisecond) {
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
		if f.Torn {
			torn++
		}
		if f.Fresh {
			fresh++
			t.Log(f.Counts)
		}
	}
	t.Logf("%d conversions, %d readings torn", fresh, torn)
	if fresh < 100 || fresh > 220 {
		t.Errorf("%d conversions in 20 s", fresh)
	}
}

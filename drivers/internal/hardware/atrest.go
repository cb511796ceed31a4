package hardware

import (
	"math"
	"testing"
	"time"

	"osmanthus/drivers/imu"
)

// AtRest wants a chip that lies still to feel 1 g for a second, and to give
// between least and most samples a second.
func AtRest(t *testing.T, d interface{ Sense(*imu.Frame) error }, least, most float64) {
	t.Helper()
	total, began := 0, time.Now()
	var f imu.Frame
	for range 10 {
		time.Sleep(100 * time.Millisecond)
		if err := d.Sense(&f); err != nil || f.Overrun {
			t.Fatal(f.Overrun, err)
		}
		for _, s := range f.Samples {
			if g := math.Hypot(math.Hypot(s.AccelG[0], s.AccelG[1]), s.AccelG[2]); !(g >= 0.8 && g <= 1.2) {
				t.Errorf("%v g at rest", g)
			}
		}
		total += len(f.Samples)
	}
	if rate := float64(total) / time.Since(began).Seconds(); rate < least || rate > most {
		t.Errorf("%v samples a second", rate)
	}
}

package sense_test

import (
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

// Whatever chip a band has, what comes out of it is the same.
func TestEveryInertialSensorKeepsItsRateWithTrueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t,
			sense.Sensor{ID: "waist", Resident: "r2", Kind: "lsm6dso", Bus: "two"},
			sense.Sensor{ID: "ankle", Resident: "r2", Kind: "adxl345", Bus: "two"})
		b.home.Bus("two").Attach(0x6A, sim.NewLSM6DSO(still))
		ankle := b.home.Bus("two").Attach(0x53, sim.NewADXL345(still))
		time.Sleep(5 * time.Second)
		for id, rate := range map[care.SourceID]float64{"waist": 104, "ankle": 100} {
			if share := b.share(id, rate, time.Minute); share < 0.998 || share > 1.002 {
				t.Errorf("%s brought %.2f %% of its samples", id, 100*share)
			}
		}
		if b.gaps["waist"]+b.gaps["ankle"] > 2 { // one each, before the chips were there
			t.Errorf("gaps without losses: %v", b.gaps)
		}
		ankle.SetFault(sim.Hang)
		if share := b.share("waist", 104, 2*time.Minute); share < 0.95 {
			t.Errorf("beside one that hangs the bus it kept %.1f %%", 100*share)
		}
		ankle.SetFault(sim.NoFault)
		time.Sleep(30 * time.Second)
		if share := b.share("ankle", 100, time.Minute); share < 0.99 {
			t.Errorf("after it was mended it brings %.1f %%", 100*share)
		}
		b.end()
	})
}

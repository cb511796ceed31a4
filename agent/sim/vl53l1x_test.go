package sim

import (
	"errors"
	"math"
	"testing"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/vl53l1x"

	"periph.io/x/conn/v3/physic"
)

func TestA1_VL53L1XDriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		began := time.Now()
		walks := func(at time.Time) float64 { return at.Sub(began).Seconds() } // away, at 1 m/s
		chip := NewVL53L1X(walks)
		h.Bus("bed").Attach(vl53l1x.Addr, chip)
		d, err := vl53l1x.New(h.Bus("bed"), vl53l1x.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f vl53l1x.Frame
		fresh, valid := 0, 0
		for range 500 {
			time.Sleep(10 * time.Millisecond)
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
			if !f.Fresh {
				continue
			}
			fresh++
			lag := time.Since(began).Seconds() - float64(f.Distance)/float64(physic.Metre)
			if f.Status == vl53l1x.Valid {
				if valid++; lag < -0.001 || lag > 0.012 {
					t.Errorf("%v when %v away", f.Distance, time.Since(began))
				}
			} else if f.Status != vl53l1x.SignalFail || time.Since(began) < 3990*time.Millisecond {
				t.Errorf("%v at %v", f.Status, time.Since(began))
			}
		}
		if fresh < 49 || fresh > 51 || valid < 35 {
			t.Errorf("%d measurements in 5 s, %d of them valid", fresh, valid)
		}
		time.Sleep(time.Hour) // what nobody fetched is gone, and the newest is new
		chip.SetSource(func(time.Time) float64 { return 0.5 })
		time.Sleep(time.Second)
		if err := d.Sense(&f); err != nil || f.Distance != 500*physic.MilliMetre {
			t.Errorf("%+v, %v", f, err)
		}
		chip.SetSource(func(time.Time) float64 { return math.NaN() })
		time.Sleep(time.Second)
		if err := d.Sense(&f); err != nil || f.Status != vl53l1x.SignalFail {
			t.Errorf("%+v, %v", f, err)
		}
		chip.PowerCycle()
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("after a dip: %v", err)
		}
		if d, err = vl53l1x.New(h.Bus("bed"), vl53l1x.Addr, &vl53l1x.Opts{Mode: vl53l1x.Short}); err != nil {
			t.Fatal(err)
		}
		if err := d.Halt(); err != nil {
			t.Error(err)
		}
		chip.SetIdentity(0xEEAA)
		var wrong *drivers.IdentityError
		if _, err := vl53l1x.New(h.Bus("bed"), vl53l1x.Addr, nil); !errors.As(err, &wrong) || wrong.Got != 0xEEAA {
			t.Errorf("%v", err)
		}
	})
}

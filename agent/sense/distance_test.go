package sense_test

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

func TestADistanceIsSaidWhenItChangesAndNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "edge", Resident: "r2", Kind: "vl53l1x", Bus: "two"})
		metres := 1.2
		chip := sim.NewVL53L1X(func(at time.Time) float64 { return metres + 0.01*math.Sin(float64(at.UnixMilli())) })
		b.home.Bus("two").Attach(0x29, chip)
		time.Sleep(5 * time.Second)
		said := func(d time.Duration) []care.Reading {
			b.mu.Lock()
			before := len(b.readings)
			b.mu.Unlock()
			time.Sleep(d)
			synctest.Wait()
			b.mu.Lock()
			defer b.mu.Unlock()
			var mine []care.Reading
			for _, r := range b.readings[before:] {
				if r.Source == "edge" && r.Metric == care.Distance {
					mine = append(mine, r)
				}
			}
			return mine
		}
		if got := said(time.Minute); len(got) < 5 || len(got) > 7 {
			t.Errorf("what scatters by a centimetre was said %d times a minute", len(got))
		}
		chip.SetSource(func(time.Time) float64 { return 0.4 })
		if got := said(time.Second); len(got) != 1 || got[0].Value != 0.4 || got[0].Quality != 100 {
			t.Errorf("somebody came: %v", got)
		}
		chip.SetSource(func(time.Time) float64 { return 9 })
		if got := said(2 * time.Second); len(got) != 1 || got[0].Value != 4 || got[0].Quality != 0 {
			t.Errorf("nobody is there: %v", got)
		}
		began := time.Now()
		chip.SetSource(func(at time.Time) float64 { return 0.3 + at.Sub(began).Seconds()/10 })
		if got := said(10 * time.Second); len(got) < 15 || len(got) > 21 {
			t.Errorf("who walks away was said %d times in 10 s", len(got))
		}
		if values, _ := b.states("edge", care.SensorState); values[len(values)-1] != care.SensorWorks {
			t.Errorf("states %v", values)
		}
		chip.PowerCycle()
		time.Sleep(5 * time.Second)
		if got := said(30 * time.Second); len(got) < 2 {
			t.Errorf("after its supply dipped it was said %d times", len(got))
		}
		b.end()
	})
}

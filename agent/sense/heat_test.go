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

// flicker is a room of which no two pictures are the same, until a time.
func flicker(until time.Time) sim.Heat {
	return func(at time.Time, x, y float64) float64 {
		if at.After(until) {
			at = until
		}
		return 22 + 3*math.Sin(at.Sub(until).Seconds()*7+9*x+5*y)
	}
}

// An AMG8833 says temperatures at once, and true ones after 15 s.
func TestPicturesOfAnArrayThatSettlesAreNotGivenOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home := sim.NewHome(nil)
		home.Bus("hall").Attach(0x69, sim.NewAMG8833(flicker(time.Now().Add(time.Hour))))
		out, end := sensing(t, home, sense.Sensor{ID: "array", Kind: "amg8833", Bus: "hall"})
		time.Sleep(15 * time.Second)
		if n := out.count("array"); n > 0 {
			t.Errorf("%d pictures while it settled", n)
		}
		if values, _ := out.states("array", care.SensorState); len(values) != 1 || values[0] != care.SensorWorks {
			t.Errorf("the states are %v", values)
		}
		time.Sleep(10 * time.Second)
		if n := out.count("array"); n < 90 || n > 100 {
			t.Errorf("%d pictures in the ten seconds after it had settled", n)
		}
		end()
	})
}

// A picture that comes again and again is no picture: it may hide a fall.
func TestA9_AnArrayWhosePictureFreezesIsTechnical(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, frozen := sim.NewHome(nil), time.Now().Add(time.Minute)
		home.Bus("hall").Attach(0x69, sim.NewAMG8833(flicker(frozen)))
		out, end := sensing(t, home, sense.Sensor{ID: "array", Kind: "amg8833", Bus: "hall"})
		time.Sleep(time.Until(frozen) + time.Second)
		seen := out.count("array")
		time.Sleep(5 * time.Minute)
		if n := out.count("array"); n != seen {
			t.Errorf("%d pictures after it froze", n-seen)
		}
		values, at := out.states("array", care.SensorState)
		if len(values) != 2 || values[1] == care.SensorWorks || at[1].Sub(frozen) > time.Minute {
			t.Errorf("the states were %v at %v, and it froze at %v", values, at, frozen)
		}
		end()
	})
}

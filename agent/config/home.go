package config

import (
	"cmp"
	"time"
)

// Battery says which input of which converter measures the battery that bridges
// the mains.
type Battery struct {
	Bus     string  `yaml:"bus"`
	Address Address `yaml:"address"`
	Channel int     `yaml:"channel"`
	Divider float64 `yaml:"divider"` // by how much its voltage is divided before, 0: it is not
	Low     float64 `yaml:"low"`     // volts at which it is low, 0: nobody knows
}

// Water says what the rules about water compare with. What is left out stays as
// it is for everybody.
type Water struct {
	Running Wait    `yaml:"running"` // without a pause
	Unused  Wait    `yaml:"unused"`  // less than Least was used
	Least   float64 `yaml:"least"`   // litres
}

// home judges what watches the home.
func (j *judgement) home(i int, s Sensor, taps map[tap]int, owner map[tap]string) {
	in := func(keys ...any) at { return append(at{"sensors", i}, keys...) }
	if p := s.PulsesPerLitre; p != 0 && !(p >= 0.01 && p <= 100_000) {
		j.bad(in("pulses_per_litre"), "%v is not between 0.01 and 100000", p)
	}
	if w := s.Water; w != nil {
		if d := time.Duration(w.Running); w.Running != Never && d != 0 && (d < time.Minute || d > 24*time.Hour) {
			j.bad(in("water", "running"), "%v is not never, or between 1m and 24h", d)
		}
		if d := time.Duration(w.Unused); w.Unused != Never && d != 0 && (d < 2*time.Hour || d > 7*24*time.Hour) {
			j.bad(in("water", "unused"), "%v is not never, or between 2h and 168h", d)
		}
		if (w.Least != 0 || j.zero(in("water", "least"))) && !(w.Least > 0 && w.Least <= 1000) {
			j.bad(in("water", "least"), "%v litres is not more than 0 and at most 1000; unused: never switches the rule off", w.Least)
		}
	}
	b := s.Battery
	if b == nil {
		return
	}
	if b.Channel < 0 || b.Channel > 3 {
		j.bad(in("battery", "channel"), "%d is not 0 to 3", b.Channel)
	}
	if b.Divider != 0 && !(b.Divider >= 1 && b.Divider <= 100) {
		j.bad(in("battery", "divider"), "%v is not between 1 and 100", b.Divider)
	}
	if (b.Low != 0 || j.zero(in("battery", "low"))) && !(b.Low > 0 && b.Low <= 60) {
		j.bad(in("battery", "low"), "%v V is not more than 0 and at most 60", b.Low)
	} else if most := maxInput * max(b.Divider, 1); b.Low >= most {
		j.bad(in("battery", "low"), "%v V is never exceeded: with this divider up to %.3g V are measured", b.Low, most)
	}
	if j.bus(in("battery", "bus"), b.Bus) {
		t := tap{b.Bus, cmp.Or(uint16(b.Address), 0x48), b.Channel}
		j.occupy(in("battery", "channel"), i, t, "ads1115", taps, owner)
	}
}

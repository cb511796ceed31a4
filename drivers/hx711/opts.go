package hx711

import (
	"fmt"
	"time"
)

// Gain is the input and how much it is amplified.
type Gain uint8

// Gains.
const (
	A128 Gain = iota // input A, ±20 mV at a supply of 5 V
	A64              // input A, ±40 mV
	B32              // input B, ±80 mV
)

// pulses are what asks for the gain, after the 24 of a reading.
func (g Gain) pulses() int { return [...]int{A128: 1, A64: 3, B32: 2}[g] }

// String names the gain as the data sheet does.
func (g Gain) String() string {
	if g > B32 {
		return "unknown gain"
	}
	return [...]string{"A×128", "A×64", "B×32"}[g]
}

// Opts chooses the input; a zero field takes the value of DefaultOpts.
type Opts struct {
	Gain   Gain
	RateHz int // conversions a second, 10 or 80: how the board has wired the pin RATE
}

// DefaultOpts is how boards are sold.
var DefaultOpts = Opts{Gain: A128, RateHz: 10}

type config struct {
	gain   Gain
	extra  int
	period time.Duration
}

func (o *Opts) config() (config, error) {
	v := DefaultOpts
	if o != nil {
		v.Gain = o.Gain
		if o.RateHz != 0 {
			v.RateHz = o.RateHz
		}
	}
	if v.Gain > B32 {
		return config{}, fmt.Errorf("hx711: gain %d does not exist", v.Gain)
	}
	if v.RateHz != 10 && v.RateHz != 80 {
		return config{}, fmt.Errorf("hx711: rate %d Hz is not 10 or 80", v.RateHz)
	}
	return config{v.Gain, v.Gain.pulses(), time.Second / time.Duration(v.RateHz)}, nil
}

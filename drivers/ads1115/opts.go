package ads1115

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Opts chooses chip, input and range; a zero field takes the value of
// DefaultOpts.
type Opts struct {
	Chip       Chip
	Input      Mux                      // what Sense measures
	FullScale  physic.ElectricPotential // 6.144, 4.096, 2.048, 1.024, 0.512 or 0.256 V
	RateHz     int                      // conversions a second, see Chip; 0 is the fastest
	Continuous bool                     // convert all the time; otherwise once a Sense
}

// DefaultOpts measures A0 up to 4.096 V as fast as the chip can: in that range
// the slower rates are hardly quieter (SBAS444D, table 1: about one step RMS), and a
// conversion of 1 ms leaves a shared chip free for its other inputs.
var DefaultOpts = Opts{Chip: ADS1115, Input: A0, FullScale: 4096 * physic.MilliVolt}

// config is Opts as register values.
type config struct {
	chip       Chip
	input      Mux
	fullScale  physic.ElectricPotential
	base       uint16 // everything but OS, MUX and MODE
	conversion time.Duration
	continuous bool
}

func (o *Opts) config() (config, error) {
	v := DefaultOpts
	if o != nil {
		v = Opts{
			Chip: o.Chip, Input: o.Input, Continuous: o.Continuous,
			FullScale: cmp.Or(o.FullScale, v.FullScale), RateHz: cmp.Or(o.RateHz, v.RateHz),
		}
	}
	pga := slices.Index(fullScales[:], v.FullScale)
	if pga < 0 {
		return config{}, fmt.Errorf("ads1115: full scale %v is not one of %v", v.FullScale, fullScales)
	}
	if v.RateHz == 0 {
		v.RateHz = slices.Max(v.Chip.rates())
	}
	rate := slices.Index(v.Chip.rates(), v.RateHz)
	if rate < 0 {
		return config{}, fmt.Errorf("ads1115: rate %d Hz is not one of %v", v.RateHz, v.Chip.rates())
	}
	if v.Input > A2A3 {
		return config{}, fmt.Errorf("ads1115: input %d does not exist", v.Input)
	}
	return config{
		chip: v.Chip, input: v.Input, fullScale: v.FullScale, continuous: v.Continuous,
		base: uint16(pga)<<9 | uint16(rate)<<5 | configComparator,
		// The oscillator may be 10 % slow (section 7.5).
		conversion: time.Second / time.Duration(v.RateHz) * 11 / 10,
	}, nil
}

func (c *config) single(input Mux) uint16 {
	return configStart | configSingle | input.bits() | c.base
}

// idle is the state between two Senses.
func (c *config) idle() uint16 {
	if c.continuous {
		return c.input.bits() | c.base
	}
	return configSingle | c.input.bits() | c.base
}

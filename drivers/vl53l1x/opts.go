package vl53l1x

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Opts chooses how the chip looks; a zero field takes the value of DefaultOpts.
type Opts struct {
	Mode   Mode
	Budget time.Duration // for one measurement: 15 ms (Short only), 20, 33, 50, 100, 200 or 500 ms
	Every  time.Duration // from one measurement to the next, at least Budget
	// Width and Height of the field of view in detectors, 4 to 16: 16 is all,
	// about 27°. Less sees past the frame of a door.
	Width, Height int
}

// DefaultOpts looks across a room ten times a second.
var DefaultOpts = Opts{Mode: Long, Budget: 50 * time.Millisecond, Every: 100 * time.Millisecond, Width: 16, Height: 16}

// config is Opts as register values.
type config struct {
	mode    modeRegisters
	name    Mode
	budget  [2]uint16
	every   time.Duration
	roiSize byte
}

func (o *Opts) config() (config, error) {
	v := DefaultOpts
	if o != nil {
		v = Opts{
			Mode:   o.Mode,
			Budget: cmp.Or(o.Budget, v.Budget), Every: cmp.Or(o.Every, v.Every),
			Width: cmp.Or(o.Width, v.Width), Height: cmp.Or(o.Height, v.Height),
		}
	}
	if v.Mode > Short {
		return config{}, fmt.Errorf("vl53l1x: mode %d does not exist", v.Mode)
	}
	budget, ok := budgets[v.Mode][int(v.Budget/time.Millisecond)]
	if !ok || v.Budget%time.Millisecond != 0 {
		return config{}, fmt.Errorf("vl53l1x: budget %v is not one of %v ms, in %s mode",
			v.Budget, slices.Sorted(maps.Keys(budgets[v.Mode])), v.Mode)
	}
	if v.Every < v.Budget || v.Every > time.Minute {
		return config{}, fmt.Errorf("vl53l1x: a measurement every %v is not between the budget of %v and 1 min", v.Every, v.Budget)
	}
	if v.Width < 4 || v.Width > 16 || v.Height < 4 || v.Height > 16 {
		return config{}, fmt.Errorf("vl53l1x: field of view %d×%d is not 4 to 16 detectors wide and high", v.Width, v.Height)
	}
	return config{
		mode: modes[v.Mode], name: v.Mode, budget: budget, every: v.Every,
		roiSize: byte(v.Height-1)<<4 | byte(v.Width-1),
	}, nil
}

// interval is the register of the time between two measurements, in periods of
// the oscillator as the chip has calibrated it.
func (c *config) interval(oscillator uint16) uint32 {
	return uint32(float64(oscillator&0x3FF) * float64(c.every/time.Millisecond) * 1.075)
}

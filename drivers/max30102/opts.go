package max30102

import (
	"cmp"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Opts chooses rate, resolution and light; a zero field takes the value of
// DefaultOpts.
type Opts struct {
	// SampleHz is how often the LEDs flash: 50, 100, 200, 400, 800, 1000, 1600 or 3200.
	SampleHz int
	// Average is how many flashes make one sample of the FIFO: 1, 2, 4, 8, 16 or 32.
	Average int
	// PulseWidth is how long an LED shines and with it the resolution: 69 µs
	// (15 bits), 118 µs (16), 215 µs (17) or 411 µs (18).
	PulseWidth time.Duration
	// RangeNA is the full scale of the converter in nA: 2048, 4096, 8192 or 16384.
	RangeNA int
	// RedCurrent and IRCurrent light the LEDs, up to 51 mA in steps of 0.2 mA.
	RedCurrent, IRCurrent physic.ElectricCurrent
	// Swapped is for boards on which the red and the infrared LED are exchanged.
	Swapped bool
}

// DefaultOpts gives 100 samples a second of 18 bits, with little enough light
// for a finger to stay in range.
var DefaultOpts = Opts{
	SampleHz: 100, Average: 1, PulseWidth: 411 * time.Microsecond, RangeNA: 4096,
	RedCurrent: 6200 * physic.MicroAmpere, IRCurrent: 6200 * physic.MicroAmpere,
}

// config is Opts as register values.
type config struct {
	period           time.Duration
	fifo, spo2       byte
	shift            uint // the FIFO's words are left-justified to 18 bits
	redLED, infraLED byte
	swapped          bool
}

func (o *Opts) config() (config, error) {
	v := o.orDefault()
	c := config{swapped: v.Swapped}
	average, err := index("average", v.Average, 1, 2, 4, 8, 16, 32)
	if err != nil {
		return c, err
	}
	c.fifo = average<<5 | fifoRollover // FIFO Configuration, page 17
	if c.spo2, c.shift, err = spo2Config(v.RangeNA, v.SampleHz, v.PulseWidth); err != nil {
		return c, err
	}
	if c.redLED, err = ledPA(v.RedCurrent); err != nil {
		return c, err
	}
	if c.infraLED, err = ledPA(v.IRCurrent); err != nil {
		return c, err
	}
	c.period = time.Second * time.Duration(v.Average) / time.Duration(v.SampleHz)
	return c, nil
}

func (o *Opts) orDefault() Opts {
	v := DefaultOpts
	if o == nil {
		return v
	}
	return Opts{
		SampleHz:   cmp.Or(o.SampleHz, v.SampleHz),
		Average:    cmp.Or(o.Average, v.Average),
		PulseWidth: cmp.Or(o.PulseWidth, v.PulseWidth),
		RangeNA:    cmp.Or(o.RangeNA, v.RangeNA),
		RedCurrent: cmp.Or(o.RedCurrent, v.RedCurrent),
		IRCurrent:  cmp.Or(o.IRCurrent, v.IRCurrent),
		Swapped:    o.Swapped,
	}
}

// spo2Config is the SpO2 Configuration register (page 18) and how far a FIFO
// word has to move right. Table 11 (page 23) limits the rate for long pulses.
func spo2Config(rangeNA, sampleHz int, width time.Duration) (value byte, shift uint, err error) {
	adc, err := index("range in nA", rangeNA, 2048, 4096, 8192, 16384)
	if err != nil {
		return 0, 0, err
	}
	rate, err := index("sample rate in Hz", sampleHz, 50, 100, 200, 400, 800, 1000, 1600, 3200)
	if err != nil {
		return 0, 0, err
	}
	pulse, err := index("pulse width in µs", int(width/time.Microsecond), 69, 118, 215, 411)
	if err != nil {
		return 0, 0, err
	}
	if most := [...]int{1600, 1000, 800, 400}[pulse]; sampleHz > most {
		return 0, 0, fmt.Errorf("max30102: pulses of %v allow at most %d Hz, not %d", width, most, sampleHz)
	}
	return adc<<5 | rate<<2 | pulse, 3 - uint(pulse), nil
}

// ledPA is the LED Pulse Amplitude (page 20): 0.2 mA a step.
func ledPA(current physic.ElectricCurrent) (byte, error) {
	const step = 200 * physic.MicroAmpere
	if current < 0 || current > 255*step {
		return 0, fmt.Errorf("max30102: LED current %v is not within 0 and 51 mA", current)
	}
	return byte(current / step), nil
}

func index(what string, value int, allowed ...int) (byte, error) {
	for i, a := range allowed {
		if a == value {
			return byte(i), nil
		}
	}
	return 0, fmt.Errorf("max30102: %s %d is not one of %v", what, value, allowed)
}

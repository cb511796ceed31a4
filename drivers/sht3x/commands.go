package sht3x

import (
	"fmt"
	"time"
)

// Commands, from Sensirion's "Datasheet SHT3x-DIS", section 4 "Operation and
// Communication".
const (
	cmdMeasureHigh   = 0x2400 // single shot without clock stretching
	cmdMeasureMedium = 0x240B
	cmdMeasureLow    = 0x2416
	cmdBreak         = 0x3093 // stops periodic measurement, 1 ms
	cmdReset         = 0x30A2 // soft reset, 1.5 ms
	cmdStatus        = 0xF32D
)

// Repeatability is how long the sensor averages: the noise of its values.
type Repeatability uint8

// The repeatabilities, with how long a measurement takes at most.
const (
	High   Repeatability = iota // 15.5 ms
	Medium                      // 6.5 ms
	Low                         // 4.5 ms
)

// Opts are the choices; the zero value is DefaultOpts.
type Opts struct {
	Repeatability Repeatability
}

// DefaultOpts measures with the least noise: a room is measured every few seconds.
var DefaultOpts = Opts{Repeatability: High}

// config is Opts as a command and its time.
type config struct {
	measure uint16
	takes   time.Duration // at most; section 2.2 "Timing Specification"
}

func (o *Opts) config() (config, error) {
	v := DefaultOpts
	if o != nil {
		v = *o
	}
	switch v.Repeatability {
	case High:
		return config{cmdMeasureHigh, 15500 * time.Microsecond}, nil
	case Medium:
		return config{cmdMeasureMedium, 6500 * time.Microsecond}, nil
	case Low:
		return config{cmdMeasureLow, 4500 * time.Microsecond}, nil
	}
	return config{}, fmt.Errorf("sht3x: repeatability %d does not exist", v.Repeatability)
}

// Status is the status register (section 4.13 "Status Register").
type Status uint16

// statusKnown are the bits that mean something; the others are zero.
const statusKnown Status = 0xAC13

// AlertPending reports whether any alert waits.
func (s Status) AlertPending() bool { return s&0x8000 != 0 }

// Heater reports whether the heater is on: then both values are wrong for a room.
func (s Status) Heater() bool { return s&0x2000 != 0 }

// HumidityAlert reports an alert of the tracking of humidity.
func (s Status) HumidityAlert() bool { return s&0x0800 != 0 }

// TemperatureAlert reports an alert of the tracking of temperature.
func (s Status) TemperatureAlert() bool { return s&0x0400 != 0 }

// Restarted reports a reset, by command, pin or supply, since the status was cleared.
func (s Status) Restarted() bool { return s&0x0010 != 0 }

// CommandFailed reports that the last command was not carried out.
func (s Status) CommandFailed() bool { return s&0x0002 != 0 }

// WriteChecksumWrong reports that the check sum of the last write was wrong.
func (s Status) WriteChecksumWrong() bool { return s&0x0001 != 0 }

package sim

import (
	"context"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Turbine is a water meter with a Hall sensor: an open collector that pulls its
// pin to ground for half of every turn.
type Turbine struct {
	pin  *Pin
	per  float64 // pulses a litre
	flow chan float64
}

// NewTurbine wires a meter to a pin, at rest.
func NewTurbine(pin *Pin, pulsesPerLitre float64) *Turbine {
	pin.Release()
	return &Turbine{pin: pin, per: pulsesPerLitre, flow: make(chan float64, 1)}
}

// Flow sets how many litres a minute flow, 0 for none, from the next pulse on.
func (m *Turbine) Flow(litresPerMinute float64) {
	select {
	case <-m.flow: // what Run has not seen yet
	default:
	}
	m.flow <- litresPerMinute
}

// Run turns the meter until ctx ends. Flow is for one goroutine at a time.
func (m *Turbine) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	timer.Stop()
	defer timer.Stop()
	defer m.pin.Release()
	low := false
	var half time.Duration
	for {
		select {
		case <-ctx.Done():
			return nil
		case f := <-m.flow:
			half = 0
			if f > 0 {
				half = time.Duration(30 / (f * m.per) * float64(time.Second))
			}
		case <-timer.C:
			if low = !low; low {
				m.pin.Drive(gpio.Low)
			} else {
				m.pin.Release()
			}
		}
		if half > 0 {
			timer.Reset(half)
		} else {
			timer.Stop()
		}
	}
}

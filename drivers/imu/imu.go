// Package imu is the frame that all drivers of accelerometers and gyroscopes fill.
package imu

import "time"

// Sample is what one inertial sensor measured at one instant, in the axes of
// the chip's own drawing.
type Sample struct {
	AccelG  [3]float64 // specific force along x, y, z in g (1 g = 9.80665 m/s²)
	GyroDPS [3]float64 // angular rate about x, y, z in °/s; zero unless Frame.HasGyro
}

// Frame is what one Sense brought. The caller keeps it and hands it in again;
// Samples is valid until then.
type Frame struct {
	// Samples are oldest first and follow each other by Period. The newest was
	// taken at most one Period before Sense was called.
	Samples []Sample
	// Period is the nominal time between two samples. The chip's oscillator may
	// be off by some percent: stamp samples from the clock, not by counting.
	Period time.Duration
	// Overrun says that samples were lost between the frame before and this one.
	// Treat it as a gap: what cannot be ordered for certain is not delivered.
	Overrun bool
	// HasGyro says that GyroDPS was measured.
	HasGyro bool
	// HasTemp says that TempC, the temperature of the die in °C, was measured.
	HasTemp bool
	TempC   float64
}

// Reset empties the frame, keeping its storage, for samples of the given period.
func (f *Frame) Reset(period time.Duration) {
	*f = Frame{Samples: f.Samples[:0], Period: period}
}

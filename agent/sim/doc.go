// Package sim is a modelled home: register-level models of the sensor chips on
// buses, and pins, on which the unchanged drivers run.
//
// A model holds the registers that its driver uses, with the chip's own
// quantisation, clipping, FIFO and faults, and is fed by a source: a function
// from time to what the sensor would feel. Models compute nothing until they
// are asked; then they fill their FIFO with what was sampled since.
//
// A Server offers a Home over a socket, so that an agent in another process
// runs against it through drivers/remote, and the home lives on when the agent
// is killed.
//
// What the models leave out: the chips' analogue filters and noise (a source
// brings its own), oscillator tolerance, and the speed of the bus.
package sim

import "time"

// IMU is what an inertial sensor feels at an instant: specific force in g and
// angular rate in °/s, in the axes of its chip. A body at rest feels 1 g upwards.
type IMU func(at time.Time) (accelG, gyroDPS [3]float64)

// PPG is the light that comes back from a finger at an instant, in counts of
// 18 bits at LED currents of 6.2 mA and a range of 4096 nA.
type PPG func(at time.Time) (red, ir float64)

// Volts is the voltage at an input at an instant.
type Volts func(at time.Time) float64

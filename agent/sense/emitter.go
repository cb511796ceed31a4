package sense

import (
	"time"

	"osmanthus/care"
)

// emitter gives the sink what one sensor brought.
type emitter struct {
	sink      Sink
	sensor    *Sensor
	runner    *runner
	simulated bool

	gap     bool // the next block follows a loss
	stateAt time.Time
	last    time.Time // wall time after the last sample
	line    timeline
	block   care.Block
	flat    []float64
}

// channels returns n buffers of the given length for the next block.
func (e *emitter) channels(n, length int) [][]float64 {
	if cap(e.flat) < n*length {
		e.flat = make([]float64, n*length)
	}
	if len(e.block.Channels) != n {
		e.block.Channels = make([][]float64, n)
	}
	for i := range n {
		e.block.Channels[i] = e.flat[i*length : (i+1)*length : (i+1)*length]
	}
	return e.block.Channels
}

// overrun says that samples were lost here.
func (e *emitter) overrun(now time.Time) {
	e.gap = true
	e.line.restart()
	e.runner.overrun(now)
}

// send stamps what channels was filled with, which was read just now, and gives
// it to the sink.
func (e *emitter) send(kind care.BlockKind, period time.Duration, now time.Time) {
	n := len(e.block.Channels[0])
	e.line.period = period
	start, period, gap := e.line.place(n, now)
	if gap {
		e.runner.overrun(now)
	}
	e.sendAt(kind, period, start, gap, now)
}

// sendAt gives the sink a block whose first sample was taken at start.
func (e *emitter) sendAt(kind care.BlockKind, period time.Duration, start time.Time, gap bool, now time.Time) {
	n := len(e.block.Channels[0])
	at := wall(start, now)
	if step := at.Sub(e.last); !e.last.IsZero() && (step > slip || step < -slip) {
		gap = true // the wall clock was set
	} else if step < -period/2 && !gap && !e.gap {
		at = e.last.Add(-period / 2) // a clock that is being slewed: stay monotone
	}
	e.block.Resident, e.block.Source = e.sensor.Resident, e.sensor.ID
	e.block.Kind, e.block.Start = kind, at
	e.block.Rate = float64(time.Second) / float64(period)
	e.block.Gap = gap || e.gap
	e.gap = false
	e.last = at.Add(time.Duration(n) * period)
	e.runner.samples.Add(uint64(n))
	e.sink.Block(&e.block)
}

func (e *emitter) reading(m care.Metric, v float64, q care.Quality, at, now time.Time) {
	e.flagged(m, v, q, 0, at, now)
}

// flagged is reading, of which something is known to be wrong.
func (e *emitter) flagged(m care.Metric, v float64, q care.Quality, flags care.Flags, at, now time.Time) {
	r := care.NewReading(e.sensor.Resident, e.sensor.ID, m, v, q, wall(at, now))
	r.Flags |= flags
	if e.simulated {
		r.Flags |= care.Simulated
	}
	e.sink.Reading(r)
}

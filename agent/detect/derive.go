package detect

import (
	"math"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// How often a waveform gives a reading.
const (
	activityEvery  = 10 * time.Second
	pulseEvery     = 5 * time.Second
	breathEvery    = 10 * time.Second
	occupancyEvery = 30 * time.Second
	contactEvery   = 30 * time.Second
)

// rhythm says when the next reading of one metric is due, by the time of the
// samples.
type rhythm struct {
	every time.Duration
	last  time.Time
	began bool
}

// due reports whether a reading is due at a time, and takes it as given.
func (r *rhythm) due(at time.Time) bool {
	if !r.began {
		r.began, r.last = true, at
		return false
	}
	if d := at.Sub(r.last); d >= 0 && d < r.every {
		return false
	}
	r.last = at
	return true
}

// output makes the readings of one source.
type output struct {
	base
	gap bool // samples were lost since the last reading
	out []care.Reading
}

func (o *output) emit(m care.Metric, v float64, q care.Quality, at time.Time) {
	r := care.NewReading(o.resident, o.source, m, v, q, at)
	if o.gap {
		r.Flags |= care.AfterGap
	}
	o.out = append(o.out, r)
}

// bit is how a reading says yes and no.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// motion derives activity from acceleration: its mean distance from 1 g.
type motion struct {
	output
	follow  signal.Continuity
	stretch signal.Motion
	rhythm  rhythm
}

func newMotion(s Source) *motion {
	return &motion{output: output{base: base{s.Resident, s.ID}}, rhythm: rhythm{every: activityEvery}}
}

func (d *motion) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	if b.Kind != care.IMU || len(b.Channels) < 3 {
		return d.out
	}
	switch d.follow.Next(b) {
	case signal.Repeats:
		return d.out
	case signal.Broken:
		d.gap = d.rhythm.began
		d.stretch.Reset()
		d.rhythm.began = false
	}
	for i := range b.Len() {
		x, y, z := b.Channels[0][i], b.Channels[1][i], b.Channels[2][i]
		if max(math.Abs(x), math.Abs(y), math.Abs(z)) <= accLimit { // false for NaN
			d.stretch.Push(x, y, z)
		}
		if at := b.At(i); d.rhythm.due(at) && d.stretch.Len() > 0 {
			d.emit(care.Activity, d.stretch.Activity(), 100, at)
			d.stretch.Reset()
			d.gap = false
		}
	}
	return d.out
}

// pad derives occupancy from the voltage of a bed pad: on change at once, and
// again every 30 s, and whether somebody sits on its edge. While the bed is
// neither known to be empty nor to be occupied it says nothing.
type pad struct {
	output
	follow signal.Continuity
	pad    *signal.Pad
	sits   bool
	rhythm rhythm
}

func newPad(s Source) *pad {
	return &pad{output: output{base: base{s.Resident, s.ID}}, rhythm: rhythm{every: occupancyEvery},
		pad: signal.NewPad(s.Pad.On, s.Pad.Off, signal.PadIn, signal.PadOut)}
}

func (d *pad) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	if b.Kind != care.BedLoad {
		return d.out
	}
	switch d.follow.Next(b) {
	case signal.Repeats:
		return d.out
	case signal.Broken:
		d.gap = d.rhythm.began
		d.pad.Reset()
	}
	for i := range b.Len() {
		changed := d.pad.Push(b.Channels[0][i], 1/b.Rate)
		at := b.At(i)
		due := d.rhythm.due(at)
		if occupied, known := d.pad.Occupied(); known && (changed || due) {
			d.emit(care.BedOccupancy, float64(bit(occupied)), 100, at)
			d.rhythm.last, d.gap = at, false
		}
		if sits := d.pad.Sits(); sits != d.sits || due && sits {
			d.sits = sits
			v := care.PostureUnknown // a pad knows no other
			if sits {
				v = care.PostureSitting
			}
			d.emit(care.BedPosture, float64(v), 100, at)
		}
	}
	return d.out
}

package detect

import (
	"osmanthus/agent/signal"
	"osmanthus/care"
)

// breath derives the breathing rate from a waveform that breathing moves.
type breath struct {
	output
	follow signal.Continuity
	rate   *signal.Resampler
	hold   *signal.Hold
	breath *signal.Breath
	frame  [1]float64
	push   func([]float64)
	rhythm rhythm
}

func newBreath(s Source) *breath {
	d := &breath{output: output{base: base{s.Resident, s.ID}}, rate: signal.NewResampler(signal.BreathRate, 1),
		hold: signal.NewHold(1e12, 10), breath: signal.NewBreath(signal.ChestLeast, 1), rhythm: rhythm{every: breathEvery}}
	d.push = func(v []float64) { d.breath.Push(v...) }
	return d
}

func (d *breath) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	if b.Kind != care.BedLoad {
		return d.out
	}
	switch d.follow.Next(b) {
	case signal.Repeats:
		return d.out
	case signal.Broken:
		d.gap = d.rhythm.began
		d.forget()
	}
	for i := range b.Len() {
		v, ok := d.hold.Push(b.Channels[0][i])
		if !ok {
			d.forget()
			continue
		}
		d.frame[0] = v
		d.rate.Push(d.frame[:], b.Rate, d.push)
		if at := b.At(i); d.rhythm.due(at) {
			if v, q, ok := d.breath.Estimate(); ok {
				d.emit(care.RespiratoryRate, v, care.Quality(q), at)
				d.gap = false
			}
		}
	}
	return d.out
}

func (d *breath) forget() {
	d.rate.Reset()
	d.breath.Reset()
	d.hold.Reset()
}

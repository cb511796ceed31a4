package detect

import (
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	// heartLeastRate is the least rate of a load in which a heart is looked for,
	// samples a second: what Ballisto works at, with room for a clock that is off.
	heartLeastRate = 0.95 * signal.BallistoRate
	// bedHeartBest is the best quality of a heart rate from a bed, which no rule
	// judges. It was tried on made-up beds only; a heart that is counted
	// twice must call nobody. See light.md.
	bedHeartBest = Believed - 1
	heartEvery   = 10 * time.Second
)

// heart derives the heart rate of who lies in a bed from its load.
type heart struct {
	output
	follow   signal.Continuity
	rate     *signal.Resampler
	hold     *signal.Hold
	ballisto *signal.Ballisto
	frame    [1]float64
	push     func([]float64)
	rhythm   rhythm
}

func newHeart(s Source) *heart {
	d := &heart{output: output{base: base{s.Resident, s.ID}}, rate: signal.NewResampler(signal.BallistoRate, 1),
		hold: signal.NewHold(1e12, 5), ballisto: signal.NewBallisto(), rhythm: rhythm{every: heartEvery}}
	d.push = func(v []float64) { d.ballisto.Push(v[0]) }
	return d
}

func (d *heart) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	if b.Kind != care.BedLoad || b.Rate < heartLeastRate {
		return d.out
	}
	switch d.follow.Next(b) {
	case signal.Repeats:
		return d.out
	case signal.Broken:
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
		at := b.At(i)
		if !d.rhythm.due(at) {
			continue
		}
		if rate, q, ok := d.ballisto.Estimate(); ok {
			d.emit(care.HeartRate, rate, care.Quality(bedHeartBest*int(q)/100), at)
			d.gap = false
		}
	}
	return d.out
}

// forget drops what the load said so far: after a gap, and while nobody lies
// there.
func (d *heart) forget() {
	d.gap = d.rhythm.began
	d.rate.Reset()
	d.hold.Reset()
	d.ballisto.Reset()
}

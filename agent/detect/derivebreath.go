package detect

import (
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// breathWave brings the one channel of a breathing waveform or of a bed's load,
// of any rate, to the rhythm at which breathing is judged.
type breathWave struct {
	follow signal.Continuity
	rate   *signal.Resampler
	hold   *signal.Hold
	frame  [1]float64
	at     time.Time // of the sample that is being played, zero after a tear
	push   func([]float64)
	lost   func()
}

// BreathLeast is the least rate of a waveform in which breathing is looked
// for, samples a second: 5 with room for a clock that is off. The breathing of
// BIDMC thinned to that is found as well as with 125 (breath.md).
const BreathLeast = 4.5

// breathBridge is the longest hole that is filled with the sample before it: a
// breath takes longer, and a bed that loses a moment each minute goes on being
// watched.
const breathBridge = time.Second

// newBreathWave returns a breathWave that calls each for every sample, and lost
// where it does not join what was before.
func newBreathWave(each func(v float64, at time.Time), lost func()) *breathWave {
	w := &breathWave{rate: signal.NewResampler(signal.BreathRate, 1), hold: signal.NewHold(1e12, 10), lost: lost}
	w.push = func(v []float64) { each(v[0], w.at) }
	return w
}

// play plays a block; false says that it holds nothing new.
func (w *breathWave) play(b *care.Block) bool {
	if b.Kind != care.Breathing && b.Kind != care.BedLoad || b.Rate < BreathLeast {
		return false
	}
	switch w.follow.Next(b) {
	case signal.Repeats:
		return false
	case signal.Broken:
		if !w.bridge(b) {
			w.tear()
		}
	}
	for i := range b.Len() {
		v, ok := w.hold.Push(b.Channels[0][i])
		if !ok {
			w.tear()
			continue
		}
		w.frame[0], w.at = v, b.At(i)
		w.rate.Push(w.frame[:], b.Rate, w.push)
	}
	return true
}

// bridge fills a short hole before a block; false says that it is too long.
// Where the clock was set by a moment nothing is missing.
func (w *breathWave) bridge(b *care.Block) bool {
	step := time.Duration(float64(time.Second) / b.Rate)
	hole := b.Start.Sub(w.at) - step
	if w.at.IsZero() || hole > breathBridge || hole < -breathBridge {
		return false
	}
	for ; hole > step/2; hole -= step {
		w.at = w.at.Add(step)
		w.rate.Push(w.frame[:], b.Rate, w.push)
	}
	return true
}

func (w *breathWave) tear() {
	w.at = time.Time{}
	w.rate.Reset()
	w.hold.Reset()
	w.lost()
}

// breath derives the breathing rate from a waveform that breathing moves. See
// breath.md.
type breath struct {
	output
	wave   *breathWave
	breath *signal.Respiration
	rhythm rhythm
}

func newBreath(s Source) *breath {
	d := &breath{output: output{base: base{s.Resident, s.ID}}, breath: signal.NewRespiration(), rhythm: rhythm{every: breathEvery}}
	d.wave = newBreathWave(d.sample, d.forget)
	return d
}

func (d *breath) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	d.wave.play(b)
	return d.out
}

func (d *breath) sample(v float64, at time.Time) {
	d.breath.Push(v)
	if !d.rhythm.due(at) {
		return
	}
	if v, q, ok := d.breath.Estimate(); ok {
		d.emit(care.RespiratoryRate, v, care.Quality(q), at)
		d.gap = false
	}
}

func (d *breath) forget() {
	d.gap = d.rhythm.began
	d.breath.Reset()
}

// bedVitals derives the occupancy of a bed, and the breathing and the heart rate
// of who lies in it, from the load of one pad. Without an occupancy there is no
// rate: what an empty bed carries on is no breathing, and no heart.
type bedVitals struct {
	pad    *pad
	breath *breath
	heart  *heart
}

func newBedVitals(s Source) *bedVitals {
	return &bedVitals{pad: newPad(s), breath: newBreath(s), heart: newHeart(s)}
}

func (d *bedVitals) derive(b *care.Block, out []care.Reading) []care.Reading {
	out = d.pad.derive(b, out)
	if occupied, known := d.pad.pad.Occupied(); !known || !occupied {
		d.breath.breath.Reset()
		d.heart.forget()
		return out
	}
	return d.heart.derive(b, d.breath.derive(b, out))
}

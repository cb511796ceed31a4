package detect

import (
	"math"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// DefaultContact is the least infrared light, in counts of an 18-bit
// converter, that skin sends back to a MAX30102 at its usual LED current; air
// sends back some hundreds.
const DefaultContact = 20_000

// pulse derives pulse rate, oxygen saturation, perfusion index, breathing rate
// and skin contact from light. Without a signal it says nothing: the last
// number is never said again.
type pulse struct {
	output
	contact float64 // least light of skin, negative where it is not judged
	follow  signal.Continuity
	rate    *signal.Resampler
	slow    *signal.Resampler // of baseline, amplitude and interval, for breathing
	hold    [2]*signal.Hold
	pulse   *signal.Pulse
	breath  *signal.LightBreath
	smooth  *signal.Biquad // the pulse off the baseline
	carried [3]float64     // baseline, amplitude, interval: what breathing moves
	frame   [2]float64
	push    func([]float64)
	breathe func([]float64)

	shake *shaking // of a band that measures acceleration, too; nil until it does

	beats, breaths, touches rhythm
	touching, known         bool
	sought                  sought
	index                   int // of the present sample
	block                   *care.Block
}

func newPulse(s Source) *pulse {
	d := &pulse{output: output{base: base{s.Resident, s.ID}}, contact: s.Contact,
		rate: signal.NewResampler(signal.PulseRate, 2), slow: signal.NewResampler(signal.LightBreathRate, 3),
		smooth: signal.NewLowPass(0.6, signal.PulseRate),
		pulse:  signal.NewPulse(), breath: signal.NewLightBreath(),
		beats: rhythm{every: pulseEvery}, breaths: rhythm{every: signal.LightBreathEvery * time.Second}, touches: rhythm{every: contactEvery}}
	for i := range d.hold {
		d.hold[i] = signal.NewHold(1e12, signal.PulseRate/10)
	}
	d.push = d.sample
	d.breathe = func(v []float64) { d.breath.Push(v[0], v[1], v[2]) }
	return d
}

func (d *pulse) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	switch b.Kind {
	case care.IMU:
		if d.shake == nil {
			d.shake = newShaking()
		}
		d.shake.take(b)
		return d.out
	case care.PPG:
	default:
		return d.out
	}
	switch d.follow.Next(b) {
	case signal.Repeats:
		return d.out
	case signal.Broken:
		d.gap = d.beats.began
		d.forget()
	}
	red, ir := b.Channels[0], b.Channels[0]
	if len(b.Channels) > 1 {
		ir = b.Channels[1]
	}
	d.block = b
	for i := range b.Len() {
		d.index = i
		r, okRed := d.hold[0].Push(red[i])
		v, okIR := d.hold[1].Push(ir[i])
		if !okRed || !okIR {
			d.forget()
			continue
		}
		d.frame = [2]float64{r, v}
		if len(b.Channels) == 1 {
			d.frame[0] = 0
		}
		d.rate.Push(d.frame[:], b.Rate, d.push)
	}
	d.block = nil
	return d.out
}

func (d *pulse) forget() {
	d.rate.Reset()
	d.unsee()
	for _, h := range d.hold {
		h.Reset()
	}
}

// unsee drops what the light said so far.
func (d *pulse) unsee() {
	d.pulse.Reset()
	d.slow.Reset()
	d.smooth.Reset()
	d.breath.Reset()
}

// sample takes one resampled frame of red and infrared.
func (d *pulse) sample(f []float64) {
	at := d.block.At(d.index)
	if d.pulse.Push(f[0], f[1]) {
		d.carried[1], d.carried[2] = d.pulse.Height(), d.pulse.Interval()
	}
	d.carried[0] = d.smooth.Push(f[1])
	d.slow.Push(d.carried[:], signal.PulseRate, d.breathe)

	touching := d.contact < 0 || d.pulse.Contact() >= d.contact
	due := d.touches.due(at)
	if d.contact > 0 && (due || !d.known || touching != d.touching) {
		d.touches.last = at
		d.emit(care.SkinContact, float64(bit(touching)), 100, at)
	}
	if touching && !d.touching {
		d.unsee() // what came before was air
		if d.shake != nil {
			d.shake.lost()
		}
	}
	d.touching, d.known = touching, true
	dueBeats, dueBreaths := d.beats.due(at), d.breaths.due(at)
	dueMotion := d.shake != nil && d.shake.due(at)
	switch {
	case !touching:
		if dueBeats {
			d.sought.away()
		}
	case d.shake != nil && !d.shake.still(at):
		if dueMotion {
			d.moved(at)
		}
	case dueBeats || dueBreaths:
		d.rested(at, dueBeats, dueBreaths)
	}
}

// moved says what can be seen while the wearer moves.
func (d *pulse) moved(at time.Time) {
	if rate, q, ok := d.shake.estimate(d.pulse, at); ok {
		d.emit(care.PulseRate, rate, q, at)
		d.sought.seen()
		d.gap = false
	}
}

// rested says what can be seen while the wearer rests.
func (d *pulse) rested(at time.Time, dueBeats, dueBreaths bool) {
	b, ok := d.pulse.Estimate()
	if !ok {
		if dueBeats {
			d.sought.unseen()
		}
		return
	}
	if dueBeats {
		d.sought.seen()
		q := care.Quality(b.Quality)
		d.emit(care.PulseRate, b.Rate, q, at)
		if s, ok := signal.SpO2(b.Ratio); ok {
			d.emit(care.SpO2, s, q, at)
		}
		if b.Perfusion > 0 {
			d.emit(care.PerfusionIndex, b.Perfusion, q, at)
		}
		d.gap = false
		if d.shake != nil && q >= Believed {
			d.shake.settle(b.Rate, at)
		}
	}
	if !dueBreaths {
		return
	}
	v, sure, ok := d.breath.Estimate()
	if ok && sure >= breathLeastSure && math.Abs(v-b.Rate) > breathNotPulse {
		d.emit(care.RespiratoryRate, v, graded(sure, breathLeastSure, breathBestSure), at)
	}
}

// graded turns how sure an estimate is into a quality: Believed at least, 100 at
// best.
func graded(sure, least, best float64) care.Quality {
	return care.Quality(min(100, Believed+(100-Believed)*(sure-least)/(best-least)))
}

// How sure an estimate must be to be said, and from which on it could not be
// surer; chosen on the open recordings, see light.md.
const (
	breathLeastSure = 0.3
	breathBestSure  = 0.75
	breathNotPulse  = 3 // /min: what is so near to the pulse is the pulse
	motionLeastSure = 0.18
	motionBestSure  = 0.6
)

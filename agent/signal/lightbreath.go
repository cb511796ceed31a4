package signal

import "math"

const (
	lightBreathWindow = 32 * LightBreathRate
	lightBreathFrom   = 0.1 // Hz: 6 a minute; below, vessels move by themselves (Mayer waves)
	lightBreathTo     = 0.75
	lightBreathDrift  = 1.5  // breaths a minute in LightBreathEvery
	lightBreathKept   = 0.01 // share that all rates keep: breathing may change at once
	lightBreathSharp  = 2    // power of the spectrum that is taken as likely
	lightBreathFloor  = 0.1  // of the likelihood: any window may mislead
	lightBreathReach  = 60 * breathWidth
	lightBreathMemory = 0.5 // of how clear the spectrum is: two windows
	lightBreathMoved  = 0.1 // weight of a window that holds a movement
)

// modulations are what breathing does to a pulse wave: to its baseline, its
// amplitude and its interval.
var modulations = [3]struct {
	weight float64
	faint  float64 // of the pulse's amplitude or interval: less deviation is the grid of the samples
}{{1, 0.02}, {0.3, 0.01}, {0.5, 0.005}}

// LightBreathRate is the rate at which LightBreath works, a second.
const LightBreathRate = 5

// LightBreathEvery is how often LightBreath must be asked, in seconds.
const LightBreathEvery = 10

// LightBreath finds the breathing rate in what breathing does to a pulse wave:
// it moves its baseline, its amplitude and its interval. Each is faint, so what
// was seen in the windows before counts, too.
type LightBreath struct {
	waves    [3]*Ring
	spectrum *Spectrum
	belief   *Belief
	clear    float64 // share of the power around the rate, of the last windows
}

// NewLightBreath returns a LightBreath that knows nothing yet.
func NewLightBreath() *LightBreath {
	b := &LightBreath{spectrum: NewSpectrum(lightBreathFrom, lightBreathTo, breathStep)}
	b.belief = NewBelief(60*lightBreathFrom, 60*breathStep, len(b.spectrum.power), lightBreathDrift, lightBreathKept)
	for k := range b.waves {
		b.waves[k] = NewRing(lightBreathWindow)
	}
	return b
}

// Push takes the baseline of the pulse wave, the amplitude of its last beat and
// the time between its last two beats, each in any unit, at LightBreathRate.
func (b *LightBreath) Push(baseline, amplitude, interval float64) {
	b.waves[0].Push(baseline)
	b.waves[1].Push(amplitude)
	b.waves[2].Push(interval)
}

// Reset forgets everything: after a gap.
func (b *LightBreath) Reset() {
	for _, w := range b.waves {
		w.Reset()
	}
	b.belief.Forget()
	b.clear = 0
}

// Estimate returns the rate of the last 32 s in breaths a minute and how sure
// it is: which share of the belief lies around it, times the share of the
// newest spectrum there. It returns false where there is no breathing to be
// seen. It must be called each LightBreathEvery seconds.
func (b *LightBreath) Estimate() (rate, sure float64, ok bool) {
	b.spectrum.Reset()
	for k, w := range b.waves {
		weight := modulations[k].weight
		if w.Deviation(lightBreathWindow-1, 0) < modulations[k].faint*b.waves[max(k, 1)].Mean(lightBreathWindow-1, 0) {
			continue
		}
		if moved(w) {
			weight *= lightBreathMoved
		}
		b.spectrum.Add(w, lightBreathWindow, LightBreathRate, weight)
	}
	b.belief.Spread()
	top, all := 0.0, 0.0
	for _, v := range b.spectrum.power {
		top = max(top, v)
		all += v
	}
	if !(top > 0) {
		return 0, 0, false
	}
	b.belief.Observe(func(i int) float64 { return math.Pow(b.spectrum.power[i]/top, lightBreathSharp) + lightBreathFloor })
	best, rate, sure := b.belief.Best(lightBreathReach)
	if best == 0 || best == len(b.spectrum.power)-1 {
		return 0, 0, false
	}
	near := 0.0
	for i, v := range b.spectrum.power {
		if math.Abs(b.belief.rate(float64(i))-rate) <= lightBreathReach {
			near += v
		}
	}
	b.clear += lightBreathMemory * (near/all - b.clear)
	return rate, sure * b.clear, true
}

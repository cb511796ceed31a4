package signal

import "math"

// BreathRate is the rate at which Breath works, a second.
const BreathRate = 10

const (
	breathWindow = 32 * BreathRate // the rate is that of the last 32 s
	breathFrom   = 0.06            // Hz: 3.6 a minute
	breathTo     = 0.75            // Hz: 45 a minute
	breathStep   = 0.005
	breathEven   = 2.5  // between quarters of a window: beyond is movement
	breathWidth  = 0.04 // Hz around the peak: the width of the window's own line
)

// Breath finds the breathing rate in waveforms that breathing moves: one of a
// chest, a bed or a nose, or several that a pulse wave carries.
type Breath struct {
	least    float64
	waves    []*Ring
	weights  []float64
	spectrum *Spectrum
}

// ChestLeast is the share of the power around one rate, of one waveform that
// breathing moves itself, below which nobody can be seen to breathe. Of white
// noise one waveform passes in some 3 of 100 windows.
const ChestLeast = 0.45

// NewBreath returns a Breath for as many waveforms as weights, that wants at
// least this share of the power around one rate.
func NewBreath(least float64, weights ...float64) *Breath {
	b := &Breath{least: least, weights: weights, spectrum: NewSpectrum(breathFrom, breathTo, breathStep)}
	for range weights {
		b.waves = append(b.waves, NewRing(breathWindow))
	}
	return b
}

// Push takes one sample of each waveform, at BreathRate.
func (b *Breath) Push(samples ...float64) {
	for i, w := range b.waves {
		w.Push(samples[i])
	}
}

// Reset forgets everything: after a gap.
func (b *Breath) Reset() {
	for _, w := range b.waves {
		w.Reset()
	}
}

// Estimate returns the rate of the last 32 s in breaths a minute with a
// quality of 0 to 100, and false where no breathing can be seen.
func (b *Breath) Estimate() (rate float64, quality uint8, ok bool) {
	b.spectrum.Reset()
	for i, w := range b.waves {
		if moved(w) {
			continue
		}
		b.spectrum.Add(w, breathWindow, BreathRate, b.weights[i])
	}
	hz, share, ok := b.spectrum.Peak(breathWidth)
	if !ok || share < b.least {
		return 0, 0, false
	}
	return 60 * hz, uint8(min(100, 100*share)), true
}

// moved reports whether a window is not one breathing but a movement with
// breathing around it: a quarter that ranges far beyond another.
func moved(w *Ring) bool {
	n := len(w.buf)
	if w.Len() < n {
		return true
	}
	least, most := math.Inf(1), 0.0
	for q := range 4 {
		low, high := w.Extremes((q+1)*n/4-1, q*n/4)
		least, most = min(least, high-low), max(most, high-low)
	}
	return most > breathEven*least
}

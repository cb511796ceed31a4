package signal

import "math"

// PulseRate is the rate at which Pulse works, a second.
const PulseRate = 50

const (
	pulseLow      = 0.5 // Hz
	pulseHigh     = 5.0
	pulseWindow   = 8 * PulseRate // the rate is that of the last 8 s
	steadyRate    = 10            // Hz: of the steady light
	steadyWindow  = 8 * steadyRate
	pulseKept     = 10 * PulseRate // what is kept of the pulse wave
	pulseShortest = 14             // samples: 214 a minute
	pulseLongest  = 100            // samples: 30 a minute
	perfusionMin  = 0.0002         // of the steady light: below is a lamp and a converter, no pulse
	// Above an index of 25 %, where oximeters end, it is no light of a body but
	// another unit, without its steady part.
	perfusionMax = 0.25 / (2 * math.Sqrt2)
)

// Pulse finds the pulse in the light that comes back from the skin. It reports
// nothing rather than something stale or guessed.
type Pulse struct {
	red, ir   optic
	seen      witnesses
	beats     int     // since the window was empty
	interval  float64 // between the newest beats, in samples
	height    float64 // of the newest beat's peak
	sinceBeat int
	rising    bool
	last      float64
	before    float64
	shift     float64 // of the last beat's peak from its highest sample, in samples
	peakLevel float64
}

// optic is one colour of light: its steady part and its pulse.
type optic struct {
	high, low *Biquad
	ac, dc    *Ring // at PulseRate, and at steadyRate
	sum       float64
	n         int
}

func newOptic() optic {
	return optic{
		high: NewHighPass(pulseLow, PulseRate), low: NewLowPass(pulseHigh, PulseRate),
		ac: NewRing(pulseKept), dc: NewRing(steadyWindow),
	}
}

func (o *optic) push(v float64) float64 {
	ac := o.low.Push(o.high.Push(v))
	o.ac.Push(ac)
	o.sum += v
	if o.n++; o.n == PulseRate/steadyRate || o.dc.Len() == 0 {
		o.dc.Push(o.sum / float64(o.n))
		o.sum, o.n = 0, 0
	}
	return ac
}

func (o *optic) reset() {
	o.high.Reset()
	o.low.Reset()
	o.ac.Reset()
	o.dc.Reset()
	o.sum, o.n = 0, 0
}

// perfusion is the pulse's root mean square over the steady light, -1 where
// the waveform has lost its steady part.
func (o *optic) perfusion() float64 {
	dc := o.dc.Mean(steadyWindow-1, 0)
	if !(dc > 0) {
		return -1
	}
	return o.ac.Deviation(pulseWindow-1, 0) / dc
}

// NewPulse returns a Pulse for samples at PulseRate.
func NewPulse() *Pulse {
	return &Pulse{red: newOptic(), ir: newOptic(), seen: newWitnesses()}
}

// Reset forgets everything: after a gap.
func (p *Pulse) Reset() {
	p.red.reset()
	p.ir.reset()
	p.beats, p.sinceBeat, p.rising, p.height = 0, 0, false, 0
	p.last, p.before, p.shift, p.peakLevel = 0, 0, 0, 0
}

// Push takes a sample of red and infrared light, in any unit; red is 0 where
// there is none. It returns true right after the peak of a beat.
func (p *Pulse) Push(red, ir float64) (beat bool) {
	p.red.push(red)
	return p.find(-p.ir.push(ir)) // blood absorbs: the light dips with each beat
}

// find says whether the sample before this one was the peak of a beat.
func (p *Pulse) find(v float64) bool {
	p.sinceBeat++
	p.peakLevel *= 0.995 // forgotten in some 4 s
	top := p.rising && v < p.last
	p.rising = v > p.last || v == p.last && p.rising
	level, before := p.last, p.before
	p.before, p.last = p.last, v
	if !top || level < 0.5*p.peakLevel || level <= 0 || p.sinceBeat < pulseShortest {
		return false
	}
	p.peakLevel = max(p.peakLevel, level)
	shift := vertex(before, level, v)
	p.height = level - 0.25*(before-v)*shift
	p.interval = float64(p.sinceBeat) + shift - p.shift
	p.shift = shift
	p.beats++
	p.sinceBeat = 0
	return true
}

// Height returns the height of the newest beat's peak, in the unit of the
// samples.
func (p *Pulse) Height() float64 { return p.height }

// Interval returns the time between the last two beats in seconds, 0 before
// there were two.
func (p *Pulse) Interval() float64 {
	if p.beats < 2 {
		return 0
	}
	return p.interval / PulseRate
}

// Beat is what Pulse knows about the last 8 s.
type Beat struct {
	Rate      float64 // beats a minute
	Quality   uint8   // 0 to 100
	Perfusion float64 // perfusion index: pulsating to steady infrared light, %; 0 where not known
	Ratio     float64 // ratio of ratios of red to infrared, 0 where there is no red
}

// Estimate returns the pulse of the last 8 s, and false where there is no
// signal.
func (p *Pulse) Estimate() (Beat, bool) {
	if p.ir.ac.Len() < pulseWindow {
		return Beat{}, false
	}
	share := p.ir.perfusion()
	if share >= 0 && share < perfusionMin {
		return Beat{}, false
	}
	rate, quality, ok := p.seen.rate(p.ir.ac)
	if !ok {
		return Beat{}, false
	}
	b := Beat{Rate: rate, Quality: uint8(quality)}
	if share > 0 && share <= perfusionMax {
		b.Perfusion = 100 * 2 * math.Sqrt2 * share
		b.Ratio = p.ratio()
	}
	return b, true
}

// ratio is the ratio of ratios, where both colours pulse together.
func (p *Pulse) ratio() float64 {
	red, ir := p.red.perfusion(), p.ir.perfusion()
	if red < perfusionMin || red > perfusionMax || ir <= 0 {
		return 0
	}
	var rr, ii, ri float64
	for b := range pulseWindow {
		r, i := p.red.ac.Back(b), p.ir.ac.Back(b)
		rr, ii, ri = rr+r*r, ii+i*i, ri+r*i
	}
	if !(ri >= 0.9*math.Sqrt(rr*ii)) { // not the same pulse: motion or no red
		return 0
	}
	return red / ir
}

// Contact returns the mean infrared light of the last second, in the unit of
// the samples: skin sends light back, air does not.
func (p *Pulse) Contact() float64 { return p.ir.dc.Mean(steadyRate-1, 0) }

// SpO2 turns a ratio of ratios into an oxygen saturation in % by SpO2Curve. It
// was not calibrated on this device or on anybody here: indicative only. It
// returns false where the curve falls towards smaller ratios again, and where
// nobody lives.
func SpO2(ratio float64) (float64, bool) {
	if !(ratio >= 0.337 && ratio <= 1.2) {
		return 0, false
	}
	return SpO2Curve(ratio), true
}

// SpO2Curve is the calibration that Maxim Integrated published for the MAX3010x
// family (reference design MAXREFDES117), in %, at most 100.
func SpO2Curve(ratio float64) float64 {
	return min(100, -45.060*ratio*ratio+30.354*ratio+94.845)
}

package signal

import "math"

const (
	trackRate   = PulseRate / 2 // Hz: of the windows that PulseTracker looks at
	trackWindow = 8 * trackRate
	trackSlack  = 2 * trackRate // how far light and acceleration may lie apart

	trackSlowest = 40.0 // beats a minute
	trackStep    = 2.0
	trackRates   = 91  // up to 220
	trackBins    = 132 // up to 302: above, the light's filter leaves no overtone

	trackTaps      = 3     // delays of the acceleration, 0.12 s apart
	trackApart     = 3     // samples
	trackRidge     = 0.05  // g: what deviates less explains nothing
	trackOvertone  = 0.3   // weight of the first overtone
	trackSlope     = 0.4   // power of the frequency that weighs the spectrum: light wanders slowly
	trackSharpness = 3     // power of the spectrum that is taken as likely
	trackFloor     = 0.1   // of the likelihood: any window may mislead
	trackDrift     = 5     // beats a minute in 2 s
	trackKept      = 1e-6  // share that all rates keep: a heart does not jump
	trackReach     = 6     // beats a minute around the likeliest: one belief
	trackMemory    = 0.25  // of how clear the spectrum is: some 8 s
	trackAtRest    = 0.2   // how clear it is where the pulse was just seen at rest
	trackLeft      = 0.005 // share of the light's power below which motion explains all
)

// TrackEvery is how often PulseTracker must be asked while there is motion, in
// seconds.
const TrackEvery = 2

// PulseTracker follows the pulse in light while its wearer moves, by the
// acceleration of the same place.
type PulseTracker struct {
	band   [3][2]*Biquad // of the acceleration: the same as of the light, so that phases agree
	motion [3]*Ring      // at trackRate
	odd    bool
	clear  float64 // share of the power around the rate, of the last windows
	refs   [][]float64
	light  []float64
	cancel *Canceller
	belief *Belief
	slopes [trackBins]float64 // weight of a bin

	power    [trackBins]float64
	re, im   [2][trackRates]float32 // of both colours
	wasRe    [2][trackRates]float32 // one step earlier
	wasIm    [2][trackRates]float32
	was, now [2]bool
}

// NewPulseTracker returns a PulseTracker that knows nothing yet.
func NewPulseTracker() *PulseTracker {
	t := &PulseTracker{
		light:  make([]float64, trackWindow),
		cancel: NewCanceller(trackWindow, 3, trackTaps, trackApart),
		belief: NewBelief(trackSlowest, trackStep, trackRates, trackDrift, trackKept),
	}
	for k := range t.motion {
		t.band[k] = [2]*Biquad{NewHighPass(pulseLow, PulseRate), NewLowPass(pulseHigh, PulseRate)}
		t.motion[k] = NewRing(trackWindow + trackSlack + t.cancel.Reach())
		t.refs = append(t.refs, make([]float64, trackWindow+t.cancel.Reach()))
	}
	for i := range t.slopes {
		t.slopes[i] = math.Pow(binRate(i)/100, trackSlope)
	}
	return t
}

func binRate(i int) float64 { return trackSlowest + trackStep*float64(i) }

// Move takes a sample of acceleration in g, at PulseRate.
func (t *PulseTracker) Move(g [3]float64) {
	t.odd = !t.odd
	for k, v := range g {
		v = t.band[k][1].Push(t.band[k][0].Push(v))
		if t.odd {
			t.motion[k].Push(v)
		}
	}
}

// Still forgets the acceleration: after a gap.
func (t *PulseTracker) Still() {
	for k := range t.motion {
		t.motion[k].Reset()
		t.band[k][0].Reset()
		t.band[k][1].Reset()
	}
}

// Forget forgets the pulse.
func (t *PulseTracker) Forget() {
	t.belief.Forget()
	t.was, t.clear = [2]bool{}, 0
}

// Settle takes a pulse that was seen at rest, in beats a minute.
func (t *PulseTracker) Settle(rate float64) {
	t.belief.Settle(rate, trackDrift)
	t.was, t.clear = [2]bool{}, trackAtRest
}

// Estimate returns the pulse of the last 8 s of p in beats a minute and how
// sure it is: which share of the belief lies around that rate, times the share
// of the spectrum there in the last windows. It returns false where there is no
// signal. The newest acceleration is ahead seconds later than the newest light.
// Estimate must be called each TrackEvery seconds.
func (t *PulseTracker) Estimate(p *Pulse, ahead float64) (rate, sure float64, ok bool) {
	t.belief.Spread()
	shift := int(math.Round(ahead * trackRate))
	share := p.ir.perfusion()
	if share >= 0 && share < perfusionMin || shift < -trackSlack || shift > trackSlack || !t.look(p, shift) {
		t.was = [2]bool{}
		return 0, 0, false
	}
	top := 0.0
	for i := range trackRates {
		if k := 2*i + int(trackSlowest/trackStep); k < trackBins {
			t.power[i] += trackOvertone * t.power[k]
		}
		top = max(top, t.power[i])
	}
	if !(top > 0) {
		return 0, 0, false
	}
	t.belief.Observe(func(i int) float64 { return math.Pow(t.power[i]/top, trackSharpness) + trackFloor })
	best, rate, sure := t.belief.Best(trackReach)
	t.clear += trackMemory * (t.share(best) - t.clear)
	rate = t.refine(best, rate)
	t.wasRe, t.wasIm, t.was = t.re, t.im, t.now
	return rate, sure * t.clear, true
}

// share returns which share of the power lies around a bin.
func (t *PulseTracker) share(best int) float64 {
	near, all := 0.0, 0.0
	for i, v := range t.power[:trackRates] {
		all += v * v
		if math.Abs(float64(i-best))*trackStep <= trackReach {
			near += v * v
		}
	}
	return near / all
}

// look computes the spectrum of what the acceleration does not explain of the
// light.
func (t *PulseTracker) look(p *Pulse, shift int) bool {
	for k, m := range t.motion {
		if m.Len() < trackWindow+max(0, shift) {
			return false
		}
		for i := range t.refs[k] {
			t.refs[k][i] = m.Back(len(t.refs[k]) - 1 - i + max(0, shift))
		}
	}
	if !t.cancel.Learn(t.refs, trackRidge) {
		return false
	}
	clear(t.power[:])
	t.now = [2]bool{}
	for c, r := range [2]*Ring{p.ir.ac, p.red.ac} {
		if r.Len() < 2*(trackWindow+max(0, -shift)) {
			continue
		}
		for i := range t.light {
			b := 2 * (trackWindow - 1 - i + max(0, -shift))
			t.light[i] = (r.Back(b) + r.Back(b+1)) / 2
		}
		t.now[c] = t.add(c)
	}
	return t.now[0] || t.now[1]
}

// add adds the spectrum of one colour.
func (t *PulseTracker) add(c int) bool {
	left := t.cancel.Cancel(t.light)
	if !(left > trackLeft) {
		return false
	}
	mean, square := 0.0, 0.0
	for _, v := range t.light {
		mean += v / trackWindow
	}
	for i, v := range t.light {
		t.light[i] = v - mean
		square += sq(v - mean)
	}
	if !(square > 0) || math.IsInf(square, 0) {
		return false
	}
	scale := 1 / math.Sqrt(square/trackWindow)
	for i := 0; i < len(t.power); i += 2 {
		re, im := tones(t.light, 2*math.Pi*binRate(i)/60/trackRate, 2*math.Pi*binRate(i+1)/60/trackRate)
		for k := range 2 {
			if i+k < trackRates {
				t.re[c][i+k], t.im[c][i+k] = float32(scale*re[k]), float32(scale*im[k])
			}
			t.power[i+k] += t.slopes[i+k] * scale * math.Sqrt(re[k]*re[k]+im[k]*im[k])
		}
	}
	return true
}

// tones returns the parts of v that turn by a and by b a sample, with their
// phase at the window's end (Goertzel, 1958): two at once, since each waits for
// its own last step.
func tones(v []float64, a, b float64) (re, im [2]float64) {
	cosA, sinA, cosB, sinB := math.Cos(a), math.Sin(a), math.Cos(b), math.Sin(b)
	var a1, a2, b1, b2 float64
	for _, x := range v {
		a1, a2 = x+2*cosA*a1-a2, a1
		b1, b2 = x+2*cosB*b1-b2, b1
	}
	return [2]float64{a1 - a2*cosA, b1 - b2*cosB}, [2]float64{a2 * sinA, b2 * sinB}
}

// refine improves a rate by how far its phase went since the last window: a
// phase vocoder (Flanagan and Golden, 1966).
func (t *PulseTracker) refine(best int, rate float64) float64 {
	var re, im float64
	for c := range t.now {
		if !t.now[c] || !t.was[c] {
			continue
		}
		a, b := float64(t.re[c][best]), float64(t.im[c][best])
		x, y := float64(t.wasRe[c][best]), float64(t.wasIm[c][best])
		if n := math.Hypot(a, b) * math.Hypot(x, y); n > 0 {
			re += (a*x + b*y) / n
			im += (b*x - a*y) / n
		}
	}
	if re == 0 && im == 0 {
		return rate
	}
	turns := math.Atan2(im, re)/(2*math.Pi) - rate/60*TrackEvery
	turns -= math.Round(turns)
	if off := turns * 60 / TrackEvery; math.Abs(off) < trackDrift {
		return rate + off/2
	}
	return rate
}

package demo

import "math"

// Body is the physiology of one resident: heart, breath, blood oxygen and their
// couplings, as functions of the seconds since the home began.
type Body struct {
	heartRest  float64 // /min at rest
	breathRest float64 // /min at rest
	spo2Rest   float64 // %
	noise      noise
	heartWaves []wave
	breathWave wave
	spells     []spell
	efforts    []effort
}

// effort raises heart rate and breathing while somebody moves: both follow with
// a time constant, as bodies do.
type effort struct{ from, to, heart, breath float64 }

// spell is a stretch of shallow breathing in which the oxygen falls.
type spell struct{ from, to, depth float64 }

// Time constants in seconds: the heart follows effort within half a minute, the
// oximeter at the wrist sees the lungs' oxygen half a minute later.
const (
	heartLag = 25.0
	spo2Lag  = 30.0
)

// NewBody returns a body with resting rates in /min and SpO2 in %.
func NewBody(seed uint64, heart, breath, spo2 float64) *Body {
	n := noise{seed}
	phase := func(ch int) float64 { return math.Pi * n.white(ch, 0) }
	return &Body{
		heartRest: heart, breathRest: breath, spo2Rest: spo2, noise: n,
		// … and the slow swing of a day.
		heartWaves: []wave{{2.2, 97, phase(1)}, {1.4, 31, phase(2)}, {3.0, 640, phase(3)}, {3.5, 86400, phase(11)}},
		breathWave: wave{1.3, 73, phase(4)},
	}
}

// Exert adds an effort of so many beats and breaths a minute.
func (b *Body) Exert(from, to, heart, breath float64) {
	b.efforts = append(b.efforts, effort{from, to, heart, breath})
}

// Desaturate adds a spell in which SpO2 falls by depth percentage points.
func (b *Body) Desaturate(from, to, depth float64) {
	b.spells = append(b.spells, spell{from, to, depth})
}

// response is the share of an effort that has arrived at time t, and its
// integral from 0.
func (e effort) response(t, lag float64) (share, integral float64) {
	rise := func(x float64) (float64, float64) {
		if x <= 0 {
			return 0, 0
		}
		d := math.Exp(-x / lag)
		return 1 - d, x - lag*(1-d)
	}
	up, upI := rise(t - e.from)
	down, downI := rise(t - e.to)
	return up - down, upI - downI
}

// Heart returns the heart rate in /min at t.
func (b *Body) Heart(t float64) float64 {
	rate := b.heartRest
	for _, w := range b.heartWaves {
		rate += w.at(t)
	}
	for _, e := range b.efforts {
		share, _ := e.response(t, heartLag)
		rate += e.heart * share
	}
	for _, s := range b.spells {
		rate += 0.8 * s.depth * s.share(t, spo2Lag)
	}
	return rate
}

// beats is the number of heart beats since 0, with the sway that breathing
// gives the heart (respiratory sinus arrhythmia, some ±2 /min at this age).
func (b *Body) beats(t float64) float64 {
	n := b.heartRest * t
	for _, w := range b.heartWaves {
		n += w.integral(t)
	}
	for _, e := range b.efforts {
		_, integral := e.response(t, heartLag)
		n += e.heart * integral
	}
	for _, s := range b.spells {
		n += 0.8 * s.depth * s.integral(t)
	}
	perRadian := 60 / (2 * math.Pi * b.breathRest)
	return (n - 2*perRadian*math.Cos(2*math.Pi*b.breaths(t))) / 60
}

// Breath returns the breathing rate in /min at t.
func (b *Body) Breath(t float64) float64 {
	rate := b.breathRest + b.breathWave.at(t)
	for _, e := range b.efforts {
		share, _ := e.response(t, heartLag)
		rate += e.breath * share
	}
	return rate
}

// breaths is the number of breaths since 0.
func (b *Body) breaths(t float64) float64 {
	n := b.breathRest*t + b.breathWave.integral(t)
	for _, e := range b.efforts {
		_, integral := e.response(t, heartLag)
		n += e.breath * integral
	}
	return n / 60
}

// share is how much of a spell's depth the blood shows at t.
func (s spell) share(t, lag float64) float64 {
	share, _ := effort{from: s.from, to: s.to}.response(t, lag)
	return share
}

func (s spell) integral(t float64) float64 {
	_, integral := effort{from: s.from, to: s.to}.response(t, spo2Lag)
	return integral
}

// SpO2 returns the arterial oxygen saturation in % at t.
func (b *Body) SpO2(t float64) float64 {
	s := b.spo2Rest + 0.6*b.noise.smooth(5, t, 60)
	for _, spell := range b.spells {
		s -= spell.depth * spell.share(t, spo2Lag)
	}
	return min(max(s, 70), 99.5)
}

// Levels of the modelled photoplethysmograph at the wrist, in counts of an
// 18-bit converter: what a MAX30102 gives at 7–8 mA on a fair wrist.
const (
	dcInfrared = 118_000.0
	dcRed      = 96_000.0
	perfusion  = 0.012 // AC ÷ DC of the infrared
)

// PPG returns what a red and an infrared photodiode see, in counts: light lost
// to the pulse, whose height and base line go with the breath; shaken is the
// movement at the wrist in g, which blurs it.
func (b *Body) PPG(t, shaken float64) (red, infrared float64) {
	breath := math.Sin(2 * math.Pi * b.breaths(t))
	_, phase := math.Modf(b.beats(t) + 1e6)
	pulse := pulseShape(phase) * (1 + 0.12*breath)
	base := 0.0012*breath + 0.0006*b.noise.smooth(6, t, 7)
	blur := shaken * (0.02*b.noise.smooth(7, t, 0.31) + 0.01*b.noise.smooth(8, t, 0.13))
	step := int64(math.Round(t * 400))
	infrared = dcInfrared * (1 - perfusion*pulse - base - blur + 0.00012*b.noise.white(9, step))
	red = dcRed * (1 - perfusion*ratioOf(b.SpO2(t))*pulse - base - blur + 0.00015*b.noise.white(10, step))
	return red, infrared
}

// pulseShape is blood volume over one beat, 0 to 1: a steep upstroke, and a
// dicrotic wave on the way down.
func pulseShape(phase float64) float64 {
	bell := func(centre, width float64) float64 {
		d := (phase - centre) / width
		return math.Exp(-d * d / 2)
	}
	return bell(0.22, 0.09) + 0.42*bell(0.52, 0.12)
}

// ratioOf is the ratio of ratios R at which the linear-quadratic calibration of
// the sensor's maker, SpO2 = -45.060 R² + 30.354 R + 94.845, gives spo2.
func ratioOf(spo2 float64) float64 {
	const a, b, c = -45.060, 30.354, 94.845
	return (-b - math.Sqrt(b*b-4*a*(c-spo2))) / (2 * a)
}

package demo

import (
	"math"
	"slices"
)

// Posture is what a body does for a while.
type Posture int

// The postures of a day, and Fallen: a fall, then lying on the floor.
const (
	Lying Posture = iota
	Sitting
	Standing
	Walking
	Fallen
)

// Movement is what a wrist goes through: a list of postures by time.
type Movement struct {
	noise  noise
	phases []phase
}

type phase struct {
	from    float64 // seconds since the home began
	posture Posture
}

// NewMovement returns somebody who lies down.
func NewMovement(seed uint64) *Movement {
	return &Movement{noise: noise{seed ^ 0x5bd1e995}, phases: []phase{{math.Inf(-1), Lying}}}
}

// Then changes the posture at from; calls come in order of time.
func (m *Movement) Then(from float64, p Posture) { m.phases = append(m.phases, phase{from, p}) }

// at returns the current and the previous posture, and the time since the
// change.
func (m *Movement) at(t float64) (now, before Posture, since float64) {
	i, _ := slices.BinarySearchFunc(m.phases, t, func(p phase, t float64) int {
		if p.from <= t {
			return -1
		}
		return 1
	})
	i = max(i-1, 0)
	before = m.phases[max(i-1, 0)].posture
	return m.phases[i].posture, before, t - m.phases[i].from
}

// Posture returns the posture at t.
func (m *Movement) Posture(t float64) Posture { now, _, _ := m.at(t); return now }

// rest is the direction of gravity at the wrist, in g, in each posture.
func rest(p Posture) [3]float64 {
	switch p {
	case Lying:
		return [3]float64{0.10, 0.15, 0.98}
	case Sitting:
		return [3]float64{0.55, 0.10, 0.83}
	case Fallen:
		return [3]float64{0.20, -0.93, 0.31}
	}
	return [3]float64{0.97, 0.18, 0.16} // the arm hangs
}

// IMU returns acceleration in g and angular rate in °/s at the wrist.
func (m *Movement) IMU(t float64) (acc, gyro [3]float64) {
	now, before, since := m.at(t)
	if now == Fallen && since < fallLasts {
		acc, gyro = m.fall(since, rest(before), rest(Fallen))
	} else {
		acc, gyro = m.turn(rest(before), rest(now), since, now == Fallen)
		m.add(&acc, &gyro, t, now)
	}
	step := int64(math.Round(t * 200))
	for k := range 3 {
		acc[k] += 0.006 * m.noise.white(20+k, step)
		gyro[k] += 0.5 * m.noise.white(23+k, step)
	}
	return acc, gyro
}

// turnLasts is how long the change from one posture to the next takes.
const turnLasts = 2.4

// turn goes from one direction of gravity to another, with the angular rate
// that belongs to it.
func (m *Movement) turn(a, b [3]float64, since float64, done bool) (acc, gyro [3]float64) {
	if done || since >= turnLasts {
		return b, gyro
	}
	x := since / turnLasts
	f, df := x*x*(3-2*x), 6*x*(1-x)/turnLasts
	for k := range 3 {
		acc[k] = a[k] + (b[k]-a[k])*f
	}
	normalise(&acc)
	dot := a[0]*b[0] + a[1]*b[1] + a[2]*b[2]
	gyro[1] = math.Acos(min(max(dot, -1), 1)) * 180 / math.Pi * df
	return acc, gyro
}

func normalise(v *[3]float64) {
	n := math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2])
	if n > 0 {
		v[0], v[1], v[2] = v[0]/n, v[1]/n, v[2]/n
	}
}

// add puts the movement of a posture on top of gravity.
func (m *Movement) add(acc, gyro *[3]float64, t float64, p Posture) {
	switch p {
	case Walking: // steps at some 1.7 Hz; the arm swings at half of that
		w := 2 * math.Pi * (1.7 + 0.08*m.noise.smooth(30, t, 9))
		acc[0] += 0.16*math.Sin(w*t) + 0.07*math.Sin(2*w*t+0.6)
		acc[1] += 0.10 * math.Sin(w*t/2+0.3)
		acc[2] += 0.12 * math.Sin(w*t/2)
		gyro[1] += 70 * math.Sin(w*t/2+1.2)
		gyro[2] += 18 * math.Sin(w*t+0.4)
	case Standing, Sitting: // now and then a gesture
		g := max(m.noise.smooth(31, t, 11)-0.45, 0) / 0.55
		acc[0] += 0.25 * g * m.noise.smooth(32, t, 0.45)
		acc[1] += 0.25 * g * m.noise.smooth(33, t, 0.50)
		acc[2] += 0.20 * g * m.noise.smooth(34, t, 0.40)
		gyro[0] += 60 * g * m.noise.smooth(35, t, 0.55)
		gyro[1] += 60 * g * m.noise.smooth(36, t, 0.60)
	}
}

// Shaken returns how much the wrist moves at t, in g: it blurs optics.
func (m *Movement) Shaken(t float64) float64 {
	now, _, since := m.at(t)
	switch {
	case now == Walking:
		return 0.18
	case now == Fallen && since < fallLasts:
		return 1
	case since < turnLasts:
		return 0.15
	case now == Sitting || now == Standing:
		return 0.10 * max(m.noise.smooth(31, t, 11)-0.45, 0)
	}
	return 0
}

// A fall has the phases that recordings of falls show: balance is lost, the
// body drops, it hits the ground, and then it is still.
const (
	lossLasts   = 0.55 // s: stagger, the arms flail
	dropLasts   = 0.40 // s: part of the weight is gone
	impactLasts = 0.45 // s: one hard blow, and a bounce
	settleLasts = 0.90 // s: rolls to rest
	fallLasts   = lossLasts + dropLasts + impactLasts + settleLasts
	impactPeak  = 5.6  // g above gravity
	blowRise    = 0.05 // s: flesh and carpet soften the blow
)

// blow is a blow at 0 of the given width in seconds.
func blow(t, width float64) float64 { return math.Exp(-t * t / (2 * width * width)) }

// ImpactAfter is the time from the start of a fall to its impact, in seconds.
const ImpactAfter = lossLasts + dropLasts + blowRise

func (m *Movement) fall(s float64, from, to [3]float64) (acc, gyro [3]float64) {
	mix := func(x float64) [3]float64 {
		var v [3]float64
		for k := range 3 {
			v[k] = from[k] + (to[k]-from[k])*x
		}
		normalise(&v)
		return v
	}
	switch {
	case s < lossLasts:
		x := s / lossLasts
		acc = mix(0.15 * x)
		sway := math.Sin(2 * math.Pi * 2.3 * s)
		for k := range 3 {
			acc[k] += (0.25 - 0.05*float64(k)) * sway * x
		}
		return acc, [3]float64{90 * x * sway, 120 * x, -40 * x * sway}
	case s < lossLasts+dropLasts:
		x := (s - lossLasts) / dropLasts
		weight := 1 - 0.72*math.Sin(math.Pi*min(x*1.15, 1)*0.5+0.15*x)
		acc = mix(0.15 + 0.55*x)
		for k := range 3 {
			acc[k] *= max(weight, 0.22)
		}
		return acc, [3]float64{140 * x, 160 + 120*x, -60 * x}
	case s < lossLasts+dropLasts+impactLasts:
		u := s - lossLasts - dropLasts
		ring := blow(u-blowRise, 0.035) + 0.35*blow(u-0.18, 0.045) - 0.18*blow(u-0.29, 0.05)
		acc = mix(0.7 + 0.3*u/impactLasts)
		acc[0] += 0.45 * impactPeak * ring
		acc[1] -= 0.75 * impactPeak * ring
		acc[2] += 0.48 * impactPeak * ring
		spin := math.Exp(-u / 0.12)
		return acc, [3]float64{260 * spin, -210 * spin, 120 * spin}
	}
	u := s - lossLasts - dropLasts - impactLasts
	fade := math.Exp(-u / 0.3)
	acc = mix(1)
	acc[0] += 0.12 * fade * math.Sin(2*math.Pi*3*u)
	acc[2] -= 0.10 * fade * math.Sin(2*math.Pi*2.4*u)
	return acc, [3]float64{25 * fade, -20 * fade, 10 * fade}
}

package demo

import "math"

// Volts of a pressure pad under the mattress behind its amplifier: what an
// empty bed, somebody on its edge, and a body lying in it give.
const (
	padEmpty = 0.35
	padEdge  = 1.30
	padLying = 2.40
)

// Pad returns the voltage of the bed pad at t. A lying body's breath and heart
// can be seen in it.
func (r *Resident) Pad(t float64) float64 {
	now, before, since := r.Movement.at(t)
	level := func(p Posture) float64 {
		switch p {
		case Lying:
			return padLying
		case Sitting:
			if r.SitsOnBed {
				return padEdge
			}
		}
		return padEmpty
	}
	x := min(since/0.8, 1)
	volts := level(before) + (level(now)-level(before))*x
	if now == Lying {
		volts += 0.045*math.Sin(2*math.Pi*r.Body.breaths(t)) + 0.006*math.Sin(2*math.Pi*r.Body.beats(t))
		volts += 0.05 * r.Movement.noise.smooth(40, t, 23)
	}
	return volts + 0.002*r.Movement.noise.white(41, int64(math.Round(t*128)))
}

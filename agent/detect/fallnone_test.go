package detect

import (
	"math"
	"testing"

	"osmanthus/care"
)

// gesture is movement of a wrist: where its acceleration points, and blows.
type gesture func(t float64) (x, y, z float64)

// noisy adds the tremor of a living wrist.
func noisy(g gesture) gesture {
	return func(t float64) (x, y, z float64) {
		x, y, z = g(t)
		i := int(t * 1000)
		return x + 0.01*hum(i), y + 0.01*hum(i+1), z + 0.01*hum(i+2)
	}
}

// bump is a blow of a height in g, a width in s, at a time.
func bump(t, at, high, wide float64) float64 {
	d := (t - at) / wide
	return high * math.Exp(-d*d/2)
}

// tilted is gravity at an angle from hanging down, in rad.
func tilted(angle float64) (x, y, z float64) { return math.Cos(angle), math.Sin(angle), 0 }

// ease goes from 0 to 1 between two times.
func ease(t, from, to float64) float64 {
	u := max(0, min(1, (t-from)/(to-from)))
	return u * u * (3 - 2*u)
}

// TestD2_WhatIsNoFall plays what a day holds, modelled. Recordings of the same
// are in docs/detection.md: models only show that nothing is forgotten.
func TestD2_WhatIsNoFall(t *testing.T) {
	for name, g := range map[string]gesture{
		"lying": noisy(func(t float64) (x, y, z float64) { return 0, 0, 1 }),
		"walking": noisy(func(t float64) (x, y, z float64) {
			s := 0.35 * math.Sin(2*math.Pi*1.8*t)
			return 0.97 + s, 0.18 + 0.2*s, 0.16
		}),
		"clapping": noisy(func(t float64) (x, y, z float64) {
			clap := 0.0
			if t > 5 && t < 12 && math.Mod(t, 0.4) < 0.04 {
				clap = 2.5
			}
			return 0.3 + clap, 0.2, 0.9
		}),
		"sitting down hard": noisy(func(t float64) (x, y, z float64) {
			x, y, z = tilted(0.5 * ease(t, 9, 10))
			return x - 0.3*ease(t, 9.4, 9.7)*(1-ease(t, 9.8, 9.9)) + bump(t, 10, 1.4, 0.04), y, z
		}),
		"knocking on a table, once": noisy(func(t float64) (x, y, z float64) {
			x, y, z = tilted(1.4)
			return x, y + bump(t, 10, 3, 0.015), z
		}),
		"knocking on a table, six times": noisy(func(t float64) (x, y, z float64) {
			x, y, z = tilted(1.4)
			for k := range 6 {
				y += bump(t, 10+0.5*float64(k), 3, 0.015)
			}
			return x, y, z
		}),
		"a transfer to a wheelchair": noisy(func(t float64) (x, y, z float64) {
			x, y, z = tilted(0.9*ease(t, 8, 9) - 0.5*ease(t, 11, 12))
			return x + bump(t, 11, 0.7, 0.06), y, z // rises on the arms, turns, sits down
		}),
		"kneeling down": noisy(func(t float64) (x, y, z float64) {
			x, y, z = tilted(0.6 * ease(t, 8, 9.5))
			return x + bump(t, 9.6, 0.8, 0.03), y, z
		}),
		"a band that is put down": func(t float64) (x, y, z float64) {
			x, y, z = tilted(1.5 * ease(t, 8, 10))
			if t < 10 {
				x += 0.01 * hum(int(t*1000))
			}
			return x, y + bump(t, 10, 1.2, 0.01), z
		},
		"a band that drops on the floor": func(t float64) (x, y, z float64) {
			i := int(t * 1000)
			switch u := t - 20; {
			case u < -0.45:
				return 0.5 + 0.01*hum(i), 0.5 + 0.01*hum(i+1), 0.7 + 0.01*hum(i+2)
			case u < 0:
				return 0.02, 0.01, 0.03 // nothing holds it
			case u < 0.06:
				return 3, -4, 6
			case u < 0.3:
				return -0.5, 0.2, 1.3
			}
			return 0.0, 0.001, 1.0
		},
	} {
		h := newHome(t, Source{Kind: IMUWrist}, Plan{})
		h.imu(50, 0, 60, g)
		for i, a := range h.alerts {
			if a.State == care.Confirmed || a.State == care.Suspected && i == len(h.alerts)-1 {
				t.Errorf("%s: %s", name, h.said())
				break
			}
		}
	}
}

// TestD2_WhoLiesLikeAThingIsNoThing: who sinks fast, not freely, and then does
// not move at all, by an accelerometer of little noise.
func TestD2_WhoLiesLikeAThingIsNoThing(t *testing.T) {
	for _, sinks := range []float64{0.17, 0.2, 0.28} {
		for _, kind := range []Kind{IMUWrist, IMUWaist} {
			h := newHome(t, Source{Kind: kind}, Plan{})
			h.imu(100, 0, 60, func(t float64) (x, y, z float64) {
				i := int(t * 1000)
				switch u := t - 20; {
				case u < -0.4:
					x, y, z = 0, 0, 1
				case u < 0:
					x, y, z = 0, 0, sinks
				case u < 0.1:
					x, y, z = 3.5, 1, 2.8
				default:
					x, y, z = 1, 0, 0
				}
				return x + 0.003*hum(i), y + 0.003*hum(i+1), z + 0.003*hum(i+2)
			})
			if h.said() != suspected+" "+confirmed {
				t.Errorf("%v, sinks at %v g: %s", kind, sinks, h.said())
			}
		}
	}
}

// TestD2_ASlowSlideIsMissed writes down what this detector cannot see: who
// slides from a bed without a blow. Bed, room and the person's own call must.
func TestD2_ASlowSlideIsMissed(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.imu(50, 0, 60, noisy(func(t float64) (x, y, z float64) {
		x, y, z = tilted(1.3 * ease(t, 10, 13))
		return x + bump(t, 13, 0.3, 0.05), y, z
	}))
	h.want("")
}

func TestD2_AGyroscopeThatDropsOutDoesNotHideAFall(t *testing.T) {
	for name, measures := range map[string]func(t float64) bool{
		"never":             func(float64) bool { return false },
		"until the impact":  func(t float64) bool { return t < 20 },
		"after the impact":  func(t float64) bool { return t > 20.5 },
		"every other block": func(t float64) bool { return int(t*2)%2 == 0 },
	} {
		h := newHome(t, Source{Kind: IMUWrist}, Plan{})
		for n := range 60 * 2 {
			at := float64(n) / 2
			b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: 50, Start: after(at), Channels: make([][]float64, 6)}
			if !measures(at) {
				b.Channels = b.Channels[:3]
			}
			for i := range 25 {
				x, y, z := modelFall(20)(at + float64(i)/50)
				frame := []float64{x, y, z, 3 * hum(i), 3 * hum(i+1), 3 * hum(i+2)}
				for k := range b.Channels {
					b.Channels[k] = append(b.Channels[k], frame[k])
				}
			}
			h.take(h.engine.Block(&b))
		}
		if h.said() != suspected+" "+confirmed {
			t.Errorf("%s: %s", name, h.said())
		}
	}
}

func TestD2_AFallIsSeenByAWearableThatClips(t *testing.T) {
	for _, limit := range []float64{2, 4, 16} {
		h := newHome(t, Source{Kind: IMUWrist}, Plan{})
		h.imu(50, 0, 60, func(t float64) (x, y, z float64) {
			x, y, z = modelFall(20)(t)
			return max(-limit, min(limit, x)), max(-limit, min(limit, y)), max(-limit, min(limit, z))
		})
		if limit >= 4 {
			h.want(suspected + " " + confirmed)
		}
	}
}

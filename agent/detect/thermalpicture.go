package detect

import (
	"math"
	"slices"
	"time"
)

const (
	thermalPixels = 16
	thermalNoise  = 0.35 // °C above the background that are nobody
	thermalLeast  = 0.6  // °C, the sum of all pixels: less is nobody in the picture
	thermalMean   = 450 * time.Millisecond
	thermalBack   = 6 * time.Second
	thermalGap    = 3 * time.Second       // between two pictures: what was before does not count
	thermalStep   = 45 * time.Millisecond // pictures closer together are left out
	thermalDrift  = 6 * 60.0              // s in which the background follows a room that gets warmer
	thermalCold   = -20.0                 // °C, no room is colder
	thermalHot    = 90.0                  // °C, the sensor measures no more
	thermalDepth  = 160                   // pictures: 6 s of them, thermalStep apart
	thermalJump   = 1.0                   // °C by which a window or a damaged picture differs, at least
	thermalCools  = 2.0 / 3600            // °C/s by which a room cools, at most
)

// ThermalPicture follows a 4×4 thermal array that looks into a room from the
// side: it learns the background and tells where the warmth of a person is.
// The zero value is ready.
type ThermalPicture struct {
	ground  [thermalPixels]float64 // °C without anybody
	before  [thermalPixels]float64 // °C in the picture before
	high    [thermalPixels]float64 // °C, how warm the background was lately
	known   bool
	at      time.Time
	past    [thermalDepth]thermalRows // a ring
	next, n int
}

// thermalRows is the warmth of the rows of one picture.
type thermalRows struct {
	at   time.Time
	rows [4]float64 // °C above the background, summed
}

func (r *thermalRows) sum() float64 { return r.rows[0] + r.rows[1] + r.rows[2] + r.rows[3] }

// middle is the row in which the middle of the warmth lies, from 0 to 3.
func (r *thermalRows) middle() float64 {
	return (r.rows[1] + 2*r.rows[2] + 3*r.rows[3]) / r.sum()
}

// Push takes a picture at a time, 16 pixels row by row from the top in °C, and
// returns its figures; false where nobody is in it, or it is none.
func (p *ThermalPicture) Push(pixel func(k int) float64, at time.Time) (ThermalFigures, bool) {
	for k := range thermalPixels {
		if v := pixel(k); !(v >= thermalCold && v <= thermalHot) {
			return ThermalFigures{}, false
		}
	}
	step := at.Sub(p.at)
	if p.known && step >= 0 && step < thermalStep {
		return p.figures(at)
	}
	if step < 0 || step > thermalGap {
		p.next, p.n, step = 0, 0, 0
	}
	p.at = at
	r, room := thermalRows{at: at}, p.room()
	for k := range thermalPixels {
		v := pixel(k)
		before := p.before[k]
		p.before[k] = v
		switch {
		case !p.known:
			p.ground[k] = v
		case v < p.ground[k]-thermalJump && before >= p.ground[k]-thermalJump:
			// one picture alone may be damaged
		case v < p.ground[k]:
			p.ground[k] = v
		default:
			p.ground[k] += (v - p.ground[k]) * step.Seconds() / thermalDrift
			if closed := min(v, p.high[k], room); k < thermalPixels/2 && closed > p.ground[k]+thermalJump {
				p.ground[k] = closed
			}
		}
		p.high[k] = max(p.ground[k], p.high[k]-thermalCools*step.Seconds())
		r.rows[k/4] += max(0, v-p.ground[k]-thermalNoise)
	}
	p.known = true
	p.past[p.next] = r
	p.next, p.n = (p.next+1)%thermalDepth, min(p.n+1, thermalDepth)
	return p.figures(at)
}

// room is the temperature of the room, the median of the background. A pixel of
// the upper half that is no warmer, and that was as warm before it became cold,
// is a window that was closed again, not somebody.
func (p *ThermalPicture) room() float64 {
	all := p.ground
	slices.Sort(all[:])
	return all[thermalPixels/2]
}

// figures sums up the last half second, and how far it lies below the highest
// of the last seconds.
func (p *ThermalPicture) figures(at time.Time) (ThermalFigures, bool) {
	var mean thermalRows
	count, high := 0.0, math.Inf(1)
	for i := range p.n {
		r := &p.past[(p.next-1-i+2*thermalDepth)%thermalDepth]
		age := at.Sub(r.at)
		if age > thermalBack {
			break
		}
		if age <= thermalMean {
			for k := range mean.rows {
				mean.rows[k] += r.rows[k]
			}
			count++
		}
		if r.sum() > thermalLeast {
			high = min(high, r.middle())
		}
	}
	if count == 0 || mean.sum() < thermalLeast*count {
		return ThermalFigures{}, false
	}
	low := mean.middle()
	return ThermalFigures{
		Upper: (mean.rows[0] + mean.rows[1]) / count, Low: low, Floor: mean.rows[3] / mean.sum(), Drop: max(0, low-high),
	}, true
}

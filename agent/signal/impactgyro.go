package signal

import "math"

// vertical is what a gyroscope tells of a fall: it carries the direction of
// gravity from a quiet moment before through the fall, so that acceleration can
// be split into up and down.
type vertical struct {
	rise   float64 // highest speed upwards in the second before the peak, m/s
	drop   float64 // how far it sank in that second, m; not above 0
	tilt   float64 // angle of gravity from the quiet moment to 1.5 s after, degrees
	turned float64 // how far it turned, about whatever axis, from 1.2 s before to 0.5 s after, degrees
}

var unknown = vertical{math.NaN(), math.NaN(), math.NaN(), math.NaN()}

// followGravity follows gravity around the peak, where there is a quiet moment
// to begin with.
func (l *look) followGravity() {
	begin, best := 0, math.Inf(1)
	for a := -150; a+25 <= -40; a += 5 {
		if a+l.lo < 0 {
			continue
		}
		if s := l.sway(a, a+25); s < best {
			begin, best = a, s
		}
	}
	g, _ := l.gravity(begin, begin+25)
	one := math.Sqrt(g[0]*g[0] + g[1]*g[1] + g[2]*g[2])
	if math.IsInf(best, 1) || one < 0.3 {
		return
	}
	v := vertical{}
	up := [3]float64{g[0] / one, g[1] / one, g[2] / one}
	was := up
	axes := [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	const dt, gee = 1.0 / ImpactRate, 9.80665
	speed, sank := 0.0, 0.0 // since 1 s before the peak
	for i, end := begin+12+l.lo, min(l.lo+l.hi, l.lo+ImpactFirst); i <= end; i++ {
		f, at := l.frame(i), i-l.lo
		t := turnOf(f, dt)
		up = t.carry(up)
		if at >= -60 && at < 25 {
			for k := range axes {
				axes[k] = t.carry(axes[k])
			}
		}
		if at >= -50 && at < -1 {
			speed += (float64(f[0])*up[0] + float64(f[1])*up[1] + float64(f[2])*up[2] - one) * gee * dt
			sank += speed * dt
			v.rise, v.drop = max(v.rise, speed), min(v.drop, sank)
		}
	}
	v.tilt = apart(up, was)
	trace := axes[0][0] + axes[1][1] + axes[2][2]
	v.turned = math.Acos(max(-1, min(1, (trace-1)/2))) * 180 / math.Pi
	l.vertical = v
}

// turning is how far the device turned in one step.
type turning struct {
	axis     [3]float64
	sin, cos float64
}

func turnOf(f *impactFrame, dt float64) turning {
	x, y, z := float64(f[3]), float64(f[4]), float64(f[5])
	n := math.Sqrt(x*x + y*y + z*z)
	if n < 1e-6 {
		return turning{cos: 1}
	}
	sin, cos := math.Sincos(-n * math.Pi / 180 * dt)
	return turning{axis: [3]float64{x / n, y / n, z / n}, sin: sin, cos: cos}
}

// carry returns where a direction that is fixed in the world lies in the device
// after the turn: Rodrigues' formula.
func (t *turning) carry(u [3]float64) [3]float64 {
	k := &t.axis
	along := (k[0]*u[0] + k[1]*u[1] + k[2]*u[2]) * (1 - t.cos)
	return [3]float64{
		u[0]*t.cos + (k[1]*u[2]-k[2]*u[1])*t.sin + k[0]*along,
		u[1]*t.cos + (k[2]*u[0]-k[0]*u[2])*t.sin + k[1]*along,
		u[2]*t.cos + (k[0]*u[1]-k[1]*u[0])*t.sin + k[2]*along,
	}
}

// rate is the mean angular rate in a stretch, °/s.
func (l *look) rate(a, b int) float64 {
	i, j := l.span(a, b)
	if j-i < 5 || !l.gyro {
		return math.NaN()
	}
	sum := 0.0
	for _, w := range l.w[i:j] {
		sum += w
	}
	return sum / float64(j-i)
}

package signal

import "math"

// ImpactRate is the rate at which Impact wants its samples, a second.
const ImpactRate = 50

// Times around the peak of an impact, in samples of ImpactRate.
const (
	impactWait   = 75  // from the peak to the features: 1.5 s
	impactLimit  = 150 // from the trigger to the features where peaks go on: 3 s, and 6 s where they rise
	impactBefore = 125 // how far the features look back from the peak: 2.5 s
)

// Impact finds impacts in acceleration: peaks above a trigger, with what
// happened before and after each.
type Impact struct {
	trigger    float64
	x, y, z, m *Ring
	open       bool    // a peak is being watched
	peak       float64 // its height
	sincePeak  int     // samples
	sinceOpen  int
}

// NewImpact returns an Impact that looks at peaks above trigger g.
func NewImpact(trigger float64) *Impact {
	const size = impactBefore + impactLimit + 1
	return &Impact{trigger: trigger, x: NewRing(size), y: NewRing(size), z: NewRing(size), m: NewRing(size)}
}

// Reset forgets everything: after a gap.
func (d *Impact) Reset() {
	for _, r := range []*Ring{d.x, d.y, d.z, d.m} {
		r.Reset()
	}
	d.open = false
}

// Push takes the next sample in g. It reports an impact when 1.5 s have
// passed since its peak without a higher one, and sooner where the shaking does
// not end.
func (d *Impact) Push(x, y, z float64) (ImpactFeatures, bool) {
	m := math.Sqrt(x*x + y*y + z*z)
	d.x.Push(x)
	d.y.Push(y)
	d.z.Push(z)
	d.m.Push(m)
	if !d.open {
		if m >= d.trigger {
			d.open, d.peak, d.sincePeak, d.sinceOpen = true, m, 0, 0
		}
		return ImpactFeatures{}, false
	}
	d.sincePeak++
	d.sinceOpen++
	if m > d.peak {
		d.peak, d.sincePeak = m, 0
	}
	late := d.sinceOpen >= impactLimit && d.sincePeak >= impactWait/2
	if d.sincePeak < impactWait && !late && d.sinceOpen < 2*impactLimit {
		return ImpactFeatures{}, false
	}
	d.open = false
	return d.features(), true
}

// Cut ends the waiting for samples that do not come: it reports the impact that
// is being watched, by what there is.
func (d *Impact) Cut() (ImpactFeatures, bool) {
	if !d.open {
		return ImpactFeatures{}, false
	}
	d.open = false
	return d.features(), true
}

func (d *Impact) mean(from, to int) (x, y, z float64) {
	return d.x.Mean(from, to), d.y.Mean(from, to), d.z.Mean(from, to)
}

// turn returns the angle between the mean vectors of two stretches, degrees.
func (d *Impact) turn(from1, to1, from2, to2 int) float64 {
	ax, ay, az := d.mean(from1, to1)
	bx, by, bz := d.mean(from2, to2)
	return Angle(ax, ay, az, bx, by, bz)
}

// Angle returns the angle between two vectors in degrees, 0 where one of them
// has no direction.
func Angle(ax, ay, az, bx, by, bz float64) float64 {
	n := math.Sqrt((ax*ax + ay*ay + az*az) * (bx*bx + by*by + bz*bz))
	if !(n > 1e-9) {
		return 0
	}
	c := (ax*bx + ay*by + az*bz) / n
	return math.Acos(max(-1, min(1, c))) * 180 / math.Pi
}

func sq(v float64) float64 { return v * v }

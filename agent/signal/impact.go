package signal

import "math"

// ImpactRate is the rate at which Impact wants its samples, a second.
const ImpactRate = 50

// ImpactTrigger is the magnitude in g of a peak that is looked at: blows of
// weak falls stay below the 2 to 3 g of the literature (chosen on the open
// recordings). ImpactClip is what every wearable measures, in g on each axis.
const (
	ImpactTrigger = 1.5
	ImpactClip    = 4
)

// Times around the highest sample of an impact, in samples of ImpactRate.
const (
	ImpactFirst  = 75  // from it to the first look: 1.5 s
	ImpactSecond = 200 // from it to the second look: 4 s
	impactLimit  = 150 // from the trigger to the first look where peaks go on: 3 s, and 6 s where they rise
	impactBefore = 250 // how far a look reaches back: 5 s
	impactRing   = 512 // samples kept; a power of two, more than a look reaches
)

// impactFrame is one sample: acceleration in g, then angular rate in °/s, which
// is NaN where it was not measured.
type impactFrame [6]float32

// Impact finds impacts in the movement of a wearable: peaks of acceleration
// above ImpactTrigger. Each is looked at twice, see Look. It is about 20 KiB.
type Impact struct {
	ring      [impactRing]impactFrame
	n         int64 // samples that ever came
	from      int64 // the oldest that is joined to the newest
	open      bool  // a peak is being watched
	peak      float64
	at        int64 // its sample
	sinceOpen int
	look      look
}

// NewImpact returns an Impact that looks at peaks above ImpactTrigger. Each
// axis of acceleration is clipped at ImpactClip, so that wearables of different
// range look alike.
func NewImpact() *Impact { return &Impact{} }

// Reset forgets everything: after a gap. Peaks of before are not to be looked
// at any more.
func (d *Impact) Reset() { d.from, d.open = d.n, false }

// Push takes the next sample: acceleration x, y, z in g and angular rate x, y,
// z in °/s, NaN where there is none. It reports a peak whose first look is due:
// 1.5 s have passed without a higher one, or the shaking does not end.
func (d *Impact) Push(f []float64) (peak int64, due bool) {
	var s impactFrame
	for k := range s {
		s[k] = float32(f[k])
		if k < 3 {
			s[k] = max(-ImpactClip, min(ImpactClip, s[k]))
		}
	}
	d.ring[d.n%impactRing] = s
	d.n++
	m := s.magnitude()
	if !d.open {
		if m >= ImpactTrigger {
			d.open, d.peak, d.at, d.sinceOpen = true, m, d.n-1, 0
		}
		return 0, false
	}
	d.sinceOpen++
	if m > d.peak {
		d.peak, d.at = m, d.n-1
	}
	waited := d.Since(d.at)
	late := d.sinceOpen >= impactLimit && waited >= ImpactFirst/2
	if waited < ImpactFirst && !late && d.sinceOpen < 2*impactLimit {
		return 0, false
	}
	d.open = false
	return d.at, true
}

// Open reports the peak that waits for its first look.
func (d *Impact) Open() (peak int64, open bool) { return d.at, d.open }

// Cut ends the waiting for samples that do not come: it reports the peak that
// is being watched.
func (d *Impact) Cut() (peak int64, due bool) {
	due, d.open = d.open, false
	return d.at, due
}

// Since returns how many samples came after a peak.
func (d *Impact) Since(peak int64) int { return int(d.n - 1 - peak) }

func (f *impactFrame) magnitude() float64 {
	x, y, z := float64(f[0]), float64(f[1]), float64(f[2])
	return math.Sqrt(x*x + y*y + z*z)
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

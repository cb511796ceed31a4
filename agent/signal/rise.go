package signal

import "math"

// RiseInputs is how many numbers Rise knows about somebody who has risen.
const RiseInputs = 21

const (
	riseRing   = 128  // rows of the last 15 s that are kept; more come as none
	riseRecent = 5.0  // s
	riseWindow = 15.0 // s
	riseSettle = 2.0  // s after the rise in which the trunk still moves
	riseHold   = 3.0  // s for which a row stands at most
	riseGrain  = 0.25 // s for which each row stands at least
	riseRest   = 1.03 // g that the sensors of the recordings show at rest
	riseLong   = 20.0 // s: longer silences are not told apart
	riseAway   = 30.0 // s: neither are longer gaps between lying and upright
	riseEven   = 4.0  // degrees: nobody sits more evenly than that

	riseStride  = 0.15 // g between two rows: the trunk was shaken
	riseUpright = 0.8  // cosine of its angle from upright
)

// Rise describes a trunk from the moment in which it is no longer lying, from
// rows of acceleration that come when they come: how upright it is, how much it
// moves, how that differs from how it sat before, and how long nothing was
// heard of it. Rows are frontal, vertical and lateral acceleration in g.
type Rise struct {
	ring        [riseRing]riseRow
	first, n    int     // of the ring
	begin, gap  float64 // when it rose; how long nothing was heard before that
	rows        int     // since then
	sum, weight float64 // pitch since then, but for the last row
	low         float64 // least pitch since then
	old         int     // rows of the ring that the next three hold
	oldSum      float64
	oldSquare   float64
	oldWeight   float64
	last        riseRow
}

// riseRow is one row.
type riseRow struct {
	t, pitch, vertical, size float64 // s, degrees, g, g
	step, since              float64 // change from the row before in g, and s since it
	acc                      [3]float64
}

// Begin says that the trunk rose at t seconds, after gap seconds without a row.
func (r *Rise) Begin(t, gap float64) {
	*r = Rise{begin: t, gap: gap, low: 90}
}

// Len is how many rows came since Begin.
func (r *Rise) Len() int { return r.rows }

// Last is the time of the last row.
func (r *Rise) Last() float64 { return r.last.t }

// Pitch is how far a trunk leans back, in degrees: 0 is upright.
func Pitch(frontal, vertical float64) float64 {
	return math.Atan2(frontal, max(vertical, 0.05)) * 180 / math.Pi
}

// Push takes a row at t seconds, later than all before.
func (r *Rise) Push(t, frontal, vertical, lateral float64) {
	row := riseRow{t: t, pitch: Pitch(frontal, vertical), vertical: vertical, acc: [3]float64{frontal, vertical, lateral},
		size: math.Sqrt(frontal*frontal + vertical*vertical + lateral*lateral), since: r.gap}
	if r.rows > 0 {
		w := stands(r.last.t, t)
		r.sum, r.weight = r.sum+r.last.pitch*w, r.weight+w
		row.since = t - r.last.t
		for k, v := range r.last.acc {
			row.step += (row.acc[k] - v) * (row.acc[k] - v)
		}
		row.step = math.Sqrt(row.step)
	}
	r.low = min(r.low, row.pitch)
	if r.n == riseRing {
		r.drop(r.ring[r.first].t + riseRecent) // it is old at least
	}
	r.ring[(r.first+r.n)%riseRing] = row
	r.n++
	r.rows++
	r.last = row
	for r.n > 1 && t-r.at(0).t >= riseWindow {
		r.drop(t)
	}
}

// stands is for how long a row at t counts until the next.
func stands(t, next float64) float64 { return min(max(next-t, 0), riseHold) + riseGrain }

func (r *Rise) at(i int) *riseRow { return &r.ring[(r.first+i)%riseRing] }

// drop gives up the oldest row.
func (r *Rise) drop(now float64) {
	r.age(now)
	r.first = (r.first + 1) % riseRing
	r.n--
	r.old = max(r.old-1, 0)
}

// age gathers how the trunk sat until 5 s before now.
func (r *Rise) age(now float64) {
	for ; r.old < r.n && now-r.at(r.old).t >= riseRecent; r.old++ {
		row := r.at(r.old)
		if row.t-r.begin < riseSettle {
			continue
		}
		next := row.t
		if r.old+1 < r.n {
			next = r.at(r.old + 1).t
		}
		w := stands(row.t, next)
		r.oldSum += row.pitch * w
		r.oldSquare += row.pitch * row.pitch * w
		r.oldWeight += w
	}
}

// Strides counts the rows of the seconds before now in which an upright trunk
// was shaken, as walking does.
func (r *Rise) Strides(now, seconds float64) (n int) {
	for i := r.n - 1; i >= 0 && now-r.at(i).t < seconds; i-- {
		if row := r.at(i); row.step > riseStride && row.vertical > riseUpright*row.size {
			n++
		}
	}
	return n
}

// Inputs describes the trunk as it is now, at least one row after Begin.
func (r *Rise) Inputs(now float64, x *[RiseInputs]float64) {
	now = max(now, r.last.t)
	r.age(now)
	var recent, window span
	least, turn, quake, motion, silence, upright := 90.0, 0.0, 0.0, 0.0, now-r.last.t, 0.0
	for i := r.n - 1; i >= 0; i-- {
		row := r.at(i)
		age := now - row.t
		if age >= riseWindow && i < r.n-1 {
			break
		}
		end := now
		if i+1 < r.n {
			end = r.at(i + 1).t
		}
		w := stands(row.t, end)
		if age < riseRecent {
			recent.add(row.pitch, w)
			upright += row.vertical * w
		}
		if age < riseRecent || i == r.n-1 {
			least = min(least, row.pitch)
			quake = max(quake, math.Abs(row.size-riseRest))
		}
		if age < riseWindow {
			window.add(row.pitch, w)
			if r.rows > r.n || i > 0 { // the first row of all has no row before it
				motion += row.step
				turn = max(turn, row.step)
				silence = max(silence, row.since)
			}
		}
	}
	if recent.n == 0 {
		recent.add(r.last.pitch, 1)
		upright, recent.n = r.last.vertical, 0
	}
	if window.n == 0 {
		window.add(r.last.pitch, 1)
		window.n = 0
	}
	w := stands(r.last.t, now)
	below, above := 0.0, 0.0
	if r.oldWeight > 4 {
		mean := r.oldSum / r.oldWeight
		spread := math.Sqrt(max(r.oldSquare/r.oldWeight-mean*mean, riseEven*riseEven))
		below, above = (least-mean)/spread, (recent.mean()-mean)/spread
	}
	*x = [RiseInputs]float64{
		r.last.pitch, r.last.size, min(r.last.since, riseLong), min(now-r.last.t, riseLong),
		math.Log(1 + now - r.begin), min(r.gap, riseAway),
		recent.mean(), window.mean(), window.spread(), (r.sum + r.last.pitch*w) / (r.weight + w), r.low,
		silence, float64(recent.n), float64(window.n), motion, upright / recent.weight, turn,
		least, below, above, quake,
	}
}

// span gathers numbers with their weights.
type span struct {
	n                   int
	sum, square, weight float64
}

func (s *span) add(v, w float64) {
	s.n++
	s.sum, s.square, s.weight = s.sum+v*w, s.square+v*v*w, s.weight+w
}

func (s *span) mean() float64 { return s.sum / s.weight }

func (s *span) spread() float64 {
	m := s.mean()
	return math.Sqrt(max(s.square/s.weight-m*m, 0))
}

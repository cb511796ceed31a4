package detect

import (
	"math"

	"osmanthus/agent/signal"
)

const (
	baselineDays = 14 // that make a baseline
	baselineLag  = 3  // the latest days, which are compared with it and not part of it
	baselineMin  = 7  // of these days must be known
	// The cumulated sum (Page, 1954): each day adds by how many spreads beyond
	// driftSlack it lies, at most driftMost; the limit in all is a drift, where
	// two of the last three days are beyond. Chosen on made-up residents, see
	// baseline.md.
	driftSlack = 1.0
	driftMost  = 4.0
	// For driftQuiet days after a note it takes driftSoon times as much for the
	// next.
	driftQuiet = 28
	driftSoon  = 1.5
	// How much a person's days vary is learnt over variesDays, and what is usual
	// counts like variesUsual of them. A day that lies farther than variesMost
	// spreads from the baseline teaches no more than that.
	variesDays  = 42
	variesUsual = 3.0
	variesMost  = 3.0
	variesBias  = 14.0 / 13 // the baseline lies in the middle of the days themselves
)

// varies is how much a habit usually varies from day to day, as a share of its
// baseline. That of a count is its root.
var varies = [habits]float64{nightBreath: 0.05, nightPulse: 0.05, timeInBed: 0.09, nightExits: 0, dayActivity: 0.15}

// matters is the least change of the mean of the last days that is worth a note,
// as a share of the baseline.
var matters = [habits]float64{nightBreath: 0.11, nightPulse: 0.11, timeInBed: 0.12, nightExits: 0.5, dayActivity: 0.12}

// driftLimit is the sum that is a drift where days vary as usual or more.
var driftLimit = [habits]float64{nightBreath: 3, nightPulse: 3, timeInBed: 4, nightExits: 5, dayActivity: 4.5}

// trend is the last days of one habit.
type trend struct {
	Days   [baselineDays + baselineLag]float64 `json:"-"` // NaN where not known; the newest is last
	Up     float64                             `json:"up"`
	Down   float64                             `json:"down"`
	Varies float64                             `json:"varies"` // variance of the person's days, as a share of the baseline squared
	Learnt int                                 `json:"learnt"` // from so many days
}

func newTrend() trend {
	var t trend
	for i := range t.Days {
		t.Days[i] = math.NaN()
	}
	return t
}

// anew returns the trend of which only the latest days are known: what was noted
// is learned as the new way of life. How much the days vary stays known.
func (t *trend) anew() trend {
	n := newTrend()
	n.Varies, n.Learnt = t.Varies, t.Learnt
	copy(n.Days[baselineDays:], t.Days[baselineDays:])
	return n
}

// drift is what a trend found: the mean of the last days against the baseline.
type drift struct {
	base, spread float64
	now          float64 // mean of the last days that are known
	days         int     // how many days make the baseline
}

// share returns how much a habit changed against what is worth a note.
func (d drift) share(h habit) float64 {
	return math.Abs(d.now-d.base) / max(matters[h]*math.Abs(d.base), 1e-9)
}

// add takes the value of the next day, NaN for a day of which too little is
// known, and reports a drift. Soon after a note it takes more.
func (t *trend) add(h habit, v float64, soon bool) (drift, bool) {
	copy(t.Days[:], t.Days[1:])
	t.Days[len(t.Days)-1] = v
	d, ok := t.baseline(h)
	if !ok {
		t.Up, t.Down = 0, 0
		return d, false
	}
	if t.Learnt == 0 {
		for _, v := range t.Days[:baselineDays] {
			t.learn(h, d.base, v)
		}
	} else {
		t.learn(h, d.base, t.Days[baselineDays-1])
	}
	d.spread = t.spread(h, d.base)
	if math.IsNaN(v) {
		return d, false
	}
	z := min(max((v-d.base)/d.spread, -driftMost), driftMost)
	t.Up = max(0, t.Up+z-driftSlack)
	t.Down = max(0, t.Down-z-driftSlack)
	side, limit := 0.0, driftLimitOf(h, d)
	if soon {
		limit *= driftSoon
	}
	switch {
	case t.Up >= limit:
		side = 1
	case t.Down >= limit:
		side = -1
	default:
		return d, false
	}
	if t.beyond(d, side) < 2 || side*(d.now-d.base) < matters[h]*math.Abs(d.base) {
		return d, false
	}
	*t = t.anew()
	return d, true
}

// driftLimitOf returns the sum that is a drift of this person. Whose days are more
// regular than usual, of them a change that matters is rare by chance: the limit
// is as much smaller as their spread is. A count varies by its root at least.
func driftLimitOf(h habit, d drift) float64 {
	if h == nightExits {
		return driftLimit[h]
	}
	return driftLimit[h] * min(1, d.spread/usualSpread(h, d.base))
}

// learn takes how far a day of the baseline lies from it, NaN for one that is not
// known.
func (t *trend) learn(h habit, base, v float64) {
	if math.IsNaN(v) {
		return
	}
	unit, most := unitOf(h, base), variesMost*t.spread(h, base)
	share := min(math.Abs(v-base), most) / unit
	t.Learnt = min(t.Learnt+1, variesDays)
	t.Varies += (variesBias*share*share - t.Varies) / float64(t.Learnt)
}

// spread is how much the person's days vary around a baseline, by all that is
// known of it.
func (t *trend) spread(h habit, base float64) float64 {
	unit, others := unitOf(h, base), usualSpread(h, base)
	n := float64(t.Learnt)
	return math.Sqrt((n*t.Varies*unit*unit + variesUsual*others*others) / (n + variesUsual))
}

// usualSpread is how much the days of people vary around a baseline.
func usualSpread(h habit, base float64) float64 {
	unit := unitOf(h, base)
	if h == nightExits {
		return math.Sqrt(unit)
	}
	return unit * varies[h]
}

// unitOf is what a habit's variation is a share of.
func unitOf(h habit, base float64) float64 {
	if h == nightExits {
		return max(base, 1)
	}
	return max(math.Abs(base), 0.001)
}

// baseline returns the median of the days before the latest, and the mean of the
// latest.
func (t *trend) baseline(h habit) (d drift, ok bool) {
	var known [baselineDays]float64
	for _, v := range t.Days[:baselineDays] {
		if !math.IsNaN(v) {
			known[d.days] = v
			d.days++
		}
	}
	n, sum := 0, 0.0
	for _, v := range t.Days[baselineDays:] {
		if !math.IsNaN(v) {
			n, sum = n+1, sum+v
		}
	}
	if d.days < baselineMin || n == 0 {
		return d, false
	}
	d.now = sum / float64(n)
	d.base = signal.Median(known[:d.days])
	return d, true
}

// beyond counts of the latest days those that are beyond the slack on a side.
func (t *trend) beyond(d drift, side float64) (n int) {
	for _, v := range t.Days[baselineDays:] {
		if side*(v-d.base) > driftSlack*d.spread {
			n++
		}
	}
	return n
}

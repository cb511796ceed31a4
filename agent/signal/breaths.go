package signal

import "math"

// How single breaths are found. The shares are of the usual swing of a breath;
// where they come from is in detect/apnoea.md.
const (
	breathsCorner = 0.7 // Hz: above is the heart
	breathsKept   = 40 * BreathRate
	breathsFirst  = 0.4 // the same while breathing is not known yet
	breathsMove   = 4   // a larger swing is no breath, but a movement
	breathsUsual  = 0.3 // quantile of the last swings that is the usual one
	breathsSpan   = 5 * BreathRate

	breathsChain = 8   // swings in a row, four breaths, that make breathing known
	breathsEven  = 0.2 // coefficient of variation of their intervals,
	breathsAlike = 0.3 // and of their heights

	breathShortest = 1.3 // s: 46 a minute
	breathLongest  = 15  // s: 4 a minute
	breathsShaken  = 3.3 // s: three swings up and down in less are a movement
)

// BreathsTurn is the share of the usual swing below which a swing is none: what
// the heart moves.
const BreathsTurn = 0.25

// Moved is what a sample tells about breathing.
type Moved uint8

const (
	Still     Moved = iota // nothing new
	Swung                  // half a breath has ended
	Disturbed              // something moved that is not breathing, which is not known from here on
)

// Breaths follows single breaths in one waveform that breathing moves, of any
// unit, offset and polarity. Until some even breaths in a row, and again after
// every movement, it does not know how large a breath is, and says so.
type Breaths struct {
	low    *Biquad
	wave   *Ring
	zigzag Zigzag
	n      int64
	usual  float64 // height of a swing
	known  bool
	chain  int // swings in a row whose interval is one of breathing

	turns  [breathsChain + 2]Turn // newest first
	turned int
	swings [32]float64 // heights, newest first
	swung  int
	middle [64]float64   // when each swing passed its middle, in samples, newest first
	passed int           // how many of them there are
	stays  [2][8]float64 // s that the wave stayed low and high, newest first
	stayed [2]int
	gap    float64
	sorted [32]float64
}

// NewBreaths returns a Breaths for samples at BreathRate.
func NewBreaths() *Breaths {
	return &Breaths{low: NewLowPass(breathsCorner, BreathRate), wave: NewRing(breathsKept)}
}

// Reset forgets everything: after a gap.
func (b *Breaths) Reset() {
	b.low.Reset()
	b.wave.Reset()
	b.forget(0)
	b.zigzag = Zigzag{}
	b.n = 0
}

// forget makes breathing unknown.
func (b *Breaths) forget(v float64) {
	b.known, b.chain, b.usual, b.turned, b.swung, b.passed, b.gap = false, 0, 0, 0, 0, 0, 0
	b.stayed = [2]int{}
	b.zigzag.Restart(v)
}

// Push takes a sample.
func (b *Breaths) Push(sample float64) Moved {
	v := b.low.Push(sample)
	b.wave.Push(v)
	b.n++
	if !b.known && b.chain == 0 {
		b.guess()
	}
	turn, ok := b.zigzag.Push(v, b.Least())
	switch {
	case b.usual == 0:
		b.forget(v)
	case b.known && math.Abs(v-b.turns[0].Level) > breathsMove*b.usual:
		b.forget(v)
		return Disturbed
	case ok:
		return b.turn(turn, v)
	case !b.known && b.turned > 0 && b.n-b.turns[0].At > breathLongest*BreathRate:
		b.forget(v)
	}
	return Still
}

// guess takes what the wave ranges over in 5 s for a breath, to begin with.
func (b *Breaths) guess() {
	if b.wave.Len() < 2*breathsSpan || b.n%(BreathRate/2) != 0 {
		return
	}
	low, high := b.wave.Extremes(breathsSpan-1, 0)
	before, above := b.wave.Extremes(2*breathsSpan-1, breathsSpan)
	b.usual = (high - low + above - before) / 2
}

// turn takes a turn, and the newest sample.
func (b *Breaths) turn(t Turn, v float64) Moved {
	before := b.turns[0]
	copy(b.turns[1:], b.turns[:])
	b.turns[0] = t
	if b.turned = min(b.turned+1, len(b.turns)); b.turned < 2 {
		return Still
	}
	height := math.Abs(t.Level - before.Level)
	copy(b.swings[1:], b.swings[:])
	b.swings[0] = height
	b.swung = min(b.swung+1, len(b.swings))
	b.pass(b.crossing(before, t), before.High)
	if b.turned < 3 {
		return Swung
	}
	if !b.known {
		b.learn()
		return Swung
	}
	if b.turned > 6 && float64(t.At-b.turns[6].At) < breathsShaken*BreathRate {
		b.forget(v)
		return Disturbed
	}
	b.usual = b.quantile(b.swings[:b.swung], breathsUsual)
	return Swung
}

// pass takes the time at which a swing passed its middle, and what side it left.
func (b *Breaths) pass(at float64, high bool) {
	if b.passed > 0 {
		side := 0
		if high {
			side = 1
		}
		stay := (at - b.middle[0]) / BreathRate
		b.gap = stay + b.stay(1-side)
		copy(b.stays[side][1:], b.stays[side][:])
		b.stays[side][0] = stay
		b.stayed[side] = min(b.stayed[side]+1, len(b.stays[side]))
	}
	copy(b.middle[1:], b.middle[:])
	b.middle[0] = at
	b.passed = min(b.passed+1, len(b.middle))
}

// crossing returns when the wave last passed the middle between two turns.
func (b *Breaths) crossing(from, to Turn) float64 {
	middle := (from.Level + to.Level) / 2
	later := to.Level
	for i := to.At; i >= from.At; i-- {
		v := b.wave.Back(int(b.n - i))
		if (v > middle) == from.High {
			share := 0.0
			if later != v {
				share = (middle - v) / (later - v)
			}
			return float64(i) + share
		}
		later = v
	}
	return float64(from.At)
}

// learn makes breathing known after enough even swings in a row.
func (b *Breaths) learn() {
	cycle := float64(b.turns[0].At-b.turns[2].At) / BreathRate
	if cycle < breathShortest || cycle > breathLongest {
		b.chain = 0
		return
	}
	if b.chain++; b.chain < breathsChain {
		return
	}
	var cycles [breathsChain]float64
	for i := range cycles {
		cycles[i] = float64(b.turns[i].At - b.turns[i+2].At)
	}
	heights := b.swings[:breathsChain]
	if variation(cycles[:]) < breathsEven && variation(heights) < breathsAlike {
		b.known, b.usual = true, b.quantile(heights, 0.5)
	} else if b.chain >= 2*breathsChain {
		b.chain = 0 // guess anew
	}
}

// variation is the coefficient of variation of positive values.
func variation(values []float64) float64 {
	var sum, squares float64
	for _, v := range values {
		sum += v
		squares += v * v
	}
	n := float64(len(values))
	return math.Sqrt(max(0, n*squares-sum*sum)) / sum
}

func (b *Breaths) quantile(values []float64, q float64) float64 {
	s := b.sorted[:len(values)]
	for i, v := range values {
		k := i
		for ; k > 0 && s[k-1] > v; k-- {
			s[k] = s[k-1]
		}
		s[k] = v
	}
	return s[int(q*float64(len(s)-1)+0.5)]
}

// stay is how long the wave usually stays on a side, in s.
func (b *Breaths) stay(side int) float64 {
	if b.stayed[side] == 0 {
		return 0
	}
	return b.quantile(b.stays[side][:b.stayed[side]], 0.5)
}

// Known reports whether breathing is seen well enough to notice its absence.
func (b *Breaths) Known() bool { return b.known }

// Interval returns the usual time from breath to breath in s, 0 where not known.
func (b *Breaths) Interval() float64 { return b.stay(0) + b.stay(1) }

// Usual returns the usual height of a breath, in the unit of the samples.
func (b *Breaths) Usual() float64 { return b.usual }

// Last returns the height of the last swing, in the unit of the samples.
func (b *Breaths) Last() float64 { return b.swings[0] }

// Least returns the height below which a swing is no breath, in the unit of
// the samples.
func (b *Breaths) Least() float64 {
	if b.known {
		return BreathsTurn * b.usual
	}
	return breathsFirst * b.usual
}

// Level returns the newest sample without what is faster than breathing.
func (b *Breaths) Level() float64 { return b.wave.Back(0) }

// Range returns between what the newest seconds of the wave lie, in the unit
// of the samples, without what is faster than breathing.
func (b *Breaths) Range(seconds float64) (low, high float64) {
	return b.wave.Extremes(int(min(seconds*BreathRate, breathsKept)), 0)
}

// Gap returns how long, from breath to breath, the last swing took, in s.
func (b *Breaths) Gap() float64 { return b.gap }

// Quiet returns how long it would be, in s, from the last breath to one that
// came now; 0 where breathing is not known.
func (b *Breaths) Quiet() float64 {
	if !b.known || b.n-b.turns[0].At < 3*BreathRate {
		return 0
	}
	run := b.zigzag.Running()
	run.At = b.n
	side := 0
	if run.High {
		side = 1
	}
	return (float64(b.n)-b.crossing(b.turns[0], run))/BreathRate + b.stay(1-side)
}

// Rate returns the breaths a minute of the last seconds, by counting them, and
// how uneven they are: the coefficient of variation of their intervals. It
// returns false for fewer than three.
func (b *Breaths) Rate(seconds float64) (rate, uneven float64, ok bool) {
	var sum, squares, n float64
	for i := 0; i+2 < b.passed && float64(b.n)-b.middle[i+2] <= seconds*BreathRate; i++ {
		d := (b.middle[i] - b.middle[i+2]) / BreathRate // both directions, each for itself
		sum += d
		squares += d * d
		n++
	}
	if n < 4 || !(sum > 0) {
		return 0, 0, false
	}
	return 60 * n / sum, math.Sqrt(max(0, n*squares-sum*sum)) / sum, true
}

package signal

import "math"

// How single breaths are found. Where the figures come from is in
// detect/apnoea.md.
const (
	breathsCorner = 0.7 // Hz: above is the heart
	breathsKept   = 40 * BreathRate
	breathsSpan   = 5 * BreathRate

	// Heights, as shares of the usual height of a swing, half a breath.
	breathsFirst = 0.4   // what counts as one while breathing is not known yet
	breathsMove  = 4     // what is no breath, but a movement
	breathsUsual = 0.3   // quantile of the last heights that is the usual one
	breathsFull  = 0.4   // what the usual one is at least, of a full one,
	breathsFade  = 0.999 // which is the highest usual one, by so much less with each swing
	breathsDrift = 0.01  // a second: so slow a change is none

	breathsMost  = 16              // swings in a row that can be wanted
	breathsEven  = 0.15            // coefficient of variation of their intervals,
	breathsAlike = 0.3             // and of their heights
	breathsRough = 2.5             // times the mean step of 0.1 s: lower swings are noise
	breathsCalm  = 10 * BreathRate // over how many samples that step is taken

	breathShortest = 1.3 // s: 46 a minute
	breathLongest  = 17  // s: 3.5 a minute
	breathsNothing = 12  // s without a swing after which the guess was too high
	breathsShaken  = 3.3 // s: three swings up and down in less are a movement
)

// BreathsTurn is the share of the usual swing below which a swing is none: what
// the heart moves.
const BreathsTurn = 0.25

// BreathsEven is how many even breaths in a row make breathing known.
const BreathsEven = 4

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
	needed     int     // swings in a row that make breathing known
	raw, rough float64 // the last sample, and the mean step from one to the next
	low        *Biquad
	wave       *Ring
	zigzag     Zigzag
	n          int64
	usual      float64 // height of a swing
	full       float64 // what it was before breaths became small, 0 where not known
	known      bool
	guessed    int64 // when usual was guessed
	chain      int   // swings in a row whose interval is one of breathing

	turns  [8]Turn // newest first
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

// NewBreaths returns a Breaths for samples at BreathRate that wants so many even
// breaths in a row, at most 8, before it knows them.
func NewBreaths(even int) *Breaths {
	b := &Breaths{low: NewLowPass(breathsCorner, BreathRate), wave: NewRing(breathsKept)}
	b.Want(even)
	return b
}

// Want says how many even breaths in a row, at most 8, make breathing known.
func (b *Breaths) Want(even int) { b.needed = max(2, min(2*even, breathsMost)) }

// Reset forgets everything: after a gap.
func (b *Breaths) Reset() {
	b.low.Reset()
	b.wave.Reset()
	b.forget()
	b.n, b.guessed, b.rough = 0, 0, 0
}

// forget makes breathing unknown.
func (b *Breaths) forget() {
	b.known, b.chain, b.usual, b.full, b.turned, b.swung, b.passed, b.gap = false, 0, 0, 0, 0, 0, 0, 0
	b.stayed = [2]int{}
	b.zigzag = Zigzag{}
}

// Push takes a sample.
func (b *Breaths) Push(sample float64) Moved {
	if b.n++; b.n > 1 {
		b.rough += (math.Abs(sample-b.raw) - b.rough) / breathsCalm
	}
	b.raw = sample
	v := b.low.Push(sample)
	b.wave.Push(v)
	if b.doubtful() {
		return b.guess()
	}
	return b.follow(b.n, v)
}

// doubtful reports whether it is time to guess, or to guess anew, because what
// was found with the last guess is no breathing, or is nothing.
func (b *Breaths) doubtful() bool {
	age := b.n - b.guessed
	switch {
	case b.known || b.chain > 0 || b.wave.Len() < 2*breathsSpan:
		return false
	case b.usual == 0:
		return age >= BreathRate/2
	case b.passed > 2:
		return age >= BreathRate
	case b.turned < 2:
		return age >= breathsNothing*BreathRate
	}
	return age >= breathLongest*BreathRate
}

// guess takes what the wave ranges over in 5 s for a breath, to begin with, and
// follows the last 10 s once more.
func (b *Breaths) guess() (m Moved) {
	b.forget()
	b.guessed = b.n
	low, high := b.wave.Extremes(breathsSpan-1, 0)
	before, above := b.wave.Extremes(2*breathsSpan-1, breathsSpan)
	b.usual = (high - low + above - before) / 2
	for back := 2*breathsSpan - 1; back >= 0; back-- {
		m = b.follow(b.n-int64(back), b.wave.Back(back))
	}
	return m
}

// follow takes a filtered sample, and which one it is.
func (b *Breaths) follow(at int64, v float64) Moved {
	if !(b.usual > 0) {
		return Still
	}
	turn, ok := b.zigzag.Push(at, v, b.Least())
	b.zigzag.Drift(v, breathsDrift*b.usual/BreathRate)
	switch {
	case b.known && math.Abs(v-b.turns[0].Level) > breathsMove*b.usual:
		b.forget()
		return Disturbed
	case ok:
		return b.turn(turn)
	case !b.known && b.turned > 0 && at-b.turns[0].At > breathLongest*BreathRate:
		b.forget()
	}
	return Still
}

// turn takes a turn.
func (b *Breaths) turn(t Turn) Moved {
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
		b.forget()
		return Disturbed
	}
	usual := b.quantile(b.swings[:b.swung], breathsUsual)
	b.full = max(usual, breathsFade*b.full)
	b.usual = max(usual, breathsFull*b.full) // breaths that fade do not take their measure with them
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

// crossing returns when the wave last passed the middle between two turns, or
// when what is kept of it begins.
func (b *Breaths) crossing(from, to Turn) float64 {
	middle := (from.Level + to.Level) / 2
	later := to.Level
	for i := to.At; i >= from.At && b.n-i < breathsKept; i-- {
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
	return float64(max(from.At, b.n-breathsKept))
}

// learn makes breathing known after enough even swings in a row.
func (b *Breaths) learn() {
	if b.passed < 3 {
		return
	}
	cycle := (b.middle[0] - b.middle[2]) / BreathRate
	if cycle < breathShortest || cycle > breathLongest {
		b.chain = 0
		return
	}
	if b.chain++; b.chain < b.needed {
		return
	}
	var room [breathsMost]float64
	cycles, heights := room[:b.needed], b.swings[:b.needed]
	for i := range cycles {
		cycles[i] = b.middle[i] - b.middle[i+2]
	}
	usual := b.quantile(heights, 0.5)
	if usual >= breathsRough*b.rough && variation(cycles) < breathsEven && variation(heights) < breathsAlike {
		b.known, b.usual, b.full = true, usual, usual
	} else if b.chain >= 2*b.needed {
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

// Full returns how high a breath is when it is not shallow, in the unit of the
// samples, 0 where breathing is not known.
func (b *Breaths) Full() float64 { return b.full }

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

// Back returns the sample that is back samples older than the newest, without
// what is faster than breathing.
func (b *Breaths) Back(back int) float64 { return b.wave.Back(back) }

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

// Rate returns the breaths a minute of the last seconds, at most 60, by
// counting them, how uneven they are (the coefficient of variation of their
// intervals), and for how many seconds they were counted; 0 for fewer than
// three.
func (b *Breaths) Rate(seconds float64) (rate, uneven, span float64) {
	var sum, squares, n float64
	for i := 0; i+2 < b.passed && float64(b.n)-b.middle[i+2] <= seconds*BreathRate; i++ {
		d := (b.middle[i] - b.middle[i+2]) / BreathRate // both directions, each for itself
		sum += d
		squares += d * d
		n++
	}
	if n < 4 || !(sum > 0) {
		return 0, 0, 0
	}
	return 60 * n / sum, math.Sqrt(max(0, n*squares-sum*sum)) / sum, sum / 2
}

package sense

import (
	"math"
	"time"
)

const (
	// pull is the share of the error by which a timeline follows the clock at
	// each look: it averages out when the looks happen.
	pull = 0.05
	// learnFor is over how long samples are counted to tell how fast they really
	// come. Two counts in a row that agree within learnLike are believed: a look
	// that was late spoils the count before it one way and the next the other way.
	learnFor  = 5 * time.Second
	learnLike = 0.01
	// offLeast is the least share by which an oscillator must be off to be
	// followed, so that the rate of most sensors never changes, and offMost the
	// most: those of sensors without a crystal are off by some percent (an MPU6050
	// on its internal oscillator by up to 5 %: electrical characteristics of its
	// data sheet).
	offLeast = 0.008
	offMost  = 0.12
	// slip is the error beyond which samples must have been lost or made up.
	slip = 300 * time.Millisecond
)

// timeline stamps the samples of a FIFO: they are evenly spaced, and when
// exactly each was taken is known only from when the FIFO was read.
type timeline struct {
	period time.Duration // as the sensor is set
	off    float64       // by which share its own period is longer, in whole percent
	next   time.Time     // when the next sample will have been taken; zero: unknown

	counted time.Time // since when samples are counted; zero: not yet
	count   int
	before  float64 // what off was by the count before, unrounded
}

// place returns the time of the first of n samples that were read at a time, how
// far they are apart, and whether samples were lost before them.
func (t *timeline) place(n int, read time.Time) (start time.Time, period time.Duration, gap bool) {
	t.learn(n, read)
	period = time.Duration(float64(t.period) * (1 + t.off))
	// The newest sample is between none and one period old.
	newest := read.Add(-period / 2)
	measured := newest.Add(-time.Duration(n-1) * period)
	start = t.next
	earliest := t.next.Add(-period / 2) // time must not go back
	if off := measured.Sub(t.next); t.next.IsZero() || off > slip || off < -slip {
		gap = !t.next.IsZero()
		start, earliest = measured, measured
		if off.Abs() > 2*slip { // more than an oscillator does
			t.counted = time.Time{}
		}
	} else {
		// A look that waited for its bus is late once, by up to Deadline: it must not
		// carry the samples further ahead than the next look may take them back.
		start = start.Add(min(time.Duration(pull*float64(off)), period))
	}
	// Nothing is measured in the future. Half a period before it leaves room for
	// another look that follows at once, which must not go back either.
	if ahead := start.Add(time.Duration(n-1) * period).Sub(newest); ahead > 0 {
		if start = start.Add(-ahead); start.Before(earliest) {
			start = earliest
		}
	}
	t.next = start.Add(time.Duration(n) * period)
	return start, period, gap
}

// learn counts n samples that were read at a time.
func (t *timeline) learn(n int, read time.Time) {
	if t.counted.IsZero() {
		t.counted, t.count = read, 0
		return
	}
	t.count += n
	span := read.Sub(t.counted)
	if span < learnFor {
		return
	}
	off := float64(span)/float64(time.Duration(t.count)*t.period) - 1
	mean := (off + t.before) / 2
	if math.Abs(off-t.before) < learnLike && math.Abs(mean) <= offMost && math.Abs(mean-t.off) > offLeast {
		t.off = math.Round(100*mean) / 100
	}
	t.counted, t.count, t.before = read, 0, off
}

// restart forgets where the samples were, after a loss.
func (t *timeline) restart() { t.next, t.counted = time.Time{}, time.Time{} }

// wall is what the wall clock, as it is now, shows for the monotonic time t.
// So a clock that is set does not tear a stream of samples apart for longer
// than one block.
func wall(t, now time.Time) time.Time { return now.Add(t.Sub(now)).Round(0).UTC() }

package sense

import (
	"math"
	"time"
)

const (
	// pull is the share of the error by which a timeline follows the clock at
	// each look: it averages out when the looks happen. learn is the share by
	// which it learns that the oscillator is off, which is damped well beside
	// pull; at one look from a quarter of its samples at most, so that one that
	// waited for its bus teaches little. offMost is how far off one may be: those
	// of sensors without a crystal are by some percent (an MPU6050 on its internal
	// oscillator by up to 5 %: electrical characteristics of its data sheet).
	pull      = 0.05
	learn     = 0.003
	learnMost = 0.25
	offMost   = 0.12
	// slip is the error beyond which samples must have been lost or made up.
	slip = 300 * time.Millisecond
)

// timeline stamps the samples of a FIFO: they are evenly spaced, and when
// exactly each was taken is known only from when the FIFO was read.
type timeline struct {
	period time.Duration // as the sensor is set
	off    float64       // by which share its own period is longer, as learnt
	said   float64       // the same in whole percent, as samples are placed
	next   time.Time     // when the next sample will have been taken; zero: unknown
}

// place returns the time of the first of n samples that were read at a time, how
// far they are apart, and whether samples were lost before them.
func (t *timeline) place(n int, read time.Time) (start time.Time, period time.Duration, gap bool) {
	period = t.apart()
	// The newest sample is between none and one period old.
	newest := read.Add(-period / 2)
	measured := newest.Add(-time.Duration(n-1) * period)
	start = t.next
	earliest := t.next.Add(-period / 2) // time must not go back
	if off := measured.Sub(t.next); t.next.IsZero() || off > slip || off < -slip {
		gap = !t.next.IsZero()
		start, earliest = measured, measured
	} else {
		// A look that waited for its bus is late once, by up to Deadline: it must not
		// carry the samples further ahead than the next look may take them back.
		start = start.Add(min(time.Duration(pull*float64(off)), period))
		share := float64(off) / float64(time.Duration(n)*t.period)
		t.off += learn * min(max(share, -learnMost), learnMost)
		t.off = min(max(t.off, -offMost), offMost)
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

// apart is how far samples are apart: as the sensor is set, unless it is seen to
// be off by about a percent, so that the rate of most never changes.
func (t *timeline) apart() time.Duration {
	if math.Abs(t.off-t.said) > 0.008 {
		t.said = math.Round(100*t.off) / 100
	}
	return time.Duration(float64(t.period) * (1 + t.said))
}

// restart forgets where the samples were, after a loss.
func (t *timeline) restart() { t.next = time.Time{} }

// wall is what the wall clock, as it is now, shows for the monotonic time t.
// So a clock that is set does not tear a stream of samples apart for longer
// than one block.
func wall(t, now time.Time) time.Time { return now.Add(t.Sub(now)).Round(0).UTC() }

package sense

import "time"

const (
	// pull is the share of the error by which a timeline follows the clock at
	// each look: it averages out when the looks happen, and follows an
	// oscillator that is some percent off.
	pull = 0.05
	// slip is the error beyond which samples must have been lost or made up.
	slip = 300 * time.Millisecond
)

// timeline stamps the samples of a FIFO: they are evenly spaced, and when
// exactly each was taken is known only from when the FIFO was read.
type timeline struct {
	period time.Duration
	next   time.Time // when the next sample will have been taken; zero: unknown
}

// place returns the time of the first of n samples that were read at a time,
// and whether samples were lost before it.
func (t *timeline) place(n int, read time.Time) (start time.Time, gap bool) {
	// The newest sample is between none and one period old.
	newest := read.Add(-t.period / 2)
	measured := newest.Add(-time.Duration(n-1) * t.period)
	start = t.next
	earliest := t.next.Add(-t.period / 2) // time must not go back
	if off := measured.Sub(t.next); t.next.IsZero() || off > slip || off < -slip {
		gap = !t.next.IsZero()
		start, earliest = measured, measured
	} else {
		// A look that waited for its bus is late once, by up to Deadline: it must not
		// carry the samples further ahead than the next look may take them back.
		start = start.Add(min(time.Duration(pull*float64(off)), t.period))
	}
	// Nothing is measured in the future. Half a period before it leaves room for
	// another look that follows at once, which must not go back either.
	if ahead := start.Add(time.Duration(n-1) * t.period).Sub(newest); ahead > 0 {
		if start = start.Add(-ahead); start.Before(earliest) {
			start = earliest
		}
	}
	t.next = start.Add(time.Duration(n) * t.period)
	return start, gap
}

// restart forgets where the samples were, after a loss.
func (t *timeline) restart() { t.next = time.Time{} }

// wall is what the wall clock, as it is now, shows for the monotonic time t.
// So a clock that is set does not tear a stream of samples apart for longer
// than one block.
func wall(t, now time.Time) time.Time { return now.Add(t.Sub(now)).Round(0).UTC() }

package replay

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

const (
	// sortSpan is how far rows may be out of order and are put into it, in
	// seconds: packets of a radio overtake each other by less.
	sortSpan = 1.0
	// heldMost is how many rows wait to be put in order at most: a clock that
	// stands still must not bring a whole file into memory.
	heldMost = 1 << 14
	// loneShare is how near to where it was, as a share of its jump, the time
	// comes back after a row that is mistyped.
	loneShare = 0.1
	// steadyGap is from how many seconds on t shows a gap where -rate counts
	// rows: packets come late by less.
	steadyGap = 2.0
	// pause is from how many seconds on a step of t begins a burst, which says
	// how far the count is off, and pull the share of that by which it follows.
	pause = 0.25
	pull  = 0.125
)

// clock passes on the rows of a table in the order of their times.
type clock struct {
	table  *table
	column int     // of t; -1 where the rate alone tells
	rate   float64 // samples a second; 0 where t alone tells
	steady bool    // rows are counted, and t shows only gaps

	n      int   // rows so far
	ahead  []row // of the table, the next first
	end    error // after them
	began  bool
	first  float64   // the first time
	before float64   // the latest so far, or since it went back
	stamps []float64 // what t said of the first rows, where rows are counted
	count  float64   // rows since anchor, which was a time when both agreed
	anchor float64
	told   float64 // by t, of the row that was counted last
	held   []row   // in order
	loose  int     // how many of them nothing comes before any more
	newest float64 // time of a row that is held
}

// newClock reads times as the column t tells them, and where there is none from
// the rate; steady says that the rate is right where both are there.
func newClock(t *table, rate float64, steady bool) *clock {
	return &clock{table: t, column: t.column("t"), rate: rate, steady: steady}
}

// next returns the next row with its time. A row whose time is wrong has an
// error and stands at its place in the file.
func (c *clock) next() (row, error) {
	for c.loose == 0 {
		r, err := c.checked()
		if err != nil && len(c.held) == 0 {
			return row{}, err
		}
		if err != nil {
			c.loose = len(c.held)
			break
		}
		c.hold(r)
	}
	r := c.held[0]
	c.held, c.loose = c.held[1:], c.loose-1
	return c.stamped(r), nil
}

// stamped gives a row its time by counting where rows are counted.
func (c *clock) stamped(r row) row {
	switch {
	case !r.timed:
		c.count++
	case c.steady:
		r.seconds = c.counted(r.seconds)
	}
	return r
}

// countFrom begins to count rows, of which the first were passed on already.
func (c *clock) countFrom(head []row, rate float64) {
	c.steady, c.rate, c.count, c.anchor = true, rate, 0, c.first
	for i := range head {
		head[i] = c.stamped(head[i])
	}
}

// hold puts a row where it belongs among those that are held.
func (c *clock) hold(r row) {
	if len(c.held) == 0 || r.back != nil || c.steady || c.column < 0 {
		c.loose, c.newest = len(c.held), r.seconds
	}
	at := len(c.held)
	for at > c.loose && c.held[at-1].seconds > r.seconds {
		at--
	}
	c.held = slices.Insert(c.held, at, r)
	c.newest = max(c.newest, r.seconds)
	for c.loose < len(c.held) && c.held[c.loose].seconds < c.newest-sortSpan {
		c.loose++
	}
	c.loose = max(c.loose, len(c.held)-heldMost)
}

// checked returns the next row of the table, which tells whether its time goes
// back, or jumps away alone.
func (c *clock) checked() (row, error) {
	for len(c.ahead) < 3 && c.end == nil {
		r, err := c.read()
		if err != nil {
			c.end = err
			break
		}
		c.ahead = append(c.ahead, r)
	}
	if len(c.ahead) == 0 {
		return row{}, c.end
	}
	r := c.ahead[0]
	c.ahead = c.ahead[1:]
	switch {
	case c.alone(r):
		r.timed, r.err = false, fmt.Errorf("column t: t jumps by %s s, and back after it", plainly(r.seconds-c.before))
	case r.timed && c.began && r.seconds < c.before-sortSpan:
		r.back = fmt.Errorf("column t: t goes back by %s s", plainly(c.before-r.seconds))
	}
	if !r.timed {
		r.seconds = c.before
		return r, nil
	}
	first := !c.began
	if first {
		c.began, c.first, c.anchor = true, r.seconds, r.seconds
	}
	if c.before = max(c.before, r.seconds); first || r.back != nil {
		c.before = r.seconds
	}
	if c.steady && c.column >= 0 && len(c.stamps) < peekRows {
		c.stamps = append(c.stamps, r.seconds)
	}
	return r, nil
}

// alone reports whether the time of a row is far from those before and after.
func (c *clock) alone(r row) bool {
	jump := r.seconds - c.before
	if !r.timed || !c.began || jump <= sortSpan || len(c.ahead) == 0 || c.ahead[0].seconds <= c.first {
		return false // where it comes back to the beginning another list may begin
	}
	for _, n := range c.ahead {
		if away := n.seconds - c.before; !n.timed || away < -sortSpan || away > loneShare*jump {
			return false
		}
	}
	return true
}

// counted is the time of a row by counting. What t says is taken where it
// agrees, which follows a clock that is a little fast or slow, and where it
// shows a gap.
func (c *clock) counted(t float64) float64 {
	due := c.anchor + c.count/c.rate
	step, off := t-c.told, t-due
	c.count++
	c.told = t
	switch {
	case math.Abs(off) < 0.5/c.rate || off > steadyGap:
		c.anchor, c.count = t, 1
		return t
	case step > pause:
		follow := max(-0.5/c.rate, pull*off) // time must not go back
		c.anchor, due = c.anchor+follow, due+follow
	}
	return due
}

// plainly writes seconds without an exponent.
func plainly(seconds float64) string { return strconv.FormatFloat(round(seconds), 'f', -1, 64) }

// read reads a row of the table and its time.
func (c *clock) read() (row, error) {
	r, err := c.table.next()
	if err != nil {
		return r, err
	}
	if c.column < 0 {
		r.seconds, r.timed = float64(c.n)/c.rate, true
	} else if r.seconds = r.number(c.column, "t"); r.err == nil {
		r.err = sane(r.seconds)
		r.timed = r.err == nil
	}
	c.n++
	return r, nil
}

// peek reads the first rows; end says that there are no more.
func (c *clock) peek() (head []row, end bool, err error) {
	for len(head) < peekRows {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return head, true, nil
		}
		if err != nil {
			return head, true, err
		}
		head = append(head, r)
	}
	return head, false, nil
}

// each gives the rows that peek read, and all after them, in their order.
func (c *clock) each(head []row, end bool, take func(row)) error {
	for _, r := range head {
		take(r)
	}
	for !end {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		take(r)
	}
	return nil
}

// times are those of rows.
func times(rows []row) (all []float64) {
	for _, r := range rows {
		if r.timed {
			all = append(all, r.seconds)
		}
	}
	return all
}

package replay

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"osmanthus/care"
)

// rateDoubt is by which share -rate and the column t may differ before that is
// said.
const rateDoubt = 0.1

// wave plays rows of evenly spaced samples in blocks of half a second.
func (p *player) wave(t *table) error {
	c := newClock(t, p.rate, p.rate != 0)
	w := newWave(p, t)
	head, end, err := c.peek()
	if err != nil {
		return err
	}
	if len(head) == 0 {
		return nil
	}
	if p.rate == 0 && len(times(head)) == 0 {
		for _, r := range head {
			w.bad(r)
		}
		return nil
	}
	if err := w.begin(head, c); err != nil {
		return err
	}
	err = c.each(head, end, w.push)
	w.flush()
	if err != nil {
		return err
	}
	w.end()
	return nil
}

// gravity returns the columns of acceleration, none where there are none.
func (w *wave) gravity() []int {
	if w.kind.block == care.IMU {
		return w.columns[:3]
	}
	return w.motion
}

// wave gathers rows into blocks.
type wave struct {
	*player
	names   []string
	columns []int
	rate    float64
	before  float64 // the time of the row before
	gap     bool
	block   care.Block
	motion  []int      // columns of acceleration beside the waveform
	shake   care.Block // and their block
	pace    *pacer     // nil where the rate is given, or cannot change
}

// newWave finds the columns of a table that a player's kind wants.
func newWave(p *player, t *table) *wave {
	w := &wave{player: p}
	for _, name := range p.kind.order {
		if c := t.column(name); c >= 0 {
			w.names = append(w.names, name)
			w.columns = append(w.columns, c)
		}
	}
	if p.kind.block == care.IMU && len(w.columns) != 6 {
		w.names, w.columns = w.names[:3], w.columns[:3] // a gyroscope has three axes or is not there
	}
	if !p.kind.motion {
		return w
	}
	for _, name := range motionColumns {
		if c := t.column(name); c >= 0 {
			w.motion = append(w.motion, c)
		}
	}
	if len(w.motion) != len(motionColumns) {
		w.motion = nil
	}
	return w
}

// motionColumns are those of acceleration.
var motionColumns = [3]string{"ax", "ay", "az"}

// begin settles the rate, that of the flag or of the first rows, and asks whether
// acceleration is in g.
func (w *wave) begin(head []row, c *clock) error {
	if w.rate = w.player.rate; w.rate == 0 {
		stamps := times(head)
		if w.rate = burstsOf(stamps); w.rate >= 1 {
			c.countFrom(head, w.rate)
			w.out.note(w.file, fmt.Sprintf("column t has rows in bursts; they are taken as even, %.3g samples a second", w.rate))
		} else if w.rate = rateOf(stamps); !(w.rate >= 1 && w.rate <= 1000) {
			return errors.New("column t: cannot tell a rate of 1 to 1000 samples a second from it; say it with -rate")
		}
	}
	if told := rateOf(c.stamps); w.player.rate != 0 && told > 0 && math.Abs(told-w.rate) > rateDoubt*w.rate {
		w.out.note(w.file, fmt.Sprintf("-rate says %v samples a second, and column t says %.3g; rows are played by -rate", w.rate, told))
	}
	if w.rate < w.kind.least {
		return fmt.Errorf("%.3g samples a second: -kind %s needs %v at least", w.rate, w.kind.name, w.kind.least)
	}
	if err := w.weigh(head, w.gravity()); err != nil && w.kind.motion {
		w.out.note(w.file, err.Error())
	} else if err != nil {
		return err
	}
	w.block = care.Block{Resident: resident, Source: source, Kind: w.kind.block, Rate: w.rate, Channels: make([][]float64, len(w.columns))}
	w.shake = care.Block{Resident: resident, Source: source, Kind: care.IMU, Rate: w.rate, Channels: make([][]float64, len(w.motion))}
	if w.kind.block == care.IMU && w.player.rate == 0 && !c.steady {
		w.pace = newPacer(times(head), w.rate)
	}
	return nil
}

func (w *wave) push(r row) {
	seconds := r.seconds
	if !r.timed { // a row without time stands where it would have stood
		if !w.began {
			w.bad(r)
			return
		}
		seconds = w.before + 1/w.rate
	}
	if w.began && (seconds-w.before > gapLimit || seconds < w.before) {
		w.flush()
		w.gap = true
	}
	w.back(r)
	w.reach(seconds)
	first := w.block.Len() == 0
	if w.pace != nil && r.timed {
		if w.pace.take(seconds); first {
			w.rate = w.pace.rate()
		}
	}
	var missing error // in a column that need not be there
	number := func(c int, name string, needed bool) float64 {
		cell := r
		v := cell.number(c, name)
		if needed {
			r.err = cell.err
		} else if missing == nil && r.err == nil {
			missing = cell.err
		}
		return v
	}
	for k, c := range w.columns {
		v := number(c, w.names[k], slices.Contains(w.kind.columns, w.names[k]))
		w.block.Channels[k] = append(w.block.Channels[k], v)
	}
	for k, c := range w.motion {
		w.shake.Channels[k] = append(w.shake.Channels[k], number(c, motionColumns[k], false))
	}
	if first {
		w.block.Start, w.block.Rate = at(seconds), w.rate
		w.block.Gap, w.gap = w.gap, false
	}
	w.before = seconds
	w.reach(seconds + 1/w.rate)
	full := float64(w.block.Len()) >= blockFor*w.rate
	if r.err != nil || missing != nil || full {
		w.flush()
	}
	if r.err != nil {
		w.bad(r)
		return
	}
	if w.played++; missing != nil { // what else the row says is played
		r.err = missing
		w.bad(r)
	}
}

// end lets some seconds pass after the recording, as they would pass live when
// a band falls silent: an impact at its very end is judged.
func (w *wave) end() {
	length := w.last
	w.tick(length + afterEnd)
	w.last = length
}

// flush plays the block so far.
func (w *wave) flush() {
	if w.block.Len() == 0 {
		return
	}
	w.tick(w.block.Start.Sub(epoch).Seconds())
	if len(w.motion) > 0 {
		w.shake.Start, w.shake.Gap = w.block.Start, w.block.Gap
		w.handle(w.engine.Block(&w.shake))
	}
	w.handle(w.engine.Block(&w.block))
	for k := range w.block.Channels {
		w.block.Channels[k] = w.block.Channels[k][:0]
	}
	for k := range w.shake.Channels {
		w.shake.Channels[k] = w.shake.Channels[k][:0]
	}
}

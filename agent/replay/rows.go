package replay

import (
	"errors"
	"io"
	"slices"

	"osmanthus/care"
)

// rowsAfter is how many seconds of silence follow a recording of rows: who
// left the reach of a reader is missed there.
const rowsAfter = 30

// rows plays rows that come when they come, each as a block of its own.
func (p *player) rows(t *table) error {
	ct := t.column("t")
	var columns []int
	for _, name := range p.kind.order {
		columns = append(columns, t.column(name))
	}
	head, end, err := peek(t)
	if err != nil {
		return err
	}
	b := care.Block{Resident: resident, Source: source, Kind: p.kind.block, Rate: p.rate, Channels: make([][]float64, len(columns))}
	if b.Rate == 0 {
		b.Rate = pace(head, ct)
	}
	n := 0
	push := func(r row) {
		seconds := float64(n) / b.Rate
		n++
		if ct >= 0 {
			seconds = r.number(ct, "t")
		}
		for k, c := range columns {
			b.Channels[k] = append(b.Channels[k][:0], r.number(c, p.kind.order[k]))
		}
		if r.err == nil {
			r.err = sane(seconds)
		}
		if r.err != nil {
			p.bad(r)
			return
		}
		b.Start = at(seconds)
		p.tick(seconds)
		p.played++
		p.handle(p.engine.Block(&b))
	}
	for _, r := range head {
		push(r)
	}
	for !end {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		push(r)
	}
	length := p.last
	p.tick(length + rowsAfter)
	p.last = length
	return nil
}

// pace is the usual number of rows a second, 1 to 50: half of all steps are
// shorter.
func pace(head []row, ct int) float64 {
	var times, steps []float64
	for _, r := range head {
		if v := r.number(ct, "t"); r.err == nil {
			times = append(times, v)
		}
	}
	for i := 1; i < len(times); i++ {
		if d := times[i] - times[i-1]; d > 0 {
			steps = append(steps, d)
		}
	}
	if len(steps) == 0 {
		return 1
	}
	slices.Sort(steps)
	return min(max(1/steps[len(steps)/2], 1), 50)
}

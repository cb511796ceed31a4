package replay

import (
	"slices"

	"osmanthus/care"
)

// rowsAfter is how many seconds of silence follow a recording of rows: who
// left the reach of a reader is missed there.
const rowsAfter = 30

// rows plays rows that come when they come, each as a block of its own.
func (p *player) rows(t *table) error {
	c := newClock(t, p.rate, false)
	var columns []int
	for _, name := range p.kind.order {
		columns = append(columns, t.column(name))
	}
	head, end, err := c.peek()
	if err != nil {
		return err
	}
	if p.kind.block == care.IMU {
		if err := p.weigh(head, columns); err != nil {
			return err
		}
	}
	b := care.Block{Resident: resident, Source: source, Kind: p.kind.block, Rate: p.rate, Channels: make([][]float64, len(columns))}
	if b.Rate == 0 {
		b.Rate = pace(times(head))
	}
	push := func(r row) {
		p.back(r)
		for k, column := range columns {
			b.Channels[k] = append(b.Channels[k][:0], r.number(column, p.kind.order[k]))
		}
		if r.err != nil {
			p.bad(r)
			return
		}
		b.Start = at(r.seconds)
		p.tick(r.seconds)
		p.played++
		p.handle(p.engine.Block(&b))
	}
	if err := c.each(head, end, push); err != nil {
		return err
	}
	length := p.last
	p.tick(length + rowsAfter)
	p.last = length
	return nil
}

// pace is the usual number of rows a second, 1 to 50: half of all steps are
// shorter.
func pace(times []float64) float64 {
	var steps []float64
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

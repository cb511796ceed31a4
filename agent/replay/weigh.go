package replay

import (
	"fmt"
	"math"
	"slices"
)

const (
	weighRows  = 50  // fewer rows say nothing of the unit
	weighMost  = 4.0 // g: nobody is shaken harder for half of a recording
	weighLeast = 0.3 // g: likewise, nobody falls for so long
)

// weigh tells by gravity, which is in whatever a body does, whether acceleration
// is in g: a fall in m/s² looks like none.
func (p *player) weigh(head []row, columns []int) error {
	var all []float64
	for _, r := range head {
		m := 0.0
		for k := range columns {
			v := r.number(columns[k], "")
			m += v * v
		}
		if len(columns) > 0 && !math.IsNaN(m) {
			all = append(all, math.Sqrt(m))
		}
	}
	if len(all) < weighRows {
		return nil
	}
	slices.Sort(all)
	switch m := all[len(all)/2]; {
	case m > weighMost:
		return fmt.Errorf("acceleration has a magnitude of %.3g in the middle, and gravity is 1 g: it has to be in g", m)
	case m < weighLeast:
		p.out.note(p.file, fmt.Sprintf("acceleration has a magnitude of %.3g g in the middle: where gravity was taken out of it, falls are missed", m))
	}
	return nil
}

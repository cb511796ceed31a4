package sql

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"osmanthus/wire"
)

// runs are the numbers that are settled: ascending, and with a hole between
// any two.
type runs []wire.Range

// add returns r with more numbers. It changes neither.
func (r runs) add(more []wire.Range) runs {
	all := slices.Concat(r, more)
	slices.SortFunc(all, func(a, b wire.Range) int { return cmp.Compare(a.From, b.From) })
	var out runs
	for _, n := range all {
		if n.From == 0 || n.To < n.From {
			continue
		}
		if k := len(out) - 1; k >= 0 && (out[k].To == math.MaxUint64 || n.From <= out[k].To+1) {
			out[k].To = max(out[k].To, n.To)
			continue
		}
		out = append(out, n)
	}
	return out
}

func (r runs) equal(o runs) bool { return slices.Equal(r, o) }

// watermark says what r covers, and which holes it has.
func (r runs) watermark(boot uint64) wire.Watermark {
	w := wire.Watermark{Boot: boot}
	next := uint64(1)
	for _, n := range r {
		if n.From > next {
			w.Holes = append(w.Holes, wire.Range{From: next, To: n.From - 1})
		}
		w.Top, next = n.To, n.To+1
	}
	return w
}

// String writes r as "1-17,19-40".
func (r runs) String() string {
	var b []byte
	for i, n := range r {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, n.From, 10)
		b = append(b, '-')
		b = strconv.AppendUint(b, n.To, 10)
	}
	return string(b)
}

// parseRuns reads what String wrote.
func parseRuns(s string) (runs, error) {
	if s == "" {
		return nil, nil
	}
	var r runs
	for part := range strings.SplitSeq(s, ",") {
		from, to, ok := strings.Cut(part, "-")
		a, err1 := strconv.ParseUint(from, 10, 64)
		b, err2 := strconv.ParseUint(to, 10, 64)
		if !ok || err1 != nil || err2 != nil || a == 0 || b < a || len(r) > 0 && a-1 <= r[len(r)-1].To {
			return nil, fmt.Errorf("sql: the ledger holds %q, which is no list of runs", part)
		}
		r = append(r, wire.Range{From: a, To: b})
	}
	return r, nil
}

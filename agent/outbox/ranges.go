package outbox

import "slices"

// reach is a run of sequence numbers, both ends included.
type reach struct{ from, to uint64 }

// ranges is a set of sequence numbers as runs that are ascending, apart and
// not adjacent.
type ranges []reach

// find returns the index of the first run that ends at or after seq.
func (r ranges) find(seq uint64) int {
	i, _ := slices.BinarySearchFunc(r, seq, func(x reach, s uint64) int {
		if x.to < s {
			return -1
		}
		return 1
	})
	return i
}

// covering returns the end of the run that holds seq.
func (r ranges) covering(seq uint64) (to uint64, ok bool) {
	i := r.find(seq)
	if i < len(r) && r[i].from <= seq {
		return r[i].to, true
	}
	return 0, false
}

// covers reports whether all of x is in the set.
func (r ranges) covers(x reach) bool {
	to, ok := r.covering(x.from)
	return ok && to >= x.to
}

// count returns how many numbers of x are in the set.
func (r ranges) count(x reach) uint64 {
	n := uint64(0)
	for i := r.find(x.from); i < len(r) && r[i].from <= x.to; i++ {
		n += min(r[i].to, x.to) - max(r[i].from, x.from) + 1
	}
	return n
}

// without returns the parts of x that are not in the set.
func (r ranges) without(x reach) ranges {
	var out ranges
	at := x.from
	for i := r.find(x.from); i < len(r) && r[i].from <= x.to; i++ {
		if r[i].from > at {
			out = append(out, reach{at, r[i].from - 1})
		}
		if r[i].to >= x.to {
			return out
		}
		at = r[i].to + 1
	}
	return append(out, reach{at, x.to})
}

// add puts x into the set and reports whether that changed it.
func (r *ranges) add(x reach) bool {
	if r.covers(x) {
		return false
	}
	lo := 0
	if x.from > 0 {
		lo = r.find(x.from - 1) // a run that ends right before x joins it
	}
	hi := lo
	for hi < len(*r) && ((*r)[hi].from <= x.to || (*r)[hi].from-1 == x.to) {
		x = reach{min(x.from, (*r)[hi].from), max(x.to, (*r)[hi].to)}
		hi++
	}
	*r = slices.Replace(*r, lo, hi, x)
	return true
}

// remove takes x out of the set and reports whether that changed it.
func (r *ranges) remove(x reach) bool {
	lo := r.find(x.from)
	hi := lo
	var rest []reach
	for hi < len(*r) && (*r)[hi].from <= x.to {
		if y := (*r)[hi]; y.from < x.from {
			rest = append(rest, reach{y.from, x.from - 1})
		}
		if y := (*r)[hi]; y.to > x.to {
			rest = append(rest, reach{x.to + 1, y.to})
		}
		hi++
	}
	if hi == lo {
		return false
	}
	*r = slices.Replace(*r, lo, hi, rest...)
	return true
}

package forest

import (
	"math"
	"slices"

	"osmanthus/agent/signal"
)

// tree is one tree that grows.
type tree struct {
	*fitter
	out signal.Tree
}

// split is a way to part cases.
type split struct {
	input   int
	bin     int // the last that goes left
	missing bool
	gain    float64
}

// grow parts rows at a split of the tree, or makes them leaves.
func (t *tree) grow(rows []int32, at int) {
	slope, curve := 0.0, 0.0
	for _, i := range rows {
		slope += t.slope[i]
		curve += t.curve[i]
	}
	if at >= len(t.out.Feature) {
		t.out.Leaves[at-len(t.out.Feature)] = -t.o.Rate * slope / (curve + t.o.Ridge)
		return
	}
	best := t.best(rows, slope, curve)
	if best.gain <= 0 { // all go left
		t.out.Border[at], t.out.Missing = math.MaxFloat32, t.out.Missing|1<<at
		t.grow(rows, 2*at+1)
		t.grow(nil, 2*at+2)
		return
	}
	t.out.Feature[at], t.out.Border[at] = uint8(best.input), t.bins.borders[best.input][best.bin]
	if best.missing {
		t.out.Missing |= 1 << at
	}
	bins := t.bins.of[best.input]
	var left, right []int32
	for _, i := range rows {
		if b := bins[i]; b == unknown && best.missing || b != unknown && int(b) <= best.bin {
			left = append(left, i)
		} else {
			right = append(right, i)
		}
	}
	t.grow(left, 2*at+1)
	t.grow(right, 2*at+2)
}

// best finds the split that gains most; its gain is 0 where none does.
func (t *tree) best(rows []int32, slope, curve float64) split {
	var best split
	for _, k := range t.inputs {
		var slopes, curves [256]float64
		bins := t.bins.of[k]
		for _, i := range rows {
			slopes[bins[i]] += t.slope[i]
			curves[bins[i]] += t.curve[i]
		}
		for _, missing := range []bool{false, true} {
			leftSlope, leftCurve := 0.0, 0.0
			if missing {
				if curves[unknown] == 0 {
					break
				}
				leftSlope, leftCurve = slopes[unknown], curves[unknown]
			}
			for b := range t.bins.borders[k] {
				leftSlope += slopes[b]
				leftCurve += curves[b]
				right, rightCurve := slope-leftSlope, curve-leftCurve
				if leftCurve < t.o.Least || rightCurve < t.o.Least {
					continue
				}
				gain := t.worth(leftSlope, leftCurve) + t.worth(right, rightCurve) - t.worth(slope, curve)
				if gain > best.gain+1e-9 {
					best = split{k, b, missing, gain}
				}
			}
		}
	}
	return best
}

func (t *tree) worth(slope, curve float64) float64 { return slope * slope / (curve + t.o.Ridge) }

// unknown is the bin of NaN.
const unknown = 255

// quantiles are inputs in bins.
type quantiles struct {
	borders [][]float64 // of each input; bin b holds what is at most border b
	of      [][]uint8   // bins of each input by case
}

func quantilesOf(cases []Case) quantiles {
	const number = 32
	var q quantiles
	if len(cases) == 0 {
		return q
	}
	for k := range cases[0].Inputs {
		var values, borders []float64
		for _, c := range cases {
			if v := c.Inputs[k]; v == v {
				values = append(values, v)
			}
		}
		slices.Sort(values)
		for b := 1; b < number && len(values) > 0; b++ {
			if v := values[b*(len(values)-1)/number]; len(borders) == 0 || v > borders[len(borders)-1] {
				borders = append(borders, v)
			}
		}
		bins := make([]uint8, len(cases))
		for i, c := range cases {
			bins[i] = unknown
			if v := c.Inputs[k]; v == v {
				b, _ := slices.BinarySearch(borders, v)
				bins[i] = uint8(b)
			}
		}
		q.borders, q.of = append(q.borders, borders), append(q.of, bins)
	}
	return q
}

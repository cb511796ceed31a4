package eval

import (
	"math"
	"slices"
	"sort"

	"osmanthus/agent/detect"
	"osmanthus/agent/signal"
)

// moment is one row of what trees are fitted to.
type moment struct {
	x      [signal.RiseInputs]float64
	gone   bool
	weight float64
	bins   [signal.RiseInputs]uint8
	logit  float64
	slope  float64 // of the loss
	bend   float64 // its curvature
}

const (
	boostTrees = 120
	boostRate  = 0.1
	boostRidge = 2.0  // as if so much more weight spoke for nothing
	boostLeast = 1.5  // weight of a leaf
	boostGain  = 0.02 // a question that gains less is not asked
	boostBins  = 32
)

// boost fits small trees one after another, each to what the ones before leave
// (Friedman 2001, by the second order of Chen and Guestrin 2016). There is no
// chance in it: the same rows give the same trees.
func boost(rows []moment) detect.WearModel {
	edges := binned(rows)
	var m detect.WearModel
	all := make([]int, len(rows))
	for i := range all {
		all[i] = i
	}
	for range boostTrees {
		for i := range rows {
			r := &rows[i]
			p := 1 / (1 + math.Exp(-r.logit))
			r.slope, r.bend = -r.weight*p, r.weight*p*(1-p)
			if r.gone {
				r.slope += r.weight
			}
		}
		var t detect.WearTree
		low, high := ask(rows, all, edges, &t, 0)
		for k, part := range [][]int{low, high} {
			below, above := ask(rows, part, edges, &t, k+1)
			leaf(rows, below, &t.Leaf[2*k])
			leaf(rows, above, &t.Leaf[2*k+1])
			if len(above) == 0 {
				t.Leaf[2*k+1] = t.Leaf[2*k]
			}
		}
		m.Trees = append(m.Trees, t)
	}
	return m
}

// binned sorts every input into bins of about equal number, and returns their
// edges.
func binned(rows []moment) (edges [signal.RiseInputs][]float64) {
	v := make([]float64, len(rows))
	for f := range edges {
		for i := range rows {
			v[i] = rows[i].x[f]
		}
		slices.Sort(v)
		for k := 1; k < boostBins; k++ {
			if q := v[len(v)*k/boostBins]; len(edges[f]) == 0 || q > edges[f][len(edges[f])-1] {
				edges[f] = append(edges[f], q)
			}
		}
		for i := range rows {
			x := rows[i].x[f]
			rows[i].bins[f] = uint8(sort.Search(len(edges[f]), func(k int) bool { return edges[f][k] > x }))
		}
	}
	return edges
}

// ask finds the question that parts rows best, writes it into t and returns
// both parts; all rows are in the first where no question is worth it.
func ask(rows []moment, part []int, edges [signal.RiseInputs][]float64, t *detect.WearTree, node int) (below, above []int) {
	var slope, bend, weight float64
	for _, i := range part {
		slope, bend, weight = slope+rows[i].slope, bend+rows[i].bend, weight+rows[i].weight
	}
	best, input, bin := boostGain, -1, 0
	score := func(g, h float64) float64 { return g * g / (h + boostRidge) }
	for f := range edges {
		var g, h, w [boostBins]float64
		for _, i := range part {
			b := rows[i].bins[f]
			g[b], h[b], w[b] = g[b]+rows[i].slope, h[b]+rows[i].bend, w[b]+rows[i].weight
		}
		var gl, hl, wl float64
		for b := range edges[f] {
			gl, hl, wl = gl+g[b], hl+h[b], wl+w[b]
			if wl < boostLeast || weight-wl < boostLeast {
				continue
			}
			if gain := score(gl, hl) + score(slope-gl, bend-hl) - score(slope, bend); gain > best {
				best, input, bin = gain, f, b
			}
		}
	}
	if input < 0 {
		t.Input[node], t.Limit[node] = 0, math.MaxFloat64
		return part, nil
	}
	t.Input[node], t.Limit[node] = uint8(input), rounded(edges[input][bin])
	for _, i := range part {
		if int(rows[i].bins[input]) <= bin {
			below = append(below, i)
		} else {
			above = append(above, i)
		}
	}
	return below, above
}

// leaf sets what a leaf adds, and adds it to its rows.
func leaf(rows []moment, part []int, v *float64) {
	var slope, bend float64
	for _, i := range part {
		slope, bend = slope+rows[i].slope, bend+rows[i].bend
	}
	*v = rounded(boostRate * slope / (bend + boostRidge))
	for _, i := range part {
		rows[i].logit += *v
	}
}

// rounded is a number as it is printed into the file of the model.
func rounded(v float64) float64 { return math.Round(v*1e4) / 1e4 }

package signal

import "math"

const (
	forestDepth  = 3
	forestSplits = 1<<forestDepth - 1
	forestLeaves = 1 << forestDepth
)

// Tree is a decision tree of depth 3. Split i leads to splits 2i+1 (left) and
// 2i+2 (right), the last ones to Leaves. Left is where the feature is at most
// Border, and where it is NaN and the bit i of Missing is set.
type Tree struct {
	Feature [forestSplits]uint8
	Border  [forestSplits]float64
	Missing uint8
	Leaves  [forestLeaves]float64
}

// Forest is a sum of trees: its value is a logit, fitted by gradient boosting.
type Forest struct {
	Base  float64
	Trees []Tree
}

// Value returns the logit of features: 0 is even odds.
func (f *Forest) Value(x []float64) float64 {
	z := f.Base
	for i := range f.Trees {
		z += f.Trees[i].Value(x)
	}
	return z
}

// Value returns what one tree adds.
func (t *Tree) Value(x []float64) float64 {
	i := 0
	for i < forestSplits {
		v := x[t.Feature[i]]
		if v <= t.Border[i] || math.IsNaN(v) && t.Missing>>i&1 == 1 {
			i = 2*i + 1
		} else {
			i = 2*i + 2
		}
	}
	return t.Leaves[i-forestSplits]
}

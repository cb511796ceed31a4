package forest

import (
	"math"

	"osmanthus/agent/signal"
)

// Case is one example.
type Case struct {
	Inputs []float64 // NaN is what is not known
	Yes    bool
	Weight float64 // how much it counts
}

// Opts say how a forest is fitted.
type Opts struct {
	Trees int     // in each of the forests
	Bags  int     // forests, of which the mean is taken
	Rate  float64 // how far each tree goes
	Ridge float64 // pulls leaves to zero
	Least float64 // least weight of a leaf, as the sum of p(1-p)
	Rows  float64 // share of the cases that each tree sees
	Cols  float64 // share of the inputs that each tree sees
	Seed  uint64
}

// DefaultOpts suit some thousand cases of some tens of inputs.
var DefaultOpts = Opts{Trees: 250, Bags: 2, Rate: 0.07, Ridge: 5, Least: 1, Rows: 0.7, Cols: 0.25, Seed: 7}

// Fit fits a forest whose value is the logit of yes: by logistic loss and
// second-order steps, as Chen and Guestrin describe (XGBoost, KDD 2016), with
// splits between 32 quantiles and a direction of each split for what is not
// known. The same cases give the same forest.
func Fit(cases []Case, o Opts) signal.Forest {
	f := newFitter(cases, o)
	for range o.Bags {
		f.forest()
	}
	return f.out
}

// fitter holds what all trees share.
type fitter struct {
	cases  []Case
	o      Opts
	random random
	bins   quantiles
	out    signal.Forest
	logit  []float64 // of each case so far
	slope  []float64 // of the loss of each case
	curve  []float64
	inputs []int // that the present tree sees
}

func newFitter(cases []Case, o Opts) *fitter {
	f := &fitter{cases: cases, o: o, random: random(o.Seed), bins: quantilesOf(cases)}
	yes, no := 0.0, 0.0
	for _, c := range cases {
		if c.Yes {
			yes += c.Weight
		} else {
			no += c.Weight
		}
	}
	f.out.Base = math.Log(yes / no)
	f.logit, f.slope, f.curve = make([]float64, len(cases)), make([]float64, len(cases)), make([]float64, len(cases))
	return f
}

// forest adds one forest.
func (f *fitter) forest() {
	for i := range f.logit {
		f.logit[i] = f.out.Base
	}
	rows := make([]int32, 0, len(f.cases))
	for range f.o.Trees {
		rows = rows[:0]
		for i, c := range f.cases {
			p, t := 1/(1+math.Exp(-f.logit[i])), 0.0
			if c.Yes {
				t = 1
			}
			f.slope[i], f.curve[i] = c.Weight*(p-t), c.Weight*p*(1-p)
			if f.random.next() < f.o.Rows {
				rows = append(rows, int32(i))
			}
		}
		f.inputs = f.inputs[:0]
		for k := range f.bins.borders {
			if f.random.next() < f.o.Cols && len(f.bins.borders[k]) > 0 {
				f.inputs = append(f.inputs, k)
			}
		}
		t := tree{fitter: f}
		t.grow(rows, 0)
		for i := range f.cases {
			f.logit[i] += t.out.Value(f.cases[i].Inputs)
		}
		for k := range t.out.Leaves {
			t.out.Leaves[k] /= float64(f.o.Bags)
		}
		f.out.Trees = append(f.out.Trees, t.out)
	}
}

// random is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
type random uint64

// next returns a number from 0 to below 1.
func (r *random) next() float64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

package forest

import (
	"math"
	"reflect"
	"testing"
)

// ring are points of which those between two circles are meant: no straight
// line parts them. Every tenth does not know its second coordinate.
func ring(n int, seed uint64) []Case {
	r := random(seed)
	var all []Case
	for i := range n {
		x, y, noise := 2*r.next()-1, 2*r.next()-1, r.next()
		d := math.Hypot(x, y)
		c := Case{Inputs: []float64{x, y, noise}, Yes: d > 0.4 && d < 0.9, Weight: 1}
		if i%10 == 0 {
			c.Inputs[1] = math.NaN()
		}
		all = append(all, c)
	}
	return all
}

func TestAForestLearnsWhatNoLineParts(t *testing.T) {
	o := DefaultOpts
	o.Cols = 0.7
	f := Fit(ring(2000, 1), o)
	right, all := 0, ring(1000, 2)
	for _, c := range all {
		if f.Value(c.Inputs) > 0 == c.Yes {
			right++
		}
	}
	if right < 900 {
		t.Errorf("%d of %d are right", right, len(all))
	}
}

func TestTheSameCasesGiveTheSameForest(t *testing.T) {
	if !reflect.DeepEqual(Fit(ring(300, 1), DefaultOpts), Fit(ring(300, 1), DefaultOpts)) {
		t.Error("two forests of the same cases differ")
	}
}

func TestWeightMovesTheBorder(t *testing.T) {
	cases := ring(500, 1)
	even := Fit(cases, DefaultOpts)
	for i := range cases {
		if cases[i].Yes {
			cases[i].Weight = 10
		}
	}
	heavy := Fit(cases, DefaultOpts)
	if x := []float64{0.1, 0.2, 0.5}; heavy.Value(x) <= even.Value(x) {
		t.Error("what weighs more is not likelier")
	}
}

func TestWhatNothingTellsApartIsLeftAtItsShare(t *testing.T) {
	var cases []Case
	for i := range 400 {
		cases = append(cases, Case{Inputs: []float64{1, math.NaN()}, Yes: i%4 == 0, Weight: 1})
	}
	f := Fit(cases, DefaultOpts)
	if v := f.Value([]float64{1, math.NaN()}); math.Abs(v-math.Log(1.0/3)) > 0.02 {
		t.Errorf("the logit is %v", v)
	}
}

package network

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// waves are two channels of noise; in one of two a slow wave of the first comes
// before one of the second, in the others after it. No single sample tells.
func waves(n int, seed uint64) []Case {
	r := rand.New(rand.NewPCG(seed, 0))
	var all []Case
	for i := range n {
		x := make([]float32, 2*60)
		for k := range x {
			x[k] = float32(0.4 * (r.Float64() - 0.5))
		}
		from, apart := 5+int(20*r.Float64()), 10+int(10*r.Float64())
		yes := i%2 == 0
		for k := range 8 {
			early, late := k+from, k+from+apart
			if !yes {
				early, late = late, early
			}
			bump := float32(math.Sin(math.Pi * float64(k) / 8))
			x[early] += bump
			x[60+late] += bump
		}
		all = append(all, Case{Input: x, Yes: yes, Weight: 1})
	}
	return all
}

func small() Opts {
	o := DefaultOpts
	o.Channels, o.Layers, o.Batch = 2, []Shape{{8, 5, 2}, {8, 5, 2}, {8, 3, 2}}, 32
	return o
}

func TestANetworkLearnsWhatComesFirst(t *testing.T) {
	w := Fit(waves(1000, 1), small())
	if err := w.Check(2, 60); err != nil {
		t.Fatal(err)
	}
	right, all := 0, waves(500, 2)
	for _, c := range all {
		if w.Value(c.Input, 60) > 0 == c.Yes {
			right++
		}
	}
	if right < 480 {
		t.Errorf("%d of %d are right", right, len(all))
	}
}

func TestTheSameCasesGiveTheSameNetwork(t *testing.T) {
	o := small()
	o.Epochs = 1
	if !reflect.DeepEqual(Fit(waves(200, 1), o), Fit(waves(200, 1), o)) {
		t.Error("two networks of the same cases differ")
	}
}

// TestSlopesAreThoseOfTheLoss moves single weights a little and looks whether
// the loss follows.
func TestSlopesAreThoseOfTheLoss(t *testing.T) {
	o := small()
	o.Batch, o.Drop = 8, 0
	f := newFitter(waves(8, 3), o)
	order := []int{0, 1, 2, 3, 4, 5, 6, 7}
	loss := func() float64 {
		f.take(order)
		f.forward(true)
		sum := 0.0
		for b, z := range f.logit {
			p, want := 1/(1+math.Exp(-float64(z))), float64(f.target[b])
			sum -= want*math.Log(p) + (1-want)*math.Log(1-p)
		}
		return sum / float64(len(f.logit))
	}
	loss()
	f.backward()
	for name, p := range map[string]*param{"the first layer": &f.layers[0].weights, "the second layer": &f.layers[1].weights, "its gain": &f.layers[1].gain, "its shift": &f.layers[1].shift, "the last sum": &f.last} {
		for _, i := range []int{0, 3, len(p.value) - 1} {
			const small = 3e-4
			was := p.value[i]
			p.value[i] = was + small
			up := loss()
			p.value[i] = was - small
			down := loss()
			p.value[i] = was
			if want := (up - down) / (2 * small); math.Abs(want-float64(p.slope[i])) > 0.02*math.Abs(want)+5e-4 {
				t.Errorf("%s, weight %d: slope %v, want %v", name, i, p.slope[i], want)
			}
		}
	}
}

func TestWeightMovesTheBorder(t *testing.T) {
	cases := waves(200, 1)
	for i := range cases {
		copy(cases[i].Input, cases[0].Input) // nothing tells them apart
	}
	even := Fit(cases, small())
	for i := range cases {
		if cases[i].Yes {
			cases[i].Weight = 5
		}
	}
	heavy := Fit(cases, small())
	if x := cases[0].Input; heavy.Value(x, 60) <= even.Value(x, 60) {
		t.Error("what weighs more is not likelier")
	}
}

func BenchmarkFit(b *testing.B) {
	cases := make([]Case, 256)
	r := rand.New(rand.NewPCG(1, 0))
	for i := range cases {
		cases[i] = Case{Input: make([]float32, 9*450), Yes: i%3 == 0, Weight: 1}
		for k := range cases[i].Input {
			cases[i].Input[k] = float32(r.Float64())
		}
	}
	o := DefaultOpts
	o.Channels, o.Layers, o.Epochs = 9, []Shape{{16, 7, 3}, {24, 5, 2}, {32, 5, 2}, {32, 3, 2}}, 1
	for b.Loop() {
		Fit(cases, o)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N)/256, "us/case")
}

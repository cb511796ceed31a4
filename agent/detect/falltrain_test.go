package detect

import (
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"osmanthus/agent/signal"
)

var train = flag.Bool("train", false, "fit the fall models to the recordings and print their weights")

// TestTrainFall fits the weights in fallweights.go. It is run by hand:
//
//	go test ./agent/detect -run TestTrainFall -train -v
//
// and prints the models of everybody, and how the whole detector fares on each
// person with a model that never saw that person.
func TestTrainFall(t *testing.T) {
	if !*train {
		t.Skip("run with -train to fit the models anew")
	}
	for _, set := range []struct {
		name    string
		trials  []trial
		suspect float64
	}{{"wrist", weda(t), wristModel.suspect}, {"waist", sisfall(t), waistModel.suspect}} {
		cases := impacts(set.trials)
		t.Logf("%s\n%s", set.name, fit(cases, "").source(set.name))
		var held tally
		for _, p := range people(set.trials) {
			m := fit(cases, p)
			m.suspect = set.suspect
			for i := range set.trials {
				if set.trials[i].person == p {
					held.add(&set.trials[i], m)
				}
			}
		}
		held.report(t, set.name+", each person held out of the fit")
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sample is the inputs of one impact in one recording.
type sample struct {
	trial  int
	person string
	fall   bool
	x      [fallInputs]float64
}

// impacts finds what the model is fitted to: of a fall recording the highest
// impact (within the marked time, where there is one), of others all.
func impacts(trials []trial) []sample {
	var all []sample
	for i := range trials {
		r := &trials[i]
		best, peak := sample{trial: -1}, 0.0
		d, rate, n := signal.NewImpact(fallTrigger), signal.NewResampler(signal.ImpactRate, 3), 0
		for k := range r.axes[0] {
			rate.Push([]float64{r.axes[0][k], r.axes[1][k], r.axes[2][k]}, r.rate, func(v []float64) {
				n++
				f, ok := d.Push(v[0], v[1], v[2])
				if !ok {
					return
				}
				s := sample{trial: i, person: r.person, fall: r.fall, x: inputs(f)}
				at := float64(n)/signal.ImpactRate - f.Age
				switch {
				case !r.fall:
					all = append(all, s)
				case r.to > 0 && (at < r.from-0.5 || at > r.to+1):
				case f.Peak > peak:
					best, peak = s, f.Peak
				}
			})
		}
		if best.trial >= 0 {
			all = append(all, best)
		}
	}
	return all
}

func people(trials []trial) (all []string) {
	seen := map[string]bool{}
	for _, r := range trials {
		if !seen[r.person] {
			seen[r.person] = true
			all = append(all, r.person)
		}
	}
	return all
}

// fit is a logistic regression with both classes of equal weight and a little
// ridge, by plain gradient descent on standardised inputs, without one person.
func fit(cases []sample, without string) fallModel {
	var mean, dev [fallInputs]float64
	var used []sample
	count := map[bool]float64{}
	for _, c := range cases {
		if c.person != without {
			used = append(used, c)
			count[c.fall]++
		}
	}
	for k := range mean {
		for _, c := range used {
			mean[k] += c.x[k] / float64(len(used))
		}
		for _, c := range used {
			dev[k] += (c.x[k] - mean[k]) * (c.x[k] - mean[k]) / float64(len(used))
		}
		dev[k] = math.Sqrt(dev[k]) + 1e-9
	}
	var w [fallInputs]float64
	b := 0.0
	for range 2000 {
		var g [fallInputs]float64
		gb := 0.0
		for _, c := range used {
			z := b
			for k := range w {
				z += w[k] * (c.x[k] - mean[k]) / dev[k]
			}
			e := (confidence(z) - float64(one(c.fall))) * 0.5 / count[c.fall]
			for k := range g {
				g[k] += e * (c.x[k] - mean[k]) / dev[k]
			}
			gb += e
		}
		for k := range w {
			w[k] -= g[k] + 0.002*w[k]
		}
		b -= gb
	}
	m := fallModel{bias: b}
	for k := range w {
		m.weights[k] = w[k] / dev[k]
		m.bias -= w[k] * mean[k] / dev[k]
	}
	return m
}

func (m fallModel) source(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "var %sModel = fallModel{rule: \"fall-%s/1\", bias: %.4f, weights: [fallInputs]float64{\n", name, name, m.bias)
	for i, w := range m.weights {
		fmt.Fprintf(&b, "\t%.4f, // %s\n", w, fallNames[i])
	}
	b.WriteString("}}\n")
	return b.String()
}

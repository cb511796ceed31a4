package network

import (
	"math"
	"math/rand/v2"

	"osmanthus/agent/signal"
)

// Case is one example.
type Case struct {
	Input  []float32 // channels of samples, one after the other
	Yes    bool
	Weight float64 // how much it counts
}

// Shape is the shape of a layer.
type Shape struct{ Out, Width, Stride int }

// Opts say how a network is fitted.
type Opts struct {
	Channels int
	Layers   []Shape
	Epochs   int     // how often each case is seen
	Batch    int     // cases to a step
	Rate     float64 // the largest step
	Decay    float64 // pulls weights to zero
	Drop     float64 // share of what the last layer puts out that is left out in each step
	Doubt    float64 // how far from 0 and 1 the answers are that are aimed at
	Most     float64 // the largest weight of a case, as a multiple of their mean
	Seed     uint64
	// Vary makes another example of an input, as another person or device would
	// have given it.
	Vary func(to, from []float32, r *rand.Rand)
}

// DefaultOpts suit some ten thousand cases.
var DefaultOpts = Opts{Epochs: 20, Batch: 64, Rate: 4e-3, Decay: 1e-2, Drop: 0.3, Doubt: 0.01, Most: 8, Seed: 7,
	Vary: func(to, from []float32, _ *rand.Rand) { copy(to, from) }}

// Fit fits a network whose value is the logit of yes: by logistic loss, the
// steps of Loshchilov and Hutter (AdamW, ICLR 2019), which grow and shrink once
// as Smith and Topin describe (2018), normalised over batches (Ioffe and
// Szegedy, ICML 2015), which the network that is returned has in its weights.
// The same cases give the same network on machines of one kind.
func Fit(cases []Case, o Opts) signal.Network {
	f := newFitter(cases, o)
	o = f.o
	steps := o.Epochs * (len(cases) / o.Batch)
	order := f.random.Perm(len(cases))
	for step, at := 0, 0; step < steps; step, at = step+1, at+o.Batch {
		if at+o.Batch > len(order) {
			f.random.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
			at = 0
		}
		f.take(order[at : at+o.Batch])
		f.forward(true)
		f.backward()
		f.step(float64(step)/float64(steps), step+1)
	}
	// What normalises is taken anew with the final weights: a mean of the steps
	// would be of other weights.
	const settle = 64
	for i := range min(settle, len(cases)/o.Batch) {
		f.take(order[i*o.Batch : (i+1)*o.Batch])
		f.forward(false)
		for _, l := range f.layers {
			l.settle()
		}
	}
	return f.network()
}

// fitter holds what is worked on.
type fitter struct {
	cases  []Case
	o      Opts
	random *rand.Rand
	weight []float32 // of each case

	varied []float32 // one of them, as somebody else would have given it
	input  *sheet
	target []float32
	counts []float32
	layers []*layer
	top    *sheet    // what the last of them puts out; no margin
	last   param     // weights of what the last layer puts out, then the bias
	kept   []float32 // of what goes into the last sum: 0 where it is left out
	logit  []float32
}

func newFitter(cases []Case, o Opts) *fitter {
	o.Batch = min(o.Batch, len(cases))
	f := &fitter{cases: cases, o: o, random: rand.New(rand.NewPCG(o.Seed, 0))}
	all := 0.0
	for _, c := range cases {
		all += c.Weight
	}
	for _, c := range cases {
		f.weight = append(f.weight, float32(min(o.Most, c.Weight/all*float64(len(cases)))))
	}
	margin := func(i int) int { // that layer i wants on what is below it
		if i < len(o.Layers) {
			return o.Layers[i].Width / 2
		}
		return 0
	}
	f.varied = make([]float32, len(cases[0].Input))
	f.input = newSheet(len(f.varied)/o.Channels, o.Channels, o.Batch, margin(0))
	f.top = f.input
	for i, s := range o.Layers {
		l := newLayer(f.top, s, margin(i+1), f.random)
		f.layers, f.top = append(f.layers, l), l.out
	}
	n := f.top.n * f.top.channels
	f.last, f.kept = newParam(n+1, n, f.random), make([]float32, n*o.Batch)
	f.logit, f.target, f.counts = make([]float32, o.Batch), make([]float32, o.Batch), make([]float32, o.Batch)
	return f
}

// take puts varied cases into the batch.
func (f *fitter) take(which []int) {
	for b, k := range which {
		example := &f.cases[k]
		f.o.Vary(f.varied, example.Input, f.random)
		for c := range f.input.channels {
			for t, v := range f.varied[c*f.input.n : (c+1)*f.input.n] {
				f.input.row(t, c)[b] = v
			}
		}
		f.target[b], f.counts[b] = float32(f.o.Doubt), f.weight[k]
		if example.Yes {
			f.target[b] = float32(1 - f.o.Doubt)
		}
	}
}

func (f *fitter) forward(drop bool) {
	for _, l := range f.layers {
		l.forward()
	}
	n := len(f.last.value) - 1
	for b := range f.logit {
		f.logit[b] = f.last.value[n]
	}
	for i, weight := range f.last.value[:n] {
		kept, row := f.row(f.kept, i), f.row(f.top.v, i)
		for b, v := range row {
			keep := float32(1)
			if drop {
				if keep = 0; f.random.Float64() >= f.o.Drop {
					keep = float32(1 / (1 - f.o.Drop))
				}
			}
			kept[b] = keep
			f.logit[b] += keep * v * weight
		}
	}
}

// row is value i of each case.
func (f *fitter) row(v []float32, i int) []float32 { return v[i*f.o.Batch : (i+1)*f.o.Batch] }

func (f *fitter) backward() {
	n := len(f.last.value) - 1
	for b, z := range f.logit { // from here on the slope of the loss of it
		p := float32(1 / (1 + math.Exp(-float64(z))))
		f.logit[b] = f.counts[b] * (p - f.target[b]) / float32(len(f.logit))
		f.last.slope[n] += f.logit[b]
	}
	dtop := f.layers[len(f.layers)-1].dout
	for i, weight := range f.last.value[:n] {
		kept, row, drow := f.row(f.kept, i), f.row(f.top.v, i), f.row(dtop.v, i)
		for b, slope := range f.logit {
			slope *= kept[b]
			f.last.slope[i] += slope * row[b]
			drow[b] = slope * weight
		}
	}
	for i := len(f.layers) - 1; i >= 0; i-- {
		var dbelow *sheet
		if i > 0 {
			dbelow = f.layers[i-1].dout
		}
		f.layers[i].backward(dbelow)
	}
}

// step moves all weights; done is the share of the steps that were taken.
func (f *fitter) step(done float64, number int) {
	rate := f.o.Rate
	const grows, least = 0.3, 0.04 // share of the steps that get larger, and the first step
	if done < grows {
		rate *= least + (1-least)*(1-math.Cos(math.Pi*done/grows))/2
	} else {
		rate *= (1 + math.Cos(math.Pi*(done-grows)/(1-grows))) / 2
	}
	for _, l := range f.layers {
		for _, p := range []*param{&l.weights, &l.gain, &l.shift} {
			p.step(rate, f.o.Decay, number)
		}
	}
	f.last.step(rate, f.o.Decay, number)
}

// network returns what was fitted, the normalisation within the weights.
func (f *fitter) network() signal.Network {
	var w signal.Network
	for _, l := range f.layers {
		w.Layers = append(w.Layers, l.conv())
	}
	n, channels := len(f.last.value)-1, f.top.channels
	w.Last, w.Bias = make([]float32, n), f.last.value[n]
	for i, v := range f.last.value[:n] { // by sample and channel here, by channel and sample there
		w.Last[i%channels*f.top.n+i/channels] = v
	}
	return w
}

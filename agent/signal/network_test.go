package signal

import (
	"math"
	"strings"
	"testing"
)

// two layers over two channels of five samples, worked out by hand below.
func byHand() Network {
	return Network{
		Layers: []Conv{
			{In: 2, Out: 1, Width: 3, Stride: 2, Weights: []float32{1, 2, 1, 0, -1, 0}, Bias: []float32{0.5}},
			{In: 1, Out: 2, Width: 1, Stride: 1, Weights: []float32{1, -1}, Bias: []float32{0, 4}},
		},
		Last: []float32{1, 1, 1, 10, 10, 10}, Bias: -3,
	}
}

func TestANetworkIsWorkedOut(t *testing.T) {
	w := byHand()
	if err := w.Check(2, 5); err != nil {
		t.Fatal(err)
	}
	x := []float32{1, 2, 3, 4, 5 /* */, 0, 0, 10, 0, 0}
	// First: 2·1+2+0.5 = 4.5; 2+6+4-10+0.5 = 2.5; 4+10+0.5 = 14.5.
	// Second: the same, and 4 less it where that is above 0: 0, 1.5, 0.
	if z := w.Value(x, 5); math.Abs(z-(4.5+2.5+14.5+15-3)) > 1e-5 {
		t.Errorf("the value is %v", z)
	}
}

func TestANetworkThatDoesNotFitIsRefused(t *testing.T) {
	for want, change := range map[string]func(*Network){
		"no layer":                 func(w *Network) { w.Layers = nil },
		"does not fit to 2":        func(w *Network) { w.Layers[0].In = 3 },
		"does not fit to 1":        func(w *Network) { w.Layers[1].Width = 2 },
		"layer 1 of a network has": func(w *Network) { w.Layers[1].Weights = nil },
		"the last layer of":        func(w *Network) { w.Last = w.Last[1:] },
		"layer 0 of a network puts": func(w *Network) {
			w.Layers[0].Out, w.Layers[0].Weights, w.Layers[0].Bias = 2000, make([]float32, 12000), make([]float32, 2000)
		},
		"layer 0 of a network does": func(w *Network) { w.Layers[0].Stride = 0 },
	} {
		w := byHand()
		change(&w)
		if err := w.Check(2, 5); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// BenchmarkNetwork is one look at an impact by a network of the size of those
// that are shipped.
func BenchmarkNetwork(b *testing.B) {
	var w Network
	channels, n := WaveChannels, WaveLength
	for _, s := range [][3]int{{16, 7, 3}, {24, 5, 2}, {32, 5, 2}, {32, 3, 2}} {
		c := Conv{In: channels, Out: s[0], Width: s[1], Stride: s[2], Weights: make([]float32, channels*s[0]*s[1]), Bias: make([]float32, s[0])}
		w.Layers = append(w.Layers, c)
		channels, n = c.Out, c.Length(n)
	}
	w.Last = make([]float32, channels*n)
	d, peak := tumble(same, 0, 510, true)
	var x ImpactWave
	b.ReportAllocs()
	for b.Loop() {
		d.Wave(peak, &x)
		w.Value(x[:], WaveLength)
	}
}

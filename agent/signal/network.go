package signal

import (
	"errors"
	"fmt"
)

// NetworkSamples is how many samples a layer of a Network may put out, all
// channels together: they are worked on without an allocation.
const NetworkSamples = 4096

// Conv is a layer of a Network: every Stride samples each of Out channels is a
// weighted sum of Width samples of all In channels around, where it is above 0.
// Beyond both ends the channels are 0.
type Conv struct {
	In, Out, Width, Stride int
	Weights                []float32 // by Out, In and Width
	Bias                   []float32 // by Out
}

// Length is how many samples a channel puts out of n.
func (c *Conv) Length(n int) int { return (n+2*(c.Width/2)-c.Width)/c.Stride + 1 }

// Network is a convolutional network over channels of samples: its value is a
// logit.
type Network struct {
	Layers []Conv
	Last   []float32 // weights of what the last layer puts out, by channel and sample
	Bias   float32
}

// Check reports whether a network can take channels of n samples.
func (w *Network) Check(channels, n int) error {
	if len(w.Layers) == 0 {
		return errors.New("signal: a network has no layer")
	}
	for i := range w.Layers {
		c := &w.Layers[i]
		if c.In != channels || c.Out < 1 || c.Width < 1 || c.Width%2 == 0 || c.Stride < 1 {
			return fmt.Errorf("signal: layer %d of a network does not fit to %d channels", i, channels)
		}
		if len(c.Weights) != c.In*c.Out*c.Width || len(c.Bias) != c.Out {
			return fmt.Errorf("signal: layer %d of a network has %d and %d weights", i, len(c.Weights), len(c.Bias))
		}
		if channels, n = c.Out, c.Length(n); channels*n > NetworkSamples {
			return fmt.Errorf("signal: layer %d of a network puts out more than %d samples", i, NetworkSamples)
		}
	}
	if len(w.Last) != channels*n {
		return fmt.Errorf("signal: the last layer of a network has %d weights, want %d", len(w.Last), channels*n)
	}
	return nil
}

// Value returns the logit of channels of n samples each, one after the other,
// of a network that was checked to take them.
func (w *Network) Value(x []float32, n int) float64 {
	var one, other [NetworkSamples]float32
	for i := range w.Layers {
		out := &one
		if i%2 == 1 {
			out = &other
		}
		c := &w.Layers[i]
		to := c.Length(n)
		c.apply(x, n, out[:c.Out*to], to)
		x, n = out[:c.Out*to], to
	}
	z := w.Bias
	for i, v := range x {
		z += w.Last[i] * v
	}
	return float64(z)
}

func (c *Conv) apply(x []float32, n int, out []float32, to int) {
	for o := range c.Out {
		y := out[o*to : (o+1)*to]
		for t := range y {
			y[t] = c.Bias[o]
		}
		for in := range c.In {
			weights := c.Weights[(o*c.In+in)*c.Width:][:c.Width]
			channel := x[in*n : (in+1)*n]
			for t := range y {
				from := t*c.Stride - c.Width/2
				var sum float32
				for k, v := range weights {
					if i := from + k; i >= 0 && i < n {
						sum += v * channel[i]
					}
				}
				y[t] += sum
			}
		}
		for t, v := range y {
			y[t] = max(v, 0)
		}
	}
}

package detect

import (
	"encoding/json"
	"fmt"

	"osmanthus/agent/signal"
)

// FallNetwork is a network over signal.ImpactWave that is written with four
// digits, a layer at a time.
type FallNetwork struct{ signal.Network }

type fallNetwork struct {
	Layers []fallLayer `json:"layers"`
	Last   digits      `json:"last"`
	Bias   digits      `json:"bias"`
}

type fallLayer struct {
	In      int    `json:"in"`
	Out     int    `json:"out"`
	Width   int    `json:"width"`
	Stride  int    `json:"stride"`
	Weights digits `json:"weights"`
	Bias    digits `json:"bias"`
}

// digits are numbers of which four digits are written.
type digits []float32

func (d digits) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, v := range d {
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, "%.4g", v)
	}
	return append(out, ']'), nil
}

// MarshalJSON writes the network.
func (f FallNetwork) MarshalJSON() ([]byte, error) {
	raw := fallNetwork{Last: f.Last, Bias: digits{f.Bias}}
	for _, c := range f.Layers {
		raw.Layers = append(raw.Layers, fallLayer{c.In, c.Out, c.Width, c.Stride, c.Weights, c.Bias})
	}
	return json.Marshal(raw)
}

// UnmarshalJSON reads what MarshalJSON wrote, and checks that it can look at an
// impact.
func (f *FallNetwork) UnmarshalJSON(b []byte) error {
	var raw fallNetwork
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if len(raw.Bias) != 1 {
		return fmt.Errorf("a network has %d biases, want 1", len(raw.Bias))
	}
	f.Network = signal.Network{Last: raw.Last, Bias: raw.Bias[0]}
	for _, c := range raw.Layers {
		f.Layers = append(f.Layers, signal.Conv{In: c.In, Out: c.Out, Width: c.Width, Stride: c.Stride, Weights: c.Weights, Bias: c.Bias})
	}
	return f.Check(signal.WaveChannels, signal.WaveLength)
}

package eval

import (
	"math/rand/v2"
	"sync"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/network"
	"osmanthus/agent/signal"
)

// fallLayers are the layers of the networks that look at impacts.
var fallLayers = []network.Shape{{Out: 16, Width: 7, Stride: 3}, {Out: 24, Width: 5, Stride: 2}, {Out: 32, Width: 5, Stride: 2}, {Out: 32, Width: 3, Stride: 2}}

// fallSeeds are the chances that networks begin with; the mean of the networks
// counts.
var fallSeeds = []uint64{1, 2}

// fallAsked is the logit of the first look below which what is no fall teaches
// the networks nothing: they are asked only about what is suspected, which is
// well above.
const fallAsked = -4

// fallNetworks fits networks to the second look at impacts.
func fallNetworks(cases []*fallCase, first *detect.FallLook) []detect.FallNetwork {
	yes, no := fallWeights(cases)
	var examples []network.Case
	for _, c := range cases {
		if !c.fall && first.Logit(&c.first) < fallAsked {
			continue
		}
		e := network.Case{Input: c.wave[:], Yes: c.fall, Weight: c.weight}
		if c.fall { // as much as all others together
			e.Weight *= no / yes
		}
		examples = append(examples, e)
	}
	all := make([]detect.FallNetwork, len(fallSeeds))
	var g sync.WaitGroup
	for i, seed := range fallSeeds {
		o := network.DefaultOpts
		o.Channels, o.Layers, o.Vary, o.Seed = signal.WaveChannels, fallLayers, varyWave, seed
		g.Go(func() { all[i].Network = network.Fit(examples, o) })
	}
	g.Wait()
	return all
}

// varyWave makes of an impact one that was faster or slower, stronger or
// weaker, found a little earlier or later, noisier, seen without a gyroscope, or
// with a short hole that was filled with what came last.
func varyWave(to, from []float32, r *rand.Rand) {
	const pace, shift, strength, noise, half = 0.15, 0.16, 0.1, 0.035, 0.5
	const holed, least, most = 0.3, signal.ImpactRate / 10, signal.ImpactRate / 2 // share, and samples
	speed := 1 + pace*(2*r.Float64()-1)
	late := shift * signal.ImpactRate * (2*r.Float64() - 1)
	gain := float32(1 + strength*(2*r.Float64()-1))
	blind := r.Float64() < half
	const n, peak = signal.WaveLength, signal.WaveLength - signal.ImpactSecond
	for i := range n {
		at := max(0, min(n-1.001, (float64(i)-peak)*speed+peak+late))
		k := int(at)
		part := float32(at - float64(k))
		for c := range signal.WaveChannels {
			if c == signal.WaveSpin && blind {
				to[c*n+i] = 0
				continue
			}
			v := from[c*n+k] + part*(from[c*n+k+1]-from[c*n+k])
			to[c*n+i] = gain*v + noise*(2*r.Float32()-1)
		}
	}
	if r.Float64() >= holed {
		return
	}
	last := r.IntN(n - most - least)
	long := least + r.IntN(most-least)
	for c := range signal.WaveChannels {
		for i := last + 1; i < last+long; i++ {
			to[c*n+i] = to[c*n+last]
		}
	}
}

package network

import (
	"math"
	"math/rand/v2"
)

// param are weights that are fitted, with the slope of the loss of each.
type param struct {
	value, slope []float32
	mean, square []float32 // of the slopes so far
}

// newParam returns n weights by chance, for sums of fan of them; 0 where fan is.
func newParam(n, fan int, r *rand.Rand) param {
	p := param{make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)}
	if fan > 0 {
		reach := 1 / math.Sqrt(float64(fan))
		for i := range p.value {
			p.value[i] = float32(reach * (2*r.Float64() - 1))
		}
	}
	return p
}

// step moves the weights by a rate, and forgets their slopes.
func (p *param) step(rate, decay float64, number int) {
	const keepMean, keepSquare, floor = 0.9, 0.999, 1e-8
	mean, square := 1-math.Pow(keepMean, float64(number)), 1-math.Pow(keepSquare, float64(number))
	pace, shrink := float32(rate/mean), float32(1-rate*decay)
	root := float32(1 / math.Sqrt(square))
	for i, s := range p.slope {
		p.mean[i] = keepMean*p.mean[i] + (1-keepMean)*s
		p.square[i] = keepSquare*p.square[i] + (1-keepSquare)*s*s
		p.value[i] = p.value[i]*shrink - pace*p.mean[i]/(float32(math.Sqrt(float64(p.square[i])))*root+floor)
	}
	clear(p.slope)
}

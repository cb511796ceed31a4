package eval

import (
	"time"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
)

const (
	thermalEnd   = 0.35 // s at the end of a fall in which somebody lies
	thermalEvery = 3    // of the other clips every third picture counts
	thermalRidge = 0.001
)

// FitThermal fits the model of a thermal array to clips: the last pictures of
// falls against all pictures of what is no fall. Each clip counts the same,
// and the last picture of what is no fall half as much again.
func FitThermal(clips []recordings.Clip) detect.ThermalModel {
	var inputs [][]float64
	var classes []int
	var weights []float64
	for _, c := range clips {
		var x [][]float64
		var p detect.ThermalPicture
		start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		end := c.T[len(c.T)-1]
		for i, f := range c.Frames {
			figures, somebody := p.Push(func(k int) float64 { return f[k] }, start.Add(time.Duration(c.T[i]*float64(time.Second))))
			if !somebody || c.Fall && c.T[i] < end-thermalEnd || !c.Fall && i%thermalEvery != 0 {
				continue
			}
			v := figures.Inputs()
			x = append(x, v[:])
			if !c.Fall && i >= len(c.Frames)-thermalEvery {
				inputs, classes, weights = append(inputs, v[:]), append(classes, 0), append(weights, 0.5)
			}
		}
		for _, v := range x {
			class := 0
			if c.Fall {
				class = 1
			}
			inputs, classes, weights = append(inputs, v), append(classes, class), append(weights, 1/float64(len(x)))
		}
	}
	w := softmax(inputs, classes, weights, 2, thermalRidge)
	var m detect.ThermalModel
	for j := range m.Weights {
		m.Weights[j] = w[1][j] - w[0][j]
	}
	return m
}

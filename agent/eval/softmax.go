package eval

import "math"

// softmax fits a multinomial logistic regression by gradient descent from
// zero, which takes the same steps each time. inputs are rows of equal length
// in about -1..1, classes their class from 0, weights how much each row counts.
// ridge pulls all weights but the constants to zero. Each row of the result is
// the weights of a class, the constant last.
func softmax(inputs [][]float64, classes []int, weights []float64, number int, ridge float64) [][]float64 {
	const steps, rate, decay1, decay2 = 400, 0.05, 0.9, 0.999 // Adam, Kingma and Ba 2015
	width := len(inputs[0]) + 1
	matrix := func() [][]float64 {
		m := make([][]float64, number)
		for k := range m {
			m[k] = make([]float64, width)
		}
		return m
	}
	fit, slope, first, second := matrix(), matrix(), matrix(), matrix()
	total := 0.0
	for _, w := range weights {
		total += w
	}
	p := make([]float64, number)
	for step := 1; step <= steps; step++ {
		for k := range slope {
			for j := range slope[k] {
				slope[k][j] = ridge * fit[k][j]
			}
			slope[k][width-1] = 0
		}
		for i, x := range inputs {
			odds(fit, x, p)
			for k := range p {
				miss := p[k]
				if classes[i] == k {
					miss--
				}
				miss *= weights[i] / total
				for j, v := range x {
					slope[k][j] += miss * v
				}
				slope[k][width-1] += miss
			}
		}
		for k := range fit {
			for j, g := range slope[k] {
				first[k][j] = decay1*first[k][j] + (1-decay1)*g
				second[k][j] = decay2*second[k][j] + (1-decay2)*g*g
				m := first[k][j] / (1 - math.Pow(decay1, float64(step)))
				v := second[k][j] / (1 - math.Pow(decay2, float64(step)))
				fit[k][j] -= rate * m / (math.Sqrt(v) + 1e-8)
			}
		}
	}
	return fit
}

// odds fills p with the probability of each class.
func odds(fit [][]float64, x, p []float64) {
	top, total := math.Inf(-1), 0.0
	for k, w := range fit {
		p[k] = w[len(x)]
		for j, v := range x {
			p[k] += w[j] * v
		}
		top = max(top, p[k])
	}
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		total += p[k]
	}
	for k := range p {
		p[k] /= total
	}
}

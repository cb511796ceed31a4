package detect

import "math"

// MatrixModel tells an empty bed from an occupied one, and how somebody lies,
// from the cells of a mattress: sums of weights, the last of each row being the
// constant. Inputs are counts less 440, by 80.
type MatrixModel struct {
	Occupied [matrixCells + 1]float64
	Posture  [4][matrixCells + 1]float64 // back, left, right, stomach
}

// occupied returns the probability that somebody is in the bed.
func (m *MatrixModel) occupied(x *[matrixCells]float64) float64 {
	return 1 / (1 + math.Exp(-sum17(&m.Occupied, x)))
}

// postures fills in the probability of each posture, by its number in care.
func (m *MatrixModel) postures(x *[matrixCells]float64, p *[5]float64) {
	top, total := math.Inf(-1), 0.0
	p[0] = 0
	for k := range m.Posture {
		p[k+1] = sum17(&m.Posture[k], x)
		top = max(top, p[k+1])
	}
	for k := range m.Posture {
		p[k+1] = math.Exp(p[k+1] - top)
		total += p[k+1]
	}
	for k := range m.Posture {
		p[k+1] /= total
	}
}

func sum17(w *[matrixCells + 1]float64, x *[matrixCells]float64) float64 {
	z := w[matrixCells]
	for i, v := range x {
		z += w[i] * v
	}
	return z
}

// MatrixInputs turns one row of cells, in counts, into what a MatrixModel sees.
func MatrixInputs(counts []float64) []float64 {
	x := make([]float64, len(counts))
	for i, v := range counts {
		x[i] = scaled(v)
	}
	return x
}

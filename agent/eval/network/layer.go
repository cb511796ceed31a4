package network

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"osmanthus/agent/signal"
)

const normalFloor = 1e-5 // added to a variance

// layer is a convolution, normalised over the batch, of which what is above 0
// goes on.
type layer struct {
	below  *sheet // what comes
	width  int
	stride int

	weights     param // by channel that goes, sample and channel that comes
	gain, shift param

	normal *sheet // before gain and shift
	out    *sheet
	dout   *sheet    // the slopes of the loss of out
	spread []float32 // 1/deviation of each channel in the batch
	mean   []float32

	// Sums over batches for good, and their number.
	settledMean, settledVariance []float64
	settled                      int
}

// newLayer returns a layer on what is below, whose own output has a margin.
func newLayer(below *sheet, s Shape, margin int, r *rand.Rand) *layer {
	l := &layer{below: below, width: s.Width, stride: s.Stride}
	to := (below.n+2*below.margin-s.Width)/s.Stride + 1
	fan := below.channels * s.Width
	l.weights = newParam(s.Out*fan, fan, r)
	l.gain, l.shift = newParam(s.Out, 0, r), newParam(s.Out, 0, r)
	for i := range l.gain.value {
		l.gain.value[i] = 1
	}
	l.normal = newSheet(to, s.Out, below.batch, 0)
	l.out, l.dout = newSheet(to, s.Out, below.batch, margin), newSheet(to, s.Out, below.batch, margin)
	l.spread, l.mean = make([]float32, s.Out), make([]float32, s.Out)
	l.settledMean, l.settledVariance = make([]float64, s.Out), make([]float64, s.Out)
	return l
}

// matrix is weights, or their slopes, with a row for each channel that goes.
func (l *layer) matrix(v []float32) blas32.General {
	return matrix(v, l.out.channels, l.width*l.below.channels)
}

func (l *layer) forward() {
	weights := l.matrix(l.weights.value)
	for t := range l.out.n {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, weights, l.below.window(t*l.stride, l.width), 0, l.normal.window(t, 1))
	}
	count := float64(l.out.n * l.out.batch)
	for o := range l.out.channels {
		sum, square := 0.0, 0.0
		for t := range l.out.n {
			for _, v := range l.normal.row(t, o) {
				sum += float64(v)
				square += float64(v) * float64(v)
			}
		}
		mean := sum / count
		l.mean[o] = float32(mean)
		l.spread[o] = float32(1 / math.Sqrt(max(0, square/count-mean*mean)+normalFloor))
		for t := range l.out.n {
			row, y := l.normal.row(t, o), l.out.row(t, o)
			for b, v := range row {
				v = (v - l.mean[o]) * l.spread[o]
				row[b] = v
				y[b] = max(0, v*l.gain.value[o]+l.shift.value[o])
			}
		}
	}
}

// backward takes dout and adds the slopes of the weights; those of what is below
// go to dbelow, unless nothing below is fitted.
func (l *layer) backward(dbelow *sheet) {
	count := float64(l.out.n * l.out.batch)
	for o := range l.out.channels {
		gain, shift := 0.0, 0.0
		for t := range l.out.n {
			y, d, normal := l.out.row(t, o), l.dout.row(t, o), l.normal.row(t, o)
			for b := range d {
				if y[b] <= 0 {
					d[b] = 0
				}
				gain += float64(d[b] * normal[b])
				shift += float64(d[b])
			}
		}
		l.gain.slope[o] += float32(gain)
		l.shift.slope[o] += float32(shift)
		scale, meanGain, meanShift := l.gain.value[o]*l.spread[o], float32(gain/count), float32(shift/count)
		for t := range l.out.n {
			d, normal := l.dout.row(t, o), l.normal.row(t, o)
			for b := range d {
				d[b] = scale * (d[b] - meanShift - normal[b]*meanGain)
			}
		}
	}
	weights, slopes := l.matrix(l.weights.value), l.matrix(l.weights.slope)
	if dbelow != nil {
		clear(dbelow.v)
	}
	for t := range l.out.n {
		d := l.dout.window(t+l.dout.margin, 1)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, d, l.below.window(t*l.stride, l.width), 1, slopes)
		if dbelow != nil {
			blas32.Gemm(blas.Trans, blas.NoTrans, 1, weights, d, 1, dbelow.window(t*l.stride, l.width))
		}
	}
}

// settle takes the mean and variance of the present batch for good.
func (l *layer) settle() {
	for o := range l.mean {
		l.settledMean[o] += float64(l.mean[o])
		l.settledVariance[o] += 1/(float64(l.spread[o])*float64(l.spread[o])) - normalFloor
	}
	l.settled++
}

// conv returns the layer with the normalisation in its weights.
func (l *layer) conv() signal.Conv {
	in, made := l.below.channels, l.out.channels
	c := signal.Conv{In: in, Out: made, Width: l.width, Stride: l.stride, Bias: make([]float32, made), Weights: make([]float32, len(l.weights.value))}
	for o := range made {
		mean := l.settledMean[o] / float64(l.settled)
		scale := float64(l.gain.value[o]) / math.Sqrt(l.settledVariance[o]/float64(l.settled)+normalFloor)
		c.Bias[o] = float32(float64(l.shift.value[o]) - mean*scale)
		for k := range l.width {
			for i := range in {
				c.Weights[(o*in+i)*l.width+k] = float32(float64(l.weights.value[(o*l.width+k)*in+i]) * scale)
			}
		}
	}
	return c
}

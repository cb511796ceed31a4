package network

import (
	"math"
	"math/rand/v2"

	"osmanthus/agent/signal"
)

const normalFloor = 1e-5 // added to a variance

// layer is a convolution, normalised over the batch, of which what is above 0
// goes on.
type layer struct {
	in, n    int // channels that come, and samples of each
	made, to int // that go
	width    int
	stride   int
	first    bool // nothing below is fitted

	weights, gain, shift param

	patches [][]float32 // of each input: what each output sample sees
	normal  [][]float32 // before gain and shift
	out     [][]float32
	dout    [][]float32
	spread  []float32 // 1/deviation of each channel in the batch
	mean    []float32

	// Sums over batches for good, and their number.
	settledMean, settledVariance []float64
	settled                      int

	seen, slopes, back, turned []float32 // to work with
}

func newLayer(in, n int, s Shape, batch int, r *rand.Rand) *layer {
	l := &layer{in: in, n: n, made: s.Out, width: s.Width, stride: s.Stride}
	l.to = (n+2*(s.Width/2)-s.Width)/s.Stride + 1
	fan := in * s.Width
	l.weights = newParam(s.Out*fan, fan, r)
	l.gain, l.shift = newParam(s.Out, 0, r), newParam(s.Out, 0, r)
	for i := range l.gain.value {
		l.gain.value[i] = 1
	}
	for range batch {
		l.patches = append(l.patches, make([]float32, fan*l.to))
		l.normal = append(l.normal, make([]float32, s.Out*l.to))
		l.out = append(l.out, make([]float32, s.Out*l.to))
		l.dout = append(l.dout, make([]float32, s.Out*l.to))
	}
	l.spread, l.mean = make([]float32, s.Out), make([]float32, s.Out)
	l.settledMean, l.settledVariance = make([]float64, s.Out), make([]float64, s.Out)
	l.seen, l.slopes = make([]float32, fan*l.to), make([]float32, s.Out*l.to)
	l.back, l.turned = make([]float32, fan*l.to), make([]float32, s.Out*fan)
	return l
}

// look writes what each output sample sees of x, a row for each.
func (l *layer) look(x, rows []float32) {
	fan := l.in * l.width
	for t := range l.to {
		row := rows[t*fan : (t+1)*fan]
		from := t*l.stride - l.width/2
		for c := range l.in {
			channel := x[c*l.n : (c+1)*l.n]
			for k := range l.width {
				v := float32(0)
				if i := from + k; i >= 0 && i < l.n {
					v = channel[i]
				}
				row[c*l.width+k] = v
			}
		}
	}
}

func (l *layer) forward(x [][]float32) [][]float32 {
	fan := l.in * l.width
	for b := range x {
		l.look(x[b], l.patches[b])
		multiply(l.normal[b], l.weights.value, l.patches[b], l.made, l.to, fan)
	}
	for o := range l.made {
		sum, square := 0.0, 0.0
		for b := range x {
			for _, v := range l.normal[b][o*l.to : (o+1)*l.to] {
				sum += float64(v)
				square += float64(v) * float64(v)
			}
		}
		count := float64(len(x) * l.to)
		mean := sum / count
		l.mean[o] = float32(mean)
		l.spread[o] = float32(1 / math.Sqrt(max(0, square/count-mean*mean)+normalFloor))
		for b := range x {
			row, y := l.normal[b][o*l.to:(o+1)*l.to], l.out[b][o*l.to:(o+1)*l.to]
			for t, v := range row {
				v = (v - l.mean[o]) * l.spread[o]
				row[t] = v
				y[t] = max(0, v*l.gain.value[o]+l.shift.value[o])
			}
		}
	}
	return l.out
}

// backward takes dout, the slope of the loss of out, and adds those of the
// weights; dx becomes that of x, where something is below.
func (l *layer) backward(x, dx [][]float32) {
	for o := range l.made {
		gain, shift := 0.0, 0.0
		for b := range x {
			y, d, normal := l.out[b][o*l.to:(o+1)*l.to], l.dout[b][o*l.to:(o+1)*l.to], l.normal[b][o*l.to:(o+1)*l.to]
			for t := range d {
				if y[t] <= 0 {
					d[t] = 0
				}
				gain += float64(d[t] * normal[t])
				shift += float64(d[t])
			}
		}
		l.gain.slope[o] += float32(gain)
		l.shift.slope[o] += float32(shift)
		count := float64(len(x) * l.to)
		scale, meanGain, meanShift := l.gain.value[o]*l.spread[o], float32(gain/count), float32(shift/count)
		for b := range x {
			d, normal := l.dout[b][o*l.to:(o+1)*l.to], l.normal[b][o*l.to:(o+1)*l.to]
			for t := range d {
				d[t] = scale * (d[t] - meanShift - normal[t]*meanGain)
			}
		}
	}
	fan := l.in * l.width
	transpose(l.turned, l.weights.value, l.made, fan) // by fan, then out
	for b := range x {
		transpose(l.seen, l.patches[b], l.to, fan)
		multiplyAdd(l.weights.slope, l.dout[b], l.seen, l.made, fan, l.to)
		if l.first {
			continue
		}
		transpose(l.slopes, l.dout[b], l.made, l.to) // by to, then out
		multiply(l.back, l.slopes, l.turned, l.to, fan, l.made)
		l.spreadBack(l.back, dx[b])
	}
}

// spreadBack gives the slopes of what was seen to what it was seen of.
func (l *layer) spreadBack(rows, dx []float32) {
	clear(dx)
	fan := l.in * l.width
	for t := range l.to {
		row := rows[t*fan : (t+1)*fan]
		from := t*l.stride - l.width/2
		for c := range l.in {
			channel := dx[c*l.n : (c+1)*l.n]
			for k := range l.width {
				if i := from + k; i >= 0 && i < l.n {
					channel[i] += row[c*l.width+k]
				}
			}
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
	c := signal.Conv{In: l.in, Out: l.made, Width: l.width, Stride: l.stride, Bias: make([]float32, l.made), Weights: make([]float32, len(l.weights.value))}
	fan := l.in * l.width
	for o := range l.made {
		mean := l.settledMean[o] / float64(l.settled)
		scale := float64(l.gain.value[o]) / math.Sqrt(l.settledVariance[o]/float64(l.settled)+normalFloor)
		c.Bias[o] = float32(float64(l.shift.value[o]) - mean*scale)
		for i := range fan {
			c.Weights[o*fan+i] = float32(float64(l.weights.value[o*fan+i]) * scale)
		}
	}
	return c
}

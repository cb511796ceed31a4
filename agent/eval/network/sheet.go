package network

import "gonum.org/v1/gonum/blas/blas32"

// sheet holds samples of channels of all cases of a batch: by sample, channel
// and case, so that what an output sample sees is one stretch of it. There is a
// margin beyond both ends.
type sheet struct {
	v               []float32
	n, margin       int // samples; of the margin at each end
	channels, batch int
}

func newSheet(n, channels, batch, margin int) *sheet {
	return &sheet{v: make([]float32, (n+2*margin)*channels*batch), n: n, margin: margin, channels: channels, batch: batch}
}

// row is channel c of sample t of each case.
func (s *sheet) row(t, c int) []float32 {
	from := ((t+s.margin)*s.channels + c) * s.batch
	return s.v[from : from+s.batch]
}

// window is a window of samples, counted from the margin on, with a row of the
// batch for each sample and channel.
func (s *sheet) window(from, width int) blas32.General {
	size := s.channels * s.batch
	return matrix(s.v[from*size:(from+width)*size], width*s.channels, s.batch)
}

func matrix(v []float32, rows, columns int) blas32.General {
	return blas32.General{Rows: rows, Cols: columns, Stride: columns, Data: v}
}

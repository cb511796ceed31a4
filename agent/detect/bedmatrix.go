package detect

import (
	"math"
	"time"

	"osmanthus/care"
)

const (
	matrixCells   = 16
	matrixSettle  = 900 * time.Millisecond // how long a change must last: until the second row of one a second
	matrixTurn    = 3 * time.Second        // how long another posture must last
	matrixGap     = 10 * time.Second       // a change is not seen across a longer silence
	matrixSure    = 0.35                   // probability from which a posture is told
	matrixMiddle  = 440.0                  // counts, about the mean of all cells
	matrixScale   = 80.0                   // counts, about their spread
	matrixOutlier = 4.0                    // scaled values beyond are a cell that is cut or shorted
	matrixLevel   = 0.5                    // s, smoothing where rows come faster than that
)

// matrix derives occupancy and posture from the force-sensing cells under a
// mattress, by two linear models that need no calibration of the single bed:
// see bedmatrix.md. On change it speaks at once, and again every 30 s.
type matrix struct {
	output
	last     time.Time // of the row before
	model    *MatrixModel
	level    [matrixCells]float64
	began    bool
	occupied steady
	posture  steady
	sure     [5]float64 // probability by posture, at the last row
	rhythm   rhythm
}

// steady is a value that changes only when another one has lasted.
type steady struct {
	value, other int
	known, doubt bool      // doubt: other was seen last
	first        time.Time // when other was seen first
}

// see takes what is seen at a time, and reports whether the value changed.
func (s *steady) see(v int, at time.Time, settle time.Duration) bool {
	if s.known && v == s.value {
		s.doubt = false
		return false
	}
	if !s.doubt || v != s.other || at.Before(s.first) {
		s.doubt, s.other, s.first = true, v, at
	}
	if at.Sub(s.first) < settle {
		return false
	}
	s.value, s.known, s.doubt = v, true, false
	return true
}

func newMatrix(s Source) *matrix {
	return &matrix{output: output{base: base{s.Resident, s.ID}}, model: s.Matrix, rhythm: rhythm{every: occupancyEvery}}
}

func (d *matrix) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	if b.Kind != care.BedMatrix || len(b.Channels) != matrixCells {
		return d.out
	}
	for i := range b.Len() {
		at := b.At(i)
		step := at.Sub(d.last)
		if d.began && step <= 0 && step > -matrixGap {
			continue // it was seen already
		}
		if d.began && (step < 0 || step > matrixGap) || b.Gap && i == 0 {
			d.gap = d.rhythm.began
			d.began, d.occupied.doubt, d.posture.doubt = false, false, false
		}
		if d.row(b, i, step.Seconds()) {
			d.last = at
			d.judge(at)
		}
	}
	return d.out
}

// row takes one row of cells; a cell without a number drops it.
func (d *matrix) row(b *care.Block, i int, dt float64) bool {
	for k := range d.level {
		if v := b.Channels[k][i]; math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	for k := range d.level {
		v := scaled(b.Channels[k][i])
		if !d.began {
			d.level[k] = v
		}
		d.level[k] += (v - d.level[k]) * min(1, dt/matrixLevel)
	}
	d.began = true
	return true
}

// scaled brings counts near to -1..1.
func scaled(counts float64) float64 {
	return min(max((counts-matrixMiddle)/matrixScale, -matrixOutlier), matrixOutlier)
}

// judge decides from the present level.
func (d *matrix) judge(at time.Time) {
	p := d.model.occupied(&d.level)
	changed := d.occupied.see(bit(p >= 0.5), at, matrixSettle)
	if changed && d.occupied.value == 0 {
		d.posture = steady{known: true, value: care.PostureUnknown}
	}
	turned := changed && d.occupied.value == 0
	if d.occupied.known && d.occupied.value == 1 {
		d.model.postures(&d.level, &d.sure)
		best := care.PostureUnknown
		for k := care.PostureBack; k <= care.PostureStomach; k++ {
			if d.sure[k] >= matrixSure && d.sure[k] > d.sure[best] {
				best = k
			}
		}
		settle := matrixTurn
		if !d.posture.known || d.posture.value == care.PostureUnknown {
			settle = matrixSettle
		}
		turned = d.posture.see(best, at, settle) || turned
	}
	due := d.rhythm.due(at)
	if d.occupied.known && (changed || due) {
		q := p
		if d.occupied.value == 0 {
			q = 1 - p
		}
		d.emit(care.BedOccupancy, float64(d.occupied.value), percent(q), at)
	}
	if d.posture.known && (turned || due && d.occupied.value == 1) {
		d.emit(care.BedPosture, float64(d.posture.value), care.Quality(math.Round(100*d.sure[d.posture.value])), at)
	}
	if changed || turned || due {
		d.rhythm.last, d.gap = at, false
	}
}

// percent turns a probability into a quality; a decision that stands is never
// so doubtful that no rule believes it.
func percent(p float64) care.Quality { return care.Quality(max(Believed, math.Round(100*p))) }

package signal

// Resampler turns frames of a few channels from one even rate into another:
// by the mean of what falls into a step where it slows down, and linearly
// between neighbours where it speeds up.
type Resampler struct {
	out, in  float64 // samples a second
	phase    float64 // output steps since the last output, at the last input
	sum      []float64
	count    int
	previous []float64
	frame    []float64
	primed   bool
}

// NewResampler returns a Resampler to rate samples a second of channels
// channels.
func NewResampler(rate float64, channels int) *Resampler {
	return &Resampler{out: rate, sum: make([]float64, channels), previous: make([]float64, channels), frame: make([]float64, channels)}
}

// Reset forgets the samples so far: after a gap.
func (r *Resampler) Reset() {
	r.phase, r.count, r.primed = 0, 0, false
	for i := range r.sum {
		r.sum[i] = 0
	}
}

// Push takes the next frame, sampled at rate samples a second, and calls emit
// for each output frame that it completes. The frame that emit sees is good
// until emit returns.
func (r *Resampler) Push(frame []float64, rate float64, emit func([]float64)) {
	if r.in != rate {
		r.in = rate
		r.Reset()
	}
	step := r.out / rate // output steps for one input step
	if step <= 1 {
		r.slower(frame, step, emit)
	} else {
		r.faster(frame, step, emit)
	}
}

func (r *Resampler) slower(frame []float64, step float64, emit func([]float64)) {
	for i := range r.sum {
		r.sum[i] += frame[i]
	}
	r.count++
	if r.phase += step; r.phase < 1-1e-9 {
		return
	}
	r.phase--
	for i := range r.sum {
		r.frame[i] = r.sum[i] / float64(r.count)
		r.sum[i] = 0
	}
	r.count = 0
	emit(r.frame)
}

func (r *Resampler) faster(frame []float64, step float64, emit func([]float64)) {
	if !r.primed {
		r.primed = true
		copy(r.previous, frame)
		emit(frame)
		return
	}
	for r.phase += step; r.phase >= 1-1e-9; r.phase-- {
		// The output lies (phase-1)/step input steps before this input.
		back := max(0, (r.phase-1)/step)
		for i := range r.frame {
			r.frame[i] = frame[i] + (r.previous[i]-frame[i])*back
		}
		emit(r.frame)
	}
	copy(r.previous, frame)
}

package signal

import "math"

const (
	beatsMost    = 48              // beats that are looked at in one window
	beatForm     = 25              // samples of a beat's form: from 0.2 s before its steepest rise to 0.3 s after it
	beatFormLead = 10              // of these, before
	beatSteep    = 0.5             // of the typical steepest rise of a second: less is a notch or noise
	beatWeak     = 0.25            // of the steepest rise of a strong second: less does not end a pause
	beatPause    = 2.5 * PulseRate // samples without a beat from which they are not counted
	beatsAgree   = 0.1             // how far intervals of one rhythm lie apart, relative
)

// beatWindow finds the beats of a stretch of pulse wave by their steepest
// rise, which lies still where peaks wander, and says how alike they are: the
// template matching of Orphanidou et al., IEEE J. Biomed. Health Inform. 2015.
type beatWindow struct {
	wave   []float64 // oldest first
	rises  [beatsMost]rise
	n      int
	mean   [beatForm]float64
	scores [beatsMost]float64
	strong float64 // the least of the steepest rises of the steeper third of the seconds
}

// rise is the steepest moment of one beat.
type rise struct {
	at    float64 // samples from the window's begin
	slope float64
}

func newBeatWindow(samples int) *beatWindow { return &beatWindow{wave: make([]float64, samples)} }

// find looks for beats in the newest samples of r.
func (w *beatWindow) find(r *Ring) {
	n, mean := len(w.wave), r.Mean(len(w.wave)-1, 0)
	for i := range w.wave {
		w.wave[i] = r.Back(n-1-i) - mean
	}
	w.upright()
	w.n = 0
	least := beatSteep * w.typical()
	if !(least > 0) {
		return
	}
	for i := 2; i+1 < n; i++ {
		a, b, c := w.wave[i-1]-w.wave[i-2], w.wave[i]-w.wave[i-1], w.wave[i+1]-w.wave[i]
		if b > a && b >= c && b >= least {
			w.take(rise{at: float64(i) + vertex(a, b, c), slope: b})
		}
	}
}

// paused reports whether beats are missing somewhere in the window. Where they
// are in half of it, what is typical of it is noise.
func (w *beatWindow) paused() bool {
	last := 0.0
	for _, r := range w.rises[:w.n] {
		if r.slope < beatWeak*w.strong {
			continue
		}
		if r.at-last > beatPause {
			return true
		}
		last = r.at
	}
	return float64(len(w.wave))-last > beatPause
}

// upright turns the wave so that beats rise faster than they fall: some sensors
// give the light that comes back, others what is missing of it.
func (w *beatWindow) upright() {
	skew := 0.0
	for i := 1; i < len(w.wave); i++ {
		d := w.wave[i] - w.wave[i-1]
		skew += d * d * d
	}
	if skew >= 0 {
		return
	}
	for i := range w.wave {
		w.wave[i] = -w.wave[i]
	}
}

// typical returns the median over the seconds of the steepest rise in each.
func (w *beatWindow) typical() float64 {
	k := 0
	for from := 1; from+PulseRate <= len(w.wave) && k < beatsMost; from += PulseRate {
		steep := 0.0
		for i := from; i < from+PulseRate; i++ {
			steep = max(steep, w.wave[i]-w.wave[i-1])
		}
		w.scores[k] = steep
		k++
	}
	typical := Median(w.scores[:k]) // and they are sorted
	w.strong = w.scores[2*k/3]
	return typical
}

// take adds a beat, or puts it in the place of a lesser one too near to it.
func (w *beatWindow) take(x rise) {
	if w.n > 0 && x.at-w.rises[w.n-1].at < pulseShortest {
		if x.slope > w.rises[w.n-1].slope {
			w.rises[w.n-1] = x
		}
		return
	}
	if w.n < beatsMost {
		w.rises[w.n] = x
		w.n++
	}
}

// form returns the wave around beat i, nil where the window cuts it.
func (w *beatWindow) form(i int) []float64 {
	from := int(w.rises[i].at+0.5) - beatFormLead
	if from < 0 || from+beatForm > len(w.wave) {
		return nil
	}
	return w.wave[from : from+beatForm]
}

// alike returns the mean correlation of the beats with their mean, 0 where
// there are fewer than three.
func (w *beatWindow) alike() float64 {
	clear(w.mean[:])
	n := 0
	for i := range w.n {
		if f := w.form(i); f != nil {
			n++
			for k, v := range f {
				w.mean[k] += v
			}
		}
	}
	if n < 3 {
		return 0
	}
	sum := 0.0
	for i := range w.n {
		if f := w.form(i); f != nil {
			sum += correlation(f, w.mean[:])
		}
	}
	return sum / float64(n)
}

func correlation(x, y []float64) float64 {
	var sx, sy, xx, yy, xy float64
	for i, v := range x {
		sx += v
		sy += y[i]
		xx += v * v
		yy += y[i] * y[i]
		xy += v * y[i]
	}
	n := float64(len(x))
	d := (xx - sx*sx/n) * (yy - sy*sy/n)
	if !(d > 0) {
		return 0
	}
	return (xy - sx*sy/n) / math.Sqrt(d)
}

// rhythm returns the interval that most beats keep, in samples, which share
// of all intervals does, and the mean of all intervals.
func (w *beatWindow) rhythm() (common, share, mean float64) {
	n := w.n - 1
	if n < 2 {
		return 0, 0, 0
	}
	most := 0
	for i := range n {
		centre, sum, k := w.interval(i), 0.0, 0
		for j := range n {
			if v := w.interval(j); math.Abs(v-centre) <= beatsAgree*centre {
				sum += v
				k++
			}
		}
		if k > most {
			most, common = k, sum/float64(k)
		}
	}
	return common, float64(most) / float64(n), (w.rises[n].at - w.rises[0].at) / float64(n)
}

func (w *beatWindow) interval(i int) float64 { return w.rises[i+1].at - w.rises[i].at }

package detect

import (
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	// pulseStill is how much a second of acceleration may deviate for the light
	// to be believed by itself, in g: arms that swing move blood as a pulse does.
	pulseStill = 0.06
	// pulseRest is how long it must have been so: the window of the pulse.
	pulseRest = 8 * time.Second
	// settleFor is how long a pulse seen at rest says something about the one
	// in motion.
	settleFor = 30 * time.Second
)

// shaking is the acceleration that a band measures beside the light.
type shaking struct {
	follow  signal.Continuity
	rate    *signal.Resampler
	hold    [3]*signal.Hold
	frame   [3]float64
	push    func([]float64)
	second  signal.Motion // the second so far
	shaken  time.Time     // the last second that moved too much
	moving  bool          // there was one
	until   time.Time     // the newest sample
	tracker *signal.PulseTracker
	next    time.Time // when the tracker is to be asked
	settled time.Time // when a pulse at rest was last given to the tracker
	asked   time.Time // when the tracker was last asked
}

func newShaking() *shaking {
	s := &shaking{rate: signal.NewResampler(signal.PulseRate, 3), tracker: signal.NewPulseTracker()}
	for k := range s.hold {
		s.hold[k] = signal.NewHold(accLimit, 50)
	}
	s.push = func(g []float64) { s.tracker.Move([3]float64(g)) }
	return s
}

// take takes a block of acceleration.
func (s *shaking) take(b *care.Block) {
	switch s.follow.Next(b) {
	case signal.Repeats:
		return
	case signal.Broken:
		s.forget()
	}
	for i := range b.Len() {
		ok := true
		for k := range s.frame {
			var good bool
			s.frame[k], good = s.hold[k].Push(b.Channels[k][i])
			ok = ok && good
		}
		if !ok {
			s.forget()
			continue
		}
		s.rate.Push(s.frame[:], b.Rate, s.push)
		s.second.Push(s.frame[0], s.frame[1], s.frame[2])
		if float64(s.second.Len()) < b.Rate {
			continue
		}
		if s.second.Rest() > pulseStill {
			s.moving, s.shaken = true, b.At(i)
		}
		s.second.Reset()
	}
	s.until = b.At(b.Len())
}

// forget drops the acceleration so far.
func (s *shaking) forget() {
	s.rate.Reset()
	s.second.Reset()
	s.tracker.Still()
	for _, h := range s.hold {
		h.Reset()
	}
}

// lost forgets the pulse: the band was off the skin.
func (s *shaking) lost() {
	s.tracker.Forget()
	s.settled = time.Time{}
}

// still reports whether the light of the last seconds can be believed by
// itself.
func (s *shaking) still(at time.Time) bool {
	since := at.Sub(s.shaken)
	return !s.moving || since >= pulseRest || since < -pulseRest
}

// due reports whether the tracker is to be asked after the sample at a time:
// where windows of whole steps end that began with the light. It is told every
// sample.
func (s *shaking) due(at time.Time) bool {
	const every, sample = signal.TrackEvery * time.Second, time.Second / signal.PulseRate
	if d := at.Sub(s.next); d > every || d < -2*every {
		s.next = at.Add(every - sample)
		return false
	}
	if at.Add(sample).Before(s.next) {
		return false
	}
	s.next = s.next.Add(every)
	return true
}

// settle takes a pulse that was seen at rest.
func (s *shaking) settle(rate float64, at time.Time) {
	s.tracker.Settle(rate)
	s.settled = at
}

// estimate returns the pulse in motion with its quality; it is to be asked
// each signal.TrackEvery seconds while there is motion.
func (s *shaking) estimate(p *signal.Pulse, at time.Time) (float64, care.Quality, bool) {
	if d := at.Sub(s.asked); d < 0 || d > 2*signal.TrackEvery*time.Second { // motion begins
		if d := at.Sub(s.settled); d < 0 || d > settleFor {
			s.tracker.Forget()
		}
	}
	s.asked = at
	rate, sure, ok := s.tracker.Estimate(p, s.until.Sub(at).Seconds())
	if !ok || sure < motionLeastSure {
		return 0, 0, false
	}
	return rate, graded(sure, motionLeastSure, motionBestSure), true
}

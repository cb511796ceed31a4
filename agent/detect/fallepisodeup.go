package detect

import (
	"math"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	// upAfter is how long after the impact a sign of being up counts at the
	// earliest: before that it may be of the time before.
	upAfter = 40 * time.Second
	// walkedKnown and walkedNew are the seconds of walking that say that
	// somebody is up: few, where the band hangs as it always does when this
	// person walks; many, where that is not known yet.
	walkedKnown = 10
	walkedNew   = 30
	// walkedFade is what a second without walking takes from those.
	walkedFade = 0.25
	// hangsLearnt seconds of walking tell how the band hangs, and hangsAs is how
	// near to that it must hang, as a cosine: 45°.
	hangsLearnt = 20
	hangsAs     = 0.70710678
)

// gettingUp looks for walking, the clear sign that somebody who fell is up.
// Movement alone is none: who cannot get up moves, too.
type gettingUp struct {
	gaits []*gait
}

// gait follows one wearable.
type gait struct {
	id       care.SourceID
	follow   signal.Continuity
	rate     *signal.Resampler
	rhythm   *signal.Gait
	push     func([]float64)
	frame    []float64
	hangs    [3]float64 // where gravity pulls when this person walks
	learnt   float64    // seconds of walking that it comes from
	learning bool
	walked   float64
}

func newGait(id care.SourceID) *gait {
	g := &gait{id: id, rate: signal.NewResampler(signal.GaitRate, 3), rhythm: &signal.Gait{}, frame: make([]float64, 3)}
	g.push = g.sample
	return g
}

func (g *gait) sample(f []float64) {
	s, ok := g.rhythm.Push(f[0], f[1], f[2])
	if !ok {
		return
	}
	length := math.Sqrt(s.Down[0]*s.Down[0] + s.Down[1]*s.Down[1] + s.Down[2]*s.Down[2])
	if !s.Walking || !(length > 0.5 && length < 1.5) || !g.learning && g.learnt >= hangsLearnt && !g.asBefore(s.Down, length) {
		g.walked = max(0, g.walked-walkedFade)
		return
	}
	if g.walked++; !g.learning {
		return
	}
	g.learnt = min(g.learnt+1, 10*hangsLearnt)
	for k, v := range s.Down {
		g.hangs[k] += (v/length - g.hangs[k]) / g.learnt
	}
}

// asBefore reports whether gravity pulls about where it does when this person
// walks.
func (g *gait) asBefore(down [3]float64, length float64) bool {
	h := math.Sqrt(g.hangs[0]*g.hangs[0] + g.hangs[1]*g.hangs[1] + g.hangs[2]*g.hangs[2])
	return h > 0 && (down[0]*g.hangs[0]+down[1]*g.hangs[1]+down[2]*g.hangs[2])/(length*h) >= hangsAs
}

// walk takes a block of a wearable and reports, while somebody may be on the
// floor, that the person has walked.
func (u *gettingUp) walk(b *care.Block, open bool) (walked bool) {
	for i := range u.gaits {
		g := u.gaits[i]
		if g.id != b.Source {
			continue
		}
		switch g.follow.Next(b) {
		case signal.Repeats:
			return false
		case signal.Broken:
			g.rate.Reset()
			g.rhythm.Reset()
		}
		g.learning = !open
		for k := range b.Len() {
			for c := range g.frame {
				g.frame[c] = b.Channels[c][k]
			}
			g.rate.Push(g.frame, b.Rate, g.push)
		}
		needed := float64(walkedNew)
		if g.learnt >= hangsLearnt {
			needed = walkedKnown
		}
		return open && g.walked >= needed
	}
	return false
}

// fell begins anew: what was walked before counts no more.
func (u *gettingUp) fell() {
	for _, g := range u.gaits {
		g.walked = 0
	}
}

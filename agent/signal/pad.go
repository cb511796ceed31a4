package signal

import "math"

// The borders of a pressure pad behind its amplifier, in volts, that hold where
// a source has no others, and how long a change must last, in seconds.
const (
	PadOn  = 1.5
	PadOff = 0.8
	PadIn  = 1.0
	PadOut = 1.0
	// PadSit is how long the load must stay between the borders to be somebody
	// who sits on the edge; rolling over unloads a pad for less.
	PadSit = 3.0
)

// Pad decides from the voltage of a bed pad whether somebody is in the bed:
// beyond one border for a while is in, beyond the other for a while is out,
// between them nothing changes.
type Pad struct {
	on, off   float64 // V
	in, out   float64 // s that a change must last
	level     float64
	began     bool
	occupied  bool
	known     bool
	candidate float64 // s for which the other state has lasted
	between   float64 // s for which the load has been less than that of who lies
}

// NewPad returns a Pad with its borders in volts. Load raises the voltage
// where on > off, and lowers it where on < off. Lying down must last in
// seconds to count, getting up out seconds.
func NewPad(on, off, in, out float64) *Pad { return &Pad{on: on, off: off, in: in, out: out} }

// Reset forgets the level, not the state: after a gap.
func (p *Pad) Reset() { p.began, p.candidate, p.between = false, 0, 0 }

// Push takes a sample that stands for dt seconds, and reports whether the
// state has changed or is known for the first time.
func (p *Pad) Push(volts, dt float64) (changed bool) {
	if math.IsNaN(volts) || math.IsInf(volts, 0) || !(dt > 0) {
		return false
	}
	if !p.began {
		p.began, p.level = true, volts
	}
	p.level += (volts - p.level) * min(1, dt/0.3) // 0.3 s: a kick is not a person
	now := p.occupied
	p.between += dt
	switch sign := math.Copysign(1, p.on-p.off); {
	case sign*(p.level-p.on) >= 0:
		now, p.between = true, 0
	case sign*(p.level-p.off) <= 0:
		now = false
	case !p.known:
		return false
	}
	if p.known && now == p.occupied {
		p.candidate = 0
		return false
	}
	limit := p.out
	if now {
		limit = p.in
	}
	if p.candidate += dt; p.candidate < limit {
		return false
	}
	p.occupied, p.known, p.candidate = now, true, 0
	return true
}

// Occupied returns whether somebody is in the bed; known is false before that
// could be told.
func (p *Pad) Occupied() (occupied, known bool) { return p.occupied, p.known }

// Sits reports whether somebody who is in the bed loads it by half only, and
// has for a while: who sits on its edge does.
func (p *Pad) Sits() bool { return p.known && p.occupied && p.between >= PadSit }

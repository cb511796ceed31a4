package detect

import (
	"time"

	"osmanthus/care"
)

const (
	pulselessRule = "pulseless/1"
	// How much longer a pulse may be missing than it is seen, in light of skin
	// that showed one: at rest, as acceleration says, or where nothing says
	// whether the wearer moves. See light.md.
	pulselessRest  = time.Minute
	pulselessBlind = 2 * time.Minute
	// pulselessOff is how long a finger or a band must be away to be taken off,
	// and not to have slipped.
	pulselessOff = time.Minute
	// pulselessProof is how many estimates in a row are a pulse: noise has one now
	// and then.
	pulselessProof = 3
)

// sought is how long a pulse that was there is looked for in vain, in steps of
// pulseEvery.
type sought struct {
	found     int // in a row, until there are enough
	vain, off time.Duration
}

// seen says that there is a pulse. One now and then is not enough.
func (s *sought) seen() {
	s.found = min(s.found+1, pulselessProof)
	s.vain, s.off = max(0, s.vain-pulseEvery), 0
}

// unseen says that skin shows none, and no movement is why.
func (s *sought) unseen() {
	s.off = 0
	if s.found < pulselessProof {
		s.found = 0
		return
	}
	s.vain = min(s.vain+pulseEvery, pulselessBlind)
}

// away says that there is no skin.
func (s *sought) away() {
	if s.off = min(s.off+pulseEvery, pulselessOff); s.off == pulselessOff {
		s.found, s.vain = 0, 0
	}
}

// pulseless tells where skin shows its pulse no more: the heart is too slow or
// stands still, or it cannot be seen, and nobody is watched by it.
type pulseless struct {
	base
	light *pulse
	open  bool
	onset time.Time
}

func newPulseless(s Source, light *pulse) *pulseless {
	return &pulseless{base: base{s.Resident, s.ID}, light: light}
}

func (d *pulseless) Block(*care.Block) []care.Alert { return nil }

func (d *pulseless) Reading(care.Reading) []care.Alert { return nil }

// Tick asks the light.
func (d *pulseless) Tick(at time.Time) []care.Alert {
	limit := pulselessBlind
	if d.light.shake != nil {
		limit = pulselessRest
	}
	vain, c := d.light.sought.vain, same
	switch {
	case !d.open && vain >= limit:
		d.open, d.onset, c = true, at.Add(-vain), raise
	case d.open && vain == 0:
		d.open, c = false, clear
	}
	if c == same {
		return nil
	}
	return []care.Alert{d.announce(care.SourceStale, c, care.Medium, d.onset, at, ruled(care.Evidence{
		Rule: pulselessRule, Metric: care.PulseRate, Features: []care.Feature{
			{Name: "silence", Value: vain.Seconds(), Unit: "s"}, {Name: "limit", Value: limit.Seconds(), Unit: "s"}},
	}, care.Feature{Name: "silence", Value: limit.Seconds(), Unit: "s"}))}
}

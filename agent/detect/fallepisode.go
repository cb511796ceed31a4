package detect

import (
	"time"

	"osmanthus/care"
)

const (
	episodeRule = "fall-episode/2"
	wellRule    = "cancelled-by-wearer/1"
	upRule      = "got-up/2"
	// A press answers impacts that lie between wellSettle and wellMemory before
	// it: sooner it was the floor that pressed.
	wellSettle = 2 * time.Second
	wellMemory = time.Minute
	// episodeDue is when a suspicion is confirmed here although its detector
	// never decided: it was interrupted by a restart, or stands still.
	episodeDue = 29 * time.Second
	// episodeMax falls of one resident are followed at a time. One more is
	// passed on as it is.
	episodeMax = 8
)

// fallEpisodes is what every fall alert of one resident passes, whichever
// detector says it: the wearer's "I am well", care in progress, and the clock
// of who lies on the floor. See fallepisode.md.
type fallEpisodes struct {
	resident care.ResidentID
	policy   FallPolicy
	falls    []fallen
	snooze   snooze
	floor    floor
	up       gettingUp
	beds     []bedWord // of the sources that say who is in the bed
	levels   []level   // of the buttons and badges
	dismiss  []dismisser
	records  []sourceRecord
	wellAt   time.Time // the last press of "I am well"
	last     time.Time // the latest that was heard of; zero before that
	ticked   time.Time // the last tick
	out      []care.Alert
	readings []care.Reading
}

// dismisser is a detector that can be told that an episode is over, so that
// the next impact is a new one.
type dismisser interface {
	dismiss(care.Episode)
}

// fallen is one fall.
type fallen struct {
	phase  fallPhase
	alert  care.Alert // what its detector said last
	voices []voice    // the detectors that tell of it, the first one first
	// began is the impact, moved when the clock is set, so that what has
	// passed since then can be told.
	began time.Time
	up    bool // the person got up while it was held
}

type fallPhase uint8

const (
	fallOver    fallPhase = iota // cleared, cancelled or handled
	fallDoubted                  // suspected was said; its detector has not decided
	fallHeld                     // its detector is sure; window or care holds it back
	fallDown                     // confirmed was said
)

// newFallEpisodes returns the machine of one resident of a plan.
func newFallEpisodes(p Plan, resident care.ResidentID) *fallEpisodes {
	d := &fallEpisodes{resident: resident, policy: p.fallPolicy(resident), falls: make([]fallen, 0, episodeMax)}
	for _, s := range p.Sources {
		if s.Resident == resident {
			d.add(s)
		}
	}
	return d
}

// add prepares for one source.
func (d *fallEpisodes) add(s Source) {
	switch s.Kind {
	case IMUWrist, IMUWaist:
		d.records = append(d.records, newSourceRecord(s.ID))
		d.up.gaits = append(d.up.gaits, newGait(s.ID))
	}
	d.levels = append(d.levels, level{id: s.ID, kind: s.Kind})
}

// admit takes what a detector says about a fall, and returns what is to be said.
func (d *fallEpisodes) admit(a care.Alert) []care.Alert {
	d.out = emptied(d.out)
	d.advance(a.At)
	d.explain(&a)
	f := d.find(a.Episode)
	if f == nil {
		f = d.beside(&a)
	}
	if f == nil {
		if f = d.place(); f == nil {
			return append(d.out, a)
		}
		*f = fallen{alert: a, began: a.Onset}
		if a.State == care.Cleared {
			return append(d.out, a)
		}
		f.phase = fallDoubted
		if a.State == care.Confirmed { // by a detector that does not suspect before
			f.alert.State = care.Suspected
			d.out = append(d.out, f.alert)
		}
	} else if f.phase == fallOver && a.State != care.Cleared {
		return d.out // the wearer, a person or the detector itself has ended it
	}
	if !f.tells(&a) {
		return d.out
	}
	f.alert = a
	switch {
	case a.State != care.Cleared && f.phase == fallDoubted && d.saidWell(a.Onset):
		if a.State == care.Suspected {
			d.out = append(d.out, a)
		}
		d.end(f, a.At, wellRule)
	case a.State == care.Suspected:
		if f.phase != fallDown {
			d.out = append(d.out, a)
		}
	case a.State == care.Cleared:
		if f.phase != fallOver {
			d.out = append(d.out, a)
		}
		if f.phase != fallDown { // else people were called, and the clock goes on
			f.phase = fallOver
		}
	default:
		d.sure(f, a.At)
	}
	return d.out
}

// sure takes the detector's certainty: it is said at once unless the wearer's
// window or care holds it back.
func (d *fallEpisodes) sure(f *fallen, at time.Time) {
	if f.phase == fallDown {
		d.out = append(d.out, f.alert)
		return
	}
	f.phase = fallHeld
	d.up.fell()
	d.release(f, at)
}

// release says what is held back and may be said by now.
func (d *fallEpisodes) release(f *fallen, at time.Time) {
	passed := at.Sub(f.began)
	switch {
	case f.phase == fallDoubted && !d.snooze.on && passed >= max(episodeDue, d.policy.WellWindow):
		f.alert.Evidence = d.ruled(f.alert.Evidence, episodeRule)
	case f.phase != fallHeld || d.snooze.on || passed < d.policy.WellWindow:
		return
	case f.up: // got up while it was held
		d.end(f, at, upRule)
		return
	}
	f.phase = fallDown
	f.alert.State, f.alert.At = care.Confirmed, at
	d.explain(&f.alert) // by now there is more to see
	if held := at.Sub(f.began); held > MaxWellWindow {
		f.alert.Evidence.Features = withFeature(f.alert.Evidence.Features, care.Feature{Name: "held", Value: held.Seconds(), Unit: "s"})
	}
	d.out = append(d.out, f.alert)
	d.lies(f, at)
}

// end clears a fall of which nobody was called.
func (d *fallEpisodes) end(f *fallen, at time.Time, rule string) {
	f.phase = fallOver
	a := f.alert
	a.State, a.At = care.Cleared, at
	if a.Evidence = d.ruled(a.Evidence, rule); rule == wellRule {
		a.Evidence.Metric = care.WellPress
	}
	a.Evidence.Features = withFeature(a.Evidence.Features, care.Feature{Name: "after", Value: at.Sub(f.began).Seconds(), Unit: "s"})
	d.out = append(d.out, a)
	d.dismissed(f)
}

package detect

import (
	"time"

	"osmanthus/care"
)

const (
	episodeRule = "fall-episode/1"
	wellRule    = "cancelled-by-wearer/1"
	upRule      = "got-up/1"
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
	levels   []level // of the buttons and badges
	dismiss  []dismisser
	records  []sourceRecord
	wellAt   time.Time // the last press of "I am well"
	last     time.Time // the latest that was heard of; zero before that
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
	phase fallPhase
	alert care.Alert // what its detector said last
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
	d.out = d.out[:0]
	d.advance(a.At)
	d.explain(&a)
	f := d.find(a.Episode)
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
		f.alert.Evidence.Rule = episodeRule
	case f.phase != fallHeld || d.snooze.on || passed < d.policy.WellWindow:
		return
	case f.up: // got up while it was held
		d.end(f, at, upRule)
		return
	}
	f.phase = fallDown
	f.alert.State, f.alert.At = care.Confirmed, at
	if held := at.Sub(f.began); held > MaxWellWindow {
		f.alert.Evidence.Features = withFeature(f.alert.Evidence.Features, care.Feature{Name: "held", Value: held.Seconds(), Unit: "s"})
	}
	d.out = append(d.out, f.alert)
	d.floor.lieDown(f, at)
}

// end clears a fall of which nobody was called.
func (d *fallEpisodes) end(f *fallen, at time.Time, rule string) {
	f.phase = fallOver
	a := f.alert
	a.State, a.At = care.Cleared, at
	if a.Evidence.Rule = rule; rule == wellRule {
		a.Evidence.Metric = care.WellPress
	}
	a.Evidence.Features = withFeature(a.Evidence.Features, care.Feature{Name: "after", Value: at.Sub(f.began).Seconds(), Unit: "s"})
	d.out = append(d.out, a)
	for _, x := range d.dismiss {
		x.dismiss(a.Episode)
	}
}

// Block takes the waveform of any source of the resident.
func (d *fallEpisodes) Block(b *care.Block) []care.Alert {
	d.out = d.out[:0]
	if b.Kind != care.IMU || b.Len() == 0 {
		return nil
	}
	for i := range d.records {
		d.records[i].take(b)
	}
	if d.up.walk(b, d.open()) {
		d.gotUp(b.At(b.Len() - 1))
	}
	return d.out
}

// Reading takes a button, a badge or the bed.
func (d *fallEpisodes) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Flags&(care.OutOfRange|care.Stuck) != 0 {
		return nil
	}
	switch r.Metric {
	case care.WellPress:
		if l := d.level(r.Source); l != nil && l.press(r, WellButton) {
			d.advance(r.At)
			d.well(r)
		}
	case care.CareGiven:
		if l := d.level(r.Source); l != nil {
			d.advance(r.At)
			d.cared(l, r)
		}
	case care.BedOccupancy:
		if d.up.bed(r) {
			d.gotUp(r.At)
		}
	}
	return d.out
}

// well ends every fall of which nobody was called yet. Of the others the press
// is a reading like any other: it stops nothing.
func (d *fallEpisodes) well(r care.Reading) {
	d.wellAt = r.At
	for i := range d.falls {
		f := &d.falls[i]
		if (f.phase == fallDoubted || f.phase == fallHeld) && r.At.Sub(f.began) >= wellSettle {
			d.end(f, r.At, wellRule)
		}
	}
}

// saidWell reports whether the wearer pressed after an impact of which the
// detector speaks only now: it still shakes from a fall that was cancelled.
func (d *fallEpisodes) saidWell(onset time.Time) bool {
	ago := d.wellAt.Sub(onset)
	return ago >= wellSettle && ago <= wellMemory
}

// Tick lets time pass.
func (d *fallEpisodes) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	d.advance(at)
	for i := range d.falls {
		d.release(&d.falls[i], at)
	}
	if !d.snooze.on {
		d.out = append(d.out, d.floor.due(d.policy.LongLie, at)...)
	}
	d.countdown(at)
	return d.out
}

// assess appends the readings since it was asked last.
func (d *fallEpisodes) assess(out []care.Reading) []care.Reading {
	out = append(out, d.readings...)
	d.readings = d.readings[:0]
	return out
}

// own notes which of a source's detectors are told when an episode is over.
func (d *fallEpisodes) own(detectors []Detector) {
	for _, x := range detectors {
		if x, ok := x.(dismisser); ok {
			d.dismiss = append(d.dismiss, x)
		}
	}
}

// open reports whether somebody may be on the floor.
func (d *fallEpisodes) open() bool {
	for i := range d.falls {
		if d.falls[i].phase != fallOver {
			return true
		}
	}
	return d.floor.phase != floorUp
}

// advance lets the clocks run until a time. A clock that is set, by more than
// blocks and ticks may differ, moves with it what began before.
func (d *fallEpisodes) advance(at time.Time) {
	if d.last.IsZero() {
		d.resume(at)
	}
	step := at.Sub(d.last)
	if step < 0 && step > -tickCap {
		return // a block or a press that was on its way
	}
	d.last = at
	if d.snooze.pass(step) {
		if l := d.level(d.snooze.source); l != nil {
			l.spent = true
		}
	}
	set := step - min(max(step, 0), tickCap) // what of the step was no time that passed
	if set == 0 {
		return
	}
	for i := range d.falls {
		d.falls[i].began = d.falls[i].began.Add(set)
	}
	d.floor.began = d.floor.began.Add(set)
}

// gotUp takes a clear sign that the person is up, or in bed.
func (d *fallEpisodes) gotUp(at time.Time) {
	for i := range d.falls {
		if f := &d.falls[i]; f.phase == fallHeld && at.Sub(f.began) >= upAfter {
			f.up = true
		} else if f.phase == fallDown && at.Sub(f.began) >= upAfter {
			f.phase = fallOver
		}
	}
	d.out = append(d.out, d.floor.getUp(at)...)
}

// answered says that a person closed the alarm of an episode: somebody was
// there. It may be told again and again, also while a later fall is open.
func (d *fallEpisodes) answered(e care.Episode) {
	f := d.find(e)
	switch {
	case d.floor.about(e):
		for i := range d.falls {
			if d.falls[i].phase == fallDown {
				d.falls[i].phase = fallOver
			}
		}
		d.floor = floor{}
	case f == nil || f.phase == fallOver:
	case f.phase == fallDown:
		f.phase, d.floor = fallOver, floor{}
		for i := range d.falls { // of another fall nobody has said anything
			if d.falls[i].phase == fallDown {
				d.floor.lieDown(&d.falls[i], d.last)
			}
		}
	default:
		f.phase = fallOver
		for _, x := range d.dismiss {
			x.dismiss(e)
		}
	}
}

// find returns a fall that is followed, also one that is over.
func (d *fallEpisodes) find(e care.Episode) *fallen {
	for i := range d.falls {
		if d.falls[i].alert.Episode == e {
			return &d.falls[i]
		}
	}
	return nil
}

// place returns where the next fall goes: behind the others, or in the place of
// the oldest that is over, or else of the oldest of which people were called;
// nil where all are undecided.
func (d *fallEpisodes) place() *fallen {
	if len(d.falls) < episodeMax {
		d.falls = append(d.falls, fallen{})
		return &d.falls[len(d.falls)-1]
	}
	for _, phase := range [...]fallPhase{fallOver, fallDown} {
		for i := range d.falls {
			if d.falls[i].phase == phase {
				copy(d.falls[i:], d.falls[i+1:])
				return &d.falls[len(d.falls)-1]
			}
		}
	}
	return nil
}

// withFeature returns features and one more, without touching the slice of the
// detector.
func withFeature(all []care.Feature, f care.Feature) []care.Feature {
	return append(append(make([]care.Feature, 0, len(all)+1), all...), f)
}

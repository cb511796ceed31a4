package detect

import (
	"time"

	"osmanthus/care"
)

// Block takes the waveform of any source of the resident.
func (d *fallEpisodes) Block(b *care.Block) []care.Alert {
	d.out = emptied(d.out)
	for i := range d.beds {
		if w := &d.beds[i]; w.source == b.Source {
			w.waves = true
		}
	}
	if b.Kind != care.IMU || b.Len() == 0 {
		return nil
	}
	for i := range d.records {
		d.records[i].take(b)
	}
	if d.up.walk(b, d.open()) {
		at := b.At(b.Len() - 1)
		d.gotUp(at, at)
	}
	return d.out
}

// Reading takes a button, a badge or the bed.
func (d *fallEpisodes) Reading(r care.Reading) []care.Alert {
	d.out = emptied(d.out)
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
		d.bed(r)
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
	d.out = emptied(d.out)
	if back := at.Sub(d.ticked); !d.ticked.IsZero() && back < 0 { // no tick is on its way
		d.last = d.last.Add(back)
		d.clockSet(back)
	}
	d.advance(at)
	d.ticked = at
	d.inBed(at)
	for i := range d.falls {
		d.release(&d.falls[i], at)
	}
	if !d.snooze.on {
		for _, a := range d.floor.due(d.policy.LongLie, at) {
			d.show(&a, at.Add(-lieShown), at)
			d.out = append(d.out, a)
		}
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
// blocks and ticks may differ, moves with it what began before. One that is set
// back by less is known by its ticks.
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
	if set := step - min(max(step, 0), tickCap); set != 0 { // what of the step was no time that passed
		d.ticked = d.ticked.Add(set)
		d.clockSet(set)
	}
}

// clockSet moves what began before a clock was set.
func (d *fallEpisodes) clockSet(set time.Duration) {
	if !d.wellAt.IsZero() {
		d.wellAt = d.wellAt.Add(set)
	}
	for i := range d.falls {
		d.falls[i].began = d.falls[i].began.Add(set)
	}
	d.floor.began = d.floor.began.Add(set)
	for i := range d.beds {
		w := &d.beds[i]
		w.last = w.last.Add(set)
		if !w.from.IsZero() {
			w.from = w.from.Add(set)
		}
	}
}

// gotUp takes a clear sign that the person is up, or in bed.
func (d *fallEpisodes) gotUp(sign, now time.Time) {
	for i := range d.falls {
		if f := &d.falls[i]; f.phase == fallHeld && sign.Sub(f.began) >= upAfter {
			f.up = true
		} else if f.phase == fallDown && sign.Sub(f.began) >= upAfter {
			f.phase = fallOver
		}
	}
	if sign.Sub(d.floor.began) >= upAfter {
		d.out = append(d.out, d.floor.getUp(now)...)
	}
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
		d.dismissed(f)
	}
}

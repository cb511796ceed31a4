package detect

import (
	"time"

	"osmanthus/care"
)

// Engine watches everything that a Plan lists.
type Engine struct {
	watches  []watch // in the order of the plan, which orders alerts of one moment
	index    map[care.SourceID]int
	persons  []person // in the order in which the plan names them
	who      map[care.ResidentID]int
	saved    time.Time // when what was loaded was saved, zero for nothing
	readings []care.Reading
	alerts   []care.Alert
}

// watch is all that is done for one source.
type watch struct {
	source    Source
	derive    deriver // nil where there is no waveform
	guard     *guard  // flags values that never move
	notes     notebook
	doubt     *implausible
	detectors []Detector // the first of them, technical in number, are about the watching
	technical int
}

// person is all that is done for one resident, whatever the source.
type person struct {
	resident  care.ResidentID
	falls     *fallEpisodes // what every alert of a fall passes
	detectors []Detector
}

// New returns an Engine for a plan, or says what is wrong with the plan.
func New(p Plan) (*Engine, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	e := &Engine{index: make(map[care.SourceID]int, len(p.Sources)), who: map[care.ResidentID]int{}}
	for i, s := range p.Sources {
		e.index[s.ID] = i
		e.watches = append(e.watches, newWatch(p, s))
		if _, known := e.who[s.Resident]; s.Resident != "" && !known {
			e.who[s.Resident] = len(e.persons)
			e.persons = append(e.persons, newPerson(p, s.Resident))
		}
		if p := e.person(&e.watches[i]); p != nil {
			p.falls.own(e.watches[i].detectors)
		}
		for _, d := range e.watches[i].detectors {
			if w, ok := d.(*water); ok {
				w.absent = func() bool { return e.absent(s.Resident) }
			}
		}
	}
	return e, nil
}

// absent reports whether a resident, or with "" every resident, is known to be
// out of the home.
func (e *Engine) absent(resident care.ResidentID) bool {
	known := false
	for i := range e.persons {
		p := &e.persons[i]
		if resident != "" && p.resident != resident {
			continue
		}
		known = true
		out := false
		for _, d := range p.detectors {
			if r, ok := d.(*rooms); ok {
				out = r.front && r.state.Out
			}
		}
		if !out {
			return false
		}
	}
	return known
}

// Block takes a stretch of waveform and returns the readings derived from it
// and the alerts. Both slices are good until the next call.
func (e *Engine) Block(b *care.Block) ([]care.Reading, []care.Alert) {
	e.readings, e.alerts = e.readings[:0], emptied(e.alerts)
	i, ok := e.index[b.Source]
	if !ok || !sound(b) {
		return nil, nil
	}
	w := &e.watches[i]
	w.notes.block(b)
	p := e.person(w)
	for _, d := range w.detectors[:w.technical] {
		e.say(p, d.Block(b))
	}
	if w.doubt.dead(b.Kind) {
		return e.readings, e.alerts // a waveform that does not live is judged by no clinical rule
	}
	if p != nil { // first, so that it knows the signal of what the others say
		e.alerts = append(e.alerts, p.falls.Block(b)...)
	}
	for _, d := range w.detectors[w.technical:] {
		e.say(p, d.Block(b))
	}
	if p != nil {
		for _, d := range p.detectors {
			e.say(p, d.Block(b))
		}
	}
	if w.derive != nil {
		e.readings = w.derive.derive(b, e.readings)
		for k := range e.readings {
			e.judge(w, &e.readings[k])
		}
	}
	return e.readings, e.alerts
}

// Reading takes a value and returns it as it is to be delivered, with the
// flags that the Engine adds, and the alerts. Both slices are good until the
// next call. What a device kept and hands out later is delivered and judged by
// nobody: a pressure of last night is no alarm of this morning, and no sign that
// somebody is watched now.
func (e *Engine) Reading(r care.Reading) ([]care.Reading, []care.Alert) {
	e.readings, e.alerts = append(e.readings[:0], r), emptied(e.alerts)
	if r.Flags&care.Backfilled != 0 {
		return e.readings, e.alerts
	}
	if i, ok := e.index[r.Source]; ok {
		e.judge(&e.watches[i], &e.readings[0])
	}
	return e.readings, e.alerts
}

// Tick says that it is now at: call it once a second. It returns the readings
// and alerts that are due by time alone; both slices are good until the next
// call.
func (e *Engine) Tick(at time.Time) ([]care.Reading, []care.Alert) {
	e.readings, e.alerts = e.readings[:0], emptied(e.alerts)
	for i := range e.watches {
		p := e.person(&e.watches[i])
		for _, d := range e.watches[i].detectors {
			e.say(p, d.Tick(at))
		}
		if t, ok := e.watches[i].derive.(ticker); ok {
			first := len(e.readings)
			e.readings = t.tick(at, e.readings)
			for k := first; k < len(e.readings); k++ {
				e.judge(&e.watches[i], &e.readings[k])
			}
		}
	}
	for i := range e.persons {
		p := &e.persons[i]
		e.alerts = append(e.alerts, p.falls.Tick(at)...)
		e.readings = p.falls.assess(e.readings)
		for _, d := range p.detectors {
			e.say(p, d.Tick(at))
			if a, ok := d.(assessor); ok {
				e.readings = a.assess(e.readings)
			}
		}
	}
	return e.readings, e.alerts
}

func (e *Engine) judge(w *watch, r *care.Reading) {
	w.guard.flag(r)
	w.notes.reading(r)
	p := e.person(w)
	for _, d := range w.detectors {
		e.say(p, d.Reading(*r))
	}
	if p != nil {
		e.alerts = append(e.alerts, p.falls.Reading(*r)...)
		for _, d := range p.detectors {
			e.say(p, d.Reading(*r))
		}
	}
}

// person returns the person of a source, nil for a source of no resident.
func (e *Engine) person(w *watch) *person {
	if i, ok := e.who[w.source.Resident]; ok {
		return &e.persons[i]
	}
	return nil
}

// say takes what a detector said. A fall passes the episodes of its person.
func (e *Engine) say(p *person, alerts []care.Alert) {
	for _, a := range alerts {
		e.explain(&a)
		if p != nil && a.Kind == care.Fall {
			e.alerts = append(e.alerts, p.falls.admit(a)...)
		} else {
			e.alerts = append(e.alerts, a)
		}
	}
}

// emptied empties a list of alerts, and lets go of the evidence in them.
func emptied(alerts []care.Alert) []care.Alert {
	for i := range alerts {
		alerts[i] = care.Alert{}
	}
	return alerts[:0]
}

// Answered says that a person closed the alarm of an episode: somebody was
// there, and the clock of who lies on the floor ends.
func (e *Engine) Answered(episode care.Episode) {
	for i := range e.persons {
		e.persons[i].falls.answered(episode)
	}
}

// Held returns for how long, in all, care in progress held falls back, of all
// residents together.
func (e *Engine) Held() (sum time.Duration) {
	for i := range e.persons {
		sum += e.persons[i].falls.snooze.total
	}
	return sum
}

// sound reports whether b has the shape that its detectors rely on.
func sound(b *care.Block) bool {
	if !(b.Rate >= 1 && b.Rate <= 1000) || len(b.Channels) == 0 {
		return false
	}
	for _, c := range b.Channels {
		if len(c) != len(b.Channels[0]) {
			return false
		}
	}
	return b.Kind != care.IMU || len(b.Channels) >= 3
}

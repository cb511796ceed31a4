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
	readings []care.Reading
	alerts   []care.Alert
}

// watch is all that is done for one source.
type watch struct {
	source    Source
	derive    deriver // nil where there is no waveform
	guard     *guard  // flags values that never move
	detectors []Detector
}

// person is all that is done for one resident, whatever the source.
type person struct {
	resident  care.ResidentID
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
	}
	return e, nil
}

// Block takes a stretch of waveform and returns the readings derived from it
// and the alerts. Both slices are good until the next call.
func (e *Engine) Block(b *care.Block) ([]care.Reading, []care.Alert) {
	e.readings, e.alerts = e.readings[:0], e.alerts[:0]
	i, ok := e.index[b.Source]
	if !ok || !sound(b) {
		return nil, nil
	}
	w := &e.watches[i]
	for _, d := range w.detectors {
		e.alerts = append(e.alerts, d.Block(b)...)
	}
	if i, ok := e.who[w.source.Resident]; ok {
		for _, d := range e.persons[i].detectors {
			e.alerts = append(e.alerts, d.Block(b)...)
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
// next call.
func (e *Engine) Reading(r care.Reading) ([]care.Reading, []care.Alert) {
	e.readings, e.alerts = append(e.readings[:0], r), e.alerts[:0]
	if i, ok := e.index[r.Source]; ok {
		e.judge(&e.watches[i], &e.readings[0])
	}
	return e.readings, e.alerts
}

// Tick says that it is now at: call it once a second. It returns the readings
// and alerts that are due by time alone; both slices are good until the next
// call.
func (e *Engine) Tick(at time.Time) ([]care.Reading, []care.Alert) {
	e.readings, e.alerts = e.readings[:0], e.alerts[:0]
	for i := range e.watches {
		for _, d := range e.watches[i].detectors {
			e.alerts = append(e.alerts, d.Tick(at)...)
		}
	}
	for i := range e.persons {
		for _, d := range e.persons[i].detectors {
			e.alerts = append(e.alerts, d.Tick(at)...)
			if a, ok := d.(assessor); ok {
				e.readings = a.assess(e.readings)
			}
		}
	}
	return e.readings, e.alerts
}

func (e *Engine) judge(w *watch, r *care.Reading) {
	w.guard.flag(r)
	for _, d := range w.detectors {
		e.alerts = append(e.alerts, d.Reading(*r)...)
	}
	if i, ok := e.who[w.source.Resident]; ok {
		for _, d := range e.persons[i].detectors {
			e.alerts = append(e.alerts, d.Reading(*r)...)
		}
	}
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

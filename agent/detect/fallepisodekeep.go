package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

// keptFalls is what of the falls of one resident outlives a restart.
type keptFalls struct {
	Falls []keptFall `json:",omitempty"` // that are not over
	Floor *keptFloor `json:",omitempty"`
	Care  *keptCare  `json:",omitempty"`
	Spent []care.SourceID
}

type keptFall struct {
	Phase fallPhase
	Alert care.Alert
	Began time.Time
	Up    bool
}

type keptFloor struct {
	Phase floorPhase
	Began time.Time
	Told  time.Duration
	Fall  care.Alert
	Said  [2]care.Alert
}

type keptCare struct {
	Until  time.Time
	Source care.SourceID
}

var errKeptFalls = errors.New("impossible falls")

func (d *fallEpisodes) key() string { return "falls/1" }

func (d *fallEpisodes) save() any {
	k := keptFalls{Spent: []care.SourceID{}}
	for i := range d.falls {
		if f := d.falls[i]; f.phase != fallOver {
			f.alert.Evidence.Snippet = nil // it went with the suspicion
			k.Falls = append(k.Falls, keptFall{f.phase, f.alert, f.began, f.up})
		}
	}
	if d.floor.phase != floorUp {
		k.Floor = &keptFloor{d.floor.phase, d.floor.began, d.floor.told, d.floor.fall, d.floor.said}
	}
	if d.snooze.on {
		k.Care = &keptCare{d.until(), d.snooze.source}
	}
	for _, l := range d.levels {
		if l.spent {
			k.Spent = append(k.Spent, l.id)
		}
	}
	return k
}

// until is when care in progress runs out.
func (d *fallEpisodes) until() time.Time {
	if d.last.IsZero() {
		return d.snooze.until
	}
	return d.last.Add(d.snooze.left)
}

func (d *fallEpisodes) load(raw json.RawMessage, o outage) error {
	var k keptFalls
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	if len(k.Falls) > episodeMax || k.Floor != nil && (k.Floor.Phase < floorLies || k.Floor.Phase > floorHour) {
		return errKeptFalls
	}
	var falls []fallen
	for _, f := range k.Falls {
		if f.Phase < fallDoubted || f.Phase > fallDown || f.Alert.Kind != care.Fall {
			return errKeptFalls
		}
		falls = append(falls, fallen{phase: f.Phase, alert: f.Alert, began: o.time(f.Began), up: f.Up})
	}
	d.falls = append(d.falls[:0], falls...)
	d.floor = floor{}
	if f := k.Floor; f != nil {
		d.floor = floor{phase: f.Phase, began: o.time(f.Began), told: f.Told, fall: f.Fall, said: f.Said}
	}
	d.snooze = snooze{}
	if c := k.Care; c != nil {
		d.careBegins(c.Source)
		d.snooze.until = o.time(c.Until)
	}
	for _, id := range k.Spent {
		if l := d.level(id); l != nil {
			l.spent, l.known, l.on = true, true, true // not away since
		}
	}
	d.last, d.ticked = time.Time{}, time.Time{} // the first event says how long it was
	return nil
}

// resume goes on from what was loaded; it is now at.
func (d *fallEpisodes) resume(at time.Time) {
	d.last = at
	for i := range d.falls {
		if d.falls[i].began.After(at) { // the clock was set back right before the end
			d.falls[i].began = at
		}
	}
	if d.floor.began.After(at) {
		d.floor.began = at
	}
	if !d.snooze.on || d.snooze.until.IsZero() {
		return
	}
	if d.snooze.left = min(careLasts, d.snooze.until.Sub(at)); d.snooze.left <= 0 {
		d.snooze.stop()
	}
	d.snooze.until = time.Time{}
}

// follows reports whether it is still being decided here what becomes of a
// fall.
func (d *fallEpisodes) follows(e care.Episode) bool {
	f := d.find(e)
	return f != nil && (f.phase == fallDoubted || f.phase == fallHeld)
}

// Follows reports whether the Engine will still confirm or clear an alert by
// itself, after a restart.
func (e *Engine) Follows(episode care.Episode) bool {
	for i := range e.persons {
		if e.persons[i].falls.follows(episode) {
			return true
		}
	}
	for _, k := range e.keepers() {
		if h, ok := k.(holder); ok && h.holds(episode) {
			return true
		}
	}
	return false
}

// Lies tells the Engine of a fall that was confirmed right before a restart and
// of which people are still called, so that the clock of its long lie runs,
// although nothing of it was saved. What was saved knows better.
func (e *Engine) Lies(a care.Alert) {
	i, ok := e.who[a.Resident]
	if !ok || a.Kind != care.Fall || a.State != care.Confirmed {
		return
	}
	d := e.persons[i].falls
	if d.find(a.Episode) != nil || !a.Onset.Add(episodeDue).After(e.saved) {
		return
	}
	if f := d.place(); f != nil {
		*f = fallen{phase: fallDown, alert: a, began: a.Onset}
		d.lies(f, a.At)
	}
}

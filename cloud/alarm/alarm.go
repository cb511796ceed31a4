package alarm

import (
	"slices"
	"time"

	"osmanthus/care"
)

// Alarm is one occurrence on one gateway, and all that was done about it.
type Alarm struct {
	ID      int64
	Site    care.SiteID
	Gateway care.GatewayID

	State     State
	Confirmed bool       // a gateway was sure at some time
	Alert     care.Alert // the best that is known; Priority is the highest that was said

	RecordedAt time.Time // of the first event
	EndedAt    time.Time // when the cloud learned that the condition is over; zero: it lasts
	endDecided time.Time // when the gateway decided so

	Acknowledged *Mark
	OnSite       *Mark
	Closing      *Closing
	Displayed    []Mark // first times of each station since it was raised last

	Log    []Step
	Unread int // steps of its record that this version cannot read; they are not in Log
}

// Mark is who did something, when and where.
type Mark struct {
	Actor   string
	At      time.Time
	Station string
}

// Closing is how an alarm ended.
type Closing struct {
	Mark
	By         ActorKind
	Resolution Resolution
	Note       string
	Override   string
	Proof      string
}

// Step is an event that changed something, and what came of it.
type Step struct {
	Event
	From, To State
}

// Technical reports whether it is about the watching, not about a person.
func (a *Alarm) Technical() bool { return a.Alert.Kind.Technical() }

// Open reports whether it is not over.
func (a *Alarm) Open() bool { return a.State != None && a.State != Closed }

// Ringing reports whether stations must sound.
func (a *Alarm) Ringing() bool { return a.State == Raised }

// Replay makes an alarm again from its log. The log has only events that
// changed something when they were first applied; anything else is an error.
func Replay(log []Event) (Alarm, error) {
	var a Alarm
	for _, e := range log {
		if _, err := a.Apply(e); err != nil {
			return Alarm{}, err
		}
	}
	return a, nil
}

// Apply lets an event happen. It reports whether anything changed: what was
// known before, or is older than what is known, changes nothing. An event that
// may not happen now returns a *Conflict and changes nothing either.
func (a *Alarm) Apply(e Event) (changed bool, err error) {
	if err := e.check(); err != nil {
		return false, err
	}
	from := a.State
	switch {
	case e.quiet() && (a.State == None || a.Note()):
		changed = a.note(e)
	default:
		changed, err = a.step(e)
	}
	if !changed || err != nil {
		return false, err
	}
	if a.RecordedAt.IsZero() {
		a.RecordedAt = e.At
	}
	a.Log = append(a.Log, Step{e, from, a.State})
	return true, nil
}

// step lets an event happen to an alarm.
func (a *Alarm) step(e Event) (changed bool, err error) {
	switch e.What {
	case Suspect:
		changed = a.suspect(e)
	case Confirm:
		changed = a.confirm(e)
	case Clear:
		changed = a.clear(e)
	case Acknowledge:
		changed, err = a.acknowledge(e)
	case Arrive:
		changed, err = a.arrive(e)
	case Close:
		changed, err = a.close(e)
	case Display:
		changed, err = a.display(e)
	case Overdue:
		changed = a.overdue(e)
	}
	return changed, err
}

func (a *Alarm) suspect(e Event) bool {
	if a.State != None {
		return false // late: a later step of the episode is known
	}
	a.learn(*e.Alert)
	a.State = Suspected
	return true
}

// confirm raises. Only news does: the first time that a gateway is sure, a
// higher priority than before, or a technical cause that came back.
func (a *Alarm) confirm(e Event) bool {
	worse := a.State != None && e.Alert.Priority > a.Alert.Priority
	woke := worse && a.Alert.Quiet() // it was over as soon as it was on record
	ended := !a.endDecided.IsZero() && !e.Alert.At.After(a.endDecided)
	back := a.Technical() && a.State == Closed && a.Closing.Resolution == Cleared && !ended
	if a.Confirmed && !worse && !back {
		return false
	}
	a.learn(*e.Alert)
	a.Confirmed = true
	switch a.State {
	case None, Suspected:
		a.State = Raised
	case Acknowledged:
		if worse { // who took it did not know how bad it is
			a.reopen()
		}
	case Closed:
		// A technical cause that is gone already stays closed. Somebody who
		// closed a suspicion, or a milder alarm, did not judge this one.
		if !a.Technical() || !ended {
			a.reopen()
		}
	}
	if back || woke {
		a.EndedAt, a.endDecided = time.Time{}, time.Time{}
	}
	return true
}

// clear notes the end of the condition, and closes what needs no person: a
// technical alarm, and a suspicion that rang nowhere.
func (a *Alarm) clear(e Event) bool {
	if a.State != None && (e.Alert.At.Before(a.Alert.At) || !a.endDecided.IsZero()) {
		return false
	}
	if a.State == None {
		a.learn(*e.Alert)
	}
	a.EndedAt, a.endDecided = e.At, e.Alert.At
	switch a.State {
	case None, Suspected:
		a.end(e, Cleared)
	case Raised, Acknowledged, OnSite:
		if a.Technical() {
			a.end(e, Cleared)
		}
	}
	return true
}

func (a *Alarm) acknowledge(e Event) (bool, error) {
	switch a.State {
	case Suspected, Raised:
		a.Acknowledged = e.mark()
		a.State = Acknowledged
		return true, nil
	case Acknowledged:
		if a.Acknowledged.Actor == e.Actor {
			return false, nil // a second click
		}
		return false, a.conflict(Taken, a.Acknowledged)
	case OnSite:
		return false, a.conflict(Taken, a.OnSite)
	}
	return false, a.over()
}

func (a *Alarm) arrive(e Event) (bool, error) {
	switch a.State {
	case Suspected, Raised, Acknowledged:
		a.OnSite = e.mark()
		a.State = OnSite
		return true, nil
	case OnSite:
		if a.OnSite.Actor == e.Actor {
			return false, nil
		}
		return false, a.conflict(Taken, a.OnSite)
	}
	return false, a.over()
}

func (a *Alarm) close(e Event) (bool, error) {
	switch a.State {
	case Suspected, Raised, Acknowledged, OnSite:
		if e.By == Person && e.Override == "" {
			if !a.Technical() && a.Alert.Priority == care.High && e.Proof == "" {
				return false, a.conflict(NoProof, nil)
			}
			if a.Technical() && a.EndedAt.IsZero() && e.Note == "" {
				return false, a.conflict(Lasts, nil)
			}
		}
		a.end(e, e.Resolution)
		return true, nil
	case Closed:
		if a.Closing.Actor == e.Actor && a.Closing.Resolution == e.Resolution {
			return false, nil
		}
	}
	return false, a.over()
}

func (a *Alarm) display(e Event) (bool, error) {
	if a.State == None {
		return false, a.over()
	}
	shown := func(m Mark) bool { return m.Station == e.Station }
	if a.State == Closed || slices.ContainsFunc(a.Displayed, shown) {
		return false, nil
	}
	a.Displayed = append(a.Displayed, *e.mark())
	return true, nil
}

// learn takes over what an alert says, and never a lower priority. What the
// alarm is about stays what its first alert said.
func (a *Alarm) learn(alert care.Alert) {
	if a.Alert.Kind != 0 {
		alert.Episode, alert.Kind, alert.Resident = a.Alert.Episode, a.Alert.Kind, a.Alert.Resident
	}
	alert.Priority = max(alert.Priority, a.Alert.Priority)
	if alert.Evidence.Snippet == nil { // a restart, or time alone, confirmed it
		alert.Evidence.Snippet = a.Alert.Evidence.Snippet
	}
	a.Alert = alert
}

// reopen rings again: who answered before answered something else.
func (a *Alarm) reopen() {
	a.State = Raised
	a.Acknowledged, a.OnSite, a.Closing, a.Displayed = nil, nil, nil, nil
}

func (a *Alarm) end(e Event, r Resolution) {
	a.State = Closed
	a.Closing = &Closing{Mark: *e.mark(), By: e.By, Resolution: r, Note: e.Note, Override: e.Override, Proof: e.Proof}
}

func (e Event) mark() *Mark { return &Mark{Actor: e.Actor, At: e.At, Station: e.Station} }

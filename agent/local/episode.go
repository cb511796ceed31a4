package local

import (
	"time"

	"osmanthus/care"
)

// Reminder is how long a press of the button silences an alert of high
// priority while nobody has answered it at a station.
const Reminder = 3 * time.Minute

// remembered is for how long an episode is kept that people ended at the button
// and that nobody clears: what is still said of it meanwhile rings nobody.
const remembered = 7 * 24 * time.Hour

// Answer is what people at a station have said of an episode.
type Answer uint8

// The answers. Raised is none at all: it rings.
const (
	Raised Answer = iota
	Quiet         // somebody is on the way, or there
	Closed        // it is over
)

// episode is one occurrence that people have been, or are to be, called for.
//
//	confirmed ─▶ ringing ──press──▶ silenced ──3 min, high──▶ ringing
//	                │  ▲                │ held
//	           Quiet│  │Raised          ▼
//	                ▼  │             dismissed
//	               quiet
//
// Closed ends it from anywhere, and so does a clear of a technical one. An
// episode about a person is never ended by a clear: only by people, where no cloud
// answers by its dismissal. A suspicion
// is remembered and does not ring: it is confirmed, or dropped by a clear.
type episode struct {
	Episode   care.Episode    `json:"-"`
	ID        string          `json:"episode"`
	Kind      care.Kind       `json:"kind"`
	Priority  care.Priority   `json:"priority"`
	Resident  care.ResidentID `json:"resident,omitempty"`
	Source    care.SourceID   `json:"source"`
	Onset     time.Time       `json:"onset"`
	Place     string          `json:"place,omitempty"`
	Suspected bool            `json:"suspected,omitempty"`
	Answer    Answer          `json:"answer,omitempty"`
	Silenced  time.Time       `json:"silenced,omitzero"` // by the button
	Dismissed bool            `json:"dismissed,omitempty"`
	Cleared   bool            `json:"cleared,omitempty"` // of a person: it goes on no more
}

// ringing reports whether e sounds at a time, and when that ends or begins by
// itself (zero: never).
func (e *episode) ringing(at time.Time) (bool, time.Time) {
	if e.Suspected || e.Answer != Raised || e.Dismissed {
		return false, time.Time{}
	}
	if e.Silenced.IsZero() {
		return true, time.Time{}
	}
	again := e.Silenced.Add(Reminder)
	if e.Priority < care.High {
		return false, time.Time{}
	}
	// A clock that was set back must not keep anybody silent for longer.
	if !at.Before(again) || at.Before(e.Silenced) {
		return true, time.Time{}
	}
	return false, again
}

// episodes are all that are not over.
type episodes map[care.Episode]*episode

// alert takes what a detector says and reports whether anything changed.
func (s episodes) alert(a care.Alert, place string) bool {
	e := s[a.Episode]
	switch a.State {
	case care.Suspected, care.Confirmed:
		suspected := a.State == care.Suspected
		if e == nil {
			s[a.Episode] = &episode{Episode: a.Episode, ID: a.Episode.String(), Kind: a.Kind, Priority: a.Priority,
				Resident: a.Resident, Source: a.Source, Onset: a.Onset, Place: place, Suspected: suspected}
			return true
		}
		if suspected {
			return false
		}
		e.Cleared = false
		if e.Suspected {
			e.Suspected, e.Priority = false, max(e.Priority, a.Priority)
			return true
		}
		if a.Priority > e.Priority { // what became worse is heard again
			e.Priority, e.Answer, e.Silenced, e.Dismissed = a.Priority, Raised, time.Time{}, false
			return true
		}
	case care.Cleared:
		switch {
		case e == nil || e.Cleared:
		case e.Suspected || e.Kind.Technical():
			delete(s, a.Episode)
			return true
		default:
			e.Cleared = true
			return true
		}
	}
	return false
}

// answer takes what a station says of an episode.
func (s episodes) answer(id care.Episode, to Answer) bool {
	e := s[id]
	switch {
	case e == nil:
		return false // its priority and place are not known here: the stations ring
	case to == Closed:
		delete(s, id)
		return true
	case e.Answer == to:
		return false
	}
	e.Answer = to
	if to == Raised { // it was answered, and is open again
		e.Silenced, e.Dismissed = time.Time{}, false
	}
	return true
}

// silence is a press of the button.
func (s episodes) silence(at time.Time) (changed bool) {
	for _, e := range s {
		if on, _ := e.ringing(at); on {
			e.Silenced, changed = at, true
		}
	}
	return changed
}

// dismiss is the button held: somebody is here, and there may be no network to
// say so. It returns what is dismissed by it.
func (s episodes) dismiss() (list []care.Episode) {
	for id, e := range s {
		if !e.Silenced.IsZero() && !e.Dismissed {
			e.Dismissed = true
			list = append(list, id)
		}
	}
	return list
}

// forget drops what people ended at the button and what is over, or was ended
// long ago, where no cloud does.
func (s episodes) forget(at time.Time) (changed bool) {
	for id, e := range s {
		quiet := e.Dismissed || !e.Silenced.IsZero() && e.Priority < care.High
		if e.Dismissed && e.Cleared || quiet && at.Sub(e.Silenced) >= remembered {
			delete(s, id)
			changed = true
		}
	}
	return changed
}

// open counts those that people are called for.
func (s episodes) open() (n int) {
	for _, e := range s {
		if !e.Suspected {
			n++
		}
	}
	return n
}

// loudest returns the highest priority that rings at some places, and when that
// may change by itself.
func (s episodes) loudest(at time.Time, of func(place string) bool) (p care.Priority, again time.Time) {
	for _, e := range s {
		if !of(e.Place) {
			continue
		}
		on, when := e.ringing(at)
		if on {
			p = max(p, e.Priority)
		}
		if !when.IsZero() && (again.IsZero() || when.Before(again)) {
			again = when
		}
	}
	return p, again
}

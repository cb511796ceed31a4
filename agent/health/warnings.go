package health

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Severity says how much a warning takes away.
type Severity uint8

// The severities.
const (
	Notice   Severity = iota + 1 // nothing is lost yet
	Degraded                     // something does not work as it should
	Critical                     // somebody is not watched, or could not be called
)

// String returns "notice", "degraded" or "critical".
func (s Severity) String() string {
	switch s {
	case Notice:
		return "notice"
	case Degraded:
		return "degraded"
	case Critical:
		return "critical"
	}
	return "unknown"
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Warning is something that is wrong.
type Warning struct {
	Code     string    `json:"code"` // what, and of which part: "sensor:wrist-03"
	Severity Severity  `json:"severity"`
	Text     string    `json:"text"`
	Since    time.Time `json:"since"`
}

// Warnings are what is wrong at present. What passes before its time-to-visible
// is never shown; what is shown stays for a while, so that it does not flicker.
type Warnings struct {
	mu  sync.Mutex
	all map[string]*entry
}

type entry struct {
	Warning
	visible time.Time // shown from then on
	ended   time.Time // zero while it lasts
}

// linger is how long a warning that was visible stays after its end.
const linger = 5 * time.Second

// NewWarnings returns an empty set.
func NewWarnings() *Warnings { return &Warnings{all: map[string]*entry{}} }

// Set says that w.Code is wrong, as of at; it is shown if that lasts for after.
func (s *Warnings) Set(w Warning, after time.Duration, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.all[w.Code]
	if e == nil || !e.ended.IsZero() && !e.shown(at) {
		w.Since = at
		s.all[w.Code] = &entry{Warning: w, visible: at.Add(after)}
		return
	}
	e.Severity, e.Text, e.ended = w.Severity, w.Text, time.Time{}
}

// Clear says that a code is right again, as of at.
func (s *Warnings) Clear(code string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.all[code]
	switch {
	case e == nil || !e.ended.IsZero():
	case at.Before(e.visible):
		delete(s.all, code)
	default:
		e.ended = at
	}
}

// Is sets or clears a code, as bad says.
func (s *Warnings) Is(bad bool, w Warning, after time.Duration, at time.Time) {
	if bad {
		s.Set(w, after, at)
	} else {
		s.Clear(w.Code, at)
	}
}

func (e *entry) shown(at time.Time) bool {
	return !at.Before(e.visible) && (e.ended.IsZero() || at.Sub(e.ended) < linger)
}

// Visible returns what is shown at a time, the gravest first.
func (s *Warnings) Visible(at time.Time) []Warning {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Warning{}
	for code, e := range s.all {
		if e.shown(at) {
			list = append(list, e.Warning)
		} else if !e.ended.IsZero() {
			delete(s.all, code)
		}
	}
	slices.SortFunc(list, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Code, b.Code))
	})
	return list
}

// Codes returns the codes of what is shown at a time.
func (s *Warnings) Codes(at time.Time) (codes []string) {
	for _, w := range s.Visible(at) {
		codes = append(codes, w.Code)
	}
	return codes
}

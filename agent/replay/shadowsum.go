package replay

import (
	"fmt"

	"osmanthus/care"
)

// shadowed is the last line of a run in shadow.
type shadowed struct {
	Kind     string `json:"kind"` // "shadow"
	Files    int    `json:"files"`
	Unusable int    `json:"unusable,omitempty"` // files that could not be played, beside these
	Both     int    `json:"both"`               // episodes that both raise
	OnlyLive int    `json:"only_live"`
	OnlyNew  int    `json:"only_shadow"`
	Lowered  int    `json:"priority_lowered"` // of both: less urgent by the new rules
	Raised   int    `json:"priority_raised"`  // and more urgent
	// Against the truth, where there is one.
	Truth    *against `json:"truth,omitempty"`
	LiveHash string   `json:"live_hash"`
	NewHash  string   `json:"shadow_hash"`
}

// against is how both fare against the truth.
type against struct {
	Events       int `json:"events"`
	LiveFound    int `json:"live_found"`
	NewFound     int `json:"shadow_found"`
	Lost         int `json:"lost"`   // events that only the live rules find
	Gained       int `json:"gained"` // events that only the new ones find
	LiveFalse    int `json:"live_false_alarms"`
	NewFalse     int `json:"shadow_false_alarms"`
	FalseRemoved int `json:"false_alarms_removed"`
	FalseAdded   int `json:"false_alarms_added"`
}

func (d *difference) summary() shadowed {
	live, next := d.live.result, d.next.result
	s := shadowed{Kind: "shadow", Files: live.Files, Unusable: live.Unusable, LiveHash: live.Hash, NewHash: next.Hash}
	for _, a := range d.live.score.raised {
		switch {
		case a.dropped || a.kind == care.BedEnter:
		case d.both[a] != nil:
			s.Both++
			switch b := d.both[a]; {
			case b.priority < a.priority:
				s.Lowered++
			case b.priority > a.priority:
				s.Raised++
			}
		default:
			s.OnlyLive++
		}
	}
	for _, b := range d.onlyNew {
		if b.kind != care.BedEnter {
			s.OnlyNew++
		}
	}
	if d.truth == nil {
		return s
	}
	t := &against{Events: live.Events, LiveFound: live.Found, NewFound: next.Found, LiveFalse: live.FalseAlarms, NewFalse: next.FalseAlarms}
	for k := range d.live.score.found {
		if !d.next.score.found[k] {
			t.Lost++
		}
	}
	for k := range d.next.score.found {
		if !d.live.score.found[k] {
			t.Gained++
		}
	}
	for _, a := range d.live.score.raised {
		if b := d.both[a]; a.wrong && (b == nil || !b.wrong) {
			t.FalseRemoved++
		}
	}
	t.FalseAdded = t.NewFalse - (t.LiveFalse - t.FalseRemoved)
	s.Truth = t
	return s
}

// String is the sentence that a person decides by.
func (s shadowed) String() string {
	t, urgency := s.Truth, ""
	if s.Lowered+s.Raised > 0 {
		urgency = fmt.Sprintf("; of %d that both raise %d would be less urgent, and %d more", s.Both, s.Lowered, s.Raised)
	}
	if t == nil {
		return fmt.Sprintf("shadow: of %d episodes that are raised now the new rules raise %d, too; %d they would not raise, and %d others they would",
			s.Both+s.OnlyLive, s.Both, s.OnlyLive, s.OnlyNew) + urgency
	}
	lost := "lost none"
	if t.Lost > 0 {
		lost = fmt.Sprintf("lost %d", t.Lost)
	}
	return fmt.Sprintf("shadow: would have removed %d of %d false alarms, and %s of %d events that were found; added %d false alarms, and found %d events more; of %d in all",
		t.FalseRemoved, t.LiveFalse, lost, t.LiveFound, t.FalseAdded, t.Gained, t.Events) + urgency
}

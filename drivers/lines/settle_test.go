package lines

import (
	"testing"
	"time"
)

// Every believed state against every look: what must hold how long.
func TestSettleTable(t *testing.T) {
	const debounce, fault = 30 * time.Millisecond, time.Second
	at := time.Unix(0, 0)
	for _, from := range []State{Unknown, Rest, Active, Cut, Short} {
		for _, to := range []State{Rest, Active, Cut, Short} {
			s := settle{debounce: debounce, fault: fault, state: from, seen: from, since: at.Add(-time.Hour)}
			hold := debounce
			if to == Cut || to == Short {
				hold = fault
			}
			if s.look(to, at) {
				t.Errorf("%v → %v at the first look", from, to)
			}
			if s.look(to, at.Add(hold-1)) {
				t.Errorf("%v → %v too early", from, to)
			}
			if changed := s.look(to, at.Add(hold)); changed != (from != to) || s.state != to {
				t.Errorf("%v → %v: changed %v, believes %v", from, to, changed, s.state)
			}
			if s.look(to, at.Add(2*hold)) {
				t.Errorf("%v → %v is news twice", from, to)
			}
		}
	}
}

// Looks that meet a flickering contact mostly at rest must still tell it.
func TestSettleAliasedFlicker(t *testing.T) {
	s := settle{debounce: 30 * time.Millisecond, fault: time.Second}
	at := time.Unix(0, 0)
	for i := range 200 { // 4 s at one look every 20 ms, every tenth one pressed
		seen := Rest
		if i%10 == 9 {
			seen = Active
		}
		at = at.Add(20 * time.Millisecond)
		if s.look(seen, at) && s.state != Rest {
			t.Fatalf("believes %v", s.state)
		}
	}
	if !s.unsettled {
		t.Error("flickering is not said")
	}
	for range 26 { // half a second of peace
		at = at.Add(20 * time.Millisecond)
		s.look(Rest, at)
	}
	if s.unsettled {
		t.Error("peace is not said")
	}
}

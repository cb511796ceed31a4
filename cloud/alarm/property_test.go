package alarm

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"osmanthus/care"
)

func anyEvent(kind care.Kind) *rapid.Generator[Event] {
	return rapid.Custom(func(t *rapid.T) Event {
		w := What(rapid.IntRange(int(Suspect), int(Overdue)).Draw(t, "what"))
		when := rapid.IntRange(1, 100).Draw(t, "when")
		if w <= Clear {
			p := care.Priority(rapid.IntRange(int(care.Low), int(care.High)).Draw(t, "priority"))
			return says(w, alert(kind, map[What]care.State{Suspect: care.Suspected, Confirm: care.Confirmed, Clear: care.Cleared}[w], p,
				rapid.IntRange(0, 100).Draw(t, "decided")), when)
		}
		if w == Overdue {
			return Event{What: w, At: at(when * 3600), Actor: "cloud", By: System}
		}
		e := does(w, rapid.SampledFrom([]string{"li", "wang", "zhao"}).Draw(t, "who"), when)
		if w == Close {
			e.Resolution = rapid.SampledFrom([]Resolution{Helped, FalseAlarm, Test, Other}).Draw(t, "resolution")
			e.Override = rapid.SampledFrom([]string{"", "", "a reason"}).Draw(t, "override")
		}
		return e
	})
}

func TestE1_NoPathLosesAnOpenHigh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]care.Kind{care.Fall, care.Call, care.SourceStale, care.Kind(77)}).Draw(t, "kind")
		var a Alarm
		for _, e := range rapid.SliceOfN(anyEvent(kind), 1, 40).Draw(t, "events") {
			before := a
			before.Displayed, before.Log = append([]Mark(nil), a.Displayed...), append([]Step(nil), a.Log...)
			changed, err := a.Apply(e)
			if !changed && !reflect.DeepEqual(drop(before), drop(a)) {
				t.Fatalf("%s said that nothing changed (%v), and %+v became %+v", e.What, err, before, a)
			}
			if a.State != before.State && !changed {
				t.Fatalf("%s moved it unrecorded", e.What)
			}
			high := before.Open() && before.Confirmed && !before.Technical() && before.Alert.Priority == care.High
			if high && !a.Open() {
				if e.What != Close || e.By != Person || e.Override == "" || a.Closing.Override != e.Override {
					t.Fatalf("an open high alarm was closed by %+v", e)
				}
			}
			if before.State == Raised && a.State != Raised && e.By != Person && !before.Technical() {
				t.Fatalf("%s by %s quieted an alarm about a person", e.What, e.By)
			}
			if before.Open() && before.Confirmed && a.Alert.Priority < before.Alert.Priority {
				t.Fatalf("priority fell from %s to %s", before.Alert.Priority, a.Alert.Priority)
			}
			if e.What == Confirm && !a.Technical() && !a.Open() && !before.Confirmed {
				t.Fatal("the first certainty about a person rang nowhere")
			}
		}
		again := make([]Event, 0, len(a.Log))
		for i, s := range a.Log {
			if s.Actor == "" || s.At.IsZero() || i > 0 && s.From != a.Log[i-1].To {
				t.Fatalf("step %d: %+v", i, s)
			}
			b, err := encode(s.Event)
			if err != nil {
				t.Fatal(err)
			}
			e, err := decode(b)
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, e)
		}
		replayed, err := Replay(again)
		if err != nil || !reflect.DeepEqual(drop(replayed), drop(a)) {
			t.Fatalf("the log replays to %+v, %v, want %+v", replayed, err, a)
		}
	})
}

// drop removes what differs by representation only.
func drop(a Alarm) Alarm {
	if len(a.Displayed) == 0 {
		a.Displayed = nil
	}
	if len(a.Log) == 0 {
		a.Log = nil
	}
	return a
}

func FuzzDecode(f *testing.F) {
	b, err := encode(says(Confirm, alert(care.Fall, care.Confirmed, care.High, 1), 2))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"what":200,"alert":{"episode":"00"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decode(b)
		if err != nil {
			return
		}
		var a Alarm
		if _, err := a.Apply(e); err != nil && !errors.Is(err, ErrMalformed) {
			if _, ok := errors.AsType[*Conflict](err); !ok {
				t.Fatal(err)
			}
		}
	})
}

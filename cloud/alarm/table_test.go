package alarm

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"osmanthus/care"
)

var t0 = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)

func at(s int) time.Time { return t0.Add(time.Duration(s) * time.Second) }

// alert is decided at second s.
func alert(kind care.Kind, state care.State, p care.Priority, s int) *care.Alert {
	return &care.Alert{
		Episode: care.NewEpisode(kind, "r1", "wrist-1", 0, t0), Kind: kind, State: state, Priority: p,
		Resident: "r1", Source: "wrist-1", Place: "room-1", Onset: t0, At: at(s), Confidence: 0.9,
		Evidence: care.Evidence{Rule: "x/1", Value: 3.2, Limit: 2.5, Features: []care.Feature{{Name: "peak", Value: 3.2, Unit: "g"}}},
	}
}

func says(w What, a *care.Alert, s int) Event {
	return Event{What: w, At: at(s), Actor: "gw-1", By: Gateway, Alert: a}
}

func does(w What, who string, s int) Event {
	e := Event{What: w, At: at(s), Actor: who, By: Person, Station: "station-" + who}
	if w == Close {
		e.Resolution = Helped
	}
	return e
}

// in makes an alarm of a kind stand in a state, as it got there in life.
func in(t *testing.T, kind care.Kind, state State) Alarm {
	t.Helper()
	suspect := says(Suspect, alert(kind, care.Suspected, care.High, 1), 1)
	confirm := says(Confirm, alert(kind, care.Confirmed, care.High, 2), 2)
	closing := does(Close, "li", 5)
	closing.Override = "seen by the camera of the hall"
	log := map[State][]Event{
		None:         {},
		Suspected:    {suspect},
		Raised:       {suspect, confirm},
		Acknowledged: {suspect, confirm, does(Acknowledge, "li", 3)},
		OnSite:       {suspect, confirm, does(Acknowledge, "li", 3), does(Arrive, "li", 4)},
		Closed:       {suspect, confirm, does(Acknowledge, "li", 3), does(Arrive, "li", 4), closing},
	}[state]
	a, err := Replay(log)
	if err != nil || a.State != state {
		t.Fatalf("%s %s: %v, is %s", kind, state, err, a.State)
	}
	return a
}

// What comes of every event in every state: a state, "=" for no change, or the
// code of a refusal. The events come from wang; li acted before.
func TestE1_EveryStateAndEvent(t *testing.T) {
	states := []State{None, Suspected, Raised, Acknowledged, OnSite, Closed}
	override := does(Close, "wang", 9)
	override.Override = "family is with him"
	noted := does(Close, "wang", 9)
	noted.Note = "the band is in the laundry"
	badge := does(Close, "wang", 9)
	badge.Proof = "badge"
	rows := []struct {
		name  string
		event func(care.Kind) Event
		fall  [6]string
		stale [6]string // of the technical kind, where it differs
	}{
		{"suspect", func(k care.Kind) Event { return says(Suspect, alert(k, care.Suspected, care.High, 1), 9) },
			[6]string{"suspected", "=", "=", "=", "=", "="}, [6]string{}},
		{"confirm", func(k care.Kind) Event { return says(Confirm, alert(k, care.Confirmed, care.High, 2), 9) },
			[6]string{"raised", "raised", "=", "=", "=", "="}, [6]string{}},
		{"clear", func(k care.Kind) Event { return says(Clear, alert(k, care.Cleared, care.High, 8), 9) },
			[6]string{"closed", "closed", "raised", "acknowledged", "on_site", "closed"},
			[6]string{"closed", "closed", "closed", "closed", "closed", "closed"}},
		{"old clear", func(k care.Kind) Event { return says(Clear, alert(k, care.Cleared, care.High, 0), 9) },
			[6]string{"closed", "=", "=", "=", "=", "="}, [6]string{}},
		{"acknowledge", func(care.Kind) Event { return does(Acknowledge, "wang", 9) },
			[6]string{"!closed", "acknowledged", "acknowledged", "!taken", "!taken", "!closed"}, [6]string{}},
		{"arrive", func(care.Kind) Event { return does(Arrive, "wang", 9) },
			[6]string{"!closed", "on_site", "on_site", "on_site", "!taken", "!closed"}, [6]string{}},
		{"close", func(care.Kind) Event { return does(Close, "wang", 9) },
			[6]string{"!closed", "!proof_required", "!proof_required", "!proof_required", "!proof_required", "!closed"},
			[6]string{"!closed", "!condition_lasts", "!condition_lasts", "!condition_lasts", "!condition_lasts", "!closed"}},
		{"close with a reason", func(care.Kind) Event { return override },
			[6]string{"!closed", "closed", "closed", "closed", "closed", "!closed"}, [6]string{}},
		{"close with a note", func(care.Kind) Event { return noted },
			[6]string{"!closed", "!proof_required", "!proof_required", "!proof_required", "!proof_required", "!closed"},
			[6]string{"!closed", "closed", "closed", "closed", "closed", "!closed"}},
		{"close with a badge", func(care.Kind) Event { return badge },
			[6]string{"!closed", "closed", "closed", "closed", "closed", "!closed"},
			[6]string{"!closed", "!condition_lasts", "!condition_lasts", "!condition_lasts", "!condition_lasts", "!closed"}},
		{"display", func(care.Kind) Event { return does(Display, "wang", 9) },
			[6]string{"!closed", "suspected", "raised", "acknowledged", "on_site", "="}, [6]string{}},
	}
	for _, row := range rows {
		for _, kind := range []care.Kind{care.Fall, care.SourceStale} {
			want := row.fall
			if kind.Technical() && row.stale[0] != "" {
				want = row.stale
			}
			for i, from := range states {
				t.Run(fmt.Sprint(kind, " ", from, " ", row.name), func(t *testing.T) {
					a := in(t, kind, from)
					steps := len(a.Log)
					if got := outcome(&a, row.event(kind)); got != want[i] {
						t.Errorf("got %s, want %s", got, want[i])
					}
					if got := outcome(&a, row.event(kind)); got != "=" && got[0] != '!' {
						t.Errorf("the same again: %s", got)
					}
					if len(a.Log) > steps+1 {
						t.Errorf("%d steps for one event", len(a.Log)-steps)
					}
				})
			}
		}
	}
}

func outcome(a *Alarm, e Event) string {
	changed, err := a.Apply(e)
	if c, ok := errors.AsType[*Conflict](err); ok {
		return "!" + string(c.Code)
	}
	switch {
	case err != nil:
		return err.Error()
	case !changed:
		return "="
	}
	return a.State.String()
}

func TestE1_LateAndWorseNewsRings(t *testing.T) {
	reason := does(Close, "li", 3)
	reason.Resolution, reason.Override = FalseAlarm, "sat down hard, I saw it"
	milder := does(Close, "li", 3)
	for _, c := range []struct {
		name string
		log  []Event
		want State
	}{
		{"a fall that cleared before it was told", []Event{
			says(Clear, alert(care.Fall, care.Cleared, care.High, 9), 1),
			says(Suspect, alert(care.Fall, care.Suspected, care.High, 1), 2),
			says(Confirm, alert(care.Fall, care.Confirmed, care.High, 2), 3)}, Raised},
		{"a stale source that cleared before it was told", []Event{
			says(Clear, alert(care.SourceStale, care.Cleared, care.Low, 9), 1),
			says(Confirm, alert(care.SourceStale, care.Confirmed, care.Low, 2), 3)}, Closed},
		{"a source that is stale again", []Event{
			says(Confirm, alert(care.SourceStale, care.Confirmed, care.Low, 1), 1),
			says(Clear, alert(care.SourceStale, care.Cleared, care.Low, 2), 2),
			says(Confirm, alert(care.SourceStale, care.Confirmed, care.Low, 3), 3)}, Raised},
		{"a clear of before it was stale again", []Event{
			says(Confirm, alert(care.SourceStale, care.Confirmed, care.Low, 3), 3),
			says(Clear, alert(care.SourceStale, care.Cleared, care.Low, 2), 4)}, Raised},
		{"a suspicion that a person closed, and the gateway confirms", []Event{
			says(Suspect, alert(care.Fall, care.Suspected, care.High, 1), 1), reason,
			says(Confirm, alert(care.Fall, care.Confirmed, care.High, 2), 4)}, Raised},
		{"worse after it was acknowledged", []Event{
			says(Confirm, alert(care.VitalLow, care.Confirmed, care.Medium, 1), 1), does(Acknowledge, "li", 2),
			says(Confirm, alert(care.VitalLow, care.Confirmed, care.High, 3), 4)}, Raised},
		{"worse after it was closed", []Event{
			says(Confirm, alert(care.VitalLow, care.Confirmed, care.Medium, 1), 1), milder,
			says(Confirm, alert(care.VitalLow, care.Confirmed, care.High, 3), 4)}, Raised},
		{"worse while somebody is there", []Event{
			says(Confirm, alert(care.VitalLow, care.Confirmed, care.Medium, 1), 1), does(Arrive, "li", 2),
			says(Confirm, alert(care.VitalLow, care.Confirmed, care.High, 3), 4)}, OnSite},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a Alarm
			for _, e := range c.log {
				if _, err := a.Apply(e); err != nil {
					t.Fatal(err)
				}
			}
			if a.State != c.want {
				t.Errorf("%s, want %s", a.State, c.want)
			}
			if a.State == Raised && (a.Acknowledged != nil || a.Closing != nil) {
				t.Error("it rings, and somebody seems to have answered")
			}
		})
	}
}

func TestEventsSayWhoWhenAndWhere(t *testing.T) {
	a := in(t, care.Fall, Raised)
	for name, spoil := range map[string]func(*Event){
		"no actor":   func(e *Event) { e.Actor = "" },
		"no time":    func(e *Event) { e.At = time.Time{} },
		"no station": func(e *Event) { e.Station = "" },
		"no event":   func(e *Event) { e.What = 0 },
		"unknown":    func(e *Event) { e.What = 99 },
		"no alert":   func(e *Event) { e.What = Confirm },
		"no result":  func(e *Event) { e.What = Close },
		"cleared":    func(e *Event) { e.What, e.Resolution = Close, Cleared },
	} {
		e := does(Acknowledge, "li", 3)
		spoil(&e)
		if _, err := a.Apply(e); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a.State != Raised || len(a.Log) != 2 {
		t.Error("a malformed event changed the alarm")
	}
}

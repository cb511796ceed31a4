package alarm

import (
	"testing"
	"time"

	"osmanthus/care"
)

// warning is an early warning that asks for somebody within half an hour.
func warning(p care.Priority, s int) *care.Alert {
	a := alert(care.EarlyWarning, care.Confirmed, p, s)
	a.Evidence.Features = []care.Feature{{Name: respondWithin, Value: 1800, Unit: "s"}}
	return a
}

func overdueAt(s int) Event { return Event{What: Overdue, At: at(s), Actor: "cloud", By: System} }

// The night: a high score at 0, taken over at 60, and nobody goes.
func TestD7_WhoTookItAndDidNotComeIsAskedAgain(t *testing.T) {
	a, err := Replay([]Event{says(Confirm, warning(care.High, 0), 0), does(Acknowledge, "li", 60)})
	if err != nil {
		t.Fatal(err)
	}
	if by, ok := a.RespondBy(); !ok || !by.Equal(at(1800)) {
		t.Fatalf("respond by %v, %v", by, ok)
	}
	if got := outcome(&a, overdueAt(1799)); got != "=" {
		t.Errorf("a second early: %s", got)
	}
	if got := outcome(&a, overdueAt(1800)); got != "raised" || a.Acknowledged != nil {
		t.Errorf("at the half hour: %s", got)
	}
	if by, _ := a.RespondBy(); !by.Equal(at(3600)) {
		t.Errorf("the next clock ends at %v", by)
	}
	if got := outcome(&a, overdueAt(9000)); got != "=" {
		t.Errorf("what rings already: %s", got)
	}
	if got := outcome(&a, does(Arrive, "wang", 9001)); got != "on_site" {
		t.Error(got)
	}
	if got := outcome(&a, overdueAt(20000)); got != "=" {
		t.Errorf("somebody is there: %s", got)
	}
}

func TestD7_NoClockWithoutAnAlertThatSetsOne(t *testing.T) {
	for _, state := range []State{None, Suspected, Raised, Acknowledged, OnSite, Closed} {
		a := in(t, care.Fall, state)
		if got := outcome(&a, overdueAt(1_000_000)); got != "=" {
			t.Errorf("%s: %s", state, got)
		}
	}
	e := overdueAt(1)
	e.By = Person
	if _, err := (&Alarm{}).Apply(e); err == nil {
		t.Error("a person said that it is overdue")
	}
}

func TestD7_TheServiceWatchesTheClock(t *testing.T) {
	ctx := t.Context()
	s := New(newMemory(), Opts{})
	if err := s.Raise(ctx, "home", "gw-1", *warning(care.Medium, 0), at(0)); err != nil {
		t.Fatal(err)
	}
	all, err := s.Select(ctx, Filter{OpenOnly: true})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if _, err := s.Act(ctx, all[0].ID, does(Acknowledge, "li", 10)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		want State
	}{{at(1000), Acknowledged}, {at(1801), Raised}, {at(1802), Raised}} {
		if err := s.CheckResponses(ctx, c.at); err != nil {
			t.Fatal(err)
		}
		if a, err := s.Alarm(ctx, all[0].ID); err != nil || a.State != c.want {
			t.Errorf("at %v: %v, %v", c.at, a.State, err)
		}
	}
}

package alarm

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"osmanthus/care"
)

// memory is a store that can be as slow and as broken as a real one.
type memory struct {
	mu     sync.Mutex
	alarms []*Stored
	eps    []care.Episode
	last   []Record
	boards map[care.GatewayID]uint64
	fail   error
	rival  func() // acts right before the next Append
}

func newMemory() *memory { return &memory{boards: map[care.GatewayID]uint64{}} }

func (m *memory) Append(_ context.Context, r Record) (int64, error) {
	if f := m.rival; f != nil {
		m.rival = nil
		f()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, m.fail
	}
	if r.ID == 0 {
		for i, s := range m.alarms {
			if s.Gateway == r.Gateway && m.eps[i] == r.Episode {
				return 0, ErrStale
			}
		}
		r.ID = int64(len(m.alarms) + 1)
		m.alarms, m.eps, m.last = append(m.alarms, &Stored{ID: r.ID, Site: r.Site, Gateway: r.Gateway}), append(m.eps, r.Episode), append(m.last, r)
	}
	s := m.alarms[r.ID-1]
	if len(s.Log) != r.N-1 {
		return 0, ErrStale
	}
	s.Log = append(s.Log, r.Event)
	m.last[r.ID-1] = r
	if r.Board {
		m.boards[r.Gateway]++
	}
	return r.ID, nil
}

func (m *memory) ByEpisode(_ context.Context, g care.GatewayID, e care.Episode) (Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, s := range m.alarms {
		if s.Gateway == g && m.eps[i] == e {
			return *s, nil
		}
	}
	return Stored{}, ErrNotFound
}

func (m *memory) ByID(_ context.Context, id int64) (Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id < 1 || id > int64(len(m.alarms)) {
		return Stored{}, ErrNotFound
	}
	return *m.alarms[id-1], nil
}

func (m *memory) Select(_ context.Context, f Filter) ([]Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Stored
	for i, s := range m.alarms {
		r := m.last[i]
		recent := !f.ChangedSince.IsZero() && !r.At.Before(f.ChangedSince)
		if f.Gateway != "" && s.Gateway != f.Gateway || f.OpenOnly && !r.Open && !recent {
			continue
		}
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Stored) int { return cmp.Compare(b.ID, a.ID) })
	return out, nil
}

func (m *memory) BoardVersion(_ context.Context, g care.GatewayID) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.boards[g], nil
}

func TestE5_OneHappeningIsOneAlarmHoweverItIsTold(t *testing.T) {
	suspect := alert(care.Fall, care.Suspected, care.Medium, 1)
	confirm := alert(care.Fall, care.Confirmed, care.High, 2)
	clear := alert(care.Fall, care.Cleared, care.High, 3)
	orders := [][]*care.Alert{
		{suspect, confirm, clear}, {confirm, suspect, clear}, {clear, confirm, suspect},
		{clear, suspect, confirm}, {suspect, clear, confirm}, {confirm, clear, suspect},
		{suspect, suspect, confirm, confirm, clear, suspect, confirm, clear, clear},
	}
	for _, order := range orders {
		s := New(newMemory(), Opts{})
		for i, a := range order {
			if err := s.Raise(t.Context(), "home", "gw-1", *a, at(10+i)); err != nil {
				t.Fatal(err)
			}
		}
		all, err := s.Select(t.Context(), Filter{})
		if err != nil || len(all) != 1 {
			t.Fatalf("%d alarms, %v", len(all), err)
		}
		if a := all[0]; a.State != Raised || a.Alert.Priority != care.High || a.EndedAt.IsZero() {
			t.Errorf("%s %s, ended %v", a.State, a.Alert.Priority, a.EndedAt)
		}
	}
}

func TestAnotherGatewayCannotTouchAnAlarm(t *testing.T) {
	s := New(newMemory(), Opts{})
	stale := alert(care.SourceStale, care.Confirmed, care.Low, 1)
	if err := s.Raise(t.Context(), "home", "gw-1", *stale, at(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Raise(t.Context(), "home", "gw-2", *alert(care.SourceStale, care.Cleared, care.Low, 2), at(2)); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Alarm(t.Context(), 1); err != nil || a.State != Raised {
		t.Errorf("%s, %v: another gateway's clear closed it", a.State, err)
	}
}

func TestWhatThisVersionDoesNotKnowRings(t *testing.T) {
	s := New(newMemory(), Opts{})
	odd := alert(care.Kind(99), care.State(9), care.Priority(17), 1)
	if err := s.Raise(t.Context(), "home", "gw-1", *odd, at(1)); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Alarm(t.Context(), 1); err != nil || !a.Ringing() || a.Alert.Priority != care.High {
		t.Errorf("%s %s, %v", a.State, a.Alert.Priority, err)
	}
}

func TestE1_TwoAcknowledgeAtOnceAndOneWins(t *testing.T) {
	var changes []Alarm
	s := New(newMemory(), Opts{Changed: func(a Alarm) { changes = append(changes, a) }})
	if err := s.Raise(t.Context(), "home", "gw-1", *alert(care.Fall, care.Confirmed, care.High, 1), at(1)); err != nil {
		t.Fatal(err)
	}
	names := []string{"li", "wang", "zhao", "chen"}
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { _, errs[i] = s.Act(t.Context(), 1, does(Acknowledge, name, 5)) })
	}
	wg.Wait()
	a, err := s.Alarm(t.Context(), 1)
	if err != nil || a.State != Acknowledged || len(a.Log) != 2 || len(changes) != 2 {
		t.Fatalf("%s with %d steps, %d told, %v", a.State, len(a.Log), len(changes), err)
	}
	for i, err := range errs {
		won := names[i] == a.Acknowledged.Actor
		if won != (err == nil) || err != nil && !strings.Contains(err.Error(), a.Acknowledged.Actor) {
			t.Errorf("%s: %v, and %s has it", names[i], err, a.Acknowledged.Actor)
		}
	}
}

func TestAnotherProcessIsFaster(t *testing.T) {
	m := newMemory()
	s, other := New(m, Opts{}), New(m, Opts{})
	if err := s.Raise(t.Context(), "home", "gw-1", *alert(care.Fall, care.Confirmed, care.High, 1), at(1)); err != nil {
		t.Fatal(err)
	}
	m.rival = func() {
		if _, err := other.Act(t.Context(), 1, does(Acknowledge, "wang", 4)); err != nil {
			t.Error(err)
		}
	}
	_, err := s.Act(t.Context(), 1, does(Acknowledge, "li", 5))
	if c, ok := errors.AsType[*Conflict](err); !ok || c.Code != Taken || c.By.Actor != "wang" {
		t.Errorf("%v, want that wang has it", err)
	}
}

func TestNothingIsToldThatIsNotOnRecord(t *testing.T) {
	m := newMemory()
	m.fail = errors.New("disk full")
	s := New(m, Opts{Changed: func(Alarm) { t.Error("told of an alarm that is not on record") }})
	if err := s.Raise(t.Context(), "home", "gw-1", *alert(care.Fall, care.Confirmed, care.High, 1), at(1)); !errors.Is(err, m.fail) {
		t.Errorf("%v: the gateway would get a receipt", err)
	}
}

func TestBoardRisesAndNamesWhatIsOpen(t *testing.T) {
	var told int
	s := New(newMemory(), Opts{BoardChanged: func(care.GatewayID) { told++ }})
	board := func() Board {
		t.Helper()
		b, err := s.Board(t.Context(), "gw-1", 10, at(60))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	step := func(err error, version uint64, states ...State) {
		t.Helper()
		b := board()
		var got []State
		for _, e := range b.Entries {
			got = append(got, e.State)
		}
		if err != nil || b.Version != version || told != int(version) || !slices.Equal(got, states) {
			t.Fatalf("%v, version %d (told %d) %v, want %d %v", err, b.Version, told, got, version, states)
		}
	}
	act := func(e Event) error { _, err := s.Act(t.Context(), 1, e); return err }
	raise := func(st care.State, n int) error {
		return s.Raise(t.Context(), "home", "gw-1", *alert(care.Fall, st, care.High, n), at(n))
	}
	step(raise(care.Suspected, 1), 0)
	step(raise(care.Confirmed, 2), 1, Raised)
	step(raise(care.Confirmed, 2), 1, Raised)
	step(act(does(Display, "li", 3)), 1, Raised)
	step(act(does(Acknowledge, "li", 3)), 2, Acknowledged)
	step(act(does(Arrive, "li", 3)), 3, OnSite)
	end := does(Close, "li", 4)
	end.Override = "I am with her"
	step(act(end), 4, Closed)
	if b, err := s.Board(t.Context(), "gw-1", 10, at(4).Add(3*24*time.Hour)); err != nil || len(b.Entries) != 1 || b.Entries[0].State != Closed {
		t.Errorf("for a gateway that was cut off for three days: %+v, %v", b, err)
	}
	if b, err := s.Board(t.Context(), "gw-1", 10, at(4).Add(8*24*time.Hour)); err != nil || len(b.Entries) != 0 || b.Version != 4 {
		t.Errorf("a week later: %+v, %v", b, err)
	}
	if b, err := s.Board(t.Context(), "gw-2", 10, at(4)); err != nil || len(b.Entries) != 0 {
		t.Errorf("another gateway hears of it: %+v, %v", b, err)
	}
}

func TestE6_ASilentGatewayIsOneAlarmUntilItSpeaks(t *testing.T) {
	m := newMemory()
	s := New(m, Opts{})
	for i := range 3 {
		if err := s.Silent(t.Context(), "home", "gw-1", at(0), at(90+i)); err != nil {
			t.Fatal(err)
		}
		s = New(m, Opts{}) // a restart does not forget it
	}
	a, err := s.Alarm(t.Context(), 1)
	if err != nil || len(m.alarms) != 1 || !a.Ringing() || !a.Technical() || a.Alert.Onset != at(0) || a.Log[0].By != System {
		t.Fatalf("%d alarms, %+v, %v", len(m.alarms), a, err)
	}
	if b, _ := s.Board(t.Context(), "gw-1", 10, at(95)); len(b.Entries) != 0 {
		t.Error("the gateway is told of its own loss")
	}
	for range 2 {
		if err := s.Heard(t.Context(), "gw-1", at(200)); err != nil {
			t.Fatal(err)
		}
	}
	if a, _ = s.Alarm(t.Context(), 1); a.State != Closed || len(a.Log) != 2 || a.Closing.Resolution != Cleared {
		t.Errorf("%s after it spoke", a.State)
	}
	if err := s.Silent(t.Context(), "home", "gw-1", at(300), at(390)); err != nil || len(m.alarms) != 2 {
		t.Errorf("the next silence: %d alarms, %v", len(m.alarms), err)
	}
}

// A log may hold what this version cannot read, or would not do any more: it
// was written by another version, or by a disk that forgot.
func TestJ3_AnUnreadableLogHidesNoAlarm(t *testing.T) {
	for name, damage := range map[string]func(log [][]byte){
		"the first step is no JSON": func(log [][]byte) { log[0] = []byte("?") },
		"the first step is of a later version": func(log [][]byte) {
			log[0] = []byte(`{"what":99,"at":"2026-03-01T02:00:00Z","actor":"gw-1","by":"gateway"}`)
		},
		"the second step changes nothing any more": func(log [][]byte) { log[1] = log[0] },
		"the second step is no JSON":               func(log [][]byte) { log[1] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			s := New(m, Opts{})
			for i, kind := range []care.Kind{care.Fall, care.BedExit} {
				a := alert(kind, care.Confirmed, care.High, 1)
				a.Episode = care.Episode{byte(i + 1)}
				if err := s.Raise(t.Context(), "home", "gw-1", *a, at(1)); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Act(t.Context(), int64(i+1), Event{What: Display, At: at(2), Actor: "li", Station: "desk"}); err != nil {
					t.Fatal(err)
				}
			}
			damage(m.alarms[0].Log)
			all, err := s.Select(t.Context(), Filter{OpenOnly: true})
			if err != nil || len(all) != 2 || !all[0].Ringing() || !all[1].Ringing() {
				t.Fatalf("%d alarms, %v: neighbours are hidden, or it is silent", len(all), err)
			}
			if all[0].Unread != 0 || all[1].Unread == 0 {
				t.Errorf("unread steps: %d and %d", all[0].Unread, all[1].Unread)
			}
			again := alert(care.Fall, care.Confirmed, care.High, 1)
			again.Episode = care.Episode{1}
			if err := s.Raise(t.Context(), "home", "gw-1", *again, at(3)); err != nil {
				t.Errorf("told again: %v", err)
			}
			for _, what := range []Event{{What: Acknowledge}, {What: Close, Resolution: Other, Override: "unreadable"}} {
				what.At, what.Actor, what.Station = at(4), "li", "desk"
				if _, err := s.Act(t.Context(), 1, what); err != nil {
					t.Errorf("%v: %v", what.What, err)
				}
			}
			if all, err := s.Select(t.Context(), Filter{OpenOnly: true}); err != nil || len(all) != 1 {
				t.Errorf("%d open alarms, %v: it cannot be closed", len(all), err)
			}
		})
	}
}

func TestAStoreThatIsAlwaysStaleHangsNobody(t *testing.T) {
	m := newMemory()
	m.fail = ErrStale
	err := New(m, Opts{}).Raise(t.Context(), "home", "gw-1", *alert(care.Fall, care.Confirmed, care.High, 1), at(1))
	if !errors.Is(err, ErrStale) {
		t.Error(err)
	}
}

package detect

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// timer is a keeper for these tests: it raises an alert an hour after a press.
type timer struct {
	State struct {
		Since time.Time
		Value float64
		Text  string
	}
	out []care.Alert
}

func (d *timer) Block(*care.Block) []care.Alert { return nil }

func (d *timer) Reading(r care.Reading) []care.Alert {
	d.State.Since, d.State.Value = r.At, r.Value
	return nil
}

func (d *timer) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	if !d.State.Since.IsZero() && at.Sub(d.State.Since) >= time.Hour {
		d.out = append(d.out, care.Alert{Kind: care.Call, State: care.Confirmed, Onset: d.State.Since, At: at})
		d.State.Since = time.Time{}
	}
	return d.out
}

func (d *timer) key() string { return "timer/1" }
func (d *timer) save() any   { return d.State }

func (d *timer) load(raw json.RawMessage, o outage) error {
	s := d.State
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if s.Value < 0 {
		return errors.New("a negative value")
	}
	s.Since = o.time(s.Since)
	d.State = s
	return nil
}

// timed is an engine that keeps a timer of s-1 and one of its resident.
func timed(t testing.TB, sources ...Source) (*Engine, *timer, *timer) {
	t.Helper()
	if sources == nil {
		sources = []Source{{ID: "s-1", Kind: Vitals, Resident: "r-1"}}
	}
	e, err := New(Plan{Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	own, person := &timer{}, &timer{}
	e.watches[0].detectors = []Detector{own}
	if len(e.persons) > 0 {
		e.persons[0].detectors = []Detector{person}
	}
	return e, own, person
}

func press(e *Engine, v float64, at time.Time) {
	e.Reading(care.NewReading("r-1", "s-1", care.HeartRate, v, 100, at))
}

// saved is what an engine saves ten minutes after a press.
func saved(t testing.TB) []byte {
	t.Helper()
	e, _, _ := timed(t)
	press(e, 60, after(0))
	data, err := e.Save(after(600))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestD6_ATimerSurvivesARestart(t *testing.T) {
	e, own, person := timed(t)
	if err := e.Load(saved(t), after(1800)); err != nil {
		t.Fatal(err)
	}
	if !own.State.Since.Equal(after(0)) || !person.State.Since.Equal(after(0)) {
		t.Fatalf("the timers begin at %v and %v", own.State.Since, person.State.Since)
	}
	if _, a := e.Tick(after(3599)); len(a) != 0 {
		t.Error("a timer ran out too soon")
	}
	if _, a := e.Tick(after(3600)); len(a) != 2 {
		t.Errorf("%d of two timers ran out after an hour with a restart in it", len(a))
	}
}

func TestD6_ATimerRunsOutWhileTheAgentIsDown(t *testing.T) {
	e, _, _ := timed(t)
	if err := e.Load(saved(t), after(7200)); err != nil {
		t.Fatal(err)
	}
	if _, a := e.Tick(after(7200)); len(a) != 2 {
		t.Errorf("%d of two timers ran out", len(a))
	}
}

func TestATimeThatNobodyKnowsDoesNotCount(t *testing.T) {
	for name, now := range map[string]time.Time{
		"the clock begins in 1970":  time.Date(1970, 1, 1, 0, 0, 20, 0, time.UTC),
		"the clock went back a day": after(600 - 86400),
	} {
		e, _, _ := timed(t)
		if err := e.Load(saved(t), now); err != nil {
			t.Fatal(err)
		}
		if _, a := e.Tick(now.Add(50*time.Minute - time.Second)); len(a) != 0 {
			t.Errorf("%s: a timer with 50 min to go ran out before", name)
		}
		if _, a := e.Tick(now.Add(50 * time.Minute)); len(a) != 2 {
			t.Errorf("%s: %d of two timers ran out 50 min later", name, len(a))
		}
	}
}

func TestASensorOfAnotherResidentTakesNoTimerAlong(t *testing.T) {
	for name, s := range map[string]Source{
		"another resident": {ID: "s-1", Kind: Vitals, Resident: "r-2"},
		"another kind":     {ID: "s-1", Kind: CallLine, Resident: "r-1"},
		"another source":   {ID: "s-2", Kind: Vitals, Resident: "r-1"},
	} {
		e, own, _ := timed(t, s)
		if err := e.Load(saved(t), after(700)); err != nil {
			t.Fatal(err)
		}
		if !own.State.Since.IsZero() {
			t.Errorf("%s: the timer came along", name)
		}
	}
}

func TestADamagedStateIsRefusedAndHarmless(t *testing.T) {
	good := string(saved(t))
	for name, data := range map[string]string{
		"nothing":         "",
		"half":            good[:len(good)/2],
		"without its end": good[:len(good)-1],
		"a digit changed": strings.Replace(good, `"Value":60`, `"Value":61`, 1),
		"another format":  strings.Replace(good, `"osmanthus_state":1`, `"osmanthus_state":2`, 1),
		"something else":  "[{\"episode\":\"00\"}]\n\n",
		"too much":        strings.Repeat("x", keptAll+1),
	} {
		e, own, _ := timed(t)
		if err := e.Load([]byte(data), after(700)); err == nil {
			t.Errorf("%s: taken", name)
		}
		if !own.State.Since.IsZero() {
			t.Errorf("%s: left a trace", name)
		}
	}
}

func TestOneStateThatIsRefusedLeavesItsNeighbours(t *testing.T) {
	e, own, _ := timed(t)
	press(e, 60, after(0))
	own.State.Value = -1
	data, err := e.Save(after(600))
	if err != nil {
		t.Fatal(err)
	}
	f, own, person := timed(t)
	err = f.Load(data, after(700))
	if err == nil || !strings.Contains(err.Error(), `timer/1 of "s-1"`) {
		t.Errorf("the refused state is not named: %v", err)
	}
	if !own.State.Since.IsZero() || person.State.Since.IsZero() {
		t.Error("the refused state was taken, or its neighbour was not")
	}
}

func TestWhatCannotBeSavedCostsOnlyItself(t *testing.T) {
	for name, spoil := range map[string]func(*timer){
		"no number": func(d *timer) { d.State.Value = math.NaN() },
		"too large": func(d *timer) { d.State.Text = strings.Repeat("x", keptEach) },
	} {
		e, own, _ := timed(t)
		press(e, 60, after(0))
		spoil(own)
		data, err := e.Save(after(600))
		if err == nil {
			t.Errorf("%s: saved", name)
		}
		f, own, person := timed(t)
		if err := f.Load(data, after(700)); err != nil {
			t.Fatal(err)
		}
		if !own.State.Since.IsZero() || person.State.Since.IsZero() {
			t.Errorf("%s: it was saved, or its neighbour was not", name)
		}
	}
}

func TestNoTwoStatesShareAName(t *testing.T) {
	seen := map[string]bool{}
	for name := range everyKind(t).keepers() {
		if seen[name] {
			t.Errorf("two detectors keep their state as %q", name)
		}
		seen[name] = true
	}
}

func TestASaveThatChangesNothingIsKnown(t *testing.T) {
	e, _, _ := timed(t)
	press(e, 60, after(0))
	a, _ := e.Save(after(600))
	b, _ := e.Save(after(630))
	press(e, 61, after(640))
	c, _ := e.Save(after(660))
	if !SameState(a, b) || SameState(b, c) {
		t.Error("only what changes is a change")
	}
}

// FuzzLoad gives a whole Engine, with all that keeps a state, any bytes, under
// a sum that fits, so that the detectors see them.
func FuzzLoad(f *testing.F) {
	e := everyKind(f)
	data, err := e.Save(start)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, int64(0))
	f.Add(saved(f), int64(3600))
	f.Fuzz(func(t *testing.T, data []byte, seconds int64) {
		e := everyKind(t)
		_ = e.Load(data, start.Add(time.Duration(seconds%1e9)*time.Second))
		if states, _, err := parseKept(resum(data)); err == nil && len(states) > 0 {
			_ = e.Load(resum(data), start)
		}
		for s := range 20 {
			e.Tick(start.Add(time.Duration(s) * time.Minute))
		}
		if _, err := e.Save(start); err != nil {
			t.Errorf("what was loaded cannot be saved: %v", err)
		}
	})
}

// resum makes the sum of mutated bytes fit.
func resum(data []byte) []byte {
	_, body, _ := strings.Cut(string(data), "\n")
	body = strings.TrimSuffix(body, "\n")
	head, _ := json.Marshal(keptHead{Format: keptFormat, At: start, Sum: sum([]byte(body))})
	return []byte(string(head) + "\n" + body + "\n")
}

// everyKind is an engine with one source of each kind.
func everyKind(t testing.TB) *Engine {
	t.Helper()
	var p Plan
	for k := IMUWrist; int(k) < len(kindNames); k++ {
		p.Sources = append(p.Sources, Source{ID: care.SourceID(k.String()), Resident: "r-1", Kind: k, Room: Bathroom})
	}
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

package detect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

const fallRadar = care.SourceID("radar")

// saysFall is a home with a radar that sees falls.
type saysFall struct {
	t      testing.TB
	engine *Engine
	at     time.Time
	alerts []care.Alert
}

func newSaysFall(t testing.TB, more ...Source) *saysFall {
	t.Helper()
	w := &saysFall{t: t, at: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	w.engine = w.fresh(more...)
	w.wait(time.Second)
	return w
}

func (w *saysFall) fresh(more ...Source) *Engine {
	e, err := New(Plan{Sources: append([]Source{{ID: fallRadar, Resident: "r-1", Kind: Radar, Room: Bathroom}}, more...)})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

func (w *saysFall) take(alerts []care.Alert) {
	for _, a := range alerts {
		if a.Kind == care.Fall || a.Kind == care.LongLie {
			w.alerts = append(w.alerts, a)
		}
	}
}

func (w *saysFall) wait(d time.Duration) {
	for end := w.at.Add(d); w.at.Before(end); {
		w.at = w.at.Add(time.Second)
		_, a := w.engine.Tick(w.at)
		w.take(a)
	}
}

func (w *saysFall) says(v float64) { w.reads(fallRadar, care.FallDetected, v) }

func (w *saysFall) reads(id care.SourceID, m care.Metric, v float64) {
	_, a := w.engine.Reading(care.NewReading("r-1", id, m, v, 70, w.at))
	w.take(a)
}

func (w *saysFall) want(said string) {
	w.t.Helper()
	var all []string
	for _, a := range w.alerts {
		all = append(all, fmt.Sprintf("%v:%v", a.Kind, a.State))
	}
	if got := strings.Join(all, " "); got != said {
		w.t.Errorf("the alerts were\n\t%s\nwant\n\t%s", got, said)
	}
}

func TestA7_AFallThatAModuleSaysIsSuspectedThenConfirmed(t *testing.T) {
	w := newSaysFall(t)
	w.says(0)
	w.wait(time.Minute)
	fell := w.at
	w.says(1)
	w.want("fall:suspected")
	w.wait(9 * time.Second)
	w.want("fall:suspected")
	w.wait(2 * time.Second)
	w.want("fall:suspected fall:confirmed")
	for _, a := range w.alerts {
		if a.Confidence != 0.5 || a.Priority != care.High || !a.Onset.Equal(fell) || a.Evidence.Rule != "fall-module/1" || a.Evidence.Metric != care.FallDetected {
			t.Errorf("%+v", a)
		}
	}
	w.wait(5 * time.Minute) // nobody came
	w.want("fall:suspected fall:confirmed long_lie:confirmed")
	w.says(0)
	w.wait(10 * time.Second)
	w.want("fall:suspected fall:confirmed long_lie:confirmed fall:cleared")
	w.says(1)
	w.wait(11 * time.Second)
	w.want("fall:suspected fall:confirmed long_lie:confirmed fall:cleared fall:suspected fall:confirmed")
}

// Every state against every event.
func TestModuleFallStates(t *testing.T) {
	states := map[string]func(w *saysFall){
		"idle":          func(*saysFall) {},
		"suspected":     func(w *saysFall) { w.says(1); w.wait(3 * time.Second) },
		"doubted":       func(w *saysFall) { w.says(1); w.wait(3 * time.Second); w.says(0); w.wait(time.Second) },
		"confirmed":     func(w *saysFall) { w.says(1); w.wait(11 * time.Second) },
		"taken back":    func(w *saysFall) { w.says(1); w.wait(11 * time.Second); w.says(0); w.wait(time.Second) },
		"heard falling": func(w *saysFall) { w.says(1) }, // the first that is heard of it
	}
	events := map[string]func(w *saysFall){
		"says":      func(w *saysFall) { w.says(1); w.wait(time.Second) },
		"says not":  func(w *saysFall) { w.says(0); w.wait(4 * time.Second) },
		"10 s":      func(w *saysFall) { w.wait(11 * time.Second) },
		"nonsense":  func(w *saysFall) { w.says(7) },
		"restarts":  func(w *saysFall) { w.restarts(2 * time.Second); w.wait(time.Second) },
		"clock set": func(w *saysFall) { w.at = w.at.Add(-time.Hour); w.wait(time.Second) },
	}
	want := map[string]map[string]string{
		"idle":          {"says": "s", "says not": "", "10 s": "", "nonsense": "", "restarts": "", "clock set": ""},
		"suspected":     {"says": "s", "says not": "sx", "10 s": "sc", "nonsense": "s", "restarts": "s", "clock set": "s"},
		"doubted":       {"says": "s", "says not": "sx", "10 s": "sx", "nonsense": "s", "restarts": "s", "clock set": "s"},
		"confirmed":     {"says": "sc", "says not": "scx", "10 s": "sc", "nonsense": "sc", "restarts": "sc", "clock set": "sc"},
		"taken back":    {"says": "sc", "says not": "scx", "10 s": "scx", "nonsense": "sc", "restarts": "sc", "clock set": "sc"},
		"heard falling": {"says": "s", "says not": "sx", "10 s": "sc", "nonsense": "s", "restarts": "s", "clock set": "s"},
	}
	letters := map[care.State]string{care.Suspected: "s", care.Confirmed: "c", care.Cleared: "x"}
	for state, enter := range states {
		for event, happens := range events {
			w := newSaysFall(t)
			enter(w)
			happens(w)
			got := ""
			for _, a := range w.alerts {
				got += letters[a.State]
			}
			if got != want[state][event] {
				t.Errorf("%s, %s: said %q, want %q", state, event, got, want[state][event])
			}
		}
	}
}

// restarts ends the agent for a while.
func (w *saysFall) restarts(down time.Duration) {
	w.t.Helper()
	data, err := w.engine.Save(w.at)
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine, w.at = w.fresh(), w.at.Add(down)
	if err := w.engine.Load(data, w.at); err != nil {
		w.t.Fatal(err)
	}
}

// After a restart the module goes on to say the same fall: it is no new one, and
// what was not decided is.
func TestAFallOfAModuleOutlivesARestart(t *testing.T) {
	w := newSaysFall(t)
	w.says(1)
	w.wait(3 * time.Second)
	w.restarts(20 * time.Second)
	w.says(1)
	w.wait(2 * time.Second)
	w.want("fall:suspected fall:confirmed")
	w.restarts(20 * time.Second)
	w.says(1)
	w.wait(time.Minute)
	w.want("fall:suspected fall:confirmed")
	if w.alerts[0].Episode != w.alerts[1].Episode {
		t.Error("two episodes")
	}
}

// A radar may take the floor beside the bed for the bed: that somebody is in bed
// is no sign of having got up.
func TestTheBedOfARadarEndsNoLongLie(t *testing.T) {
	w := newSaysFall(t, Source{ID: "pad", Resident: "r-1", Kind: BedPad})
	w.says(1)
	for range 20 {
		w.wait(20 * time.Second)
		w.reads(fallRadar, care.BedOccupancy, 1)
	}
	w.want("fall:suspected fall:confirmed long_lie:confirmed")

	x := newSaysFall(t, Source{ID: "pad", Resident: "r-1", Kind: BedPad})
	x.says(1)
	for range 20 {
		x.wait(20 * time.Second)
		x.reads("pad", care.BedOccupancy, 1)
	}
	x.want("fall:suspected fall:confirmed")
}

// "I am well" in the window clears the suspicion, as with every fall.
func TestTheWearerAnswersTheModule(t *testing.T) {
	w := newSaysFall(t, Source{ID: "well", Resident: "r-1", Kind: WellButton})
	w.reads("well", care.WellPress, 0)
	w.says(1)
	w.wait(5 * time.Second)
	w.reads("well", care.WellPress, 1)
	w.wait(time.Minute)
	w.want("fall:suspected fall:cleared")
	w.says(1) // it goes on to say so
	w.wait(time.Minute)
	w.want("fall:suspected fall:cleared")
	w.says(0)
	w.wait(4 * time.Second)
	w.says(1)
	w.wait(11 * time.Second)
	w.want("fall:suspected fall:cleared fall:suspected fall:confirmed")
}

// What a radar says of heart and breath is shown, and judged by no rule: it is
// of a quality that nobody has proved.
func TestA7_VitalSignsOfARadarRaiseNothing(t *testing.T) {
	w := newSaysFall(t)
	for i := range 120 {
		w.wait(10 * time.Second)
		for m, v := range map[care.Metric]float64{care.HeartRate: 180, care.RespiratoryRate: 4} {
			readings, alerts := w.engine.Reading(care.NewReading("r-1", fallRadar, m, v+float64(i%3), 30, w.at))
			if len(readings) == 0 || len(alerts) != 0 {
				t.Fatalf("%v: %v %v", m, readings, alerts)
			}
		}
		readings, alerts := w.engine.Tick(w.at)
		for _, r := range readings {
			if r.Metric == care.NEWS2 {
				t.Fatalf("a score of vital signs that are not proved: %+v", r)
			}
		}
		if len(alerts) != 0 {
			t.Fatal(alerts)
		}
	}
}

// Occupancy of a bed by a radar is judged as that of any bed.
func TestA7_ARadarSeesTheBedLeft(t *testing.T) {
	w := newSaysFall(t)
	w.at = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	w.wait(time.Second)
	for range 12 {
		w.reads(fallRadar, care.BedOccupancy, 1)
		w.wait(20 * time.Second)
	}
	_, alerts := w.engine.Reading(care.NewReading("r-1", fallRadar, care.BedOccupancy, 0, 70, w.at))
	if len(alerts) != 1 || alerts[0].Kind != care.BedExit || alerts[0].State != care.Confirmed || alerts[0].Confidence != 0.7 {
		t.Errorf("left the bed: %+v", alerts)
	}
}

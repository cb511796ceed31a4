package detect

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

func sin(turns float64) float64 { return math.Sin(2 * math.Pi * turns) }

// TestFallEpisodeEveryStateAndEvent: what each event does in each state, to
// the fall and to the clock of who lies on the floor.
func TestFallEpisodeEveryStateAndEvent(t *testing.T) {
	const impact = 100
	reach := map[string]func(*flat){
		"idle":            func(w *flat) {},
		"suspected":       func(w *flat) { w.detects(care.Suspected, impact) },
		"doubted in care": func(w *flat) { w.push("care"); w.detects(care.Suspected, impact) },
		"window":          func(w *flat) { w.detects(care.Suspected, impact); w.detects(care.Confirmed, impact) },
		"care":            func(w *flat) { w.push("care"); w.detects(care.Suspected, impact); w.detects(care.Confirmed, impact) },
		"confirmed":       func(w *flat) { w.detects(care.Suspected, impact); w.detects(care.Confirmed, impact); w.wait(25) },
		"long lie":        func(w *flat) { w.detects(care.Suspected, impact); w.detects(care.Confirmed, impact); w.wait(310) },
		"an hour":         func(w *flat) { w.detects(care.Suspected, impact); w.detects(care.Confirmed, impact); w.wait(3620) },
		"over":            func(w *flat) { w.detects(care.Suspected, impact); w.detects(care.Cleared, impact) },
	}
	episode := care.NewEpisode(care.Fall, "r-1", "s-1", 0, after(impact))
	events := map[string]func(*flat){
		"suspect":   func(w *flat) { w.detects(care.Suspected, impact) },
		"confirm":   func(w *flat) { w.detects(care.Confirmed, impact) },
		"clear":     func(w *flat) { w.detects(care.Cleared, impact) },
		"well":      func(w *flat) { w.push("well") },
		"care":      func(w *flat) { w.push("care") },
		"in bed":    func(w *flat) { w.says("bed", 1); w.wait(40); w.says("bed", 1) },
		"answered":  func(w *flat) { w.engine.Answered(episode) },
		"half min":  func(w *flat) { w.wait(30) },
		"two hours": func(w *flat) { w.wait(7200) },
	}
	const hour = lies + " " + lies
	for _, c := range []struct {
		state, event string
		said         string
		fall         fallPhase
		floor        floorPhase
	}{
		{"idle", "suspect", suspected, fallDoubted, floorUp},
		{"idle", "confirm", suspected, fallHeld, floorUp}, // by a detector that does not suspect before
		{"idle", "clear", cleared, fallOver, floorUp},
		{"idle", "well", "", fallOver, floorUp},
		{"idle", "care", "", fallOver, floorUp},
		{"idle", "in bed", "", fallOver, floorUp},
		{"idle", "answered", "", fallOver, floorUp},
		{"idle", "half min", "", fallOver, floorUp},
		{"idle", "two hours", "", fallOver, floorUp},

		{"suspected", "suspect", suspected, fallDoubted, floorUp},
		{"suspected", "confirm", "", fallHeld, floorUp},
		{"suspected", "clear", cleared, fallOver, floorUp},
		{"suspected", "well", cleared, fallOver, floorUp},
		{"suspected", "care", "", fallDoubted, floorUp},
		{"suspected", "in bed", confirmed, fallOver, floorUp}, // undecided for 29 s: confirmed; then in bed
		{"suspected", "answered", "", fallOver, floorUp},
		{"suspected", "half min", confirmed, fallDown, floorLies}, // its detector is silent
		{"suspected", "two hours", confirmed + " " + hour, fallDown, floorHour},

		{"doubted in care", "suspect", suspected, fallDoubted, floorUp},
		{"doubted in care", "confirm", "", fallHeld, floorUp},
		{"doubted in care", "clear", cleared, fallOver, floorUp},
		{"doubted in care", "well", cleared, fallOver, floorUp},
		{"doubted in care", "care", "", fallDoubted, floorUp}, // care ends before the 29 s are over
		{"doubted in care", "in bed", "", fallDoubted, floorUp},
		{"doubted in care", "answered", "", fallOver, floorUp},
		{"doubted in care", "half min", "", fallDoubted, floorUp}, // nobody is called while somebody is there
		{"doubted in care", "two hours", confirmed + " " + hour, fallDown, floorHour},

		{"window", "suspect", suspected, fallHeld, floorUp},
		{"window", "confirm", "", fallHeld, floorUp},
		{"window", "clear", cleared, fallOver, floorUp},
		{"window", "well", cleared, fallOver, floorUp},
		{"window", "care", "", fallHeld, floorUp},
		{"window", "in bed", confirmed, fallOver, floorUp},
		{"window", "answered", "", fallOver, floorUp},
		{"window", "half min", confirmed, fallDown, floorLies},
		{"window", "two hours", confirmed + " " + hour, fallDown, floorHour},

		{"care", "suspect", suspected, fallHeld, floorUp},
		{"care", "confirm", "", fallHeld, floorUp},
		{"care", "clear", cleared, fallOver, floorUp},
		{"care", "well", cleared, fallOver, floorUp},
		{"care", "care", "", fallHeld, floorUp}, // care ends, and the window is still open
		{"care", "in bed", "", fallHeld, floorUp},
		{"care", "answered", "", fallOver, floorUp},
		{"care", "half min", "", fallHeld, floorUp},
		{"care", "two hours", confirmed + " " + hour, fallDown, floorHour},

		{"confirmed", "suspect", "", fallDown, floorLies},
		{"confirmed", "confirm", confirmed, fallDown, floorLies}, // more evidence, no new alarm
		{"confirmed", "clear", cleared, fallDown, floorLies},     // people were called: the clock goes on
		{"confirmed", "well", "", fallDown, floorLies},
		{"confirmed", "care", "", fallDown, floorLies},
		{"confirmed", "in bed", "", fallOver, floorUp},
		{"confirmed", "answered", "", fallOver, floorUp},
		{"confirmed", "half min", "", fallDown, floorLies},
		{"confirmed", "two hours", hour, fallDown, floorHour},

		{"long lie", "suspect", "", fallDown, floorLong},
		{"long lie", "confirm", confirmed, fallDown, floorLong},
		{"long lie", "clear", cleared, fallDown, floorLong},
		{"long lie", "well", "", fallDown, floorLong},
		{"long lie", "care", "", fallDown, floorLong},
		{"long lie", "in bed", liesNot, fallOver, floorUp},
		{"long lie", "answered", "", fallOver, floorUp},
		{"long lie", "half min", "", fallDown, floorLong},
		{"long lie", "two hours", lies, fallDown, floorHour},

		{"an hour", "suspect", "", fallDown, floorHour},
		{"an hour", "confirm", confirmed, fallDown, floorHour},
		{"an hour", "clear", cleared, fallDown, floorHour},
		{"an hour", "well", "", fallDown, floorHour},
		{"an hour", "care", "", fallDown, floorHour},
		{"an hour", "in bed", liesNot + " " + liesNot, fallOver, floorUp},
		{"an hour", "answered", "", fallOver, floorUp},
		{"an hour", "half min", "", fallDown, floorHour},
		{"an hour", "two hours", "", fallDown, floorHour},

		{"over", "suspect", "", fallOver, floorUp},
		{"over", "confirm", "", fallOver, floorUp},
		{"over", "clear", "", fallOver, floorUp},
		{"over", "well", "", fallOver, floorUp},
		{"over", "care", "", fallOver, floorUp},
		{"over", "in bed", "", fallOver, floorUp},
		{"over", "answered", "", fallOver, floorUp},
		{"over", "half min", "", fallOver, floorUp},
		{"over", "two hours", "", fallOver, floorUp},
	} {
		w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
		w.wait(impact)
		w.now += 5
		reach[c.state](w)
		w.alerts = nil
		events[c.event](w)
		phase := fallOver
		for _, f := range w.d.falls {
			phase = f.phase
		}
		if w.said() != c.said || phase != c.fall || w.d.floor.phase != c.floor {
			t.Errorf("%s, %s: %q in states %d and %d, want %q in %d and %d", c.state, c.event, w.said(), phase, w.d.floor.phase, c.said, c.fall, c.floor)
		}
	}
}

// restarted is a flat whose agent ended now and starts again some seconds later.
func (w *flat) restarted(t *testing.T, policy FallPolicy, later float64) *flat {
	t.Helper()
	data, err := w.engine.Save(after(w.now))
	if err != nil {
		t.Fatal(err)
	}
	n := newFlat(t, policy)
	if err := n.engine.Load(data, after(w.now+later)); err != nil {
		t.Fatal(err)
	}
	n.now, n.values, n.alerts = w.now+later, nil, nil
	return n
}

func TestD2_ALongLieClockSurvivesARestart(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.falls()
	w.wait(60)
	w = w.restarted(t, FallPolicy{}, 100)
	w.wait(120) // 285 s after the impact
	w.want("")
	w.wait(20)
	w.want(lies)
	w = w.restarted(t, FallPolicy{}, 3600)
	w.wait(1)
	w.want(lies)
	w.rests()
	w.want(lies + " " + liesNot + " " + liesNot)
}

func TestD2_ASuspicionThatARestartInterruptsIsConfirmedByTheEpisode(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	onset := w.now
	w.wait(2)
	w.detects(care.Suspected, onset)
	w = w.restarted(t, FallPolicy{}, 10)
	if !w.engine.Follows(care.NewEpisode(care.Fall, "r-1", "s-1", 0, after(onset))) {
		t.Error("it is not followed")
	}
	w.wait(20)
	w.want(confirmed)
}

func TestD4_CareSurvivesARestartAndIsNotLongerForIt(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(600)
	w.falls()
	w.want(suspected)
	w = w.restarted(t, FallPolicy{}, 60)
	w.wait(200) // 14:25
	w.want("")
	w.wait(40)
	w.want(confirmed)

	w = newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(600)
	w = w.restarted(t, FallPolicy{}, 301) // ran out while the agent was down
	w.falls()
	w.want(suspected + " " + confirmed)
}

func TestD2_AFallRightBeforeARestartLiesAllTheSame(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.wait(100)
	fell := care.Alert{Episode: care.NewEpisode(care.Fall, "r-1", "s-1", 0, after(101)), Kind: care.Fall, State: care.Confirmed,
		Priority: care.High, Resident: "r-1", Source: "s-1", Onset: after(101), At: after(101)}
	n := w.restarted(t, FallPolicy{}, 30) // what was saved knows nothing of the fall
	n.engine.Lies(fell)
	n.wait(272)
	n.want(lies)

	w.wait(300)
	n = w.restarted(t, FallPolicy{}, 30) // what was saved knows better: it is over
	n.engine.Lies(fell)
	n.wait(7200)
	n.want("")
}

func TestFallsThatCannotBeAreNotLoaded(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.falls()
	for _, bad := range []string{
		`{"Falls":[{"Phase":9,"Alert":{"Kind":1}}]}`, `{"Falls":[{"Phase":1,"Alert":{"Kind":3}}]}`,
		`{"Floor":{"Phase":7}}`, `{"Falls":[{},{},{},{},{},{},{},{},{}]}`, `[]`,
	} {
		if err := w.d.load(json.RawMessage(bad), outage{}); err == nil {
			t.Errorf("%s was taken", bad)
		}
		if len(w.d.falls) != 1 || w.d.falls[0].phase != fallDown {
			t.Errorf("%s left a trace", bad)
		}
	}
}

func TestMoreFallsThanAreFollowedAreSaidAllTheSame(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	for i := range 30 {
		w.now = float64(i) / 10
		w.detects(care.Suspected, w.now)
	}
	n := 0
	for _, a := range w.alerts {
		if a.State == care.Suspected {
			n++
		}
	}
	if n != 30 || len(w.d.falls) > episodeMax {
		t.Errorf("%d of 30 were said, %d are followed", n, len(w.d.falls))
	}
	w.detects(care.Confirmed, 2.9)
	if w.alerts[len(w.alerts)-1].State != care.Confirmed {
		t.Error("one that is not followed is not confirmed")
	}
}

package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

// What people say of a fall, and whose clock it ends.

// strolls is a wrist that walks.
func strolls(t float64) (x, y, z float64) {
	s := 0.15*sin(1.9*t) + 0.08*sin(0.95*t)
	return 0.97 + s, 0.18 + 0.3*s, 0.16 + 0.01*hum(int(t*100))
}

// TestAPressAnswersAnImpactThatIsToldOnlyLater: another detector needs longer
// for the same fall. What comes after the press is another.
func TestAPressAnswersAnImpactThatIsToldOnlyLater(t *testing.T) {
	for _, c := range []struct {
		name   string
		onset  float64 // the press is at 100
		second care.State
		want   string
	}{
		{"the same fall", 95, care.Suspected, suspected + " " + cleared},
		{"the same fall, by a detector that does not suspect", 95, care.Confirmed, suspected + " " + cleared},
		{"a minute before", 40, care.Suspected, suspected + " " + cleared},
		{"longer ago", 39, care.Suspected, suspected + " " + confirmed},
		{"right after the impact: the floor pressed", 99, care.Suspected, suspected + " " + confirmed},
		{"after the press", 101, care.Suspected, suspected + " " + confirmed},
	} {
		w := newFlat(t, FallPolicy{})
		w.wait(100)
		w.push("well")
		w.wait(4)
		w.detects(c.second, c.onset)
		if c.want == suspected+" "+cleared && w.lastRule() != wellRule {
			t.Errorf("%s: the rule is %q", c.name, w.lastRule())
		}
		w.detects(care.Confirmed, c.onset)
		w.wait(60)
		if w.said() != c.want {
			t.Errorf("%s: %s, want %s", c.name, w.said(), c.want)
		}
	}
}

// TestAButtonThatIsDownWhenTheAgentStartsIsNoPress: nor is one whose word is
// known to hang.
func TestAButtonThatIsDownWhenTheAgentStartsIsNoPress(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.falls()
	w = w.restarted(t, FallPolicy{WellWindow: 20 * time.Second}, 1)
	for i := range w.d.levels { // nothing was heard of the buttons yet
		w.d.levels[i].known = false
	}
	w.says("well", 1)
	w.wait(2)
	w.says("well", 1)
	w.wait(20)
	w.want(confirmed)

	w = newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.falls()
	stuck := care.NewReading("r-1", "well", care.WellPress, 1, 100, after(w.now))
	stuck.Flags |= care.Stuck
	w.take(w.engine.Reading(stuck))
	w.wait(20)
	w.want(suspected + " " + confirmed)
}

// TestWhoClosesALongLieEndsItsClock: of that fall nothing is told again,
// whatever becomes of a later one.
func TestWhoClosesALongLieEndsItsClock(t *testing.T) {
	for _, hour := range []bool{false, true} {
		for _, again := range []bool{false, true} {
			w, said := newFlat(t, FallPolicy{}), suspected+" "+confirmed+" "+lies
			w.falls()
			w.wait(310)
			if hour {
				w.wait(3600)
				said += " " + lies
			}
			lie := w.alerts[len(w.alerts)-1].Episode
			if again { // falls when somebody helps
				onset := w.now
				w.wait(2)
				w.detects(care.Suspected, onset)
				w.engine.Answered(lie)
				w.wait(2)
				w.detects(care.Confirmed, onset)
				said += " " + suspected + " " + confirmed
				w.want(said)
				lie = w.alerts[len(w.alerts)-1].Episode
			}
			w.engine.Answered(lie)
			w.wait(2 * 3600)
			w.rests()
			w.want(said)
		}
	}
}

// TestOneOfTwoFallsIsClosedAndTheOtherLies: nobody has said anything of that.
func TestOneOfTwoFallsIsClosedAndTheOtherLies(t *testing.T) {
	const both = suspected + " " + confirmed + " " + suspected + " " + confirmed
	w := newFlat(t, FallPolicy{})
	w.falls()
	w.wait(195)
	w.falls() // 200 s after the first
	w.engine.Answered(w.alerts[0].Episode)
	w.wait(290)
	w.want(both)
	w.wait(10)
	w.want(both + " " + lies)
	if a := w.alerts[len(w.alerts)-1]; !a.Onset.Equal(w.alerts[2].Onset) {
		t.Errorf("the clock is that of %v", a.Onset)
	}
}

// TestAFallIsFollowedHoweverManyWereNone: the oldest that is over gives way, and
// neither who still lies there nor the latest.
func TestAFallIsFollowedHoweverManyWereNone(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.falls()
	lying := w.alerts[0].Episode
	for range 2 * episodeMax {
		w.wait(1)
		w.detects(care.Suspected, w.now)
		w.detects(care.Cleared, w.now)
	}
	w.wait(10)
	w.alerts = nil
	w.detects(care.Suspected, w.now-4)
	w.detects(care.Suspected, w.now-3)
	w.push("well")
	w.want(suspected + " " + suspected + " " + cleared + " " + cleared)
	w.engine.Answered(lying)
	w.wait(7200)
	w.want(suspected + " " + suspected + " " + cleared + " " + cleared)
}

// TestTheListOfARestartBeginsNoClockOfWhatIsNoFall: the annunciator lists every
// kind of alert, in every state.
func TestTheListOfARestartBeginsNoClockOfWhatIsNoFall(t *testing.T) {
	fell := care.Alert{Episode: care.NewEpisode(care.Fall, "r-1", "s-1", 0, after(101)), Kind: care.Fall, State: care.Confirmed,
		Priority: care.High, Resident: "r-1", Source: "s-1", Onset: after(101), At: after(101)}
	for name, change := range map[string]func(*care.Alert){
		"a call":            func(a *care.Alert) { a.Kind = care.Call },
		"a suspicion":       func(a *care.Alert) { a.State = care.Suspected },
		"what is over":      func(a *care.Alert) { a.State = care.Cleared },
		"a fall next door":  func(a *care.Alert) { a.Resident = "r-2" },
		"told before a day": func(a *care.Alert) { a.Onset = after(-86400) },
	} {
		w := newFlat(t, FallPolicy{})
		w.wait(100)
		w = w.restarted(t, FallPolicy{}, 30)
		a := fell
		change(&a)
		w.engine.Lies(a)
		w.wait(4000)
		if w.said() != "" {
			t.Errorf("%s: %s", name, w.said())
		}
	}
}

// TestWhatIsConfirmedIsWhatTheDetectorSaidLast: it was less sure at first.
func TestWhatIsConfirmedIsWhatTheDetectorSaidLast(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	a := care.Alert{Episode: care.NewEpisode(care.Fall, "r-1", "s-1", 0, after(0)), Kind: care.Fall, State: care.Suspected,
		Priority: care.High, Resident: "r-1", Source: "s-1", Onset: after(0), At: after(2), Confidence: 0.4}
	w.d.admit(a)
	a.State, a.At, a.Confidence = care.Confirmed, after(4), 0.9
	w.d.admit(a)
	w.now = 4
	w.wait(20)
	if len(w.alerts) != 1 || w.alerts[0].Confidence != 0.9 || len(w.alerts[0].Evidence.Features) != 0 {
		t.Errorf("said %+v", w.alerts)
	}
}

// TestWhatIsHeldIsFollowedAndWhatWasSaidIsNot: after a restart, too.
func TestWhatIsHeldIsFollowedAndWhatWasSaidIsNot(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.falls()
	fall := w.alerts[0].Episode
	w = w.restarted(t, FallPolicy{WellWindow: 20 * time.Second}, 1)
	if !w.engine.Follows(fall) {
		t.Error("what its window holds back is not followed")
	}
	w.wait(30)
	w.want(confirmed)
	if w.engine.Follows(fall) {
		t.Error("what was confirmed is still followed")
	}
}

// TestCareIsThatOfWhoBeganIt: a badge that comes makes it no longer, and one
// that leaves does not end what the button began.
func TestCareIsThatOfWhoBeganIt(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.says("badge", 0)
	w.push("care")
	w.wait(600)
	w.says("badge", 1)
	w.wait(60)
	w.falls()
	w.says("badge", 0)
	w.want(suspected)
	w.wait(230) // 14:55
	w.want(suspected)
	w.wait(10)
	w.want(suspected + " " + confirmed)

	w = newFlat(t, FallPolicy{})
	w.says("badge", 1)
	w.wait(60)
	w.says("badge", 0)
	w.wait(20)
	w.says("badge", 1) // forgot something; nothing has run out
	w.falls()
	w.want(suspected)
}

// TestASuspicionThatNobodyDecidesWaitsForTheEndOfCare: its detector is silent.
func TestASuspicionThatNobodyDecidesWaitsForTheEndOfCare(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(60)
	w.detects(care.Suspected, w.now-1)
	w.wait(120)
	w.want(suspected)
	w.push("care")
	w.want(suspected + " " + confirmed)
	if w.lastRule() != episodeRule {
		t.Errorf("the rule is %q", w.lastRule())
	}
}

// TestWhoWalksAgainDuringCareIsNoAlarmAfterIt: helped up, and not to bed.
func TestWhoWalksAgainDuringCareIsNoAlarmAfterIt(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.falls()
	w.moves(55, func(t float64) (x, y, z float64) { return 0.2, -0.93 - 0.01*hum(int(t*50)), 0.31 })
	w.moves(45, strolls)
	w.push("care")
	w.want(suspected + " " + cleared)
	if w.lastRule() != upRule {
		t.Errorf("the rule is %q", w.lastRule())
	}
}

// TestABadgeWhoseCareRanOutIsKnownAfterARestart: it was forgotten on the bed.
func TestABadgeWhoseCareRanOutIsKnownAfterARestart(t *testing.T) {
	for _, c := range []struct {
		there float64 // seconds with the badge before the restart
		want  string
	}{
		{60, suspected},                     // care goes on
		{1000, suspected + " " + confirmed}, // it ran out
	} {
		w := newFlat(t, FallPolicy{})
		w.says("badge", 1)
		w.wait(c.there)
		w = w.restarted(t, FallPolicy{}, 5)
		w.says("badge", 1)
		w.says("badge", 0)
		w.wait(5)
		w.says("badge", 1)
		w.falls()
		if w.said() != c.want {
			t.Errorf("%v s with the badge: %s, want %s", c.there, w.said(), c.want)
		}
	}
}

// TestAnArmThatIsNotKnownYetMustWalkForLonger: knocking has a rhythm, too.
func TestAnArmThatIsNotKnownYetMustWalkForLonger(t *testing.T) {
	for _, c := range []struct {
		before, then float64 // seconds of walking
		want         string
	}{
		{0, 25, suspected + " " + confirmed + " " + lies},
		{0, 45, suspected + " " + confirmed},
		{60, 25, suspected + " " + confirmed},
		{60, 8, suspected + " " + confirmed + " " + lies},
	} {
		w := newFlat(t, FallPolicy{})
		w.moves(c.before, strolls)
		w.falls()
		w.moves(55, func(t float64) (x, y, z float64) { return 0.2, -0.93 - 0.01*hum(int(t*50)), 0.31 })
		w.moves(c.then, strolls)
		w.wait(300)
		if w.said() != c.want {
			t.Errorf("%v s known, %v s after the fall: %s, want %s", c.before, c.then, w.said(), c.want)
		}
	}
}

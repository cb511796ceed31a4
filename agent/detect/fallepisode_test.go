package detect

import (
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

const (
	lies    = "long_lie:confirmed:high"
	liesNot = "long_lie:cleared:high"
)

// flat is the falls of one resident with a wrist, a button to say "I am well",
// a button and a badge of care, and a bed.
type flat struct {
	*home
	d   *fallEpisodes
	now float64
}

func newFlat(t testing.TB, policy FallPolicy) *flat {
	t.Helper()
	policy.Resident = "r-1"
	h := newHome(t, Source{Kind: IMUWrist}, Plan{Falls: []FallPolicy{policy}, Sources: []Source{
		{ID: "well", Resident: "r-1", Kind: WellButton}, {ID: "care", Resident: "r-1", Kind: CareButton},
		{ID: "badge", Resident: "r-1", Kind: Vitals, Class: Unsupervised}, {ID: "bed", Resident: "r-1", Kind: Spot},
		{ID: "cord", Resident: "r-1", Kind: CallLine, Class: Unsupervised},
	}})
	w := &flat{home: h, d: h.engine.persons[0].falls}
	for _, s := range []care.SourceID{"well", "care"} {
		w.says(s, 0) // the buttons are up
	}
	w.alerts = nil
	return w
}

// says is a reading of one of the flat's sources.
func (w *flat) says(s care.SourceID, v float64) {
	m := map[care.SourceID]care.Metric{"well": care.WellPress, "care": care.CareGiven, "badge": care.CareGiven, "bed": care.BedOccupancy, "cord": care.CallLine}[s]
	w.take(w.engine.Reading(care.NewReading("r-1", s, m, v, 100, after(w.now))))
}

func (w *flat) push(s care.SourceID) { w.says(s, 1); w.says(s, 0) }

// detects is an alert of a detector of the resident.
func (w *flat) detects(s care.State, onset float64) {
	a := care.Alert{Episode: care.NewEpisode(care.Fall, "r-1", "s-1", 0, after(onset)), Kind: care.Fall, State: s,
		Priority: care.High, Resident: "r-1", Source: "s-1", Onset: after(onset), At: after(w.now), Confidence: 0.9}
	w.engine.alerts = w.engine.alerts[:0]
	w.engine.say(&w.engine.persons[0], []care.Alert{a})
	w.alerts = append(w.alerts, w.engine.alerts...)
}

// falls is a fall now, and certainty five seconds later.
func (w *flat) falls() {
	onset := w.now
	w.wait(1.5)
	w.detects(care.Suspected, onset)
	w.wait(3.5)
	w.detects(care.Confirmed, onset)
}

// wait lets seconds pass, with a tick each.
func (w *flat) wait(s float64) {
	for end := w.now + s; w.now < end; {
		w.now = min(w.now+1, end)
		w.take(w.engine.Tick(after(w.now)))
	}
}

// take notes what is said about the person: that nobody feeds the other
// sensors is no wonder here.
func (w *flat) take(readings []care.Reading, alerts []care.Alert) {
	w.values = append(w.values, readings...)
	for _, a := range alerts {
		if !a.Kind.Technical() {
			w.alerts = append(w.alerts, a)
		}
	}
}

// moves plays acceleration of the band.
func (w *flat) moves(seconds float64, g func(t float64) (x, y, z float64)) {
	before := w.alerts
	w.alerts = nil
	w.imu(50, w.now, seconds, g)
	w.now += seconds
	said := w.alerts
	w.alerts = before
	w.take(nil, said)
}

// rests is the bed that says for a while that somebody is in it.
func (w *flat) rests() {
	for range 3 {
		w.says("bed", 1)
		w.wait(20)
	}
}

// lastRule is the rule of the last alert.
func (w *flat) lastRule() string {
	if len(w.alerts) == 0 {
		return ""
	}
	return w.alerts[len(w.alerts)-1].Evidence.Rule
}

func TestD3_WhoSaysIAmWellInTimeCallsNobody(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.falls()
	w.wait(13) // 18 s after the impact
	w.want(suspected)
	w.push("well")
	w.want(suspected + " " + cleared)
	if a := w.alerts[1]; a.Evidence.Rule != "cancelled-by-wearer/1" || len(a.Evidence.Hash) != 16 || len(a.Evidence.Limits) != 1 || a.Evidence.Metric != care.WellPress || a.Episode != w.alerts[0].Episode {
		t.Errorf("the cancel is not recorded as one: %+v", a)
	}
	w.wait(3600)
	w.want(suspected + " " + cleared) // nobody rings, now or later
	w.falls()
	w.wait(30)
	w.want(suspected + " " + cleared + " " + suspected + " " + confirmed) // the next fall is another
}

func TestD3_WhoSaysIAmWellTooLateDoesNotStopTheAlarm(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.falls()
	w.wait(16)
	w.want(suspected + " " + confirmed)
	if d := w.alerts[1].At.Sub(w.alerts[1].Onset); d < 20*time.Second || d > 22*time.Second {
		t.Errorf("people are called %v after the impact, the window is 20 s", d)
	}
	w.push("well")
	w.wait(10)
	w.want(suspected + " " + confirmed)
}

func TestD3_WithoutAWindowNothingIsDelayed(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	onset := w.now
	w.wait(1.5)
	w.detects(care.Suspected, onset)
	w.wait(1)
	w.push("well") // before the detector is sure
	w.detects(care.Confirmed, onset)
	w.want(suspected + " " + cleared)
	w.wait(100)
	onset = w.now
	w.wait(4)
	w.detects(care.Confirmed, onset)
	if a := w.alerts[len(w.alerts)-1]; a.State != care.Confirmed || !a.At.Equal(after(w.now)) {
		t.Errorf("%+v", a)
	}
}

func TestD3_TheLongestWindowConfirmsWithinThirtySeconds(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: MaxWellWindow})
	w.falls()
	w.wait(60)
	w.want(suspected + " " + confirmed)
	if d := w.alerts[1].At.Sub(w.alerts[1].Onset); d > 30*time.Second {
		t.Errorf("confirmed %v after the impact", d)
	}
	for _, back := range []float64{5, 24, 29, 31, 3600} {
		w = newFlat(t, FallPolicy{WellWindow: MaxWellWindow})
		w.wait(100)
		w.falls()
		w.wait(10)
		w.now -= back // the clock is set in the window
		lived := 15.0
		for ; len(w.alerts) < 2 && lived < 100; lived++ {
			w.wait(1)
		}
		if lived > 30 {
			t.Errorf("the clock was set back by %v s: confirmed %v s after the impact", back, lived)
		}
	}
	if _, err := New(Plan{Falls: []FallPolicy{{WellWindow: MaxWellWindow + time.Second}}}); err == nil {
		t.Error("a window of 29 s was taken")
	}
	if _, err := New(Plan{Falls: []FallPolicy{{LongLie: 2 * time.Hour}}}); err == nil {
		t.Error("a long lie of 2 h was taken")
	}
}

func TestD3_AButtonThatTheFloorPressesCancelsNothing(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	onset := w.now
	w.wait(1)
	w.push("well") // by the impact itself
	w.wait(0.5)
	w.detects(care.Suspected, onset)
	w.push("well")
	w.wait(3)
	w.detects(care.Confirmed, onset)
	w.want(suspected + " " + confirmed)
}

// TestD3_APressOfBeforeAClockWasSetBackAnswersNoLaterFall: the button was tried.
func TestD3_APressOfBeforeAClockWasSetBackAnswersNoLaterFall(t *testing.T) {
	for _, back := range []float64{20, 45, 55} {
		w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
		w.wait(100)
		w.push("well")
		w.wait(5)
		w.now -= back
		w.wait(10)
		w.falls()
		w.wait(60)
		if w.said() != suspected+" "+confirmed {
			t.Errorf("by %v s: %s", back, w.said())
		}
	}
}

func TestD3_ACallHasNoWindow(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.says("cord", care.CallLinePressed)
	w.push("well")
	w.want("call:confirmed:high")
}

func TestD3_AButtonThatIsJammedCancelsNothing(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.says("well", 1)
	w.wait(100)
	onset := w.now
	w.wait(2)
	w.detects(care.Suspected, onset)
	w.says("well", 1) // it says its level again
	w.detects(care.Confirmed, onset)
	w.wait(30)
	w.want(suspected + " " + confirmed)
}

func TestD3_AModelledFallIsCancelledAndTheNextIsSeen(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.moves(23, modelFall(20))
	w.want(suspected)
	w.push("well")
	w.moves(40, func(t float64) (x, y, z float64) { return modelFall(20)(t + 23) })
	w.want(suspected + " " + cleared)
	w.moves(40, modelFall(20))
	w.want(suspected + " " + cleared + " " + suspected + " " + confirmed)
}

// TestD3_WhoIsWellAndFallsAgainAtOnceIsSeen: the detector was sure of the first
// fall when its window still held it back.
func TestD3_WhoIsWellAndFallsAgainAtOnceIsSeen(t *testing.T) {
	for _, pressed := range []float64{23, 29} { // before the detector is sure, and after
		w := newFlat(t, FallPolicy{WellWindow: MaxWellWindow})
		twice := func(t float64) (x, y, z float64) {
			if t < 31 {
				return modelFall(20)(t)
			}
			return modelFall(36)(t)
		}
		w.moves(pressed, twice)
		w.push("well")
		w.want(suspected + " " + cleared)
		w.moves(69-pressed, func(t float64) (x, y, z float64) { return twice(t + pressed) })
		w.wait(10)
		w.want(suspected + " " + cleared + " " + suspected + " " + confirmed)
	}
}

func TestD4_CareHoldsFallsBackForFifteenMinutesAndNotLonger(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(14*60 + 54)
	w.falls() // its detector is sure at 14:59
	if w.now != 14*60+59 {
		t.Fatalf("it is %v s", w.now)
	}
	w.want(suspected)
	w.wait(2) // 15:01, and still on the floor
	w.want(suspected + " " + confirmed)

	w = newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(14*60 + 56)
	w.falls() // sure at 15:01
	w.want(suspected + " " + confirmed)
	if d := w.alerts[1].At.Sub(w.alerts[1].Onset); d != 5*time.Second {
		t.Errorf("confirmed after %v", d)
	}
}

func TestD4_CareHoldsBackNothingButFalls(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(10)
	w.says("cord", care.CallLinePressed)
	w.want("call:confirmed:high")
}

func TestD4_AFallDuringCareIsNeverDropped(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(60)
	w.falls()
	w.wait(60)
	w.want(suspected) // recorded
	w.push("care")    // care ends
	w.want(suspected + " " + confirmed)
	if f := w.alerts[1].Evidence.Features; len(f) == 0 || f[len(f)-1].Name != "held" || f[len(f)-1].Value != 65 {
		t.Errorf("how long it was held back is not said: %+v", f)
	}
}

func TestD4_WhoWasHelpedToBedDuringCareIsNoAlarmAfterIt(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(60)
	w.falls()
	w.wait(60)
	w.rests()
	w.push("care")
	w.want(suspected + " " + cleared)
	if w.lastRule() != "got-up/2" {
		t.Errorf("the rule is %q", w.lastRule())
	}
}

func TestD4_ABadgeThatWasForgottenHoldsNothingBackAllNight(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	for range 20 * 60 / 10 { // twenty minutes with the badge
		w.says("badge", 1)
		w.wait(10)
	}
	for range 3 { // and at the edge of its range
		w.says("badge", 0)
		w.wait(5)
		w.says("badge", 1)
		w.wait(5)
	}
	w.falls()
	w.want(suspected + " " + confirmed)
	w.wait(60)
	w.says("badge", 0)
	w.wait(61)
	w.says("badge", 1) // comes again
	w.falls()
	w.want(suspected + " " + confirmed + " " + suspected)
	w.says("badge", 0) // and goes
	w.want(suspected + " " + confirmed + " " + suspected + " " + confirmed)
}

func TestD4_TheCountdownIsSeenAndTheMinutesAreCounted(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(4 * 60)
	w.push("care")
	w.wait(60)
	w.push("care") // this one runs out
	w.wait(20 * 60)
	var left []float64
	for _, r := range w.values {
		if r.Metric == care.CareLeft {
			if r.Resident != "r-1" || r.Source != "care" || r.Flags != 0 {
				t.Errorf("%+v", r)
			}
			left = append(left, r.Value)
		}
	}
	if len(left) != 8+1+30+1 || left[0] < 14.9 || left[7] < 11.4 || left[7] > 11.6 || left[8] != 0 || left[9] < 14.9 || left[len(left)-1] != 0 {
		t.Errorf("the countdown was %v", left)
	}
	if got := w.engine.Held(); got != 19*time.Minute {
		t.Errorf("falls were held back for %v, want 19 min", got)
	}
}

func TestD4_CareDoesNotOutliveAClockThatIsSet(t *testing.T) {
	for name, jump := range map[string]float64{"forward": 365 * 86400, "back": -7200} {
		w := newFlat(t, FallPolicy{})
		w.push("care")
		w.wait(60)
		w.now += jump
		w.wait(15 * 60)
		w.falls()
		if w.said() != suspected+" "+confirmed {
			t.Errorf("%s: %s", name, w.said())
		}
	}
}

func TestD2_ALongLieIsToldAfterFiveMinutesAndAfterAnHour(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.falls()
	w.wait(294) // 4:59 after the impact; the band may have been taken off: nothing comes from it
	w.want(suspected + " " + confirmed)
	w.wait(2)
	w.want(suspected + " " + confirmed + " " + lies)
	five := w.alerts[2]
	if five.Priority != care.High || !five.Onset.Equal(w.alerts[0].Onset) || five.Evidence.Limit != 5 || five.Evidence.Value < 5 || five.Evidence.Value > 5.1 {
		t.Errorf("%+v", five)
	}
	w.wait(3700)
	w.want(suspected + " " + confirmed + " " + lies + " " + lies)
	hour := w.alerts[3]
	if hour.Episode == five.Episode || hour.Evidence.Limit != 60 || !hour.Onset.Equal(five.Onset) {
		t.Errorf("the hour does not ring anew: %+v", hour)
	}
	w.rests()
	w.want(suspected + " " + confirmed + " " + lies + " " + lies + " " + liesNot + " " + liesNot)
	w.wait(7200)
	w.want(suspected + " " + confirmed + " " + lies + " " + lies + " " + liesNot + " " + liesNot)
}

// TestD2_ALongLieIsToldOfALaterFallToo: nobody closed the first, and nothing
// showed that the person got up.
func TestD2_ALongLieIsToldOfALaterFallToo(t *testing.T) {
	const all = suspected + " " + confirmed + " " + lies + " " + lies
	w := newFlat(t, FallPolicy{})
	w.falls()
	w.wait(12 * 3600)
	w.want(all)
	first := w.alerts[0].Episode
	w.alerts = nil
	w.falls() // the next day
	w.wait(310)
	w.want(suspected + " " + confirmed + " " + lies)
	w.engine.Answered(first) // somebody tidies up the board
	w.wait(3600)
	w.want(all)
	w.engine.Answered(w.alerts[0].Episode)
	w.wait(7200)
	w.want(all) // and of the first nothing is told again
}

func TestD2_LongLieIsNotToldOfWhoIsBackInBedOrWasHelped(t *testing.T) {
	for name, helped := range map[string]func(*flat){
		"in bed":            (*flat).rests,
		"closed by a nurse": func(w *flat) { w.engine.Answered(w.alerts[0].Episode) },
	} {
		w := newFlat(t, FallPolicy{})
		w.falls()
		w.wait(60)
		helped(w)
		w.wait(7200)
		if w.said() != suspected+" "+confirmed {
			t.Errorf("%s: %s", name, w.said())
		}
	}
}

func TestD2_AnAlarmThatWasClosedBeforeEndsNoLaterClock(t *testing.T) {
	w := newFlat(t, FallPolicy{})
	w.falls()
	first := w.alerts[0].Episode
	w.engine.Answered(first)
	w.wait(60)
	w.falls()
	w.engine.Answered(first) // the board comes again
	w.wait(300)
	w.want(suspected + " " + confirmed + " " + suspected + " " + confirmed + " " + lies)
}

func TestD2_LongLieEndsWithWalkingAndNotWithStruggling(t *testing.T) {
	walking := func(t float64) (x, y, z float64) {
		s := 0.15*sin(1.9*t) + 0.08*sin(0.95*t)
		return 0.97 + s, 0.18 + 0.3*s, 0.16 + 0.01*hum(int(t*100))
	}
	waving := func(t float64) (x, y, z float64) { // the same rhythm, the hand in the air
		s := 0.15*sin(1.9*t) + 0.08*sin(0.95*t)
		return -0.95 + s, 0.2 + 0.3*s, 0.1 + 0.01*hum(int(t*100))
	}
	struggling := func(t float64) (x, y, z float64) {
		i := int(t * 3)
		return 0.3 + 0.3*hum(i), -0.9 + 0.3*hum(i+1), 0.3 + 0.3*hum(i+2)
	}
	for _, c := range []struct {
		name string
		then func(t float64) (x, y, z float64)
		want string
	}{
		{"walks", walking, suspected + " " + confirmed},
		{"waves for help", waving, suspected + " " + confirmed + " " + lies},
		{"struggles", struggling, suspected + " " + confirmed + " " + lies},
	} {
		w := newFlat(t, FallPolicy{})
		w.moves(120, walking)
		w.falls()
		w.moves(55, func(t float64) (x, y, z float64) { return 0.2, -0.93 - 0.01*hum(int(t*50)), 0.31 })
		w.moves(60, c.then)
		w.wait(300)
		if w.said() != c.want {
			t.Errorf("%s: %s, want %s", c.name, w.said(), c.want)
		}
	}
}

func TestD10_AFallAndALongLieShowTheirSignal(t *testing.T) {
	w := newFlat(t, FallPolicy{WellWindow: 20 * time.Second})
	w.moves(400, modelFall(20))
	w.want(suspected + " " + confirmed + " " + lies)
	if len(w.alerts) != 3 {
		return
	}
	for i, want := range []int{160, 374, 374} { // samples at 25 Hz: 5 s before the impact, and at most 10 s after it
		s := w.alerts[i].Evidence.Snippet
		if s == nil || s.Kind != care.IMU || s.Rate != 25 || len(s.Channels) != 3 || s.Len() < want || s.Len() > 380 {
			t.Errorf("alert %d shows %d samples, want about %d", i, s.Len(), want)
			continue
		}
		peak, still := 0.0, 0.0
		for k := range s.Len() {
			peak = max(peak, math.Abs(s.Channels[0].Value(k)))
			still = max(still, math.Abs(s.Channels[0].Value(k)-s.Channels[0].Value(0)))
		}
		if i < 2 && peak < 1.5 || i == 2 && still > 0.1 {
			t.Errorf("alert %d shows something else: up to %v g", i, peak)
		}
	}
}

func TestD2_TheClockOfALongLieIsNotFooledByOneThatIsSet(t *testing.T) {
	for name, jump := range map[string]float64{"forward": 50 * 365 * 86400, "back": -86400} {
		w := newFlat(t, FallPolicy{})
		w.falls()
		w.wait(100)
		w.now += jump
		w.wait(150)
		if w.said() != suspected+" "+confirmed {
			t.Errorf("%s: told too early: %s", name, w.said())
		}
		w.wait(60)
		if w.said() != suspected+" "+confirmed+" "+lies {
			t.Errorf("%s: told too late: %s", name, w.said())
		}
	}
}

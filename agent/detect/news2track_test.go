package detect

import (
	"maps"
	"testing"

	"osmanthus/care"
)

// A sensor that speaks a few times a minute is no stream, and one value of it no
// observation; one that speaks every 16 min has no other.
func TestD7_OneValueAmongOthersIsNoScore(t *testing.T) {
	for _, c := range []struct {
		name   string
		every  float64 // s from one value to the next
		bad    int     // how many in a row
		warned string
	}{
		{"one of four a minute", 15, 1, ""},
		{"two of four a minute", 15, 2, "confirmed:medium"},
		{"one of two a minute", 30, 1, ""},
		{"one a minute", 60, 1, "confirmed:medium"}, // nothing else is known for a minute
		{"one every 16 min", 960, 1, "confirmed:medium"},
	} {
		w := newWard(t, Plan{})
		for i := range 40 {
			v := 70.0
			if i >= 20 && i < 20+c.bad {
				v = 135
			}
			at := float64(i) * c.every
			w.say("band", care.HeartRate, v+float64(i%2), at)
			w.tick(at, at+c.every-1)
			if i == 15 { // a nurse measures in between
				w.say("nurse", care.PulseRate, 72, at+c.every-0.5)
			}
		}
		if got := w.warned(); got != c.warned {
			t.Errorf("%s: %q, want %q", c.name, got, c.warned)
		}
	}
}

// Until a value is settled the one before holds: an alert of a sensor that
// speaks once a minute ends, too.
func TestD7_ASensorThatSpeaksOnceAMinuteIsBetterAfterAnHour(t *testing.T) {
	w := newWard(t, Plan{})
	for i := range 90 {
		v := 70.0
		if i >= 5 && i < 10 {
			v = 135
		}
		at := float64(i) * 60
		w.say("band", care.HeartRate, v+float64(i%2), at)
		w.tick(at, at+59)
	}
	if got := w.warned(); got != "confirmed:medium cleared:medium" {
		t.Error(got)
	}
}

func TestD7_WhatSomebodyMeasuredIsScoredBeforeASensorSpeaksAgain(t *testing.T) {
	for _, measured := range []float64{300.3, 301} { // a value comes when it is done, and is of when it began
		w := newWard(t, Plan{})
		for at := 0.0; at < 600; at += 5 {
			w.say("band", care.SpO2, 97, at+0.7)
			if at == 300 {
				w.say("nurse", care.SpO2, 90, measured)
				w.say("band", care.SpO2, 97, at+1.2)
			}
			w.tick(at+1.5, at+4.5)
		}
		if got := w.warned(); got != "confirmed:medium" {
			t.Errorf("measured at %v s: %q", measured, got)
		}
	}
}

// What an oximeter sends while it is on a finger is one measurement, by its
// middle: a finger that leaves it is none.
func TestAFingerThatLeavesTheOximeterIsNoScore(t *testing.T) {
	for _, c := range []struct {
		name   string
		last   care.SourceID
		at     float64
		warned string
	}{
		{"the finger leaves", "nurse", 4, ""},
		{"measured again", "nurse", 64, "confirmed:medium"},
		{"another device", "oximeter", 4, "confirmed:medium"},
	} {
		w := newWard(t, Plan{Sources: []Source{{ID: "oximeter", Resident: "r-1", Kind: Spot}}})
		w.say("nurse", care.SpO2, 96, 0)
		w.say("nurse", care.SpO2, 97, 2)
		w.tick(3, 3)
		w.say(c.last, care.SpO2, 82, c.at)
		w.tick(c.at, c.at+120)
		if got := w.warned(); got != c.warned {
			t.Errorf("%s: %q, want %q", c.name, got, c.warned)
		}
	}
}

// A measurement that arrives minutes late says nothing against what a sensor
// says now.
func TestAMeasurementThatIsLateIsNoScore(t *testing.T) {
	for late, want := range map[float64]string{30: "confirmed:medium", 90: ""} {
		w := newWard(t, Plan{})
		at := w.stream(care.SpO2, 97, 0, 600)
		w.say("nurse", care.SpO2, 85, at-late)
		w.tick(at, at+90)
		if got := w.warned(); got != want {
			t.Errorf("%v s late: %q, want %q", late, got, want)
		}
	}
}

// What somebody sees holds for half a day, whichever source brings it.
func TestWhatSomebodySeesHoldsForHalfADay(t *testing.T) {
	for _, c := range []struct {
		p     care.Parameter
		v     float64
		holds bool
	}{{care.ScoreConsciousness, care.ACVPUAlert, true}, {care.ScoreOxygen, 0, true}, {care.ScoreSystolic, 120, true}, {care.ScorePulse, 70, false}} {
		w := newWard(t, Plan{})
		w.set(0, wellSet)
		w.tick(0, 5)
		w.say("band", c.p.Metric(), c.v, 10)
		w.tick(10, 3*3600)
		want := "0"
		if !c.holds {
			want = "0 0?"
		}
		seen := w.values[:0]
		for _, r := range w.values { // the same again is no news
			if n := len(seen); r.Metric == care.NEWS2 && (n == 0 || seen[n-1].Flags != r.Flags) {
				seen = append(seen, r)
			}
		}
		w.values = seen
		w.expect(c.p.String(), want, "")
	}
}

// What somebody measured is scored with the next tick.
func TestWhatSomebodyMeasuredIsScoredAtOnce(t *testing.T) {
	w := newWard(t, Plan{})
	w.set(0, wellSet)
	w.tick(0, 61)
	w.say("nurse", care.PulseRate, 135, 64)
	w.tick(65, 65)
	w.expect("a second later", "0 3", "confirmed:medium")
}

// An alarm shows each value with its points and its age, what is missing, and
// whose value was the worst; it is as sure as the least sure of them.
func TestAnEarlyWarningExplainsItself(t *testing.T) {
	w := newWard(t, Plan{})
	w.say("nurse", care.RespiratoryRate, 16, 0)
	w.say("nurse", care.SpO2, 95, 10)
	w.tick(0, 100)
	w.take(w.engine.Reading(care.NewReading("r-1", "band", care.PulseRate, 135, 60, after(100))))
	w.tick(101, 130)
	if w.warned() != "confirmed:medium" {
		t.Fatalf("%q", w.warned())
	}
	a := w.alerts[len(w.alerts)-1]
	if a.Source != "band" || a.Confidence != 0.6 {
		t.Errorf("the alarm is of %s and %v sure", a.Source, a.Confidence)
	}
	lasted := a.At.Sub(start).Seconds()
	got := map[string]float64{}
	for _, f := range a.Evidence.Features {
		got[f.Name] = f.Value
	}
	want := map[string]float64{"partial": 1, "respond_within": care.LowMediumBand.Respond().Seconds(), "oldest": lasted}
	for p, v := range map[care.Parameter][3]float64{care.ScoreRespiration: {16, 0, lasted}, care.ScoreSpO2: {95, 1, lasted - 10}, care.ScorePulse: {135, 3, lasted - 100}} {
		want[p.String()], want["points_"+p.String()], want["age_"+p.String()] = v[0], v[1], v[2]
	}
	for _, p := range []care.Parameter{care.ScoreOxygen, care.ScoreSystolic, care.ScoreConsciousness, care.ScoreTemperature} {
		want["missing_"+p.String()] = 1
	}
	if !maps.Equal(got, want) {
		t.Errorf("it says\n\t%v\nwant\n\t%v", got, want)
	}
	if q := w.values[len(w.values)-1]; q.Metric == care.NEWS2 && q.Quality != 60 {
		t.Errorf("the score has quality %d", q.Quality)
	}
}

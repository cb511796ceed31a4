package detect

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// ward is a resident with a band, an oximeter and what a nurse enters.
type ward struct{ *home }

func newWard(t testing.TB, p Plan) ward {
	t.Helper()
	p.Sources = append(p.Sources,
		Source{ID: "band", Resident: "r-1", Kind: Vitals, Class: Unsupervised},
		Source{ID: "nurse", Resident: "r-1", Kind: Spot})
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return ward{&home{t: t, engine: e}}
}

func (w ward) say(s care.SourceID, m care.Metric, v, at float64) {
	w.take(w.engine.Reading(care.NewReading("r-1", s, m, v, 100, after(at))))
}

// set is a whole set of observations by a nurse.
func (w ward) set(at float64, v [care.Parameters]float64) {
	for p, x := range v {
		w.say("nurse", care.Parameter(p).Metric(), x, at)
	}
}

// stream plays one metric once a second, with ticks.
func (w ward) stream(m care.Metric, v, from, to float64) float64 {
	for at := from; at < to; at++ {
		w.say("band", m, v+0.1*float64(int(at)%2), at)
		w.tick(at, at)
	}
	return to
}

// scores writes the readings of the score as "total", "total?" where partial.
func (w ward) scores() string {
	var all []string
	for _, r := range w.values {
		if r.Metric == care.NEWS2 {
			s := fmt.Sprint(r.Value)
			if r.Flags&care.Partial != 0 {
				s += "?"
			}
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

// warned leaves out what other rules said.
func (w ward) warned() string {
	var all []string
	for _, a := range w.alerts {
		if a.Kind == care.EarlyWarning {
			all = append(all, fmt.Sprintf("%v:%v", a.State, a.Priority))
		}
	}
	return strings.Join(all, " ")
}

func (w ward) expect(name, scores, warned string) {
	w.t.Helper()
	if got := w.scores(); got != scores {
		w.t.Errorf("%s: the scores were %q, want %q", name, got, scores)
	}
	if got := w.warned(); got != warned {
		w.t.Errorf("%s: the warnings were %q, want %q", name, got, warned)
	}
}

var wellSet = [care.Parameters]float64{16, 98, 0, 120, 70, care.ACVPUAlert, 36.8}

func TestD7_AWholeSetIsScoredAndAnswered(t *testing.T) {
	with := func(p care.Parameter, v float64) [care.Parameters]float64 {
		s := wellSet
		s[p] = v
		return s
	}
	six := with(care.ScoreRespiration, 22)
	six[care.ScoreSpO2], six[care.ScoreSystolic], six[care.ScorePulse] = 94, 105, 112
	for _, c := range []struct {
		name           string
		set            [care.Parameters]float64
		scores, warned string
		respond        float64
	}{
		{"well", wellSet, "0", "", 0},
		{"a little", with(care.ScoreRespiration, 22), "2", "", 0},
		{"one 3", with(care.ScoreConsciousness, care.ACVPUConfusion), "3", "confirmed:medium", 3600},
		{"6", six, "6", "confirmed:medium", 3600},
		{"much", [care.Parameters]float64{26, 91, 1, 120, 70, care.ACVPUAlert, 36.8}, "8", "confirmed:high", 1800},
	} {
		w := newWard(t, Plan{})
		w.set(0, c.set)
		w.tick(0, 600)
		w.expect(c.name, c.scores, c.warned)
		for _, a := range w.alerts {
			if a.Kind != care.EarlyWarning {
				continue
			}
			if f := feature(a, "respond_within"); f != c.respond {
				t.Errorf("%s: to be answered within %v s, want %v", c.name, f, c.respond)
			}
			if a.Evidence.Metric != care.NEWS2 || a.Source != "nurse" || a.Resident != "r-1" {
				t.Errorf("%s: %+v", c.name, a)
			}
		}
	}
}

func feature(a care.Alert, name string) float64 { return named(a.Evidence.Features, name) }

func named(list []care.Feature, name string) float64 {
	for _, f := range list {
		if f.Name == name {
			return f.Value
		}
	}
	return math.NaN()
}

func TestD7_SensorsAloneAreNeverAWholeScore(t *testing.T) {
	w := newWard(t, Plan{})
	for i := range 1200 {
		at := float64(i)
		w.say("band", care.RespiratoryRate, 22+float64(i%2), at)
		w.say("band", care.SpO2, 93, at)
		w.say("band", care.PulseRate, 115+float64(i%2), at)
		w.tick(at, at)
	}
	for _, r := range w.values {
		if r.Metric == care.NEWS2 && r.Flags&care.Partial == 0 {
			t.Fatalf("a partial score was shown as whole: %+v", r)
		}
	}
	// Even the least that it can be calls for a response.
	if w.warned() != "confirmed:medium" {
		t.Errorf("the warnings were %q", w.warned())
	}
	for _, a := range w.alerts {
		if a.Kind == care.EarlyWarning && (feature(a, "partial") != 1 || feature(a, "missing_systolic") != 1 ||
			feature(a, "missing_consciousness") != 1 || a.Evidence.Value != 6) {
			t.Errorf("the evidence does not say what is missing: %+v", a.Evidence)
		}
	}
}

func TestD7_AnOldValueIsAMissingOne(t *testing.T) {
	w := newWard(t, Plan{})
	w.set(0, wellSet)
	w.tick(0, 5)
	w.say("band", care.RespiratoryRate, 17, 10) // replaces what the nurse counted
	w.tick(10, 100)
	w.expect("all known", "0", "")
	w.tick(900, 1200) // the band has been silent for 15 minutes
	if got := w.scores(); !strings.HasSuffix(got, "0?") {
		t.Errorf("without a breathing rate of today the scores were %q", got)
	}
	w.tick(43100, 43300) // and the nurse came 12 hours ago
	before := len(w.values)
	w.tick(43301, 50000)
	if len(w.values) != before {
		t.Errorf("nothing is known, and a score was said: %q", w.scores())
	}
}

func TestD7_AMomentOfAStreamIsNoScore(t *testing.T) {
	for _, c := range []struct {
		name   string
		low    float64 // seconds that it is low
		warned string
	}{
		{"30 s", 30, ""}, {"two minutes", 120, ""}, {"ten minutes", 600, "confirmed:medium"},
	} {
		w := newWard(t, Plan{})
		at := w.stream(care.SpO2, 97, 0, 600)
		at = w.stream(care.SpO2, 90, at, at+c.low)
		w.stream(care.SpO2, 97, at, at+600)
		if got := w.warned(); got != c.warned {
			t.Errorf("low for %s: %q, want %q", c.name, got, c.warned)
		}
	}
	// A band that is put on says nonsense at first.
	w := newWard(t, Plan{})
	at := w.stream(care.SpO2, 85, 0, 40)
	w.stream(care.SpO2, 97, at, at+600)
	w.expect("put on", w.scores(), "")
}

func TestD7_ChatterAroundABorderIsOneAlert(t *testing.T) {
	w := newWard(t, Plan{})
	at := 0.0
	for range 40 { // every ten minutes the other side of 24 breaths a minute
		at = w.stream(care.RespiratoryRate, 25, at, at+600)
		at = w.stream(care.RespiratoryRate, 23, at, at+600)
	}
	w.expect("chatter", w.scores(), "confirmed:medium")
	w.stream(care.RespiratoryRate, 16, at, at+4200)
	w.expect("and well for an hour", w.scores(), "confirmed:medium cleared:medium")
}

func TestD7_WorseIsMoreUrgentAndTheSameEpisode(t *testing.T) {
	w := newWard(t, Plan{})
	sick := wellSet
	sick[care.ScoreConsciousness] = care.ACVPUConfusion
	w.set(0, sick)
	w.tick(0, 60)
	sick[care.ScoreRespiration], sick[care.ScorePulse] = 26, 112
	w.set(600, sick)
	w.tick(600, 660)
	w.set(1200, wellSet)
	w.tick(1200, 4700)
	if got := w.warned(); got != "confirmed:medium confirmed:high" {
		t.Errorf("worse: %q", got)
	}
	w.tick(4700, 4900)
	if got := w.warned(); got != "confirmed:medium confirmed:high cleared:high" {
		t.Errorf("better for an hour: %q", got)
	}
	for _, a := range w.alerts {
		if a.Kind == care.EarlyWarning && a.Episode != w.alerts[0].Episode {
			t.Error("more than one episode")
		}
	}
}

func TestD7_WhatIsNotKnownAnyMoreIsNotBetter(t *testing.T) {
	w := newWard(t, Plan{})
	warned := func(name, want string) {
		t.Helper()
		if got := w.warned(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	at := w.stream(care.RespiratoryRate, 27, 0, 600)
	w.tick(at, at+4*3600) // the band is taken off
	warned("taken off", "confirmed:medium")
	at = w.stream(care.RespiratoryRate, 15, at+4*3600, at+4*3600+3000)
	warned("back, not for long", "confirmed:medium")
	w.stream(care.RespiratoryRate, 15, at, at+1200)
	warned("back for an hour", "confirmed:medium cleared:medium")
}

func TestD7_Scale2OnlyWherePrescribedAndUntilItExpires(t *testing.T) {
	copd := wellSet
	copd[care.ScoreSpO2] = 89
	high := wellSet
	high[care.ScoreSpO2], high[care.ScoreOxygen] = 97, 1
	on := Scale2{Resident: "r-1", By: "doctor-7", Why: "target 88-92 %", Until: after(1e6)}
	other, over := on, on
	other.Resident, over.Until = "r-2", start
	for _, c := range []struct {
		name   string
		plan   []Scale2
		set    [care.Parameters]float64
		warned string
	}{
		{"89 % on scale 1", nil, copd, "confirmed:medium"},
		{"89 % on scale 2", []Scale2{on}, copd, ""},
		{"prescribed to somebody else", []Scale2{other}, copd, "confirmed:medium"},
		{"it is over", []Scale2{over}, copd, "confirmed:medium"},
		{"too much oxygen on scale 2", []Scale2{on}, high, "confirmed:medium"},
		{"the same on scale 1", nil, high, ""},
	} {
		w := newWard(t, Plan{Scale2: c.plan})
		w.set(0, c.set)
		w.tick(0, 60)
		if got := w.warned(); got != c.warned {
			t.Errorf("%s: %q, want %q", c.name, got, c.warned)
		}
	}
	for name, spoil := range map[string]func(*Scale2){
		"nobody": func(s *Scale2) { s.By = "" }, "no reason": func(s *Scale2) { s.Why = "" },
		"no end": func(s *Scale2) { s.Until = time.Time{} }, "no resident": func(s *Scale2) { s.Resident = "" },
	} {
		s := on
		spoil(&s)
		if _, err := New(Plan{Scale2: []Scale2{s}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// At a clock that was never set nobody knows whether the prescription is over:
// the higher of both scores holds.
func TestD7_APrescriptionThatCannotBeDatedHidesNothing(t *testing.T) {
	unset := time.Date(1970, 1, 1, 0, 5, 0, 0, time.UTC)
	for _, v := range [][2]float64{{89, 0}, {97, 1}} {
		w := newWard(t, Plan{Scale2: []Scale2{{Resident: "r-1", By: "x", Why: "y", Until: after(1e6)}}})
		set := wellSet
		set[care.ScoreSpO2], set[care.ScoreOxygen] = v[0], v[1]
		for p, x := range set {
			w.take(w.engine.Reading(care.NewReading("r-1", "nurse", care.Parameter(p).Metric(), x, 100, unset)))
		}
		w.take(w.engine.Tick(unset.Add(time.Second)))
		if w.warned() != "confirmed:medium" {
			t.Errorf("%v %%: %q", v[0], w.warned())
		}
	}
}

func TestD7_AFlaggedValueIsNotScored(t *testing.T) {
	w := newWard(t, Plan{})
	w.set(0, wellSet)
	w.tick(0, 30)
	w.say("nurse", care.PulseRate, 255, 60)
	w.take(w.engine.Reading(care.NewReading("r-1", "nurse", care.SpO2, 80, 20, after(60)))) // of bad quality
	w.tick(60, 120)
	w.expect("nonsense", "0", "")
}

func TestD7_ARestartForgetsNoMeasurementAndNoAlert(t *testing.T) {
	w := newWard(t, Plan{})
	sick := wellSet
	sick[care.ScoreConsciousness] = care.ACVPUVoice
	w.set(0, sick)
	w.tick(0, 60)
	saved, err := w.engine.Save(after(61))
	if err != nil {
		t.Fatal(err)
	}
	next := newWard(t, Plan{})
	if err := next.engine.Load(saved, after(120)); err != nil {
		t.Fatal(err)
	}
	next.tick(120, 600)
	next.expect("after a restart", "3", "")
	next.set(700, wellSet)
	next.tick(700, 4500)
	if next.warned() != "cleared:medium" || next.alerts[0].Episode != w.alerts[0].Episode {
		t.Errorf("and well: %q, or another episode", next.warned())
	}
}

func TestAStateOfAScoreThatCannotBeIsRefused(t *testing.T) {
	for _, raw := range []string{
		`{"open":true}`, `{"alert":{"Kind":21}}`, `{"open":true,"alert":{"Kind":1,"Resident":"r-1"}}`,
		`{"open":true,"alert":{"Kind":21,"Resident":"r-2"}}`, `{"seen":[{"parameter":7}]}`, `[]`,
	} {
		d := newNEWS2(Plan{}, "r-1")
		if err := d.load(json.RawMessage(raw), outage{}); err == nil || d.open {
			t.Errorf("%s was taken", raw)
		}
	}
}

// Every state of the alert and every event.
func TestD7_EveryStateOfAWarningAndEveryEvent(t *testing.T) {
	of := func(total int, single bool, missing care.ParameterSet) care.Score {
		s := care.Score{Total: total, Single3: single, Missing: missing, Band: care.BandOf(total, single)}
		s.Points[care.ScoreRespiration] = min(total, 3)
		return s
	}
	const breath = care.ParameterSet(1) << care.ScoreRespiration
	low, red, five, seven, unknown := of(1, false, 0), of(3, true, 0), of(5, false, 0), of(7, true, 0), of(0, false, breath)
	for _, c := range []struct {
		name   string
		before []care.Score // one a minute
		event  care.Score
		after  float64 // s since the last of them
		said   string
		open   bool
	}{
		{"quiet, low", nil, low, 60, "", false},
		{"quiet, unknown", nil, unknown, 60, "", false},
		{"quiet, a single 3", nil, red, 60, "confirmed:medium", true},
		{"quiet, 5", nil, five, 60, "confirmed:medium", true},
		{"quiet, 7", nil, seven, 60, "confirmed:high", true},
		{"medium, low", []care.Score{five}, low, 60, "", true},
		{"medium, unknown", []care.Score{five}, unknown, 7200, "", true},
		{"medium, 5", []care.Score{five}, five, 60, "", true},
		{"medium, 7", []care.Score{five}, seven, 60, "confirmed:high", true},
		{"high, 5", []care.Score{seven}, five, 60, "", true},
		{"high, 7", []care.Score{seven}, seven, 60, "", true},
		{"high, low", []care.Score{seven}, low, 60, "", true},
		{"getting better, low, not yet", []care.Score{five, low}, low, 3500, "", true},
		{"getting better, low for an hour", []care.Score{five, low}, low, 3660, "cleared:medium", false},
		{"getting better, a single 3 again", []care.Score{five, low}, red, 3660, "", true},
		{"getting better, 7", []care.Score{five, low}, seven, 60, "confirmed:high", true},
		{"getting better, unknown", []care.Score{five, low}, unknown, 3660, "", true},
		{"unknown, low: the hour begins anew", []care.Score{five, low, unknown}, low, 3660, "", true},
		{"getting better, the clock is set back", []care.Score{five, low}, low, -3600, "", true},
	} {
		d := newNEWS2(Plan{}, "r-1")
		at := start
		for _, s := range c.before {
			d.judge(s, at)
			at = at.Add(time.Minute)
		}
		d.out = d.out[:0]
		d.judge(c.event, at.Add(time.Duration((c.after-60)*float64(time.Second))))
		said := ""
		for _, a := range d.out {
			said += fmt.Sprintf("%v:%v", a.State, a.Priority)
		}
		if said != c.said || d.open != c.open {
			t.Errorf("%s: said %q, open %v; want %q, %v", c.name, said, d.open, c.said, c.open)
		}
	}
}

// Whatever comes, a score is one that the chart knows, and nothing panics.
func FuzzNEWS2(f *testing.F) {
	f.Add([]byte{1, 16, 0, 3, 98, 1, 6, 120, 0, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		w := newWard(t, Plan{Scale2: []Scale2{{Resident: "r-1", By: "x", Why: "y", Until: after(1e5)}}})
		metrics := care.Metrics()
		at := 0.0
		for ; len(b) >= 3; b = b[3:] {
			v := float64(b[1])
			if b[1] == 255 {
				v = math.NaN()
			}
			at += math.Pow(float64(int8(b[2])), 3) / 100
			source := []care.SourceID{"band", "nurse"}[b[0]>>7]
			w.say(source, metrics[int(b[0]&127)%len(metrics)].Metric, v, at)
			w.tick(at, at)
		}
		for _, r := range w.values {
			if r.Metric == care.NEWS2 && r.Source == NEWS2Source && !(r.Value >= 0 && r.Value <= 20) {
				t.Errorf("a score of %v", r.Value)
			}
		}
	})
}

func BenchmarkNEWS2(b *testing.B) {
	d := newNEWS2(Plan{}, "r-1")
	r := care.NewReading("r-1", "band", care.SpO2, 97, 100, start)
	b.ReportAllocs()
	for b.Loop() {
		r.At = r.At.Add(time.Second)
		d.Reading(r)
		d.Tick(r.At)
		d.telling = false
	}
}

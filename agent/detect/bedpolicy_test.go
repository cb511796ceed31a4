package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// dormitory is three residents in one engine, and what was said of each.
type dormitory struct {
	t      testing.TB
	engine *Engine
	start  time.Time
	said   map[care.ResidentID][]string
}

var dormitoryPolicies = []BedPolicy{
	{Resident: "usual"},
	{Resident: "watched", ExitHours: Night, Edge: true, EdgeHours: Hours{20 * time.Hour, 8 * time.Hour},
		NotBackNight: 10 * time.Minute, NotBackDay: -1, NeverBack: 20 * time.Minute},
	{Resident: "frail", NoExit: true, NotBackNight: -1, Turn: 2 * time.Hour, TurnHours: Hours{21 * time.Hour, 7 * time.Hour}},
}

func newDormitory(t testing.TB, zone *time.Location, start time.Time) *dormitory {
	p := Plan{Zone: zone, Beds: dormitoryPolicies}
	for _, b := range dormitoryPolicies {
		p.Sources = append(p.Sources, Source{ID: care.SourceID("bed-" + b.Resident), Resident: b.Resident, Kind: BedMatrix, Class: Unsupervised})
	}
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return &dormitory{t: t, engine: e, start: start, said: map[care.ResidentID][]string{}}
}

// at is so many minutes after the start.
func (w *dormitory) at(minutes float64) time.Time {
	return w.start.Add(time.Duration(minutes * float64(time.Minute)))
}

func (w *dormitory) hear(alerts []care.Alert) {
	for _, a := range alerts {
		w.said[a.Resident] = append(w.said[a.Resident], fmt.Sprintf("%v:%v:%v@%.0f", a.Kind, a.State, a.Priority, a.At.Sub(w.start).Minutes()))
	}
}

// read gives every resident a reading.
func (w *dormitory) read(m care.Metric, v, minutes float64) {
	for _, b := range dormitoryPolicies {
		_, alerts := w.engine.Reading(care.NewReading(b.Resident, care.SourceID("bed-"+b.Resident), m, v, 100, w.at(minutes)))
		w.hear(alerts)
	}
}

// play is four hours of a bed: lying still for 125 min, a minute on its edge,
// out for 100 min, and in again. Between its minutes a and b.
func (w *dormitory) play(a, b float64) {
	for m := a; m < b; m += 0.5 {
		_, alerts := w.engine.Tick(w.at(m))
		w.hear(alerts)
		switch {
		case m < 125 || m >= 226:
			w.read(care.BedOccupancy, 1, m)
			w.read(care.BedPosture, care.PostureBack, m)
		case m < 126:
			w.read(care.BedOccupancy, 1, m)
			w.read(care.BedPosture, care.PostureSitting, m)
		default:
			w.read(care.BedOccupancy, 0, m)
		}
	}
}

// expected says what the policies of the dormitory want, told from the hour of the
// wall by hand.
func (w *dormitory) expected(zone *time.Location) map[care.ResidentID][]string {
	hour := func(minutes float64) int { return w.at(minutes).In(zone).Hour() }
	night := func(minutes float64) bool { return hour(minutes) >= 22 || hour(minutes) < 6 }
	want := map[care.ResidentID][]string{}
	usual := []string{"bed_exit:confirmed:medium@126"}
	if night(126) {
		usual = append(usual, "bed_not_back:confirmed:medium@141", "bed_not_back:confirmed:high@156", "bed_exit:cleared:medium@227", "bed_not_back:cleared:high@227")
	} else {
		usual = append(usual, "bed_not_back:confirmed:medium@171", "bed_exit:cleared:medium@227", "bed_not_back:cleared:medium@227")
	}
	want["usual"] = usual
	var watched []string
	edge := hour(125.5) >= 20 || hour(125.5) < 8
	if edge {
		watched = append(watched, "bed_edge:confirmed:medium@126") // the reading of 125.5
	}
	if night(126) {
		watched = append(watched, "bed_exit:confirmed:medium@126")
	}
	if edge {
		watched = append(watched, "bed_edge:cleared:medium@126")
	}
	if night(126) {
		watched = append(watched, "bed_not_back:confirmed:medium@136")
	}
	watched = append(watched, "bed_not_back:confirmed:high@146") // never back is wanted at every hour
	if night(126) {
		watched = append(watched, "bed_exit:cleared:medium@227")
	}
	want["watched"] = append(watched, "bed_not_back:cleared:high@227")
	frail := []string{}
	for m := 120.0; m < 125; m += 0.5 {
		if h := hour(m); h >= 21 || h < 7 {
			frail = append(frail, fmt.Sprintf("not_turned:confirmed:low@%.0f", m), "not_turned:cleared:low@125")
			break
		}
	}
	if !night(126) {
		frail = append(frail, "bed_not_back:confirmed:medium@171", "bed_not_back:cleared:medium@227")
	}
	want["frail"] = frail
	return want
}

func TestD5_PoliciesByResidentAndHour(t *testing.T) {
	for _, place := range []struct{ zone, day string }{
		{"Asia/Shanghai", "2026-03-28"},
		{"Europe/Berlin", "2026-06-10"},
		{"Europe/Berlin", "2026-03-28"}, // the next night has no 02:30
		{"Europe/Berlin", "2026-10-24"}, // the next night has two of it
	} {
		zone, err := time.LoadLocation(place.zone)
		if err != nil {
			t.Skipf("SKIPPED: no time zones on this machine: %v", err)
		}
		day, err := time.ParseInLocation(time.DateOnly, place.day, zone)
		if err != nil {
			t.Fatal(err)
		}
		fires := 0
		for hour := range 26 { // past the change of the clocks
			w := newDormitory(t, zone, day.Add(time.Duration(hour)*time.Hour+7*time.Minute))
			w.play(0, 240)
			for who, want := range w.expected(zone) {
				got := w.said[who]
				slices.Sort(got)
				slices.Sort(want)
				if strings.Join(got, " ") != strings.Join(want, " ") {
					t.Errorf("%s, %v, %s: said\n\t%v\nwant\n\t%v", place.zone, w.start, who, got, want)
				}
				fires += len(got)
			}
		}
		if fires == 0 {
			t.Error("nothing was ever said")
		}
	}
}

func TestD5_ARestartKeepsWhoIsOutOfBed(t *testing.T) {
	for cut := 1.0; cut < 240; cut += 9.5 {
		start := time.Date(2026, 3, 1, 21, 7, 0, 0, time.UTC)
		w := newDormitory(t, nil, start)
		w.play(0, cut)
		state, err := w.engine.Save(w.at(cut - 0.5))
		if err != nil {
			t.Fatal(err)
		}
		next := newDormitory(t, nil, start)
		next.said = w.said
		if err := next.engine.Load(state, w.at(cut)); err != nil {
			t.Fatal(err)
		}
		next.play(cut, 240)
		for who, want := range next.expected(time.UTC) {
			got := next.said[who]
			slices.Sort(got)
			slices.Sort(want)
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("a restart at %v min, %s: said\n\t%v\nwant\n\t%v", cut, who, got, want)
			}
		}
	}
}

// Who sat on the edge before a restart, and lies after it, is told to lie.
func TestARestartClearsTheEdgeOfABed(t *testing.T) {
	p := Plan{Beds: []BedPolicy{{Resident: "r-1", Edge: true}}}
	mattress := Source{Kind: BedMatrix, Class: Unsupervised}
	h := newHome(t, mattress, p)
	h.reading(care.BedOccupancy, 1, 0)
	h.tick(0, 200)
	h.reading(care.BedPosture, care.PostureSitting, 200)
	h.tick(200, 210)
	h.want("bed_edge:confirmed:medium")
	saved, err := h.engine.Save(after(210))
	if err != nil {
		t.Fatal(err)
	}
	next := newHome(t, mattress, p)
	if err := next.engine.Load(saved, after(215)); err != nil {
		t.Fatal(err)
	}
	next.tick(216, 220)
	next.reading(care.BedOccupancy, 1, 220)
	next.reading(care.BedPosture, care.PostureBack, 221)
	next.want("bed_edge:cleared:medium")
	if next.alerts[0].Episode != h.alerts[0].Episode {
		t.Error("another episode is cleared")
	}
}

func TestABedRefusesAStateThatNoBedHas(t *testing.T) {
	d := newBed(Plan{}, Source{ID: "s-1", Resident: "r-1", Kind: BedPad})
	for _, raw := range []string{
		`{"State":9}`, `{"State":3,"Posture":7}`, `[]`, `{"Alerts":[{"Kind":1,"Resident":"r-1","Source":"s-1"}]}`,
		`{"State":3,"Alerts":[{"Kind":2,"Resident":"r-2","Source":"s-1"}]}`, `{"State":3,"Alerts":[{"Kind":2,"Resident":"r-1","Source":"s-2"}]}`,
		`{"State":3,"Posture":-1}`,
	} {
		if d.load([]byte(raw), outage{}) == nil {
			t.Errorf("%s was loaded", raw)
		}
		if d.state != bedEmpty || d.exit.Open {
			t.Errorf("%s was half loaded", raw)
		}
	}
}

func TestNobodyWasOutForFiftyYears(t *testing.T) {
	d := newBed(Plan{}, Source{ID: "s-1", Resident: "r-1", Kind: BedPad})
	dark := time.Unix(100, 0)
	for s := range 300 {
		at := dark.Add(time.Duration(s) * time.Second)
		in := 1.0
		if s >= 200 {
			in = 0
		}
		if s%10 == 0 {
			d.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, in, 100, at))
		}
		d.Tick(at)
	}
	if !d.exit.Open {
		t.Fatal("leaving was not told before the clock was set")
	}
	set := time.Date(2026, 5, 1, 3, 0, 0, 0, time.UTC)
	if said := d.Tick(set); len(said) != 0 {
		t.Errorf("setting the clock raised %v", said[0].Kind)
	}
	for s := range 16 * 60 {
		d.Tick(set.Add(time.Duration(s) * time.Second))
	}
	if !d.away.Open {
		t.Error("a quarter of an hour after the clock was set nobody is missed")
	}
}

func TestAPostureMustLastToBeATurn(t *testing.T) {
	p := BedPolicy{Resident: "r-1", Turn: time.Hour}
	type posture struct {
		from float64 // min
		is   float64
	}
	for _, c := range []struct {
		name     string
		postures []posture
		want     string
	}{
		{"lies on the back", []posture{{0, care.PostureBack}}, "not_turned:confirmed:low"},
		{"turns after 50 min", []posture{{0, care.PostureBack}, {50, care.PostureLeft}}, ""},
		{"doubted for half a minute", []posture{{0, care.PostureBack}, {50, care.PostureLeft}, {50.5, care.PostureBack}}, "not_turned:confirmed:low"},
		{"nobody knows for a while", []posture{{0, care.PostureBack}, {30, care.PostureUnknown}, {40, care.PostureBack}}, "not_turned:confirmed:low"},
		{"sat up", []posture{{0, care.PostureBack}, {50, care.PostureSitting}, {52, care.PostureBack}}, ""},
		{"sat up, and nobody knows how it lies", []posture{{0, care.PostureBack}, {50, care.PostureSitting}, {52, care.PostureUnknown}}, ""},
		{"turns in the last minute", []posture{{0, care.PostureBack}, {59.5, care.PostureLeft}}, ""},
		{"turned late", []posture{{0, care.PostureBack}, {70, care.PostureRight}}, "not_turned:confirmed:low not_turned:cleared:low"},
		{"sat up late", []posture{{0, care.PostureBack}, {70, care.PostureSitting}}, "not_turned:confirmed:low not_turned:cleared:low"},
	} {
		h := newHome(t, Source{Kind: BedMatrix, Class: Unsupervised}, Plan{Beds: []BedPolicy{p}})
		for m := 0.0; m < 80; m += 0.25 {
			now := care.PostureUnknown
			for _, q := range c.postures {
				if m >= q.from {
					now = int(q.is)
				}
			}
			h.reading(care.BedOccupancy, 1, m*60)
			h.reading(care.BedPosture, float64(now), m*60)
			h.tick(m*60+14, m*60+14)
		}
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
}

// Who was out of the bed has turned; of a posture in doubt nobody knows.
func TestWhoWasUpHasTurnedAndADoubtIsNoTurn(t *testing.T) {
	p := Plan{Beds: []BedPolicy{{Resident: "r-1", Turn: time.Hour, NoExit: true}}}
	for _, c := range []struct {
		name string
		at50 func(h *home)
		want string
	}{
		{"lies still", func(h *home) {}, "not_turned:confirmed:low"},
		{"was out", func(h *home) { h.reading(care.BedOccupancy, 0, 3001); h.tick(3002, 3060) }, ""},
		{"another posture, in doubt", func(h *home) {
			for at := 3001.0; at < 3100; at += 10 {
				h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.BedPosture, care.PostureLeft, 40, after(at))))
			}
		}, "not_turned:confirmed:low"},
	} {
		h := newHome(t, Source{Kind: BedMatrix, Class: Unsupervised}, p)
		for at := 0.0; at < 4200; at += 30 {
			h.reading(care.BedOccupancy, 1, at+0.2)
			h.reading(care.BedPosture, care.PostureBack, at+0.4)
			h.tick(at+1, at+29)
			if at == 2970 {
				c.at50(h)
			}
		}
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
}

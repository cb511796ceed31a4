package detect

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// resident plays days of a life through an engine: a value a minute.
type resident struct {
	t      testing.TB
	engine *Engine
	notes  []care.Alert
	others []care.Alert
}

func newResident(t testing.TB, zone *time.Location) *resident {
	t.Helper()
	getsUpAlone := BedPolicy{Resident: "r-1", NoExit: true, NotBackNight: -1, NotBackDay: -1}
	e, err := New(Plan{Zone: zone, Beds: []BedPolicy{getsUpAlone}, Sources: []Source{{ID: "s-1", Resident: "r-1", Kind: Vitals, Class: Unsupervised}}})
	if err != nil {
		t.Fatal(err)
	}
	return &resident{t: t, engine: e}
}

func (l *resident) take(_ []care.Reading, alerts []care.Alert) {
	for _, a := range alerts {
		if a.Kind == care.Drift {
			l.notes = append(l.notes, a)
		} else {
			l.others = append(l.others, a)
		}
	}
}

// live plays minutes from one moment to another; breath is the night's rate.
func (l *resident) live(from, to time.Time, breath func(at time.Time) float64) {
	zone := time.UTC
	for at, i := from, 0; at.Before(to); at, i = at.Add(time.Minute), i+1 {
		l.take(l.engine.Tick(at))
		night := restHours.Hold(at, zone)
		say := func(m care.Metric, v float64) {
			l.take(l.engine.Reading(care.NewReading("r-1", "s-1", m, v, 100, at)))
		}
		if r := breath(at); r > 0 {
			say(care.RespiratoryRate, r+0.8*hum(i))
		}
		say(care.PulseRate, 62+3*hum(i+7))
		say(care.Activity, 0.03+0.01*hum(i+3))
		in := 0.0
		if night {
			in = 1
		}
		say(care.BedOccupancy, in)
	}
}

func always(v float64) func(time.Time) float64 { return func(time.Time) float64 { return v } }

func TestD9_AFasterBreathIsNotedWithin72HoursAndIsNoAlarm(t *testing.T) {
	for _, hour := range []int{0, 8, 13, 20} { // at which it begins
		l := newResident(t, nil)
		change := time.Date(2026, 3, 20, hour, 0, 0, 0, time.UTC)
		l.live(start, change.Add(80*time.Hour), func(at time.Time) float64 {
			if at.Before(change) {
				return 15
			}
			return 18
		})
		if len(l.notes) != 1 || len(l.others) != 0 {
			t.Fatalf("from %d o'clock: %d notes, %d others", hour, len(l.notes), len(l.others))
		}
		a := l.notes[0]
		if late := a.At.Sub(change); late <= 0 || late > 72*time.Hour {
			t.Errorf("from %d o'clock: noted after %v", hour, late)
		}
		if a.Priority != care.Low || a.State != care.Confirmed || !a.Kind.Note() || a.Resident != "r-1" || a.Source != "s-1" {
			t.Errorf("the note is %+v", a)
		}
		e := a.Evidence
		if e.Metric != care.RespiratoryRate || math.Abs(e.Limit-15) > 0.3 || e.Value < 16.5 || e.Rule != baselineRule {
			t.Errorf("the evidence is %+v", e)
		}
	}
}

func TestD9_LessThanAWeekIsNoBaseline(t *testing.T) {
	l := newResident(t, nil)
	change := start.Add(4 * 24 * time.Hour)
	l.live(start, change.Add(4*24*time.Hour), func(at time.Time) float64 {
		if at.Before(change) {
			return 15
		}
		return 20
	})
	if len(l.notes) != 0 {
		t.Errorf("after a week: %+v", l.notes)
	}
}

// Who was away is not changed, and what was seen before still counts.
func TestD9_DaysThatAreMissingAreNoDrift(t *testing.T) {
	l := newResident(t, nil)
	away, back := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 17, 9, 0, 0, 0, time.UTC)
	change := time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC)
	l.live(start, change.Add(80*time.Hour), func(at time.Time) float64 {
		switch {
		case at.After(away) && at.Before(back):
			return 0
		case at.Before(change):
			return 15
		}
		return 12
	})
	if len(l.notes) != 1 || l.notes[0].At.Before(change) || l.notes[0].At.Sub(change) > 72*time.Hour {
		t.Errorf("the notes are %+v", l.notes)
	}
}

// What was noted becomes the new way of life: the same change is not noted
// again.
func TestD9_AChangeIsNotedOnce(t *testing.T) {
	l := newResident(t, nil)
	change := start.Add(20 * 24 * time.Hour)
	l.live(start, change.Add(40*24*time.Hour), func(at time.Time) float64 {
		if at.Before(change) {
			return 15
		}
		return 19
	})
	if len(l.notes) != 1 {
		t.Errorf("%d notes", len(l.notes))
	}
}

func TestD9_ADayGoesFromNoonToNoonOfTheWall(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at    time.Time
		day   string
		hours time.Duration
	}{
		{time.Date(2026, 3, 28, 12, 0, 0, 0, zone), "2026-03-28", 23 * time.Hour}, // the clocks go forward at night
		{time.Date(2026, 3, 29, 11, 59, 0, 0, zone), "2026-03-28", 23 * time.Hour},
		{time.Date(2026, 3, 29, 12, 0, 0, 0, zone), "2026-03-29", 24 * time.Hour},
		{time.Date(2026, 10, 25, 2, 30, 0, 0, zone), "2026-10-24", 25 * time.Hour},
		{time.Date(2026, 1, 1, 3, 0, 0, 0, zone), "2025-12-31", 24 * time.Hour},
	} {
		n, from, until := dayOf(c.at, zone)
		if got := time.Unix(n*86400, 0).UTC().Format(time.DateOnly); got != c.day || until.Sub(from) != c.hours || from.After(c.at) || !c.at.Before(until) {
			t.Errorf("%v belongs to %s, from %v to %v", c.at, got, from, until)
		}
	}
	// 22 o'clock in Shanghai is 14 o'clock in London: the night is that of the
	// wall.
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	d := newBaseline(Plan{Zone: shanghai}, "r-1")
	at := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	d.Tick(at)
	d.Reading(care.NewReading("r-1", "s-1", care.PulseRate, 60, 100, at))
	if d.book.Pulse.N != 1 {
		t.Error("22 o'clock is no night in Shanghai")
	}
}

func TestD9_ANightOfExits(t *testing.T) {
	for _, c := range []struct {
		name  string
		out   [][2]int // seconds out of bed, of a night that begins at 22 o'clock
		exits int
	}{
		{"none", nil, 0},
		{"one of five minutes", [][2]int{{7200, 7500}}, 1},
		{"up for ten seconds", [][2]int{{7200, 7210}}, 0},
		{"a flicker, then out", [][2]int{{7200, 7205}, {7300, 7500}}, 1},
		{"twice", [][2]int{{7200, 7500}, {14400, 15000}}, 2},
		{"just lain down", [][2]int{{120, 400}}, 0},
		{"to and fro", [][2]int{{7200, 7300}, {7400, 7500}, {7600, 7700}}, 1},
	} {
		d := newBaseline(Plan{}, "r-1")
		for s := 0; s < 6*3600; s += 5 {
			in := 1.0
			for _, o := range c.out {
				if s >= o[0] && s < o[1] {
					in = 0
				}
			}
			d.Tick(after(float64(s)))
			d.Reading(care.NewReading("r-1", "bed", care.BedOccupancy, in, 100, after(float64(s))))
		}
		if d.book.Bed.Exits != c.exits {
			t.Errorf("%s: %d exits, want %d", c.name, d.book.Bed.Exits, c.exits)
		}
	}
}

func TestD9_ARestartForgetsAtMostAnHour(t *testing.T) {
	l := newResident(t, nil)
	change := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	rate := func(at time.Time) float64 {
		if at.Before(change) {
			return 15
		}
		return 18.5
	}
	for at := start; at.Before(change.Add(75 * time.Hour)); at = at.Add(11 * time.Hour) {
		l.live(at, at.Add(11*time.Hour), rate)
		saved, err := l.engine.Save(at.Add(11 * time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		next := newResident(t, nil)
		if err := next.engine.Load(saved, at.Add(11*time.Hour)); err != nil {
			t.Fatal(err)
		}
		l.engine = next.engine
	}
	if len(l.notes) != 1 || l.notes[0].At.Sub(change) > 72*time.Hour {
		t.Errorf("over many restarts: %+v", l.notes)
	}
}

// A file is written when its content changes: not with every reading.
func TestTheStateOfABaselineChangesOnceAnHour(t *testing.T) {
	l := newResident(t, nil)
	l.live(start, start.Add(30*time.Minute), always(15))
	before, _ := l.engine.Save(start)
	l.live(start.Add(30*time.Minute), start.Add(59*time.Minute), always(15))
	after, _ := l.engine.Save(start)
	if !SameState(before, after) {
		t.Error("half an hour of readings changed it")
	}
	if len(after) > 16<<10 {
		t.Errorf("it has %d bytes", len(after))
	}
}

func TestAStateOfABaselineThatCannotBeIsRefused(t *testing.T) {
	good, err := json.Marshal(newBaseline(Plan{}, "r-1").save())
	if err != nil {
		t.Fatal(err)
	}
	if err := newBaseline(Plan{}, "r-1").load(good, outage{}); err != nil {
		t.Fatalf("a good one is refused: %v", err)
	}
	for name, change := range map[string][2]string{
		"no trends":       {`"trends":[`, `"no":[`},
		"a day too few":   {`"days":[-1,`, `"days":[`},
		"a negative sum":  {`"up":0`, `"up":-1`},
		"an absurd value": {`"days":[-1,`, `"days":[1e9,`},
		"a wrong count":   {`"n":0`, `"n":5`},
		"a negative day":  {`"day":0`, `"day":-5`},
		"no variance":     {`"varies":0`, `"varies":-1`},
		"too much learnt": {`"learnt":0`, `"learnt":43`},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		d := newBaseline(Plan{}, "r-1")
		if err := d.load(json.RawMessage(bad), outage{}); err == nil || bad == string(good) {
			t.Errorf("%s: taken", name)
		}
	}
}

// The same change of the time in bed is a note about somebody of whom one day is
// like another, also after a restart, with a state of before too, which did not
// say how much the days vary, and none about somebody whose days do.
func TestD9_WhoLivesRegularlyIsWatchedMoreNarrowly(t *testing.T) {
	const usual, longer = 0.35, 0.42
	for _, c := range []struct {
		name  string
		share float64 // by which every other day is longer, the others shorter
		old   bool    // the state is of before
		notes int
	}{{"regular", 0.03, false, 1}, {"irregular", 0.12, false, 0}, {"regular, an old state", 0.03, true, 1}} {
		d := newBaseline(Plan{}, "r-1")
		days := func(n int, level float64) (notes int) {
			for i := range n {
				d.out = d.out[:0]
				h := [habits]float64{math.NaN(), math.NaN(), level * (1 + c.share*float64(2*(i%2)-1)), math.NaN(), math.NaN()}
				d.close(h, start)
				notes += len(d.out)
			}
			return notes
		}
		if n := days(40, usual); n != 0 {
			t.Errorf("%s: %d notes about nothing", c.name, n)
		}
		saved, err := json.Marshal(d.save())
		if err != nil {
			t.Fatal(err)
		}
		if c.old {
			saved = regexp.MustCompile(`"varies":[^,]*,"learnt":[^,]*,`).ReplaceAll(saved, nil)
		}
		if bytes.Contains(saved, []byte("varies")) == c.old {
			t.Fatalf("%s: the state is %s", c.name, saved)
		}
		d = newBaseline(Plan{}, "r-1")
		if err := d.load(saved, outage{}); err != nil {
			t.Fatal(err)
		}
		if n := days(3, longer); n != c.notes {
			t.Errorf("%s: %d notes about a fifth more, want %d (%+v)", c.name, n, c.notes, d.trends[timeInBed])
		}
	}
}

func TestD9_AClockThatIsSetBackAcrossNoonForgetsNothing(t *testing.T) {
	l := newResident(t, nil)
	noon := time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)
	l.live(start, noon.Add(time.Minute), always(15))
	l.live(noon.Add(-10*time.Minute), time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC), always(15))
	l.live(time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 23, 12, 1, 0, 0, time.UTC), always(18.5))
	if len(l.notes) != 1 {
		t.Errorf("%d notes", len(l.notes))
	}
}

// Whatever comes, nothing panics, and what is kept can be read again.
func FuzzBaseline(f *testing.F) {
	f.Add([]byte{3, 15, 10, 100, 1, 200})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := newBaseline(Plan{}, "r-1")
		metrics := []care.Metric{care.RespiratoryRate, care.PulseRate, care.HeartRate, care.BedOccupancy, care.Activity}
		at := start
		for ; len(b) >= 3; b = b[3:] {
			v := float64(int8(b[1]))
			if b[1] == 99 {
				v = math.NaN()
			}
			at = at.Add(time.Duration(math.Pow(float64(int8(b[2])), 3)) * time.Second)
			d.Tick(at)
			d.Reading(care.NewReading("r-1", "s-1", metrics[int(b[0])%len(metrics)], v, 100, at))
		}
		d.Tick(at.Add(24 * time.Hour))
		raw, err := json.Marshal(d.save())
		if err != nil {
			t.Fatal(err)
		}
		if err := newBaseline(Plan{}, "r-1").load(raw, outage{}); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
	})
}

func BenchmarkBaseline(b *testing.B) {
	d := newBaseline(Plan{}, "r-1")
	r := care.NewReading("r-1", "s-1", care.PulseRate, 62, 100, start)
	b.ReportAllocs()
	for b.Loop() {
		r.At = r.At.Add(time.Second)
		d.Tick(r.At)
		d.Reading(r)
	}
}

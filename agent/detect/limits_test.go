package detect

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

func TestD8_TheLimitOfOneResidentExpires(t *testing.T) {
	o := Override{Resident: "r-1", Metric: care.HeartRate, Side: Above, Priority: care.Medium, Value: 128,
		By: "nurse-3", Why: "fever", Until: after(60)}
	h := newHome(t, Source{Kind: Vitals}, Plan{Overrides: []Override{o}})
	h.rate(0, times(59, 125)...)
	h.want("")
	h.rate(60, times(30, 125)...)
	h.want(hrMedium)
	if e := h.alerts[0].Evidence; e.Limit != 120 {
		t.Errorf("the limit was %v", e.Limit)
	}
	o.Resident = "r-2"
	h = newHome(t, Source{Kind: Vitals}, Plan{Overrides: []Override{o}})
	h.rate(0, times(30, 125)...)
	h.want(hrMedium)
}

// At a clock that was never set nobody can say whether an override is over:
// the stricter of override and general limit holds.
func TestD8_AnOverrideThatCannotBeDatedDoesNotQuieten(t *testing.T) {
	unset := time.Date(1970, 1, 1, 0, 5, 0, 0, time.UTC)
	base := Override{Resident: "r-1", Metric: care.HeartRate, Side: Above, By: "nurse-3", Why: "fever", Until: after(1e6)}
	over := func(p care.Priority, v float64, as care.Priority) Override {
		o := base
		o.Priority, o.Value, o.As = p, v, as
		return o
	}
	for _, c := range []struct {
		name             string
		o                []Override
		rate             float64
		trusted, unknown string
	}{
		{"laxer", []Override{over(care.Medium, 128, 0)}, 125, "", hrMedium},
		{"stricter", []Override{over(care.Medium, 105, 0)}, 110, hrMedium, hrMedium},
		{"less urgent", []Override{over(care.High, 130, care.Medium)}, 140, hrMedium, hrHigh},
		{"more urgent", []Override{over(care.Medium, 120, care.High)}, 125, hrHigh, hrHigh},
		{"of two the last holds", []Override{over(care.Medium, 105, 0), over(care.Medium, 128, 0)}, 110, "", hrMedium},
	} {
		for began, want := range map[time.Time]string{start: c.trusted, unset: c.unknown} {
			h := newHome(t, Source{Kind: Vitals}, Plan{Overrides: c.o})
			for i := range 30 {
				at := began.Add(time.Duration(i) * time.Second)
				h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.HeartRate, c.rate, 100, at)))
			}
			if h.said() != want {
				t.Errorf("%s, %d: %q, want %q", c.name, began.Year(), h.said(), want)
			}
		}
	}
}

// An exception that ends while the agent is down has ended when it is back.
func TestAnExceptionOverARestart(t *testing.T) {
	plan := Plan{Overrides: []Override{{Resident: "r-1", Metric: care.HeartRate, Side: Above, Priority: care.Medium, Value: 128,
		By: "nurse-3", Why: "fever", Until: after(600)}}}
	beat := func(h *home, from time.Time) {
		for i := range 30 {
			at := from.Add(time.Duration(i) * time.Second)
			h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.HeartRate, 125, 100, at)))
			h.take(h.engine.Tick(at))
		}
	}
	before := newHome(t, Source{Kind: Vitals}, plan)
	beat(before, after(0))
	before.want("")
	kept, err := before.engine.Save(after(30))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		back time.Time
		want string
	}{
		{"back before it ends", after(60), ""},
		{"back after it ended", after(700), hrMedium},
		{"back without a clock", time.Date(1970, 1, 1, 0, 1, 0, 0, time.UTC), hrMedium},
	} {
		h := newHome(t, Source{Kind: Vitals}, plan)
		if err := h.engine.Load(kept, c.back); err != nil {
			t.Fatal(err)
		}
		if beat(h, c.back); h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
}

// The same below a limit, where stricter is higher.
func TestALowLimitThatCannotBeDatedIsTheStricter(t *testing.T) {
	unset := time.Date(1970, 1, 1, 0, 5, 0, 0, time.UTC)
	for value, want := range map[float64]string{88: "vital_low:confirmed:medium", 92: "vital_low:confirmed:medium"} {
		o := Override{Resident: "r-1", Metric: care.SpO2, Side: Below, Priority: care.Medium, Value: value, By: "nurse-3", Why: "COPD", Until: after(1e6)}
		h := newHome(t, Source{Kind: Spot}, Plan{Overrides: []Override{o}})
		h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.SpO2, min(value, 90)-0.5+max(value-90, 0), 100, unset)))
		if h.said() != want {
			t.Errorf("an override of %v: %q, want %q", value, h.said(), want)
		}
	}
}

func TestD8_HighMayNotGoBelowMedium(t *testing.T) {
	o := Override{Resident: "r-1", Metric: care.SpO2, Side: Below, Priority: care.High, Value: 80, As: care.Low,
		By: "x", Why: "y", Until: after(60)}
	if _, err := New(Plan{Overrides: []Override{o}}); err == nil || !strings.Contains(err.Error(), "below medium") {
		t.Errorf("high became low: %v", err)
	}
	o.As = care.Medium
	h := newHome(t, Source{Kind: Vitals}, Plan{Overrides: []Override{o}})
	for i := range 30 {
		h.reading(care.SpO2, 70, float64(i))
	}
	h.want("vital_low:confirmed:medium")
}

// Whoever writes an override reads there what it replaces.
func TestTheLimitsStandInTheNote(t *testing.T) {
	note, err := os.ReadFile("vitals.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, l := range DefaultLimits() {
		info, _ := l.Metric.Info()
		row := fmt.Sprintf("| `%v` | %v | %v | – | %s | %v | %v s |", l.Metric, l.Side, l.Value, info.Unit, l.Hysteresis, l.Persist.Seconds())
		if l.Priority == care.High {
			rows[len(rows)-1] = strings.Replace(rows[len(rows)-1], "–", fmt.Sprint(l.Value), 1)
			continue
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		if !strings.Contains(string(note), row) {
			t.Errorf("vitals.md does not have the row\n%s", row)
		}
	}
}

func TestD8_OverridesAndLimitsThatAreRefused(t *testing.T) {
	good := Override{Resident: "r-1", Metric: care.SpO2, Side: Below, Priority: care.High, Value: 80, By: "x", Why: "y", Until: after(60)}
	for name, spoil := range map[string]func(*Override){
		"nobody answers":      func(o *Override) { o.By = "" },
		"no reason":           func(o *Override) { o.Why = "" },
		"a reason of blanks":  func(o *Override) { o.Why = " " },
		"no end":              func(o *Override) { o.Until = time.Time{} },
		"no resident":         func(o *Override) { o.Resident = "" },
		"no such limit":       func(o *Override) { o.Side = Above },
		"no value of a human": func(o *Override) { o.Value = 300 },
		"no priority":         func(o *Override) { o.As = 9 },
	} {
		o := good
		spoil(&o)
		if _, err := New(Plan{Overrides: []Override{o}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	limit := DefaultLimits()[0]
	for name, spoil := range map[string]func(*Limit){
		"too short":    func(l *Limit) { l.Persist = time.Second },
		"too long":     func(l *Limit) { l.Persist = time.Minute },
		"low":          func(l *Limit) { l.Priority = care.Low },
		"a state":      func(l *Limit) { l.Metric = care.CallLine },
		"no side":      func(l *Limit) { l.Side = 0 },
		"wide":         func(l *Limit) { l.Hysteresis = 1e6 },
		"out of range": func(l *Limit) { l.Value = -1 },
	} {
		l := limit
		spoil(&l)
		if _, err := New(Plan{Limits: []Limit{l}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New(Plan{Limits: []Limit{limit, limit}}); err == nil {
		t.Error("the same limit twice: accepted")
	}
}

// TestEveryDefaultLimitCalls: each at the value of vitals.md, and not before.
func TestEveryDefaultLimitCalls(t *testing.T) {
	for _, c := range []struct {
		metric             care.Metric
		usual, mild, grave float64 // just beyond the limits; 0 for none
		side               string
	}{
		{care.HeartRate, 120, 121, 131, "high"}, {care.HeartRate, 45, 44, 39, "low"},
		{care.PulseRate, 120, 121, 131, "high"}, {care.PulseRate, 45, 44, 39, "low"},
		{care.SpO2, 90, 89, 84, "low"},
		{care.RespiratoryRate, 24, 25, 31, "high"}, {care.RespiratoryRate, 9, 8, 5, "low"},
		{care.BodyTemperature, 38.5, 38.6, 39.6, "high"}, {care.BodyTemperature, 35.5, 35.4, 34.9, "low"},
		{care.Systolic, 180, 181, 221, "high"}, {care.Systolic, 100, 99, 89, "low"},
		{care.Diastolic, 120, 121, 0, "high"},
		{care.Glucose, 13.9, 14, 30.1, "high"}, {care.Glucose, 3.9, 3.8, 2.9, "low"},
	} {
		for _, v := range []struct {
			value float64
			want  string
		}{{c.usual, ""}, {c.mild, "vital_" + c.side + ":confirmed:medium"}, {c.grave, "vital_" + c.side + ":confirmed:high"}} {
			if v.value == 0 {
				continue
			}
			h := newHome(t, Source{Kind: Spot}, Plan{})
			h.reading(c.metric, v.value, 0)
			if h.said() != v.want {
				t.Errorf("%v of %v: %q, want %q", c.metric, v.value, h.said(), v.want)
			}
		}
	}
}

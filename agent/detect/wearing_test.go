package detect

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"osmanthus/care"
)

// wearHabit is how somebody wears a band: what it is at an hour of the week.
type wearHabit func(hours float64, r *rand.Rand) float64

const gone = 9 // worn, for all that is known, and out of reach: a state of the truth only

// weekOf plays weeks of a band that says how it is worn every minute, or only
// measures a pulse, and returns the last share that was said, the truth, and all
// alerts.
func weekOf(t *testing.T, days float64, says bool, wears wearHabit, p Plan) (said, truth float64, alerts []care.Alert) {
	r := rand.New(rand.NewPCG(1, 2))
	p.Sources = append(p.Sources, Source{ID: "band-1", Resident: "r-1", Kind: Vitals, Class: Band})
	d := newWearing(p, "r-1")
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var worn, all float64
	for s := 0; s < int(days*86400); s += 10 {
		at := begin.Add(time.Duration(s) * time.Second)
		state := wears(float64(s)/3600, r)
		if state == care.WearWorn || state == gone {
			worn += 10
		}
		all += 10
		switch {
		case state == gone:
		case says && s%60 == 0:
			d.Reading(care.NewReading("r-1", "band-1", care.WearState, state, 100, at))
		case !says && state == care.WearWorn:
			d.Reading(care.NewReading("r-1", "band-1", care.HeartRate, 60+float64(s%7), 100, at))
		case !says:
			d.Reading(care.NewReading("r-1", "band-1", care.HeartRate, 60, 30, at)) // noise
		}
		alerts = append(alerts, d.Tick(at)...)
		for _, v := range d.assess(nil) {
			if v.Metric != care.WornWeek || v.Source != WearSource {
				t.Fatalf("%+v", v)
			}
			said = v.Value
		}
	}
	return said, 100 * worn / all, alerts
}

// nightly takes it off at night, forgets it now and then, and charges it.
func nightly(hours float64, _ *rand.Rand) float64 {
	day, hour := int(hours/24), math.Mod(hours, 24)
	switch {
	case day%3 == 2 && hour < 15:
		return care.WearOff
	case hour < 6.5 || hour >= 22:
		return care.WearOff
	case hour >= 12 && hour < 12.75:
		return care.WearCharging
	case math.Mod(hours*60, 97) < 2:
		return gone // in the lift
	}
	return care.WearWorn
}

// What is said of the week is within 2 % of the truth, by the band's own word and
// by its pulse alone; who wore it for less than half of the week is known by it.
func TestB6_WearTimeOfAWeek(t *testing.T) {
	for name, c := range map[string]struct {
		wears wearHabit
		half  bool // less than half of the week
	}{
		"at night off":  {nightly, false},
		"always":        {func(float64, *rand.Rand) float64 { return care.WearWorn }, false},
		"never":         {func(float64, *rand.Rand) float64 { return care.WearOff }, true},
		"evenings only": {func(h float64, _ *rand.Rand) float64 { return []float64{care.WearOff, care.WearWorn}[int(h/6)%4/3] }, true},
		"charged all night": {func(h float64, _ *rand.Rand) float64 {
			if math.Mod(h, 24) < 10 {
				return care.WearCharging
			}
			return care.WearWorn
		}, false},
		"for minutes": {func(h float64, _ *rand.Rand) float64 {
			return []float64{care.WearWorn, care.WearOff}[int(h*60/47)%2]
		}, false},
	} {
		for _, says := range []bool{true, false} {
			if !says && name == "for minutes" {
				continue // a pulse holds for three minutes: see wearing.md
			}
			t.Run(fmt.Sprintf("%s, says so %v", name, says), func(t *testing.T) {
				said, truth, _ := weekOf(t, 7.02, says, c.wears, Plan{})
				if math.Abs(said-truth) > 2 || (said < 50) != c.half {
					t.Errorf("%.1f %% said, %.1f %% true", said, truth)
				}
				t.Logf("%.2f %% said, %.2f %% true", said, truth)
			})
		}
	}
}

// The share is that of the last seven days, not of all.
func TestB6_TheWeekIsTheLastSevenDays(t *testing.T) {
	said, _, _ := weekOf(t, 15.02, true, func(h float64, _ *rand.Rand) float64 {
		if h < 8*24 {
			return care.WearOff
		}
		return care.WearWorn
	}, Plan{})
	if said < 99 {
		t.Errorf("%.0f %%", said)
	}
}

// Who takes the band off is told of after two hours, or as the policy says; a
// charge takes longer; a hole of minutes begins nothing anew; worn for a minute
// clears it.
func TestB6_ABandThatNobodyWears(t *testing.T) {
	at := func(parts ...float64) wearHabit { // state from each hour on
		return func(h float64, _ *rand.Rand) (s float64) {
			for i := 0; i < len(parts); i += 2 {
				if h >= parts[i] {
					s = parts[i+1]
				}
			}
			return s
		}
	}
	const on, off, charging = care.WearWorn, care.WearOff, care.WearCharging
	for _, c := range []struct {
		name  string
		wears wearHabit
		plan  Plan
		want  string
	}{
		{"worn", at(0, on), Plan{}, ""},
		{"off for less than two hours", at(0, on, 2, off, 3.9, on), Plan{}, ""},
		{"off", at(0, on, 2, off, 9, on), Plan{}, "confirmed 4.0 cleared 9.0 "},
		{"off, with a hole", at(0, on, 2, off, 3, gone, 3.1, off), Plan{}, "confirmed 4.0 "},
		{"off, then away", at(0, on, 2, off, 3, gone), Plan{}, ""},
		{"away, then off", at(0, on, 2, gone, 8, off), Plan{}, "confirmed 10.0 "},
		{"charged", at(0, on, 2, charging, 5, on), Plan{}, ""},
		{"forgotten on its charger", at(0, on, 2, charging), Plan{}, "confirmed 6.0 "},
		{"off its charger and left there", at(0, on, 2, charging, 4.5, off), Plan{}, "confirmed 4.5 "},
		{"by a policy", at(0, on, 2, off), Plan{Wears: []WearPolicy{{Resident: "r-1", NotWorn: 30 * time.Minute}}}, "confirmed 2.5 "},
		{"never by a policy", at(0, on, 2, off), Plan{Wears: []WearPolicy{{Resident: "r-1", NotWorn: -1}}}, ""},
		{"never, on its charger", at(0, on, 2, charging), Plan{Wears: []WearPolicy{{Resident: "r-1", NotWorn: -1}}}, ""},
		{"later than a charge takes, on its charger", at(0, on, 2, charging), Plan{Wears: []WearPolicy{{Resident: "r-1", NotWorn: 6 * time.Hour}}}, "confirmed 8.0 "},
		{"sooner, on its charger", at(0, on, 2, charging), Plan{Wears: []WearPolicy{{Resident: "r-1", NotWorn: 30 * time.Minute}}}, "confirmed 6.0 "},
	} {
		_, _, alerts := weekOf(t, 0.5, true, c.wears, c.plan)
		got := ""
		for _, a := range alerts {
			got += fmt.Sprintf("%v %.1f ", a.State, a.At.Sub(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)).Hours())
			if a.Kind != care.NotWorn || a.Priority != care.Low || !a.Kind.Technical() || a.Source != "band-1" {
				t.Errorf("%s: %+v", c.name, a)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A band that measures movement and lies still for an hour lies on a table; of
// two bands one that is worn is enough.
func TestB6_WithoutASkinContact(t *testing.T) {
	d := newWearing(Plan{Sources: []Source{{ID: "a", Resident: "r-1", Class: Band}, {ID: "b", Resident: "r-1", Class: Band}}}, "r-1")
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for s := 0; s < 3*3600; s += 10 {
		at := begin.Add(time.Duration(s) * time.Second)
		d.Reading(care.NewReading("r-1", "a", care.Activity, 0.002, 100, at))
		if s >= 2*3600 {
			d.Reading(care.NewReading("r-1", "b", care.WearState, care.WearWorn, 100, at))
		}
		want := float64(care.WearUnknown)
		switch {
		case s >= 2*3600:
			want = care.WearWorn
		case s >= 3600:
			want = care.WearOff
		}
		if got, _ := d.together(at); got != want {
			t.Fatalf("after %d s: %v, want %v", s, got, want)
		}
	}
}

// A restart keeps the hours that are over, and the alert.
func TestB6_OverARestart(t *testing.T) {
	p := Plan{Sources: []Source{{ID: "band-1", Resident: "r-1", Kind: Vitals, Class: Band}}}
	d := newWearing(p, "r-1")
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	raised := 0
	for s := 0; s < 8*3600; s += 10 {
		at := begin.Add(time.Duration(s) * time.Second)
		state := float64(care.WearWorn)
		if s >= 4*3600 {
			state = care.WearOff
		}
		d.Reading(care.NewReading("r-1", "band-1", care.WearState, state, 100, at))
		raised += len(d.Tick(at))
		if s%5000 == 0 {
			raw, err := json.Marshal(d.save())
			if err != nil {
				t.Fatal(err)
			}
			d = newWearing(p, "r-1")
			if err := d.load(raw, outage{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if raised != 1 || !d.open {
		t.Errorf("raised %d times", raised)
	}
	if err := d.load([]byte(`{"week":[{"hour":5,"worn":9000}]}`), outage{}); err == nil || !d.open {
		t.Error("an hour of 9000 s was taken")
	}
}

// A gateway without a battery for its clock begins in 1970: a band that is off
// then is told of two hours later, not when the clock is set.
func TestB6_AClockThatIsSetForwardTakesNoBandOff(t *testing.T) {
	for _, c := range []struct {
		metric care.Metric
		value  float64
		told   int // after so many seconds
	}{
		{care.WearState, care.WearOff, 2 * 3600},
		{care.Activity, 0.002, 3 * 3600}, // an hour of stillness says that it is off
	} {
		d := newWearing(Plan{Sources: []Source{{ID: "band-1", Resident: "r-1", Kind: Vitals, Class: Band}}}, "r-1")
		at := time.Date(1970, 1, 1, 0, 0, 10, 0, time.UTC)
		told := 0
		for s := 0; s < 4*3600 && told == 0; s += 10 {
			if at = at.Add(10 * time.Second); s == 60 {
				at = at.AddDate(56, 0, 0)
			}
			d.Reading(care.NewReading("r-1", "band-1", c.metric, c.value, 100, at))
			for _, a := range d.Tick(at) {
				told = s
				if age := a.At.Sub(a.Onset); age > 3*time.Hour {
					t.Errorf("%v: off for %v", c.metric, age)
				}
			}
		}
		if told < c.told-60 || told > c.told+60 {
			t.Errorf("%v: told after %d s, want %d", c.metric, told, c.told)
		}
	}
}

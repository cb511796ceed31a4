package care

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// well is a complete set of nobody's concern.
var well = [Parameters]float64{16, 98, 0, 120, 70, ACVPUAlert, 37}

func score(t *testing.T, scale2 bool, v [Parameters]float64, missing ...Parameter) Score {
	t.Helper()
	o := Observations{Scale2: scale2}
	for p, x := range v {
		if !slices.Contains(missing, Parameter(p)) {
			if err := o.Set(Parameter(p), x); err != nil {
				t.Fatal(err)
			}
		}
	}
	return o.Score()
}

// Each row is a parameter's course over the chart: at which value a new cell
// begins, and its points.
func TestD7_EveryBorderOfTheChart(t *testing.T) {
	type cell struct {
		from   float64
		points int
	}
	for _, c := range []struct {
		name   string
		p      Parameter
		scale2 bool
		oxygen float64
		step   float64
		cells  []cell
		end    float64
	}{
		{"respiration", ScoreRespiration, false, 0, 1, []cell{{2, 3}, {9, 1}, {12, 0}, {21, 2}, {25, 3}}, 80},
		{"SpO2 scale 1 on air", ScoreSpO2, false, 0, 1, []cell{{50, 3}, {92, 2}, {94, 1}, {96, 0}}, 100},
		{"SpO2 scale 1 on oxygen", ScoreSpO2, false, 1, 1, []cell{{50, 3}, {92, 2}, {94, 1}, {96, 0}}, 100},
		{"SpO2 scale 2 on air", ScoreSpO2, true, 0, 1, []cell{{50, 3}, {84, 2}, {86, 1}, {88, 0}}, 100},
		{"SpO2 scale 2 on oxygen", ScoreSpO2, true, 1, 1, []cell{{50, 3}, {84, 2}, {86, 1}, {88, 0}, {93, 1}, {95, 2}, {97, 3}}, 100},
		{"oxygen", ScoreOxygen, false, 0, 1, []cell{{0, 0}, {1, 2}}, 1},
		{"systolic", ScoreSystolic, false, 0, 1, []cell{{40, 3}, {91, 2}, {101, 1}, {111, 0}, {220, 3}}, 300},
		{"pulse", ScorePulse, false, 0, 1, []cell{{20, 3}, {41, 1}, {51, 0}, {91, 1}, {111, 2}, {131, 3}}, 250},
		{"consciousness", ScoreConsciousness, false, 0, 1, []cell{{ACVPUAlert, 0}, {ACVPUConfusion, 3}}, ACVPUUnresponsive},
		{"temperature", ScoreTemperature, false, 0, 0.1, []cell{{25, 3}, {35.1, 1}, {36.1, 0}, {38.1, 1}, {39.1, 2}}, 45},
	} {
		n := 0
		for i := 0; ; i++ {
			v := math.Round((c.cells[0].from+float64(i)*c.step)*10) / 10
			if v > c.end {
				break
			}
			want := 0
			for _, x := range c.cells {
				if v >= x.from {
					want = x.points
				}
			}
			set := well
			set[ScoreOxygen] = c.oxygen
			set[c.p] = v
			s := score(t, c.scale2, set)
			if s.Points[c.p] != want || s.Partial() || s.Single3 != (want == 3) {
				t.Errorf("%s of %v: %+v, want %d points", c.name, v, s, want)
			}
			n++
		}
		if n < len(c.cells) {
			t.Errorf("%s: only %d values tried", c.name, n)
		}
	}
}

// A value between two cells belongs to the one that it rounds to.
func TestD7_NoValueFallsBetweenTwoCells(t *testing.T) {
	for _, c := range []struct {
		p      Parameter
		v      float64
		points int
	}{
		{ScoreTemperature, 35.04, 3}, {ScoreTemperature, 35.05, 1}, {ScoreTemperature, 36.04, 1}, {ScoreTemperature, 36.06, 0},
		{ScoreTemperature, 38.04, 0}, {ScoreTemperature, 38.06, 1}, {ScoreTemperature, 39.04, 1}, {ScoreTemperature, 39.06, 2},
		{ScoreRespiration, 8.4, 3}, {ScoreRespiration, 8.5, 1}, {ScoreRespiration, 20.4, 0}, {ScoreRespiration, 20.5, 2},
		{ScoreSpO2, 91.4, 3}, {ScoreSpO2, 91.5, 2}, {ScoreSpO2, 95.4, 1}, {ScoreSpO2, 95.5, 0},
		{ScorePulse, 90.4, 0}, {ScorePulse, 90.5, 1}, {ScorePulse, 130.5, 3}, {ScoreSystolic, 219.4, 0}, {ScoreSystolic, 219.5, 3},
	} {
		set := well
		set[c.p] = c.v
		if s := score(t, false, set); s.Points[c.p] != c.points {
			t.Errorf("%v of %v: %d points, want %d", c.p, c.v, s.Points[c.p], c.points)
		}
	}
}

func TestD7_BandsAndWhatTheyCallFor(t *testing.T) {
	for total := range 21 {
		for _, single := range []bool{false, true} {
			want := LowBand
			switch {
			case total >= 7:
				want = HighBand
			case total >= 5:
				want = MediumBand
			case single:
				want = LowMediumBand
			}
			if b := BandOf(total, single); b != want {
				t.Errorf("%d, a single 3: %v is %v, want %v", total, single, b, want)
			}
		}
	}
	for _, c := range []struct {
		band             Band
		total            int
		observe, respond string
	}{
		{LowBand, 0, "12h0m0s", "0s"}, {LowBand, 1, "6h0m0s", "0s"}, {LowBand, 4, "6h0m0s", "0s"},
		{LowMediumBand, 3, "1h0m0s", "1h0m0s"}, {MediumBand, 5, "1h0m0s", "1h0m0s"}, {HighBand, 7, "0s", "30m0s"},
	} {
		if o, r := c.band.Observe(c.total), c.band.Respond(); o.String() != c.observe || r.String() != c.respond {
			t.Errorf("%v, %d: observed every %v, answered within %v", c.band, c.total, o, r)
		}
	}
}

func TestD7_WhatIsMissingIsNotNormal(t *testing.T) {
	empty := (Observations{}).Score()
	if !empty.Partial() || empty.Total != 0 || empty.Missing != 1<<Parameters-1 {
		t.Errorf("nothing is known: %+v", empty)
	}
	bad := [Parameters]float64{26, 90, 1, 85, 135, ACVPUConfusion, 39.5}
	full := score(t, false, bad)
	for p := range Parameter(Parameters) {
		s := score(t, false, bad, p)
		if s.Missing != 1<<p || !s.Missing.Has(p) || s.Points[p] != 0 || s.Total != full.Total-full.Points[p] {
			t.Errorf("without %v: %+v, with it %+v", p, s, full)
		}
	}
	// On scale 2 a high SpO2 is too much only on oxygen: without knowing that,
	// the least is nothing.
	bad[ScoreSpO2] = 98
	if s := score(t, true, bad, ScoreOxygen); s.Points[ScoreSpO2] != 0 || !s.Partial() {
		t.Errorf("98 %% on scale 2, oxygen not known: %+v", s)
	}
	if s := score(t, true, bad); s.Points[ScoreSpO2] != 3 {
		t.Errorf("98 %% on scale 2, on oxygen: %+v", s)
	}
}

func TestD7_WhatNobodyHasIsRefusedAndMissing(t *testing.T) {
	var o Observations
	for _, v := range []float64{150, 0, -1, math.NaN(), math.Inf(1)} {
		if o.Set(ScoreSpO2, 97) != nil || o.Set(ScoreSpO2, v) == nil || !o.Score().Missing.Has(ScoreSpO2) {
			t.Errorf("an SpO2 of %v was taken", v)
		}
	}
	if o.Set(Parameters, 1) == nil {
		t.Error("an eighth parameter was taken")
	}
}

func TestD7_EveryParameterHasItsMetric(t *testing.T) {
	for p := range Parameter(Parameters) {
		if back, ok := ParameterOf(p.Metric()); !ok || back != p {
			t.Errorf("%v is measured by %v, which measures %v", p, p.Metric(), back)
		}
	}
	if p, ok := ParameterOf(HeartRate); !ok || p != ScorePulse {
		t.Error("a heart rate is no pulse")
	}
	if _, ok := ParameterOf(Activity); ok {
		t.Error("activity is scored")
	}
}

// vector is one case of the collected vectors beside the project.
type vector struct {
	Name  string
	Input struct {
		RR, SpO2, SBP, HR, Temp *float64
		Scale                   int
		O2                      *bool
		ACVPU                   *string
		Age                     *float64
		Pregnant                bool
		Total                   *int
		Single3                 bool `json:"single_param_3"`
	}
	Expected struct {
		Component    string
		Score, Total *int
		Risk         string
		Components   map[string]int
		Single3      *bool `json:"single_param_3"`
		Complete     *bool
		Missing      []string
		Applicable   *bool
		Error        string
	}
}

// short are the names of the parameters in the vectors.
var short = [Parameters]string{"rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp"}

func TestD7_AllCollectedVectors(t *testing.T) {
	b, err := os.ReadFile(vectors(t))
	if err != nil {
		t.Skipf("SKIPPED: no NEWS2 vectors beside the project: the collected cases were NOT tried: %v", err)
	}
	var all []vector
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, v := range all {
		if wrong := v.play(); wrong != "" {
			t.Errorf("%s: %s", v.Name, wrong)
		} else {
			passed++
		}
	}
	t.Logf("%d of %d vectors passed", passed, len(all))
	if len(all) < 50 {
		t.Errorf("only %d vectors were found", len(all))
	}
}

// vectors finds the file: in OSMANTHUS_SHARED, or in a sibling "shared" of a
// directory above.
func vectors(t *testing.T) string {
	const name = "vectors/news2.json"
	if s := os.Getenv("OSMANTHUS_SHARED"); s != "" {
		return filepath.Join(s, name)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		s := filepath.Join(filepath.Dir(dir), "shared", name)
		if _, err := os.Stat(s); err == nil {
			return s
		}
	}
	return name
}

// play says what is wrong, "" for nothing.
func (v vector) play() string {
	in, want := v.Input, v.Expected
	if want.Applicable != nil {
		if in.Age == nil || NEWS2Applies(*in.Age, in.Pregnant) != *want.Applicable {
			return "applicability"
		}
		return ""
	}
	if in.Total != nil {
		if b := BandOf(*in.Total, in.Single3); b.String() != want.Risk {
			return "the band is " + b.String()
		}
		return ""
	}
	o := Observations{Scale2: in.Scale == 2}
	refused := false
	set := func(p Parameter, x *float64) {
		if x != nil {
			refused = o.Set(p, *x) != nil || refused
		}
	}
	set(ScoreRespiration, in.RR)
	set(ScoreSpO2, in.SpO2)
	set(ScoreSystolic, in.SBP)
	set(ScorePulse, in.HR)
	set(ScoreTemperature, in.Temp)
	if in.O2 != nil {
		on := 0.0
		if *in.O2 {
			on = 1
		}
		set(ScoreOxygen, &on)
	}
	if in.ACVPU != nil {
		level := float64(slices.Index([]string{"A", "C", "V", "P", "U"}, *in.ACVPU))
		set(ScoreConsciousness, &level)
	}
	if want.Error != "" {
		if !refused {
			return "it was taken"
		}
		return ""
	}
	got := o.Score()
	var missing []string
	points := map[string]int{}
	for p := range Parameter(Parameters) {
		points[short[p]] = got.Points[p]
		if got.Missing.Has(p) {
			missing = append(missing, short[p])
		}
	}
	slices.Sort(missing)
	slices.Sort(want.Missing)
	switch {
	case refused:
		return "a value was refused"
	case want.Total == nil || got.Total != *want.Total:
		return "the total is wrong"
	case want.Risk != "" && got.Band.String() != want.Risk:
		return "the band is " + got.Band.String()
	case want.Single3 != nil && got.Single3 != *want.Single3:
		return "a single 3 is wrong"
	case want.Complete != nil && got.Partial() == *want.Complete:
		return "whole or partial is wrong"
	case !slices.Equal(missing, want.Missing):
		return "what is missing is wrong"
	case want.Score != nil && points[want.Component] != *want.Score:
		return "the points of the component are wrong"
	}
	for name, n := range want.Components {
		if points[name] != n {
			return "the points of " + name + " are wrong"
		}
	}
	return ""
}

package eval

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// case of NEWS2 as it was collected from public test suites.
type news2Case struct {
	Device string
	Input  struct {
		RR, SpO2, SBP, HR, Temp, Age *float64
		Scale                        int
		O2                           *bool
		ACVPU                        *string
		Pregnant                     bool
		Total                        *int
		Single3                      bool `json:"single_param_3"`
	}
	Expected struct {
		Component    string
		Score, Total *int
		Risk         string
		Components   map[string]int
		Complete     *bool
		Applicable   *bool
		Error        string
	}
}

// news2 counts the collected cases that care.Observations scores as they say.
func news2(e *Eval) error {
	e.Heading("NEWS2, collected cases")
	sets, err := recordings.Find()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(sets, "..", "vectors", "news2.json"))
	if errors.Is(err, fs.ErrNotExist) {
		e.Text("The cases are not beside the project: not evaluated.")
		return nil
	}
	if err != nil {
		return err
	}
	var all []news2Case
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	type count struct{ passed, all int }
	by := map[string]*count{}
	var names []string
	for _, c := range all {
		if by[c.Device] == nil {
			by[c.Device] = &count{}
			names = append(names, c.Device)
		}
		by[c.Device].all++
		if c.passes() {
			by[c.Device].passed++
		}
	}
	slices.Sort(names)
	t := NewTable("what", "passed", "cases")
	sum := count{}
	for _, n := range names {
		t.Row(n, by[n].passed, by[n].all)
		sum.passed, sum.all = sum.passed+by[n].passed, sum.all+by[n].all
	}
	t.Row("all", sum.passed, sum.all)
	e.Table(t)
	return nil
}

func (c news2Case) passes() bool {
	in, want := c.Input, c.Expected
	switch {
	case want.Applicable != nil:
		return in.Age != nil && care.NEWS2Applies(*in.Age, in.Pregnant) == *want.Applicable
	case in.Total != nil:
		return care.BandOf(*in.Total, in.Single3).String() == want.Risk
	}
	o := care.Observations{Scale2: in.Scale == 2}
	values := [care.Parameters]*float64{in.RR, in.SpO2, nil, in.SBP, in.HR, nil, in.Temp}
	on, level := 0.0, 0.0
	if in.O2 != nil {
		if *in.O2 {
			on = 1
		}
		values[care.ScoreOxygen] = &on
	}
	if in.ACVPU != nil {
		level = float64(slices.Index([]string{"A", "C", "V", "P", "U"}, *in.ACVPU))
		values[care.ScoreConsciousness] = &level
	}
	refused := false
	for p, v := range values {
		if v != nil && o.Set(care.Parameter(p), *v) != nil {
			refused = true
		}
	}
	if refused || want.Error != "" {
		return refused && want.Error != ""
	}
	s := o.Score()
	names := []string{"rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp"}
	for p, n := range s.Points {
		if points, ok := want.Components[names[p]]; ok && points != n {
			return false
		}
		if want.Component == names[p] && want.Score != nil && *want.Score != n {
			return false
		}
	}
	return want.Total != nil && s.Total == *want.Total && (want.Risk == "" || s.Band.String() == want.Risk) &&
		(want.Complete == nil || s.Partial() != *want.Complete)
}

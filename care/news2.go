package care

import (
	"fmt"
	"math"
)

// Parameter is one row of the NEWS2 chart, in the chart's order.
type Parameter uint8

// The seven parameters of NEWS2, each with the unit in which it is set.
const (
	ScoreRespiration   Parameter = iota // breaths a minute
	ScoreSpO2                           // %
	ScoreOxygen                         // 1 with supplemental oxygen, 0 on air
	ScoreSystolic                       // mmHg
	ScorePulse                          // beats a minute
	ScoreConsciousness                  // the ACVPU scale: ACVPUAlert to ACVPUUnresponsive
	ScoreTemperature                    // degrees Celsius
	Parameters         = 7
)

// Metric returns the metric that a parameter is measured by. A pulse counted at
// the heart is as good; its plausible range is the same.
func (p Parameter) Metric() Metric {
	return [Parameters]Metric{RespiratoryRate, SpO2, Oxygen, Systolic, PulseRate, Consciousness, BodyTemperature}[p]
}

// ParameterOf returns the parameter that a metric measures.
func ParameterOf(m Metric) (Parameter, bool) {
	if m == HeartRate {
		m = PulseRate
	}
	for p := range Parameter(Parameters) {
		if p.Metric() == m {
			return p, true
		}
	}
	return 0, false
}

// String returns the name of the parameter's metric, as in "spo2".
func (p Parameter) String() string {
	if p < Parameters {
		return p.Metric().String()
	}
	return unknown("parameter", uint64(p))
}

// Observations is what NEWS2 is scored from. What was not Set is missing, and
// missing is never normal.
type Observations struct {
	// Scale2 judges SpO2 by the second scale, for a target of 88 to 92 %: only
	// where a clinician prescribed it.
	Scale2 bool

	values [Parameters]int // rounded as the chart has it; temperature in tenths
	known  [Parameters]bool
}

// Set takes the value of a parameter in its unit, rounded to the steps of the
// chart: tenths of a degree, else whole numbers. It refuses what no living
// person has; the parameter is missing then.
func (o *Observations) Set(p Parameter, v float64) error {
	if p >= Parameters {
		return fmt.Errorf("care: setting %v: NEWS2 has no such parameter", p)
	}
	o.known[p] = false
	info, _ := p.Metric().Info()
	if !info.Plausible(v) {
		return fmt.Errorf("care: setting %v: %v is not between %v and %v %s", p, v, info.Low, info.High, info.Unit)
	}
	if p == ScoreTemperature {
		v *= 10
	}
	o.values[p], o.known[p] = int(math.Round(v)), true
	return nil
}

// Score is a NEWS2 score. Where parameters are missing it is partial: Total is
// then the least that it can be.
type Score struct {
	Total   int             // 0 to 20
	Points  [Parameters]int // of each parameter, 0 for a missing one
	Missing ParameterSet    // what is not known
	Single3 bool            // one parameter alone has 3 points
	Band    Band            // of Total and Single3
}

// Partial reports whether a parameter is missing.
func (s Score) Partial() bool { return s.Missing != 0 }

// ParameterSet is a set of parameters.
type ParameterSet uint8

// Has reports whether p is in the set.
func (s ParameterSet) Has(p Parameter) bool { return s>>p&1 != 0 }

// Score applies the chart of NEWS2 (Royal College of Physicians, 2017). Its
// weights are fixed: no configuration changes them. It is not for people under
// 16 and not in pregnancy, see NEWS2Applies.
func (o Observations) Score() Score {
	var s Score
	for p := range Parameter(Parameters) {
		if !o.known[p] {
			s.Missing |= 1 << p
			continue
		}
		s.Points[p] = o.points(p)
		s.Total += s.Points[p]
		s.Single3 = s.Single3 || s.Points[p] == 3
	}
	s.Band = BandOf(s.Total, s.Single3)
	return s
}

func (o Observations) points(p Parameter) int {
	v := o.values[p]
	switch p {
	case ScoreRespiration:
		return chart(v, step{8, 3}, step{11, 1}, step{20, 0}, step{24, 2}, step{over, 3})
	case ScoreSpO2:
		switch {
		case !o.Scale2:
			return chart(v, step{91, 3}, step{93, 2}, step{95, 1}, step{over, 0})
		case v >= 93 && o.values[ScoreOxygen] == 0: // on air, or not known: the least that it can be
			return 0
		}
		return chart(v, step{83, 3}, step{85, 2}, step{87, 1}, step{92, 0}, step{94, 1}, step{96, 2}, step{over, 3})
	case ScoreOxygen:
		return chart(v, step{0, 0}, step{over, 2})
	case ScoreSystolic:
		return chart(v, step{90, 3}, step{100, 2}, step{110, 1}, step{219, 0}, step{over, 3})
	case ScorePulse:
		return chart(v, step{40, 3}, step{50, 1}, step{90, 0}, step{110, 1}, step{130, 2}, step{over, 3})
	case ScoreConsciousness:
		return chart(v, step{ACVPUAlert, 0}, step{over, 3})
	}
	return chart(v, step{350, 3}, step{360, 1}, step{380, 0}, step{390, 1}, step{over, 2}) // temperature
}

// step says how many points the values up to a border have.
type step struct{ upTo, points int }

const over = math.MaxInt

func chart(v int, steps ...step) int {
	for _, s := range steps {
		if v <= s.upTo {
			return s.points
		}
	}
	return 0
}

// NEWS2Applies reports whether the score is meant for somebody of this age in
// years: not under 16, and not in pregnancy.
func NEWS2Applies(age float64, pregnant bool) bool { return age >= 16 && !pregnant }

package eval

import (
	"encoding/json"
	"fmt"
	"math"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/forest"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/signal"
)

// fallPlace is what is fitted for one place of wearing.
type fallPlace struct {
	place recordings.Place
	rule  string
	sets  []fallSet
	midst int // variants of each recording in the midst of others
	// The borders of the model, chosen on people who were held out.
	suspect, believe, sure float64
}

// fallSet is a set of recordings, and how much it counts in the fit.
type fallSet struct {
	name          string
	read          func() ([]recordings.Trial, error)
	falls, others float64 // the weight of each
	published     string  // the best result of others on it
}

func (s *fallSet) weight(t *recordings.Trial) float64 {
	if t.Fall {
		return s.falls
	}
	return s.others
}

// fallPlaces is the one table of what the models of falls are fitted to.
// WEDA-FALL counts more: it alone holds the falls of a band as it is sold, with
// a gyroscope, beside the days of old people. The falls of SmartFallMM count less:
// their labels are noisy. In the midst of others only the wrist learns: at the
// waist it gained one fall of 300.
func fallPlaces() []fallPlace {
	return []fallPlace{
		{place: recordings.Wrist, rule: "fall-wrist/6", midst: 3, suspect: -1.5, believe: 1, sure: 3, sets: []fallSet{
			{"weda-fall", recordings.WEDA, 2, 2, "each person held out, windows, acc+gyro: recall 96.4 %, precision 94.6 %"}, {"umafall", recordings.UMAFallWrist, 1, 1, "two people held out: F1 93.3 %"}, {"hifd", recordings.HIFD, 1, 1, ""},
			{"smartfallmm", recordings.SmartFallMM, 0.3, 0.8, "each person held out, windows, acc+gyro: F1 91 to 93 %; live 83 %"}, {"hmp-wrist-adl", recordings.HMP, 1, 1, ""}}},
		{place: recordings.Waist, rule: "fall-waist/6", suspect: -1.5, believe: 1, sure: 3, sets: []fallSet{
			{"sisfall", recordings.SisFall, 1, 1, "per file, not strictly by person: accuracy 96 to 99.4 %"}, {"umafall", recordings.UMAFallWaist, 1, 1, ""}}},
	}
}

const (
	fallVariants      = 3       // of each recording, beside itself
	fallVariantWeight = 1.0 / 3 // of each
)

// fallData are the recordings of a place and the impacts in them.
type fallData struct {
	fallPlace
	trials []recordings.Trial
	cases  []fallCase
}

// readFalls reads the recordings of a place and finds their impacts.
func readFalls(p fallPlace) (*fallData, error) {
	d := &fallData{fallPlace: p}
	for _, s := range p.sets {
		trials, err := s.read()
		if err != nil {
			return nil, fmt.Errorf("eval: falls: %w", err)
		}
		for i := range trials {
			t, seed := &trials[i], uint64(len(d.trials)+i)*1000
			weight := s.weight(t)
			d.cases = append(d.cases, fallCases(t, weight)...)
			for v := range uint64(p.midst) {
				other, from := inTheMidst(t, trials, seed+500+v)
				d.cases = append(d.cases, casesWithin(&other, weight*fallVariantWeight, from, from+t.Seconds())...)
			}
			for v := range uint64(fallVariants) {
				other := vary(t, seed+v)
				d.cases = append(d.cases, fallCases(&other, weight*fallVariantWeight)...)
			}
		}
		d.trials = append(d.trials, trials...)
	}
	return d, nil
}

// fit fits a model to all cases that use wants.
func (d *fallData) fit(use func(*fallCase) bool) (*detect.FallModel, error) {
	var cases []*fallCase
	for i := range d.cases {
		if c := &d.cases[i]; use(c) {
			cases = append(cases, c)
		}
	}
	yes, no := fallWeights(cases)
	m := detect.FallModel{Rule: d.rule, Trained: "go run ./agent/cmd/osmanthus-eval train-falls", Suspect: d.suspect, Believe: d.believe, Sure: d.sure}
	for _, n := range signal.ImpactNames() {
		m.Inputs = append(m.Inputs, n.Name)
	}
	look := func(inputs func(*fallCase) *signal.ImpactFeatures, gyro bool, o forest.Opts) detect.FallTrees {
		all := make([]forest.Case, len(cases))
		for i, c := range cases {
			x := *inputs(c)
			if !gyro {
				withoutGyro(&x)
			}
			all[i] = forest.Case{Inputs: x[:], Yes: c.fall, Weight: c.weight}
			if c.fall { // as much as all others together
				all[i].Weight *= no / yes
			}
		}
		return detect.FallTrees{Forest: forest.Fit(all, o)}
	}
	first := func(c *fallCase) *signal.ImpactFeatures { return &c.first }
	second := func(c *fallCase) *signal.ImpactFeatures { return &c.second }
	short := forest.DefaultOpts
	short.Bags, short.Trees = 1, 100
	m.First = detect.FallLook{Acc: look(first, false, short), Gyro: look(first, true, short)}
	m.Second = detect.FallLook{Acc: look(second, false, forest.DefaultOpts), Gyro: look(second, true, forest.DefaultOpts)}
	m.Wave = fallNetworks(cases, &m.First)
	b, err := json.Marshal(m) // with the digits of the file, so that all figures are those of files
	if err != nil {
		return nil, fmt.Errorf("eval: writing a model of falls: %w", err)
	}
	return detect.ParseFallModel(b)
}

// fallWeights are what falls and all else weigh.
func fallWeights(cases []*fallCase) (yes, no float64) {
	for _, c := range cases {
		if c.fall {
			yes += c.weight
		} else {
			no += c.weight
		}
	}
	return yes, no
}

// withoutGyro forgets what only a gyroscope tells.
func withoutGyro(f *signal.ImpactFeatures) {
	for i := signal.ImpactIndex("rise"); i < len(f); i++ {
		f[i] = math.NaN()
	}
}

package detect

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"

	"osmanthus/agent/signal"
)

// FallModel says how much an impact looks like a fall. It looks twice: at what
// is known 1.5 s after the impact, to suspect, and at what is known 4 s after
// it, to believe. models/README.md is its card.
type FallModel struct {
	Rule    string   `json:"rule"`    // and its version, as in "fall-wrist/6"
	Trained string   `json:"trained"` // by which command on what
	Inputs  []string `json:"inputs"`  // the names of the features, in order
	// Logits: from Suspect on the first look suspects a fall, below Believe the
	// second look clears it, from Sure on it confirms it at once.
	Suspect float64  `json:"suspect"`
	Believe float64  `json:"believe"`
	Sure    float64  `json:"sure"`
	First   FallLook `json:"first"`
	Second  FallLook `json:"second"`
	// Wave are networks over the whole impact, beside the second look.
	Wave []FallNetwork `json:"wave"`
	hash string        // of all this
}

// FallLook is the model of one look.
type FallLook struct {
	Acc  FallTrees `json:"acc"`  // by acceleration alone
	Gyro FallTrees `json:"gyro"` // with angular rate, beside Acc
}

// fallWaveShare is how much the networks count in the second look.
const fallWaveShare = 0.75

// FallTrees are boosted trees that are written as rows of numbers: 7 features,
// 7 borders, the bits of what is missing, 8 leaves.
type FallTrees struct{ signal.Forest }

const fallRow = 7 + 7 + 1 + 8

// MarshalJSON writes the trees in rows, with five digits.
func (f FallTrees) MarshalJSON() ([]byte, error) {
	out := fmt.Appendf(nil, `{"base":%.5g,"trees":[`, f.Base)
	for i := range f.Trees {
		t := &f.Trees[i]
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, "\n["...)
		for _, v := range t.Feature {
			out = fmt.Appendf(out, "%d,", v)
		}
		for _, v := range t.Border {
			out = fmt.Appendf(out, "%.5g,", v)
		}
		out = fmt.Appendf(out, "%d", t.Missing)
		for _, v := range t.Leaves {
			out = fmt.Appendf(out, ",%.5g", v)
		}
		out = append(out, ']')
	}
	return append(out, "]}"...), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *FallTrees) UnmarshalJSON(b []byte) error {
	var raw struct {
		Base  float64     `json:"base"`
		Trees [][]float64 `json:"trees"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	f.Base, f.Trees = raw.Base, make([]signal.Tree, len(raw.Trees))
	for i, row := range raw.Trees {
		t := &f.Trees[i]
		if len(row) != fallRow {
			return fmt.Errorf("tree %d has %d numbers, want %d", i, len(row), fallRow)
		}
		for k, v := range row[:7] {
			if !(v >= 0 && v < float64(len(signal.ImpactFeatures{})) && v == math.Trunc(v)) {
				return fmt.Errorf("tree %d asks for feature %v", i, v)
			}
			t.Feature[k] = uint8(v)
		}
		copy(t.Border[:], row[7:14])
		t.Missing = uint8(row[14])
		copy(t.Leaves[:], row[15:])
	}
	return nil
}

// ParseFallModel reads a model, and checks that it looks at the features that
// there are.
func ParseFallModel(b []byte) (*FallModel, error) {
	m := &FallModel{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("detect: reading a fall model: %w", err)
	}
	names := signal.ImpactNames()
	same := len(m.Inputs) == len(names)
	for i := 0; same && i < len(names); i++ {
		same = m.Inputs[i] == names[i].Name
	}
	switch {
	case !same:
		return nil, errors.New("detect: reading a fall model: its inputs are not the features of this version: train it anew")
	case m.Rule == "" || !(m.Suspect <= m.Sure && m.Believe <= m.Sure):
		return nil, errors.New("detect: reading a fall model: it has no rule, or its borders are out of order")
	case len(m.Wave) == 0:
		return nil, errors.New("detect: reading a fall model: it has no network: train it anew")
	case len(m.First.Acc.Trees) == 0 || len(m.First.Gyro.Trees) == 0 || len(m.Second.Acc.Trees) == 0 || len(m.Second.Gyro.Trees) == 0:
		return nil, errors.New("detect: reading a fall model: a look has no trees")
	}
	m.hash = ruleHash(m.Rule, fallLimits(m, m.Believe), b)
	return m, nil
}

// Logit says how much features of a look are like those of a fall. Where there
// is angular rate both models speak: gyroscopes that no model has seen are
// judged better so.
func (l *FallLook) Logit(f *signal.ImpactFeatures) float64 {
	if g := f[spinIn]; g == g {
		return (l.Acc.Value(f[:]) + l.Gyro.Value(f[:])) / 2
	}
	return l.Acc.Value(f[:])
}

// believe says how much what a second look found is like a fall, by trees and
// networks.
func (m *FallModel) believe(f *signal.ImpactFeatures, w *signal.ImpactWave) float64 {
	seen := 0.0
	for i := range m.Wave {
		seen += m.Wave[i].Value(w[:], signal.WaveLength) / float64(len(m.Wave))
	}
	return (1-fallWaveShare)*m.Second.Logit(f) + fallWaveShare*seen
}

//go:embed models/fall-wrist.json models/fall-waist.json
var fallFiles embed.FS

// The models that are shipped, each read when it is first needed.
var (
	wristModel = sync.OnceValue(func() *FallModel { return shipped("models/fall-wrist.json") })
	waistModel = sync.OnceValue(func() *FallModel { return shipped("models/fall-waist.json") })
)

// shipped reads a model that is part of the program: a test reads both, so it
// cannot fail in a home.
func shipped(name string) *FallModel {
	b, err := fallFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	m, err := ParseFallModel(b)
	if err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	return m
}

func confidence(logit float64) float64 { return 1 / (1 + math.Exp(-logit)) }

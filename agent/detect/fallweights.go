package detect

import (
	"math"

	"osmanthus/agent/signal"
)

// fallModel is a logistic regression over the features of an impact: a sum of
// weights that a person can read. Its output is a logit: 0 is even odds on
// recordings with as many falls as other impacts.
//
// The weights come from TestTrainFall; docs/detection.md says on whose
// recordings, and how people who were held out fared.
type fallModel struct {
	rule    string
	suspect float64 // logit from which an impact is suspected to be a fall
	bias    float64
	weights [fallInputs]float64
}

// wristModel was fitted to WEDA-FALL (Marques and Moreno, Sensors 2023),
// waistModel to SisFall (Sucerquia et al., Sensors 2017).
var (
	wristModel = fallModel{rule: "fall-wrist/1", suspect: 0, bias: -12.7481, weights: [fallInputs]float64{
		1.4668,  // peak
		-1.0341, // dip
		-6.9724, // fall
		-4.2062, // work
		3.6063,  // turn
		-0.0655, // rest
		-1.3978, // sway
		-0.1778, // before
		-0.0821, // beats
		0.9756,  // sharp
		2.1494,  // after
		5.7656,  // thud
		0.3994,  // wide
		0.2948,  // swing
	}}
	waistModel = fallModel{rule: "fall-waist/1", suspect: 0.5, bias: -14.7889, weights: [fallInputs]float64{
		1.4157,  // peak
		2.2090,  // dip
		-1.7019, // fall
		-2.6558, // work
		5.8070,  // turn
		-0.1662, // rest
		-0.1133, // sway
		0.1474,  // before
		-0.1703, // beats
		-0.0275, // sharp
		-0.0728, // after
		4.7456,  // thud
		2.1854,  // wide
		2.6110,  // swing
	}}
)

// fallInputs is the number of inputs; fallNames names them, in order.
const fallInputs = 14

var fallNames = [fallInputs]string{
	"peak", "dip", "fall", "work", "turn", "rest", "sway", "before", "beats", "sharp", "after", "thud", "wide", "swing",
}

// inputs brings features into the range where a straight line serves them.
func inputs(f signal.ImpactFeatures) [fallInputs]float64 {
	log := func(v float64) float64 { return math.Log(max(v, 0) + 0.01) }
	return [fallInputs]float64{
		log(f.Peak), f.Dip, f.Fall, f.Work, min(f.Turn, 120) / 90, log(f.Rest), log(f.Sway),
		log(f.Before), min(f.Beats, 8), log(f.Sharp), log(f.After), log(f.Thud), f.Wide, f.Swing,
	}
}

func (m fallModel) logit(f signal.ImpactFeatures) float64 {
	z := m.bias
	for i, v := range inputs(f) {
		z += m.weights[i] * v
	}
	return z
}

func confidence(logit float64) float64 { return 1 / (1 + math.Exp(-logit)) }

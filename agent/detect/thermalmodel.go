package detect

import "math"

// thermalInputs is how many figures of a picture the model weighs.
const thermalInputs = 4

// ThermalModel is a logistic regression over the figures of a thermal picture.
// The last weight is the constant.
type ThermalModel struct {
	Weights [thermalInputs + 1]float64
}

// ThermalFigures are what the model looks at, of the last half second.
type ThermalFigures struct {
	Upper float64 // warmth in the upper half: the sum of its pixels above the background, °C
	Low   float64 // the middle of all warmth: row 0 is the top, 3 the bottom
	Floor float64 // the share of the bottom row
	Drop  float64 // how many rows the middle sank within the last 6 s
}

// Inputs are the figures as the model takes them: in about -1 to 1.
func (f ThermalFigures) Inputs() [thermalInputs]float64 {
	return [thermalInputs]float64{math.Log(0.1+f.Upper) / 2, f.Low - 2, 2*f.Floor - 1, f.Drop - 1}
}

// logit is how sure the model is: 0 is undecided.
func (m *ThermalModel) logit(f ThermalFigures) float64 {
	z := m.Weights[thermalInputs]
	for i, v := range f.Inputs() {
		z += m.Weights[i] * v
	}
	return z
}

// thermalModel was fitted to the open clips of the thermal set by
// TestFitThermal of agent/eval; its card is in thermal.md.
var thermalModel = ThermalModel{Weights: [thermalInputs + 1]float64{-3.5213, 2.6606, 1.0743, 0.5039, -3.4908}}

// ShippedThermalModel is the model of every array without one of its own.
func ShippedThermalModel() ThermalModel { return thermalModel }

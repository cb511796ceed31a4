package eval

import (
	"fmt"
	"strings"
	"testing"

	"osmanthus/agent/eval/recordings"
)

// TestFitThermal prints the model of agent/detect/thermalmodel.go. It is run by
// hand:
//
//	go test ./agent/eval -run TestFitThermal -fit -v
func TestFitThermal(t *testing.T) {
	if !*fit {
		t.Skip("run with -fit to fit the model anew")
	}
	m := FitThermal(recordings.Read(t, recordings.ThermalD6T))
	var all []string
	for _, w := range m.Weights {
		all = append(all, fmt.Sprintf("%.4f", w))
	}
	t.Logf("\nvar thermalModel = ThermalModel{Weights: [thermalInputs + 1]float64{%s}}\n", strings.Join(all, ", "))
}

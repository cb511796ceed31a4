package eval

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
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

func TestD2_TheThermalModelIsWhatItsProgramFits(t *testing.T) {
	clips := recordings.Read(t, recordings.ThermalD6T)
	have, want := detect.ShippedThermalModel(), FitThermal(clips)
	for i, w := range want.Weights {
		if math.Abs(have.Weights[i]-w) > 1e-3 {
			t.Errorf("weight %d is %v, fitted anew %v", i, have.Weights[i], w)
		}
	}
	var falls, found, others, quiet int
	for _, c := range clips {
		if len(c.Frames) < 2 {
			continue
		}
		out, err := PlayClip(c, replay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		raised := len(Raised(out.Alerts, care.Fall)) > 0
		switch {
		case c.Fall && raised:
			found++
		case !c.Fall && !raised:
			quiet++
		}
		if c.Fall {
			falls++
		} else {
			others++
		}
	}
	// These are the clips that it was fitted to: less than the goals is a break.
	if float64(found) < 0.95*float64(falls) || float64(quiet) < 0.91*float64(others) {
		t.Errorf("%d of %d falls were found, %d of %d others quiet", found, falls, quiet, others)
	}
}

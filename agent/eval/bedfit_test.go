package eval

import (
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"osmanthus/agent/eval/recordings"
)

var fit = flag.Bool("fit", false, "fit the models of beds to all open recordings and print them")

// TestFitBed prints the models of agent/detect/bedmatrixweights.go and
// bedwearweights.go. It is run by hand:
//
//	go test ./agent/eval -run TestFitBed -fit -v
func TestFitBed(t *testing.T) {
	if !*fit {
		t.Skip("run with -fit to fit the models anew")
	}
	m := FitMatrix(recordings.Read(t, recordings.FSRMattress))
	var b strings.Builder
	fmt.Fprintf(&b, "var matrixModel = MatrixModel{\n\tOccupied: [matrixCells + 1]float64{%s},\n\tPosture: [4][matrixCells + 1]float64{\n", numbers(m.Occupied[:]))
	for k, name := range []string{"back", "left", "right", "stomach"} {
		fmt.Fprintf(&b, "\t\t{%s}, // %s\n", numbers(m.Posture[k][:]), name)
	}
	b.WriteString("\t},\n}\n\nvar wearModel = WearModel{Trees: []WearTree{\n")
	for _, tree := range FitWear(recordings.Read(t, recordings.UCI427)).Trees {
		fmt.Fprintf(&b, "\t{[3]uint8{%d, %d, %d}, [3]float64{%s}, [4]float64{%s}},\n",
			tree.Input[0], tree.Input[1], tree.Input[2], limits(tree.Limit[:]), limits(tree.Leaf[:]))
	}
	b.WriteString("}}\n")
	t.Logf("\n%s", b.String())
}

func numbers(v []float64) string {
	var all []string
	for _, x := range v {
		all = append(all, fmt.Sprintf("%.4f", x))
	}
	return strings.Join(all, ", ")
}

// limits prints numbers in full.
func limits(v []float64) string {
	var all []string
	for _, x := range v {
		if x == math.MaxFloat64 {
			all = append(all, "math.MaxFloat64")
		} else {
			all = append(all, fmt.Sprint(x))
		}
	}
	return strings.Join(all, ", ")
}

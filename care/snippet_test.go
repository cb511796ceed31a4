package care

import (
	"math"
	"testing"
)

func TestQuantiseKeepsValuesToHalfAStep(t *testing.T) {
	for name, values := range map[string][]float64{
		"acceleration":         {0.01, -0.98, 0.12, 15.9, -15.9, math.NaN(), 1},
		"light on a large sum": {201_000, 201_050.5, 200_900, 201_001},
		"a range too wide":     {-1e9, 0, 1e9},
		"one value":            {36.6},
		"nothing measured":     {math.NaN(), math.Inf(1)},
		"nothing":              {},
	} {
		c := Quantise(values, 1.0/64)
		if len(c.Counts) != len(values) {
			t.Fatalf("%s: %d counts", name, len(c.Counts))
		}
		for i, v := range values {
			got := c.Value(i)
			if hole := math.IsNaN(v) || math.IsInf(v, 0); hole != math.IsNaN(got) || !hole && math.Abs(got-v) > c.Scale/2*1.0001 {
				t.Errorf("%s: %v became %v in steps of %v", name, v, got, c.Scale)
			}
		}
	}
}

func TestChannelsHaveNamesAndUnits(t *testing.T) {
	for _, c := range []struct {
		kind       BlockKind
		i, n       int
		name, unit string
	}{
		{IMU, 0, 3, "ax", "[g]"}, {IMU, 5, 6, "gz", "deg/s"}, {IMU, 6, 7, "c07", ""},
		{PPG, 0, 1, "ir", "{count}"}, {PPG, 0, 2, "red", "{count}"}, {PPG, 2, 3, "c03", ""},
		{BedLoad, 0, 1, "load", ""}, {Breathing, 0, 1, "breathing", ""},
		{BedMatrix, 15, 16, "f16", "{count}"}, {Thermal, 0, 16, "p01", "Cel"}, {99, 0, 1, "c01", ""},
	} {
		if name, unit := c.kind.Channel(c.i, c.n); name != c.name || unit != c.unit {
			t.Errorf("%v %d of %d: %q in %q", c.kind, c.i, c.n, name, unit)
		}
	}
}

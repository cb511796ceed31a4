package signal

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// curveVector is a ratio, and the saturation that the sensor's maker gives it.
type curveVector struct {
	Name  string
	Input struct {
		Ratio float64 `json:"ratio_of_ratios"`
	}
	Expected, Tolerance struct {
		SpO2 float64 `json:"spo2_pct"`
	}
}

func TestVectorsOfTheOxygenCurve(t *testing.T) {
	passed, all := 0, curveVectors(t)
	for _, v := range all {
		got := SpO2Curve(v.Input.Ratio)
		if math.Abs(got-v.Expected.SpO2) > v.Tolerance.SpO2 {
			t.Errorf("%s: %v %%, want %v", v.Name, got, v.Expected.SpO2)
			continue
		}
		passed++
	}
	if len(all) == 0 {
		t.Error("no vectors")
	}
	t.Logf("sensors.json spo2-curve: %d/%d", passed, len(all))
}

// curveVectors reads them from the folder shared beside the project, or from
// OSMANTHUS_SHARED.
func curveVectors(t *testing.T) (found []curveVector) {
	t.Helper()
	dir := os.Getenv("OSMANTHUS_SHARED")
	for up, _ := os.Getwd(); dir == "" && up != filepath.Dir(up); up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, "shared", "vectors")); err == nil {
			dir = filepath.Join(up, "shared")
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "vectors", "sensors.json"))
	if err != nil {
		t.Skipf("SKIPPED: the vectors beside the project cannot be read: %v", err)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		var device struct{ Device string }
		var v curveVector
		if err := json.Unmarshal(one, &device); err != nil {
			t.Fatal(err)
		} else if device.Device != "spo2-curve" {
			continue
		} else if err := json.Unmarshal(one, &v); err != nil {
			t.Fatal(err)
		}
		found = append(found, v)
	}
	return found
}

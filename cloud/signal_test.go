package cloud

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

func TestD10_ThePageGetsNumbersWithUnitsAndTimes(t *testing.T) {
	start := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	imu := signal(&care.Snippet{Kind: care.IMU, Start: start, Rate: 25, Channels: []care.SnippetChannel{
		care.Quantise([]float64{0.5, math.NaN(), -1.25}, 1.0/64), care.Quantise([]float64{1, 1, 1}, 1.0/64), care.Quantise([]float64{0, 0, 0}, 1.0/64)}})
	b, err := json.Marshal(imu)
	want := `{"start":"2026-03-01T02:00:00Z","rate":25,"offsets":[],"channels":[{"name":"ax","unit":"[g]","values":[0.5,null,-1.25]},` +
		`{"name":"ay","unit":"[g]","values":[1,1,1]},{"name":"az","unit":"[g]","values":[0,0,0]}]}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
	heart := signal(&care.Snippet{Metric: care.HeartRate, Start: start, Offsets: []uint32{0, 5000}, Channels: []care.SnippetChannel{care.Quantise([]float64{61.3, 131.7}, 0.1)}})
	if c := heart.Channels[0]; c.Name != "heart_rate" || c.Unit != "/min" || *c.Values[1] != 131.7 || heart.Offsets[1] != 5 {
		t.Errorf("%+v", heart)
	}
	if signal(nil) != nil || signal(&care.Snippet{}) != nil {
		t.Error("no signal is drawn as one")
	}
}

func TestD10_EveryKindOfAlertHasItsNameInTheAPI(t *testing.T) {
	for k := care.Fall; k <= care.Drift; k++ {
		want := k.String()
		if k == care.BedEnter {
			want = "other" // never an alert
		}
		if got := kind(k); got != want {
			t.Errorf("%v is called %q", k, got)
		}
	}
	if kind(200) != "other" || kind(0) != "other" {
		t.Error("a kind to come has a name")
	}
}

package eval

import (
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// TestFallsAreFoundWhereTheRateDoubles: a band that slept at half its rate wakes
// up in the middle of a recording. (The models were fitted to these people.)
func TestFallsAreFoundWhereTheRateDoubles(t *testing.T) {
	falls, found := 0, 0
	for i, r := range recordings.Read(t, recordings.WEDA) {
		if !r.Fall || i%5 > 0 {
			continue
		}
		names := []string{"t", "ax", "ay", "az"}
		p := replay.Recording{Name: r.File}
		for _, n := range names {
			p.Columns = append(p.Columns, replay.Column{Name: n})
		}
		for k := range r.Acc[0] {
			if k < len(r.Acc[0])/2 && k%2 > 0 {
				continue
			}
			for c, v := range []float64{float64(k) / r.Rate, r.Acc[0][k], r.Acc[1][k], r.Acc[2][k]} {
				p.Columns[c].Values = append(p.Columns[c].Values, v)
			}
		}
		heard, err := replay.Play("imu-wrist", p, replay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if falls++; len(Raised(heard.Alerts, care.Fall)) > 0 {
			found++
		}
	}
	t.Logf("%d of %d falls found", found, falls)
	if found*100 < falls*95 {
		t.Error("a rate that changes hides falls")
	}
}

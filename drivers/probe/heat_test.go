package probe

import (
	"encoding/json"
	"math"
	"testing"
)

// An array may have pixels without a value, and JSON has no word for them.
func TestAPictureWithHolesIsPrinted(t *testing.T) {
	hole := math.NaN()
	var l Line
	picture(&l, []float64{hole, 21, 24, hole, 30, hole}, 3, 35)
	if _, err := json.Marshal(l); err != nil {
		t.Fatal(err)
	}
	for i, want := range []Reading{
		{Metric: "picture_coldest", Value: 21, Text: "row 1 of 2, column 2 of 3"},
		{Metric: "picture_mean", Value: 25},
		{Metric: "picture_warmest", Value: 30, Text: "row 2 of 2, column 2 of 3"},
	} {
		if l.Readings[i] != want {
			t.Errorf("%+v, want %+v", l.Readings[i], want)
		}
	}
	var none Line
	if picture(&none, []float64{hole, hole}, 2, 35); len(none.Readings) > 0 {
		t.Errorf("%+v", none)
	}
}

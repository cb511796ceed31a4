package api

import (
	"io"
	"slices"
	"testing"
	"time"
)

// week is how much of the week each resident wore a band.
type week map[string]float64

// Latest implements latest.
func (w week) Latest(resident string) []Reading {
	v, ok := w[resident]
	if !ok {
		return nil
	}
	return []Reading{{Metric: "worn_week", Value: v, Quality: 100, At: time.Now().Add(-40 * time.Minute)}}
}

// Who has a band and hardly wears it is listed, the least worn first; who has
// none is not.
func TestB6_WhoHardlyWearsTheBandIsListed(t *testing.T) {
	d := (&desk{}).deps(io.Discard)
	d.Latest = week{"r1": 49, "r2": 50, "r3": 3, "r4": 100}
	b, err := New(d, Opts{}).board(t.Context(), []Resident{{ID: "r1"}, {ID: "r2"}, {ID: "r3"}, {ID: "r4"}, {ID: "r5"}})
	if err != nil || !slices.Equal(b.LittleWorn, []string{"r3", "r1"}) {
		t.Errorf("%v, %v", b.LittleWorn, err)
	}
	if s := b.Residents[0].Signs; len(s) != 1 || *s[0].Value != 49 || s[0].Stale {
		t.Errorf("%+v", s)
	}
}

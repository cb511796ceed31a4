package api

import (
	"io"
	"slices"
	"testing"
	"time"
)

// week is how much of the week each resident wore a band.
type week map[string]struct {
	worn float64
	ago  time.Duration // when it was said
}

// Latest implements latest.
func (w week) Latest(resident string) []Reading {
	v, ok := w[resident]
	if !ok {
		return nil
	}
	return []Reading{{Metric: "worn_week", Value: v.worn, Quality: 100, At: time.Now().Add(-v.ago)}}
}

// Who has a band and hardly wears it is listed, the least worn first; who has
// none, or of whom nothing was heard for a day, is not.
func TestB6_WhoHardlyWearsTheBandIsListed(t *testing.T) {
	d := (&desk{}).deps(io.Discard)
	d.Latest = week{"r1": {49, 40 * time.Minute}, "r2": {50, 0}, "r3": {3, 23 * time.Hour}, "r4": {100, 0}, "r6": {3, 25 * time.Hour}}
	b, err := New(d, Opts{}).board(t.Context(), []Resident{{ID: "r1"}, {ID: "r2"}, {ID: "r3"}, {ID: "r4"}, {ID: "r5"}, {ID: "r6"}})
	if err != nil || !slices.Equal(b.LittleWorn, []string{"r3", "r1"}) {
		t.Errorf("%v, %v", b.LittleWorn, err)
	}
	if s := b.Residents[0].Signs; len(s) != 1 || *s[0].Value != 49 || s[0].Stale {
		t.Errorf("%+v", s)
	}
}

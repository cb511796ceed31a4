package signal

import (
	"testing"
	"time"

	"osmanthus/care"
)

func TestContinuity(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		at   float64 // of a block after one of 1 s at 0
		gap  bool
		want Follow
	}{
		{"in time", 1, false, Joined},
		{"a little late", 1.2, false, Joined},
		{"a little early", 0.8, false, Joined},
		{"in time, but samples were lost", 1, true, Broken},
		{"late", 1.5, false, Broken},
		{"the same again", 0, false, Repeats},
		{"an older one", -5, false, Repeats},
		{"a clock that was set back", -3600, false, Broken},
		{"a clock that was set back a little, as the sensing says", -3, true, Broken},
		{"a clock that was set forward", 3600, false, Broken},
	} {
		var k Continuity
		block := func(at float64, gap bool) *care.Block {
			return &care.Block{Start: start.Add(time.Duration(at * float64(time.Second))), Rate: 50, Gap: gap, Channels: [][]float64{make([]float64, 50)}}
		}
		if k.Next(block(0, false)) != Broken {
			t.Error("the first block goes on from something")
		}
		if got := k.Next(block(c.at, c.gap)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

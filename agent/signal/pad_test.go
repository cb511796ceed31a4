package signal

import (
	"math"
	"testing"
)

func TestPadEveryStateAndLevel(t *testing.T) {
	const empty, between, full = 0.3, 1.2, 2.4
	for _, c := range []struct {
		name   string
		levels []float64 // each for 3 s
		in     bool
		known  bool
		turns  int // how often Push said that something changed
	}{
		{"unknown, between", []float64{between}, false, false, 0},
		{"unknown, empty", []float64{empty}, false, true, 1},
		{"unknown, full", []float64{full}, true, true, 1},
		{"empty, between", []float64{empty, between}, false, true, 1},
		{"empty, full", []float64{empty, full}, true, true, 2},
		{"full, between", []float64{full, between}, true, true, 1},
		{"full, empty", []float64{full, empty}, false, true, 2},
		{"full, no number", []float64{full, math.NaN()}, true, true, 1},
	} {
		p, turns := NewPad(PadOn, PadOff, PadIn, PadOut), 0
		for _, v := range c.levels {
			for range 48 {
				if p.Push(v, 1.0/16) {
					turns++
				}
			}
		}
		if in, known := p.Occupied(); in != c.in || known != c.known || turns != c.turns {
			t.Errorf("%s: in %v, known %v, %d turns; want %v, %v, %d", c.name, in, known, turns, c.in, c.known, c.turns)
		}
	}
}

func TestAKickIsNoExit(t *testing.T) {
	p := NewPad(PadOn, PadOff, PadIn, PadOut)
	for range 100 {
		p.Push(2.4, 0.1)
	}
	for i := range 1000 {
		v := 2.4
		if i%20 < 8 { // 0.8 s without load, again and again
			v = 0.3
		}
		if p.Push(v, 0.1) {
			t.Fatalf("out after %d steps", i)
		}
	}
}

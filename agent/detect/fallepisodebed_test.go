package detect

import (
	"testing"

	"osmanthus/care"
)

// TestD2_ABedThatIsHeardByRadioEndsTheLongLie: it says when it changes, and
// every ten minutes.
func TestD2_ABedThatIsHeardByRadioEndsTheLongLie(t *testing.T) {
	radio := func(w *flat, seconds, bed float64) {
		for end := w.now + seconds; w.now < end; {
			w.says("bed", bed)
			w.wait(min(600, end-w.now))
		}
	}
	for _, c := range []struct {
		name string
		then func(w *flat)
		want string
	}{
		{"helped to bed", func(w *flat) { w.wait(90); radio(w, 4000, 1) }, suspected + " " + confirmed},
		{"helped to bed after five minutes", func(w *flat) { w.wait(310); w.says("bed", 1); w.wait(60) }, suspected + " " + confirmed + " " + lies + " " + liesNot},
		{"sits down on it and falls again", func(w *flat) { w.wait(90); w.says("bed", 1); w.wait(20); w.says("bed", 0); w.wait(250) }, suspected + " " + confirmed + " " + lies},
	} {
		w := newFlat(t, FallPolicy{})
		w.says("bed", 0)
		w.falls()
		c.then(w)
		if w.said() != c.want {
			t.Errorf("%s: %s, want %s", c.name, w.said(), c.want)
		}
	}

	w := newFlat(t, FallPolicy{}) // its last word was of the time before the fall
	w.says("bed", 1)
	w.wait(300)
	w.falls()
	w.wait(400)
	w.want(suspected + " " + confirmed + " " + lies)

	w = newFlat(t, FallPolicy{})
	w.push("care")
	w.wait(60)
	w.falls()
	w.wait(60)
	w.says("bed", 1) // helped to bed during care, said once
	w.wait(60)
	w.push("care")
	w.want(suspected + " " + cleared)
}

// TestTheWordOfABedWithAWaveformIsTornWithIt: what was between is not known.
func TestTheWordOfABedWithAWaveformIsTornWithIt(t *testing.T) {
	for _, waves := range []bool{true, false} {
		w := bedWord{source: "bed", waves: waves}
		for _, at := range []float64{100, 300} {
			w.say(care.NewReading("r-1", "bed", care.BedOccupancy, 1, 100, after(at)))
		}
		if _, lain := w.lain(after(301)); lain == waves {
			t.Errorf("with a waveform %v: lain %v", waves, lain)
		}
	}
	w := newFlat(t, FallPolicy{})
	w.says("bed", 0)
	w.falls()
	w.wait(60)
	w.says("bed", 1)
	w.take(w.engine.Block(&care.Block{Source: "bed", Resident: "r-1", Kind: care.BedLoad, Rate: 16, Start: after(w.now), Channels: [][]float64{make([]float64, 16)}}))
	w.wait(20) // its block is torn: who knows who was in it
	w.wait(100)
	w.says("bed", 1)
	w.says("bed", 0)
	w.wait(130)
	w.want(suspected + " " + confirmed + " " + lies)
}

// TestABedOfAnEarlierClockEndsNoLongLie: what it said before the clock was set
// is of before.
func TestABedOfAnEarlierClockEndsNoLongLie(t *testing.T) {
	for _, jump := range []float64{-200, -3600, 3600} {
		w := newFlat(t, FallPolicy{})
		w.says("bed", 1)
		w.wait(60)
		w.falls()
		w.now += jump
		w.wait(310)
		if w.said() != suspected+" "+confirmed+" "+lies {
			t.Errorf("set by %v s: %s", jump, w.said())
		}
	}
}

package detect

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

// FuzzFallEpisodes plays anything: what detectors say in any order, buttons,
// badges, beds, blocks, a clock that jumps, restarts. Whatever happens, a fall
// that was suspected is confirmed or cleared in the end, and nothing grows.
func FuzzFallEpisodes(f *testing.F) {
	f.Add([]byte{9, 9, 0, 9, 1})
	f.Add([]byte{6, 0, 1, 9, 9, 13, 9, 6, 7, 7})
	f.Add([]byte("0AY00+88.")) // a restart right after the clock was set back
	f.Add([]byte{0, 16, 1, 12, 0, 32, 1, 3, 10, 9, 11, 9, 14, 15, 1, 5})
	f.Fuzz(func(t *testing.T, events []byte) {
		w := newFlat(t, FallPolicy{WellWindow: 10 * time.Second})
		w.now = 10
		undecided := map[care.Episode]bool{}
		for _, e := range events[:min(len(events), 300)] {
			w.happens(e)
			if len(w.d.falls) > episodeMax || len(w.d.readings) > 100 {
				t.Fatalf("it grows: %d falls, %d readings", len(w.d.falls), len(w.d.readings))
			}
		}
		for range 2 * 20 * 60 { // care, if there is any, ends within 15 min
			w.wait(0.5)
		}
		for _, a := range w.alerts {
			switch {
			case a.Kind == care.Fall && a.State == care.Suspected:
				undecided[a.Episode] = true
			case a.Kind == care.Fall:
				delete(undecided, a.Episode)
			}
			if a.Kind == care.LongLie && a.Priority != care.High {
				t.Errorf("a long lie of %v priority", a.Priority)
			}
		}
		if len(undecided) > 0 {
			t.Errorf("%d falls were suspected, and neither confirmed nor cleared: %s", len(undecided), w.said())
		}
	})
}

// happens lets one of sixteen things happen, in one of sixteen ways.
func (w *flat) happens(e byte) {
	how := float64(e >> 4)
	onset := math.Floor(w.now/20)*20 - how
	switch e % 16 {
	case 0:
		w.detects(care.Suspected, onset)
	case 1:
		w.detects(care.Confirmed, onset)
	case 2:
		w.detects(care.Cleared, onset)
	case 3:
		w.push("well")
	case 4:
		w.says("well", how)
	case 5:
		w.says("bed", math.Mod(how, 2))
	case 6:
		w.push("care")
	case 7:
		w.says("badge", math.Mod(how, 2))
	case 8:
		w.says("cord", math.Mod(how, 4))
	case 9:
		w.wait(how * how)
	case 10:
		w.wait(20 * how)
	case 11:
		w.now += 1000 * (how - 8) // the clock is set
	case 12:
		w.says("well", math.NaN())
	case 13:
		w.moves(how/2, func(t float64) (x, y, z float64) { return hum(int(t * 50)), 1e9 * how, math.NaN() })
	case 14:
		w.restart()
	case 15:
		w.take(w.engine.Reading(care.Reading{Resident: "r-1", Source: "bed", Metric: care.BedOccupancy, Value: 1, Quality: 100, At: after(-how * 1e6)}))
	}
}

// restart saves and loads the falls in place.
func (w *flat) restart() {
	raw, err := json.Marshal(w.d.save())
	if err == nil {
		err = w.d.load(raw, outage{})
	}
	if err != nil {
		w.t.Errorf("what was saved is not loaded: %v", err)
	}
}

func BenchmarkFallEpisodesBlock(b *testing.B) {
	w := newFlat(b, FallPolicy{})
	block := ramp(0, 0.5, 50)
	at := 0.0
	b.ReportAllocs()
	for b.Loop() {
		block.Start = after(at)
		at += 0.5
		w.d.Block(block)
	}
}

package detect

import (
	"math"
	"testing"

	"osmanthus/care"
)

// wristband is a wrist with light and acceleration of its own; what is not said is
// the usual.
type wristband struct {
	dark     bool    // no skin before it
	dead     bool    // light without a pulse
	broken   bool    // light is no number
	moves    bool    // the arm swings
	senseOff bool    // acceleration is missing
	skip     float64 // seconds that are lost before
	again    bool    // the same second comes once more
}

// live plays a number of seconds of it from a time on, and returns the time at
// which it ends.
func (b wristband) live(h *home, from float64, seconds int) float64 {
	from += b.skip
	for s := range seconds {
		at := from + float64(s)
		imu := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: 50, Start: after(at), Channels: make([][]float64, 3)}
		ppg := care.Block{Source: "s-1", Resident: "r-1", Kind: care.PPG, Rate: 50, Start: after(at), Channels: make([][]float64, 1)}
		for i := range 50 {
			t := at + 7200 + float64(i)/50
			swing := 0.0
			if b.moves {
				swing = math.Sin(2 * math.Pi * 1.3 * t)
			}
			imu.Channels[0] = append(imu.Channels[0], 0.5*swing)
			imu.Channels[1] = append(imu.Channels[1], 1+0.002*hum(i))
			imu.Channels[2] = append(imu.Channels[2], 0.4*swing*swing)
			beat := math.Mod(t*90/60, 1) - 0.2
			v := 110000 * (1 - 0.006*math.Exp(-beat*beat/0.01) - 0.01*swing + 0.0003*hum(i+50*(int(at)+4000)))
			switch {
			case b.dark:
				v = 900
			case b.dead:
				v = 110000 + 2*hum(i+50*(int(at)+4000))
			case b.broken:
				v = math.NaN()
			}
			ppg.Channels[0] = append(ppg.Channels[0], v)
		}
		for range map[bool]int{false: 1, true: 2}[b.again] {
			if !b.senseOff {
				h.take(h.engine.Block(&imu))
			}
			h.take(h.engine.Block(&ppg))
		}
		h.take(h.engine.Tick(after(at + 1)))
	}
	return from + float64(seconds)
}

// TestEveryStateOfLightAndEveryEvent brings a band into each state of light.md
// and lets each thing happen for 40 s: how many pulse rates are said in the
// last 20 of them, and that each is right.
func TestEveryStateOfLightAndEveryEvent(t *testing.T) {
	const none, rest, motion = 0, 4, 10 // in 20 s
	states := []struct {
		name string
		band wristband
	}{{"no contact", wristband{dark: true}}, {"at rest", wristband{}}, {"in motion", wristband{moves: true}}}
	events := []struct {
		name string
		band wristband
		want int
	}{
		{"no contact", wristband{dark: true}, none},
		{"rest", wristband{}, rest},
		{"motion", wristband{moves: true}, motion},
		{"no pulse", wristband{dead: true}, none},
		{"no pulse, in motion", wristband{dead: true, moves: true}, none},
		{"broken light", wristband{broken: true}, none},
		{"a gap, and rest", wristband{skip: 5}, rest},
		{"a gap, and motion", wristband{skip: 5, moves: true}, motion},
		{"an hour, and rest", wristband{skip: 3600}, rest},
		{"the clock set back, and rest", wristband{skip: -3600}, rest},
		{"every second twice", wristband{again: true}, rest},
		{"no acceleration, at rest", wristband{senseOff: true}, rest},
	}
	for _, s := range states {
		for _, e := range events {
			h := newHome(t, Source{Kind: PPG, Class: Band}, Plan{})
			end := wristband{}.live(h, 0, 20) // a pulse at rest was seen
			end = s.band.live(h, end, 30)
			h.values = nil
			end = e.band.live(h, end, 40)
			said := 0
			for _, r := range h.values {
				if r.Metric != care.PulseRate || r.At.Before(after(end-20)) {
					continue
				}
				said++
				if math.Abs(r.Value-90) > 5 || r.Quality < 50 {
					t.Errorf("%s, then %s: %v of quality %v", s.name, e.name, r.Value, r.Quality)
				}
			}
			if said < e.want-1 || said > e.want+1 || e.want == none && said > 0 {
				t.Errorf("%s, then %s: %d pulse rates in 20 s, want %d", s.name, e.name, said, e.want)
			}
		}
	}
}

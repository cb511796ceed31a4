package detect

import (
	"math"
	"testing"

	"osmanthus/care"
)

// stretch is a part of a night on a pad, until a time in seconds.
type stretch struct {
	until, volts float64
	lives        bool // somebody breathes on it
}

// madeNight is eight hours of a pad: somebody sits down, lies down, rolls over,
// sits on the edge, leaves and comes back; things are put on the empty bed. It
// returns the times of leaving after two minutes in bed at least.
func madeNight(n int) (night []stretch, exits []float64) {
	const empty, full = 0.35, 2.4
	dice := 1000 * n
	roll := func(low, high float64) float64 {
		dice++
		return low + (high-low)*(hum(dice)+1)/2
	}
	at := 0.0
	put := func(seconds, volts float64, lives bool) {
		at += seconds
		night = append(night, stretch{at, volts, lives})
	}
	put(roll(60, 600), empty, false)
	for at < 7*3600 {
		put(roll(3, 90), roll(1.0, 1.4), true) // sits down on the edge
		for range 2 + int(roll(0, 4)) {
			put(roll(150, 1500), roll(1.9, 2.8), true)
			switch k := roll(0, 10); {
			case k < 5: // rolls over, which unloads the pad for a moment
				put(roll(0.3, 0.9), roll(0.4, 1.4), true)
			case k < 8: // sits up on the edge, and lies down again
				put(roll(3, 60), roll(1.0, 1.4), true)
			}
		}
		put(roll(130, 300), full, true)
		if roll(0, 10) < 6 {
			put(roll(2, 40), roll(1.0, 1.4), true)
		}
		exits = append(exits, at)
		put(roll(60, 1800), empty, false)
		if roll(0, 10) < 4 { // a bag lies on the bed
			put(roll(60, 1200), roll(0.6, 1.2), false)
			put(roll(20, 60), empty, false)
		}
		if roll(0, 10) < 3 { // somebody makes the bed, and leans on it
			put(roll(5, 50), roll(1.6, 2.6), true)
			put(roll(20, 200), empty, false)
		}
	}
	put(max(8*3600-at, 0), empty, false)
	for len(exits) > 0 && exits[len(exits)-1] > 8*3600-10 {
		exits = exits[:len(exits)-1]
	}
	return night, exits
}

func TestA5_MadeNightsOnAPad(t *testing.T) {
	const nights, rate = 20, 8
	missed, falsely, all, slowest := 0, 0, 0, 0.0
	for n := range nights {
		night, exits := madeNight(n)
		h := newHome(t, Source{Kind: BedPad}, Plan{Beds: []BedPolicy{{Resident: "r-1", NotBackNight: -1, NotBackDay: -1}}})
		k := 0
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedLoad, Rate: rate, Channels: [][]float64{make([]float64, rate)}}
		for s := range 8 * 3600 {
			for i := range rate {
				now := float64(s) + float64(i)/rate
				for night[k].until <= now && k < len(night)-1 {
					k++
				}
				v := night[k].volts + 0.02*hum(n+int(now*1000))
				if night[k].lives {
					v += 0.03 * math.Sin(2*math.Pi*0.25*now)
				}
				b.Channels[0][i] = v
			}
			b.Start = after(float64(s))
			h.take(h.engine.Block(&b))
			h.take(h.engine.Tick(after(float64(s + 1))))
		}
		used := map[int]bool{}
		for _, e := range exits {
			found := false
			for i, a := range h.alerts {
				if d := a.At.Sub(after(e)).Seconds(); a.Kind == care.BedExit && a.State == care.Confirmed && !used[i] && d >= 0 && d < 10 && !found {
					found, used[i], slowest = true, true, max(slowest, d)
				}
			}
			all++
			if !found {
				missed++
				t.Logf("night %d: the exit at %.0f s was missed", n, e)
			}
		}
		for i, a := range h.alerts {
			if a.Kind == care.BedExit && a.State == care.Confirmed && !used[i] {
				falsely++
				t.Logf("night %d: nobody left at %.0f s", n, a.At.Sub(start).Seconds())
			}
		}
	}
	t.Logf("%d exits, %d missed, decided within %.1f s; %d false in %d made nights", all, missed, slowest, falsely, nights)
	if missed > 0 || falsely > nights/10 || slowest > 3 {
		t.Errorf("%d missed, want 0; %d false, want at most %d; %.1f s, want at most 3", missed, falsely, nights/10, slowest)
	}
}

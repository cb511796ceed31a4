package detect

import (
	"testing"
	"time"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// Silence is never reassuring: light that comes back from skin proves that
// somebody wears the band, not that the heart beats.
func TestAPulseThatIsLostUnderTheBandIsTold(t *testing.T) {
	const lost, back = "source_stale:confirmed:medium", "source_stale:cleared:medium"
	well, dead := wristband{}, wristband{dead: true}
	for _, c := range []struct {
		name string
		play func(h *home, at float64) // after a minute of pulse
		want string
	}{
		{"a pulse", func(h *home, at float64) { well.live(h, at, 300) }, ""},
		{"none for 45 s", func(h *home, at float64) { well.live(h, dead.live(h, at, 45), 60) }, ""},
		{"none for 80 s", func(h *home, at float64) { dead.live(h, at, 80) }, lost},
		{"none for half an hour is one alert", func(h *home, at float64) { dead.live(h, at, 1800) }, lost},
		{"none, then the pulse again", func(h *home, at float64) { well.live(h, dead.live(h, at, 300), 180) }, lost + " " + back},
		{"8 s of beats and 22 s without, over and over", func(h *home, at float64) {
			for range 12 {
				at = dead.live(h, well.live(h, at, 8), 22)
			}
		}, lost},
		{"the arm moves", func(h *home, at float64) { wristband{dead: true, moves: true}.live(h, at, 300) }, ""},
		{"taken off", func(h *home, at float64) { wristband{dark: true}.live(h, at, 110) }, ""},
		{"slips, and shows none", func(h *home, at float64) { dead.live(h, wristband{dark: true}.live(h, at, 30), 90) }, lost},
		{"taken off, and on a table that sends light back", func(h *home, at float64) {
			dead.live(h, wristband{dark: true}.live(h, at, 90), 300)
		}, ""},
		{"none, then taken off", func(h *home, at float64) { wristband{dark: true}.live(h, dead.live(h, at, 90), 90) }, lost + " " + back},
		{"no acceleration, none for 100 s", func(h *home, at float64) { wristband{dead: true, senseOff: true}.live(h, at, 100) }, lost},
	} {
		h := newHome(t, Source{Kind: PPG, Class: Band}, Plan{})
		c.play(h, well.live(h, 0, 60))
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}

	finger := newHome(t, Source{Kind: PPG, Class: Wired}, Plan{}) // that measures no acceleration
	at := wristband{senseOff: true}.live(finger, 0, 60)
	at = wristband{dead: true, senseOff: true}.live(finger, at, 110)
	finger.want("")
	wristband{dead: true, senseOff: true}.live(finger, at, 30)
	finger.want(lost)
	if a := finger.alerts[0]; a.Evidence.Metric != care.PulseRate || a.Onset.Before(after(55)) || a.Onset.After(after(80)) {
		t.Errorf("%v, since %v", a.Evidence.Metric, a.Onset.Sub(start))
	}
}

// A gateway that is updated meanwhile reassures nobody.
func TestALostPulseOutlivesARestart(t *testing.T) {
	well, dead := wristband{}, wristband{dead: true}
	restarted := func(h *home, at float64) *home {
		state, err := h.engine.Save(after(at))
		if err != nil {
			t.Fatal(err)
		}
		next := newHome(t, Source{Kind: PPG, Class: Band}, Plan{})
		if err := next.engine.Load(state, after(at+30)); err != nil {
			t.Fatal(err)
		}
		return next
	}
	h := newHome(t, Source{Kind: PPG, Class: Band}, Plan{})
	at := dead.live(h, well.live(h, 0, 60), 90)
	h.want("source_stale:confirmed:medium")
	next := restarted(h, at)
	if !next.engine.Follows(h.alerts[0].Episode) {
		t.Error("the alert is not followed")
	}
	if next.engine.Follows(care.NewEpisode(care.SourceStale, "r-1", "s-1", care.PulseRate, after(1))) {
		t.Error("an alert that nobody knows is followed")
	}
	at = dead.live(next, at+30, 120)
	next.want("")
	well.live(next, at, 180)
	next.want("source_stale:cleared:medium")
	if next.alerts[0].Episode != h.alerts[0].Episode {
		t.Error("another episode is cleared")
	}

	again := restarted(next, at+180) // what is over is no more
	if again.engine.Follows(h.alerts[0].Episode) {
		t.Error("what was cleared is followed")
	}

	h = newHome(t, Source{Kind: PPG, Class: Band}, Plan{})
	at = dead.live(h, 0, 60) // whose light never showed a pulse
	next = restarted(h, at)
	dead.live(next, at+30, 180)
	next.want("")

	h = newHome(t, Source{Kind: PPG, Class: Band}, Plan{})
	at = dead.live(h, well.live(h, 0, 60), 30) // not told yet
	next = restarted(h, at)
	dead.live(next, at+30, 90)
	next.want("source_stale:confirmed:medium")
}

// Of intensive care patients whose hearts beat, and of runners whose band
// measures acceleration.
func TestNoPulseOfTheRecordingsIsToldAsLost(t *testing.T) {
	play := func(id string, rate float64, light []float64, acc [][]float64) {
		e, err := New(Plan{Sources: []Source{{ID: "s", Resident: "r", Kind: PPG, Contact: -1}}})
		if err != nil {
			t.Fatal(err)
		}
		w := &e.watches[0] // the light has any unit, and skin is there throughout
		w.detectors = append(w.detectors, newPulseless(w.source, w.derive.(*pulse)))
		n := int(rate)
		for i := 0; i+n <= len(light); i += n {
			b := care.Block{Source: "s", Resident: "r", Kind: care.IMU, Rate: rate, Start: after(float64(i) / rate)}
			for _, a := range acc {
				b.Channels = append(b.Channels, a[i:i+n])
			}
			if acc != nil {
				e.Block(&b)
			}
			b.Kind, b.Channels = care.PPG, [][]float64{light[i : i+n]}
			e.Block(&b)
			if _, alerts := e.Tick(b.Start.Add(time.Second)); len(alerts) > 0 && alerts[0].Kind == care.SourceStale {
				t.Errorf("%s: %v at %.0f s", id, alerts[0].Kind, float64(i)/rate)
			}
		}
	}
	for _, p := range recordings.Read(t, recordings.BIDMC) {
		play(p.ID, 125, p.Pleth, nil)
	}
	for _, r := range recordings.Read(t, recordings.TROIKA) {
		play(r.ID, r.Rate, r.PPG[0], r.Acc[:])
		play(r.ID, r.Rate, r.PPG[1], nil)
	}
}

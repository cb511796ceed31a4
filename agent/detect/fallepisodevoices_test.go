package detect

import (
	"testing"

	"osmanthus/care"
)

// tells is an alert of the detector of one of several sources.
func (w *flat) tells(source care.SourceID, s care.State, onset float64) {
	a := care.Alert{Episode: care.NewEpisode(care.Fall, "r-1", source, 0, after(onset)), Kind: care.Fall, State: s,
		Priority: care.High, Resident: "r-1", Source: source, Onset: after(onset), At: after(w.now), Confidence: 0.9}
	w.engine.alerts = w.engine.alerts[:0]
	w.engine.say(&w.engine.persons[0], []care.Alert{a})
	w.alerts = append(w.alerts, w.engine.alerts...)
}

// TestOneFallOfTwoWearablesIsOneAlarm: who wears a sensor at the wrist and one
// at the waist falls once.
func TestOneFallOfTwoWearablesIsOneAlarm(t *testing.T) {
	const wrist, waist = "s-1", "s-2"
	for _, c := range []struct {
		name string
		then func(*flat)
		want string
	}{
		{"both are sure", func(w *flat) { w.tells(wrist, care.Confirmed, 100); w.tells(waist, care.Confirmed, 100.4) }, suspected + " " + confirmed},
		{"the second alone", func(w *flat) { w.tells(wrist, care.Cleared, 100); w.tells(waist, care.Confirmed, 100.4) }, suspected + " " + confirmed},
		{"the first alone", func(w *flat) { w.tells(waist, care.Cleared, 100.4); w.tells(wrist, care.Confirmed, 100) }, suspected + " " + confirmed},
		{"the first, before the second is not", func(w *flat) { w.tells(wrist, care.Confirmed, 100); w.tells(waist, care.Cleared, 100.4) }, suspected + " " + confirmed},
		{"neither", func(w *flat) { w.tells(waist, care.Cleared, 100.4); w.tells(wrist, care.Cleared, 100) }, suspected + " " + cleared},
		{"one is silent", func(w *flat) { w.tells(waist, care.Cleared, 100.4); w.wait(30) }, suspected + " " + confirmed},
		{"the wearer is well", func(w *flat) { w.push("well"); w.tells(waist, care.Confirmed, 100.4) }, suspected + " " + cleared},
		{"a nurse was there", func(w *flat) { w.engine.Answered(w.alerts[0].Episode); w.tells(waist, care.Confirmed, 100.4) }, suspected},
		{"nobody comes", func(w *flat) {
			w.tells(waist, care.Confirmed, 100.4)
			w.tells(wrist, care.Confirmed, 100)
			w.wait(310)
		}, suspected + " " + confirmed + " " + lies},
	} {
		w := newFlat(t, FallPolicy{})
		w.wait(101.5)
		w.tells(wrist, care.Suspected, 100)
		w.tells(waist, care.Suspected, 100.4)
		w.wait(3)
		c.then(w)
		if w.said() != c.want {
			t.Errorf("%s: %s, want %s", c.name, w.said(), c.want)
		}
		for _, a := range w.alerts {
			if a.Kind == care.Fall && a.Episode != w.alerts[0].Episode {
				t.Errorf("%s: the %v alert has an episode of its own", c.name, a.State)
			}
		}
	}
}

// TestTwoFallsAreTwoAlarms of whatever wearable, and one wearable that tells of
// two impacts means two.
func TestTwoFallsAreTwoAlarms(t *testing.T) {
	for name, second := range map[string]func(*flat){
		"the same wearable, 3 s later": func(w *flat) { w.tells("s-1", care.Suspected, 103) },
		"another, 6 s later":           func(w *flat) { w.tells("s-2", care.Suspected, 106) },
		"another, after the first was cleared": func(w *flat) {
			w.tells("s-1", care.Cleared, 100)
			w.alerts = w.alerts[:1]
			w.tells("s-2", care.Suspected, 101)
		},
	} {
		w := newFlat(t, FallPolicy{})
		w.wait(107)
		w.tells("s-1", care.Suspected, 100)
		second(w)
		if w.want(suspected + " " + suspected); len(w.alerts) == 2 && w.alerts[0].Episode == w.alerts[1].Episode {
			t.Errorf("%s: one episode", name)
		}
	}
}

// TestAFallOfTwoWearablesIsDismissedAtBoth: the next impact is a new fall for
// either of them.
func TestAFallOfTwoWearablesIsDismissedAtBoth(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{Sources: []Source{{ID: "s-2", Resident: "r-1", Kind: IMUWaist}, {ID: "well", Resident: "r-1", Kind: WellButton}}})
	both := func(from, seconds float64, g func(float64) (x, y, z float64)) {
		for at := from; at < from+seconds; at += 0.5 {
			h.take(h.engine.Tick(after(at)))
			for _, id := range []care.SourceID{"s-1", "s-2"} {
				b := care.Block{Source: id, Resident: "r-1", Kind: care.IMU, Rate: 50, Start: after(at), Channels: make([][]float64, 3)}
				for i := range 25 {
					x, y, z := g(at - from + float64(i)/50)
					b.Channels[0], b.Channels[1], b.Channels[2] = append(b.Channels[0], x), append(b.Channels[1], y), append(b.Channels[2], z)
				}
				h.take(h.engine.Block(&b))
			}
		}
	}
	press := func(v, at float64) {
		h.take(h.engine.Reading(care.NewReading("r-1", "well", care.WellPress, v, 100, after(at))))
	}
	press(0, 0)
	both(0, 22.5, modelFall(20))
	press(1, 22.6) // the fall of both is suspected by now
	press(0, 22.7)
	both(23, 40, modelFall(20))
	falls := map[care.Episode]care.State{}
	for _, a := range h.alerts {
		if a.Kind == care.Fall {
			falls[a.Episode] = a.State
		}
	}
	states := map[care.State]int{}
	for _, s := range falls {
		states[s]++
	}
	if len(falls) != 2 || states[care.Cleared] != 1 || states[care.Confirmed] != 1 {
		t.Errorf("%d falls: %v", len(falls), states)
	}
}

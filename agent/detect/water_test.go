package detect

import (
	"encoding/json"
	"testing"
	"time"

	"osmanthus/care"
)

// tap plays flows of a meter, a reading each minute, from one hour to another.
func (h *home) tap(from, to, flow float64) {
	for at := from * 3600; at < to*3600; at += 60 {
		h.reading(care.WaterFlow, flow, at)
		h.take(h.engine.Tick(after(at)))
	}
}

func meter(t testing.TB, p WaterPolicy) *home {
	return newHome(t, Source{Kind: WaterMeter, Class: Unsupervised, Water: p}, Plan{})
}

const unused, usedAgain = "water_unused:confirmed:medium", "water_unused:cleared:medium"
const runs, stops = "water_running:confirmed:medium", "water_running:cleared:medium"

func TestA8_NoWaterForTwelveHours(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(h *home)
		want string
	}{
		{"an ordinary day", func(h *home) {
			for at := 0.0; at < 48; at += 6 {
				h.tap(at, at+0.05, 5) // 15 L
				h.tap(at+0.05, at+6, 0)
			}
		}, ""},
		{"11 h and 50 min", func(h *home) { h.tap(0, 0.05, 5); h.tap(0.05, 11.8, 0) }, ""},
		{"twelve hours", func(h *home) { h.tap(0, 0.05, 5); h.tap(0.05, 12.5, 0) }, unused},
		{"a glass now and then is not enough", func(h *home) {
			for at := 0.0; at < 13; at++ {
				h.tap(at, at+1.0/60, 0.6)
				h.tap(at+1.0/60, at+1, 0)
			}
		}, unused},
		{"what drips is no use", func(h *home) { h.tap(0, 13, 0.2) }, unused},
		{"nine litres, then two, then nothing: the window slides", func(h *home) {
			h.tap(0, 0.05, 3) // 9 L
			h.tap(0.05, 11, 0)
			h.tap(11, 11.05, 0.7) // 2.1 L
			h.tap(11.05, 12.6, 0)
		}, unused},
		{"told once", func(h *home) { h.tap(0, 40, 0) }, unused},
		{"and used again", func(h *home) { h.tap(0, 13, 0); h.tap(13, 13.1, 5); h.tap(13.1, 14, 0) }, unused + " " + usedAgain},
		{"and not again", func(h *home) { h.tap(0, 13, 0); h.tap(13, 13.1, 5); h.tap(13.1, 27, 0) }, unused + " " + usedAgain + " " + unused},
		{"a meter that was silent says nothing about that time", func(h *home) { h.tap(0, 6, 0); h.tick(6*3600, 7*3600); h.tap(7, 18.9, 0) }, ""},
		{"a meter that stays silent", func(h *home) { h.tap(0, 11, 0); h.tick(11*3600, 14*3600) }, ""},
	} {
		h := meter(t, WaterPolicy{Running: -1})
		c.play(h)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
}

// An episode that was closed never rings again, so each time without water has
// its own, also where the meter was heard all the while.
func TestEachTimeWithoutWaterIsAnEpisode(t *testing.T) {
	h := meter(t, WaterPolicy{Running: -1})
	h.tap(0, 13, 0)
	h.tap(13, 13.1, 5)
	h.tap(13.1, 27, 0)
	h.want(unused + " " + usedAgain + " " + unused)
	first, second := h.alerts[0], h.alerts[2]
	if first.Episode != h.alerts[1].Episode || first.Episode == second.Episode {
		t.Errorf("the episodes are %v, %v and %v", first.Episode, h.alerts[1].Episode, second.Episode)
	}
	if !first.Onset.Equal(after(0)) || second.Onset.Before(after(13*3600)) {
		t.Errorf("they begin at %v and %v", first.Onset, second.Onset)
	}
}

func TestA8_WaterThatRunsForTooLong(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(h *home)
		want string
	}{
		{"a shower", func(h *home) { h.tap(0, 0.5, 8); h.tap(0.5, 1, 0) }, ""},
		{"forgotten", func(h *home) { h.tap(0, 0.8, 8) }, runs},
		{"and closed", func(h *home) { h.tap(0, 0.8, 8); h.tap(0.8, 1, 0) }, runs + " " + stops},
		{"dripping", func(h *home) { h.tap(0, 5, 0.3) }, ""},
		{"with a pause", func(h *home) { h.tap(0, 0.6, 8); h.tap(0.6, 0.7, 0); h.tap(0.7, 1.3, 8) }, ""},
		{"open before and after an hour of silence", func(h *home) { h.tap(0, 0.1, 8); h.tick(360, 3600); h.tap(1, 1.1, 8); h.tap(1.1, 1.2, 0) }, ""},
		{"and still open 45 min after it", func(h *home) { h.tap(0, 0.1, 8); h.tick(360, 3600); h.tap(1, 1.8, 8) }, runs},
		{"not heard of any more", func(h *home) { h.tap(0, 0.5, 8); h.tick(1800, 4000) }, ""},
	} {
		h := meter(t, WaterPolicy{Unused: -1})
		c.play(h)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
}

func TestA8_WaterByPolicy(t *testing.T) {
	h := meter(t, WaterPolicy{Running: 10 * time.Minute, Unused: 4 * time.Hour, Least: 1})
	h.tap(0, 0.25, 3)
	h.want(runs)
	h.tap(0.25, 4.6, 0)
	h.want(runs + " " + stops + " " + unused)
	for _, p := range []WaterPolicy{{Running: time.Second}, {Unused: time.Minute}, {Least: -1}, {Tap: 1000}} {
		if _, err := New(Plan{Sources: []Source{{ID: "m", Kind: WaterMeter, Water: p}}}); err == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}

// Who went out by the front door uses no water at home; who may be at home counts.
func TestA8_NobodyAtHomeUsesNoWater(t *testing.T) {
	for _, c := range []struct {
		name  string
		whose care.ResidentID
		door  bool // opens and closes as the resident goes out
		want  int
	}{
		{"who went out", "r-1", true, 0}, {"the home of who went out", "", true, 0},
		{"who may be at home", "r-1", false, 1}, {"the home of who may be there", "", false, 1},
	} {
		e, err := New(Plan{Sources: []Source{
			{ID: "front", Resident: "r-1", Kind: DoorContact, Room: Entrance, Class: Unsupervised},
			{ID: "m", Resident: c.whose, Kind: WaterMeter, Class: Unsupervised},
		}, Rooms: []RoomPolicy{{Resident: "r-1", Still: -1, NoDoor: true}}})
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		take := func(_ []care.Reading, alerts []care.Alert) {
			for _, a := range alerts {
				if a.Kind == care.WaterUnused {
					told++
					if a.Resident != c.whose {
						t.Errorf("%s: of %q", c.name, a.Resident)
					}
				}
			}
		}
		door := func(v, at float64) {
			take(e.Reading(care.NewReading("r-1", "front", care.Door, v, 100, after(at))))
		}
		door(0, 0)
		if c.door {
			door(1, 10)
			door(0, 14)
		}
		for at := 60.0; at < 14*3600; at += 60 {
			take(e.Reading(care.NewReading(c.whose, "m", care.WaterFlow, 0, 100, after(at))))
			take(e.Tick(after(at)))
		}
		if told != c.want {
			t.Errorf("%s: told %d times, want %d", c.name, told, c.want)
		}
	}
}

func TestD6_TheHoursWithoutWaterOutliveARestart(t *testing.T) {
	h := meter(t, WaterPolicy{Running: -1})
	h.tap(0, 0.05, 5)
	h.tap(0.05, 8, 0)
	before, err := h.engine.Save(after(8 * 3600))
	if err != nil {
		t.Fatal(err)
	}
	next := meter(t, WaterPolicy{Running: -1})
	if err := next.engine.Load(before, after(8*3600+120)); err != nil {
		t.Fatal(err)
	}
	next.tap(8.04, 12.4, 0)
	next.want(unused)

	// The alert is open over another restart, and cleared as the same episode.
	state, err := next.engine.Save(after(12.4 * 3600))
	if err != nil {
		t.Fatal(err)
	}
	last := meter(t, WaterPolicy{Running: -1})
	if err := last.engine.Load(state, after(12.4*3600+60)); err != nil {
		t.Fatal(err)
	}
	last.tap(12.5, 12.6, 5)
	last.want(usedAgain)
	if len(last.alerts) == 1 && last.alerts[0].Episode != next.alerts[0].Episode {
		t.Error("another episode")
	}

	// What was used while nobody counted is not known.
	late := meter(t, WaterPolicy{Running: -1})
	if err := late.engine.Load(before, after(15*3600)); err != nil {
		t.Fatal(err)
	}
	late.tap(15, 26, 0)
	late.want("")

	for _, bad := range []string{`{"width":1,"since":"2026-01-01T00:00:00Z"}`, `[]`, `{"since":"2026-01-01T00:00:00Z","width":600000000000,"litres":[1]}`} {
		if err := newWater(Source{}).load(json.RawMessage(bad), outage{}); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

// A running tap is not a write to the card at every reading.
func TestARunningTapIsSavedByParts(t *testing.T) {
	h := meter(t, WaterPolicy{})
	h.tap(0, 0.5, 5)
	changed := 0
	var before []byte
	for m := 0; m < 30; m++ {
		h.tap(0.5+float64(m)/60, 0.5+float64(m+1)/60, 5)
		state, err := h.engine.Save(start)
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && !SameState(before, state) {
			changed++
		}
		before = state
	}
	if changed > 5 {
		t.Errorf("%d changes in 30 min", changed)
	}
}

package demo

import (
	"testing"
	"time"

	"osmanthus/agent/sim"
)

// What happens to the things of the story happens once, in order, and is over
// before the next round.
func TestThingsOfTheStory(t *testing.T) {
	story := NewStory(1)
	for i, e := range story.Events[1:] {
		if e.At < story.Events[i].At {
			t.Errorf("%q is told too late", e.EN)
		}
	}
	h := Furnish(story, time.Now())
	seen := map[string][]float64{}
	note := func(what string, on bool, t float64) {
		if n := len(seen[what]); on == (n%2 == 0) {
			seen[what] = append(seen[what], t)
		}
	}
	at := h.Start
	for s := 0.0; s < roundLasts; s += 0.25 {
		for _, p := range h.things {
			p.live(at.Add(time.Duration(s*float64(time.Second))), s)
			if p.door != nil {
				note("door", p.open, s)
			}
			if r := p.resident; r.BathRadar {
				note("bath", r.Scene(s).Present, s)
				note("moving", r.Scene(s).Moving, s)
			}
			if p.pendant != nil && p.clicked == 1 {
				note("click", true, s)
			}
		}
	}
	for what, want := range map[string][]float64{
		"door":   {outAt, outAt + doorOpen, outAt + outLasts, outAt + outLasts + doorOpen},
		"bath":   {bathAt, bathAt + bathLasts},
		"moving": {bathAt, bathAt + 12, bathAt + bathLasts - 8, bathAt + bathLasts},
		"click":  {clickAt},
	} {
		if got := seen[what]; len(got) != len(want) {
			t.Errorf("%s at %v, want %v", what, got, want)
		} else {
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("%s at %v, want %v", what, got, want)
				}
			}
		}
	}
}

// On a calm day nobody presses, opens or goes anywhere, and everything is there.
func TestThingsOfACalmDay(t *testing.T) {
	have := map[string]int{}
	for _, r := range Calm(1).Residents {
		for what, has := range map[string]bool{"pendant": r.Pendant, "thermometer": r.Thermo, "door": r.DoorWatch, "radar": r.BathRadar, "array": r.Array} {
			if has {
				have[what]++
			}
		}
		if r.Scene(100) != (sim.Scene{}) || r.Opened(100) || len(r.Clicks) > 0 {
			t.Errorf("%s: something happens", r.ID)
		}
		if warm := r.Skin(100); warm < 36.2 || warm > 37 {
			t.Errorf("%s: %.1f °C", r.ID, warm)
		}
	}
	if len(have) != 5 {
		t.Errorf("there is %v", have)
	}
}

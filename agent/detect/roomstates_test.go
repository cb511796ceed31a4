package detect

import (
	"testing"
	"time"
)

// TestRoomStates is every state of where somebody is, and every event.
func TestRoomStates(t *testing.T) {
	states := map[string]func(*dwelling){
		"nowhere": func(w *dwelling) {},
		"kitchen": func(w *dwelling) { w.isAtHome() },
		"bath?":   func(w *dwelling) { w.isAtHome(); w.opens(bathDoor); w.wait(time.Minute) },
		"bath":    func(w *dwelling) { w.isAtHome(); w.goesToBathroom(); w.wait(time.Minute) },
		"bath-":   func(w *dwelling) { w.isAtHome(); w.goesToBathroom(); w.opens(bathDoor); w.wait(time.Minute) },
		"door":    func(w *dwelling) { w.isAtHome(); w.opens(frontDoor) },
		"out":     func(w *dwelling) { w.isAtHome(); w.opens(frontDoor); w.wait(20 * time.Minute) },
	}
	events := map[string]func(*dwelling){
		"kitchen": func(w *dwelling) { w.isAtHome() },
		"inside":  func(w *dwelling) { w.pulse(bathPIR) },
		"flush":   func(w *dwelling) { w.pulse(flush) },
		"passage": func(w *dwelling) { w.opens(bathDoor) },
		"front":   func(w *dwelling) { w.opens(frontDoor) },
		"bed":     func(w *dwelling) { w.says(mattress, 1) },
		"20 min":  func(w *dwelling) { w.wait(20 * time.Minute) },
	}
	want := map[string]map[string]string{
		"nowhere": {"kitchen": "kitchen", "inside": "bath", "flush": "bath", "passage": "bath?", "front": "door", "bed": "bedroom", "20 min": "nowhere"},
		"kitchen": {"kitchen": "kitchen", "inside": "bath", "flush": "bath", "passage": "bath?", "front": "door", "bed": "bedroom", "20 min": "kitchen"},
		"bath?":   {"kitchen": "kitchen", "inside": "bath", "flush": "bath", "passage": "bath-", "front": "door", "bed": "bedroom", "20 min": "bath?"},
		"bath":    {"kitchen": "kitchen", "inside": "bath", "flush": "bath", "passage": "bath-", "front": "door", "bed": "bedroom", "20 min": "bath"},
		"bath-":   {"kitchen": "kitchen", "inside": "bath", "flush": "bath", "passage": "bath?", "front": "door", "bed": "bedroom", "20 min": "bath-"},
		"door":    {"kitchen": "kitchen", "inside": "bath", "flush": "bath", "passage": "bath?", "front": "door", "bed": "bedroom", "20 min": "out"},
		// One motion is a sunbeam, and who was out and moves the front door is at home.
		"out": {"kitchen": "out", "inside": "out", "flush": "bath", "passage": "bath?", "front": "door", "bed": "bedroom", "20 min": "out"},
	}
	for state, enter := range states {
		for event, happens := range events {
			w := newDwelling(t, "10:00", RoomPolicy{})
			enter(w)
			happens(w)
			if got := w.where(); got != want[state][event] {
				t.Errorf("%s, %s: now %s, want %s", state, event, got, want[state][event])
			}
		}
	}
}

// where is the state of the rules in the words of TestRoomStates.
func (w *dwelling) where() string {
	var st roomState
	for _, d := range w.engine.persons[0].detectors {
		if r, ok := d.(*rooms); ok {
			st = r.state
		}
	}
	switch {
	case st.Out:
		return "out"
	case !st.Door.IsZero():
		return "door"
	case st.Place == 0:
		return "nowhere"
	case st.Place != Bathroom:
		return st.Place.String()
	case st.Left:
		return "bath-"
	case st.Sure:
		return "bath"
	}
	return "bath?"
}

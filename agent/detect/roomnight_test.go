package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

func TestD6_OutOfTheDoorAtNightIsSaid(t *testing.T) {
	w := newDwelling(t, "23:30", RoomPolicy{})
	w.isAtHome()
	w.wait(2 * time.Hour)
	w.opens(frontDoor)
	w.wait(4 * time.Minute)
	w.want("")
	w.wait(90 * time.Second)
	w.want(nightOut)
	w.opens(frontDoor)
	w.isAtHome()
	w.want(nightOut + " door_at_night:cleared:high")
}

func TestD6_TheFrontDoorIsNoAlarmWhere(t *testing.T) {
	for name, c := range map[string]struct {
		clock  string
		policy RoomPolicy
		do     func(*dwelling)
	}{
		"it is evening":        {"21:00", RoomPolicy{}, func(w *dwelling) { w.isAtHome(); w.opens(frontDoor) }},
		"somebody looks out":   {"23:30", RoomPolicy{}, func(w *dwelling) { w.isAtHome(); w.opens(frontDoor); w.wait(time.Minute); w.isAtHome() }},
		"somebody comes home":  {"22:00", RoomPolicy{}, func(w *dwelling) { w.isAtHome(); w.opens(frontDoor); w.wait(2 * time.Hour); w.opens(frontDoor) }},
		"nobody wants to know": {"23:30", RoomPolicy{NoDoor: true}, func(w *dwelling) { w.isAtHome(); w.opens(frontDoor) }},
	} {
		w := newDwelling(t, c.clock, c.policy)
		c.do(w)
		w.wait(time.Hour)
		if len(w.alerts) != 0 {
			t.Errorf("%s: %v", name, w.alerts[0])
		}
	}
}

func TestD6_TheDoorAtNightSurvivesARestart(t *testing.T) {
	w := newDwelling(t, "23:30", RoomPolicy{})
	w.isAtHome()
	w.opens(frontDoor)
	w.wait(time.Minute)
	w.restarts(time.Minute)
	w.wait(4 * time.Minute)
	w.want(nightOut)
}

// A contact that says every ten minutes that the door is closed, or open on a
// warm night, also after a restart, says nothing of somebody who goes.
func TestAFrontDoorThatRepeatsItsStateDidNotMove(t *testing.T) {
	for _, state := range []float64{0, 1} {
		w := newDwelling(t, "22:00", RoomPolicy{})
		w.says(frontDoor, 0)
		w.says(frontDoor, state)
		w.isAtHome()
		for range 2 {
			for range 12 {
				w.wait(10 * time.Minute)
				w.says(frontDoor, state)
			}
			w.restarts(10 * time.Second)
			w.wait(2 * time.Minute)
		}
		if len(w.alerts) != 0 {
			t.Errorf("of a door that says %v: %v", state, w.alerts[0])
		}
	}
}

// The first word of a front door may be that it is closed: it was all the time.
func TestAFrontDoorThatSaysThatItIsClosedDidNotMove(t *testing.T) {
	w := newDwelling(t, "00:30", RoomPolicy{})
	w.isAtHome()
	w.wait(time.Hour)
	w.says(frontDoor, 0)
	w.wait(10 * time.Minute)
	w.want("")
}

// Who looks out of the door at night, and goes later, has gone.
func TestWhoLooksOutFirstIsToldWhenTheyGo(t *testing.T) {
	w := newDwelling(t, "00:30", RoomPolicy{})
	w.isAtHome()
	w.opens(frontDoor)
	w.isAtHome()
	w.wait(10 * time.Minute)
	w.opens(frontDoor)
	w.wait(6 * time.Minute)
	w.want(nightOut)
}

// walks goes to and fro between three rooms.
func (w *dwelling) walks(times int) {
	for i := range times {
		w.pulse([]care.SourceID{kitchen, hallway, bathPIR}[i%3])
		w.wait(25 * time.Second)
	}
}

func TestD6_WanderingByZoneIsSaid(t *testing.T) {
	w := newDwelling(t, "22:00", RoomPolicy{})
	w.says(mattress, 1)
	w.wait(3 * time.Hour)
	w.says(mattress, 0)
	w.walks(14)
	w.want("wandering:confirmed:medium")
	w.says(mattress, 1)
	w.wait(25 * time.Minute)
	w.want("wandering:confirmed:medium wandering:cleared:medium")
}

// Who goes on walking in the morning ends it there, and the next night is another.
func TestD6_WanderingEndsInTheMorning(t *testing.T) {
	w := newDwelling(t, "22:00", RoomPolicy{})
	w.says(mattress, 1)
	w.wait(6*time.Hour + 35*time.Minute)
	w.says(mattress, 0)
	w.walks(60) // until after 5:00
	w.wait(21 * time.Minute)
	w.want("wandering:confirmed:medium wandering:cleared:medium")
	for w.at.In(shanghai).Hour() != 22 {
		w.isAtHome()
		w.wait(30 * time.Minute)
	}
	w.says(mattress, 1)
	w.wait(4 * time.Hour)
	w.alerts = nil
	w.says(mattress, 0)
	w.walks(20)
	w.want("wandering:confirmed:medium")
}

// A bed sensor that never spoke does not say that nobody rested.
func TestD6_WanderingIsSaidWhereTheBedIsSilent(t *testing.T) {
	w := newDwelling(t, "22:00", RoomPolicy{})
	w.isAtHome()
	w.says(chair, 1) // a chair that speaks is no bed
	w.says(chair, 0)
	w.wait(3 * time.Hour)
	w.walks(14)
	w.want("wandering:confirmed:medium")
}

func TestD6_WalkingAboutIsNoWanderingWhere(t *testing.T) {
	rested := func(w *dwelling) { w.says(mattress, 1); w.wait(3 * time.Hour); w.says(mattress, 0) }
	for name, c := range map[string]struct {
		clock  string
		policy RoomPolicy
		do     func(*dwelling)
	}{
		"it is day":            {"10:00", RoomPolicy{}, func(w *dwelling) { w.walks(40) }},
		"nobody was at rest":   {"23:10", RoomPolicy{}, func(w *dwelling) { w.walks(40) }},
		"the toilet was all":   {"22:00", RoomPolicy{}, func(w *dwelling) { rested(w); w.walks(6) }},
		"nobody wants to know": {"22:00", RoomPolicy{NoWandering: true}, func(w *dwelling) { rested(w); w.walks(40) }},
		"two rooms were all": {"22:00", RoomPolicy{}, func(w *dwelling) {
			rested(w)
			for range 20 {
				w.pulse(kitchen)
				w.wait(25 * time.Second)
				w.pulse(hallway)
				w.wait(25 * time.Second)
			}
		}},
		"it was a walk now and then": {"22:00", RoomPolicy{}, func(w *dwelling) {
			rested(w)
			for range 5 {
				w.walks(3)
				w.wait(15 * time.Minute)
			}
		}},
		"two sensors see one place": {"22:00", RoomPolicy{}, func(w *dwelling) {
			rested(w)
			for range 2 {
				w.walks(3)
				for range 4 {
					w.pulse(kitchen)
					w.pulse(hallway)
				}
				w.wait(2 * time.Minute)
			}
		}},
	} {
		w := newDwelling(t, c.clock, c.policy)
		c.do(w)
		if len(w.alerts) != 0 {
			t.Errorf("%s: %v", name, w.alerts[0])
		}
	}
}

func TestD6_WanderingSurvivesARestart(t *testing.T) {
	w := newDwelling(t, "22:00", RoomPolicy{})
	w.says(mattress, 1)
	w.wait(3 * time.Hour)
	w.says(mattress, 0)
	w.walks(8)
	w.restarts(time.Minute)
	w.walks(6)
	w.want("wandering:confirmed:medium")
}

package detect

import (
	"testing"
	"time"
)

// After a restart the first word of a radar is what it may have said all the
// time: a fan, or somebody else.
func TestD6_ARestartGivesNobodyAnotherHourInTheBathroom(t *testing.T) {
	w := radarFlat(t, "10:00", livingRadar, frontDoor, bathDoor, bathPIR, kitchen)
	w.isAtHome()
	w.says(livingRadar, 1)
	w.goesToBathroom()
	w.sees(livingRadar, true, 60*time.Minute)
	w.restarts(10 * time.Second)
	w.sees(livingRadar, true, 16*time.Minute)
	w.want("bathroom_long:confirmed:high")
}

func TestD6_ARestartIsNoSignOfLifeBeforeARadar(t *testing.T) {
	w := radarFlat(t, "08:00", livingRadar, frontDoor, kitchen)
	w.isAtHome()
	w.says(livingRadar, 1)
	for range 2 {
		w.sees(livingRadar, true, 140*time.Minute)
		w.restarts(10 * time.Second)
	}
	w.sees(livingRadar, true, 25*time.Minute)
	w.want("no_movement:confirmed:high")
}

func TestD6_WhoSleepsIsAsleepAfterARestart(t *testing.T) {
	w := newDwelling(t, "22:00", RoomPolicy{}, mattress)
	w.plan.Sources = append(w.plan.Sources, Source{ID: "bedroom-pir", Resident: "r-1", Class: Unsupervised, Kind: MotionSensor, Room: Bedroom})
	w.engine = w.fresh()
	w.isAtHome()
	w.pulse("bedroom-pir")
	w.wait(3 * time.Hour)
	w.restarts(10 * time.Second)
	w.wait(6 * time.Hour)
	w.want("")
}

// An empty chair that speaks first does not empty the bed.
func TestD6_ARestartLeavesWhoIsInBedInBed(t *testing.T) {
	w := newDwelling(t, "20:00", RoomPolicy{})
	w.says(chair, 0)
	w.isAtHome()
	w.says(mattress, 1)
	w.wait(13 * time.Hour)
	speak := func() {
		w.restarts(10 * time.Second)
		w.says(chair, 0)
		w.says(mattress, 1)
	}
	speak()
	w.want("")
	w.wait(70 * time.Minute)
	w.want("no_movement:confirmed:high")
	speak()
	w.want("no_movement:confirmed:high")
}

package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

// repeats lets a sensor say the same each minute.
func (w *dwelling) repeats(id care.SourceID, v float64, d time.Duration) {
	for end := w.at.Add(d); w.at.Before(end); {
		w.wait(59 * time.Second)
		w.says(id, v)
	}
}

// Who sits still for a day after somebody went is looked after: it may have been
// a visitor.
func TestD6_AVisitorWhoLeavesDoesNotTakeTheResidentAlong(t *testing.T) {
	w := newDwelling(t, "10:00", RoomPolicy{})
	w.isAtHome()
	w.says(chair, 1)
	w.repeats(chair, 1, 10*time.Minute)
	w.opens(frontDoor)
	w.repeats(chair, 1, 24*time.Hour-time.Minute)
	w.want("")
	w.repeats(chair, 1, 2*time.Minute)
	w.want("no_movement:confirmed:medium")
}

// With a walking frame the door is open for more than a minute.
func TestD6_WhoGoesOutSlowlyIsSeenToGo(t *testing.T) {
	passes := func(w *dwelling) {
		w.says(frontDoor, 1)
		w.wait(70 * time.Second)
		w.says(frontDoor, 0)
	}
	w := newDwelling(t, "01:00", RoomPolicy{})
	w.says(frontDoor, 0)
	w.isAtHome()
	passes(w)
	w.wait(6 * time.Minute)
	w.want("door_at_night:confirmed:high")

	w = newDwelling(t, "08:00", RoomPolicy{})
	w.says(frontDoor, 0)
	w.isAtHome()
	passes(w) // goes shopping
	w.wait(6 * time.Hour)
	w.want("")
	passes(w) // is back, and falls behind the door
	w.wait(6 * time.Hour)
	w.want("no_movement:confirmed:high")
}

func TestD6_ADoorInTheWindHidesNobodyWhoWentOut(t *testing.T) {
	for _, every := range []time.Duration{4 * time.Second, 30 * time.Second} {
		w := newDwelling(t, "01:00", RoomPolicy{})
		w.says(frontDoor, 0)
		w.isAtHome()
		for i := range int(15 * time.Minute / every) {
			w.says(frontDoor, float64(1-i%2))
			w.wait(every - time.Second)
		}
		if len(w.alerts) != 1 || w.alerts[0].Kind != care.DoorAtNight {
			t.Errorf("every %v: %v", every, w.alerts)
		}
	}
}

// A contact that speaks of changes only may say its first word when it is opened.
func TestD6_TheFirstWordOfADoorMayBeItsOpening(t *testing.T) {
	w := newDwelling(t, "01:00", RoomPolicy{})
	w.isAtHome()
	w.wait(time.Hour)
	w.says(frontDoor, 1)
	w.wait(6 * time.Minute)
	w.want("door_at_night:confirmed:high")
}

func TestD6_ADoorLeftOpenAfterARestartIsTold(t *testing.T) {
	w := newDwelling(t, "22:00", RoomPolicy{})
	w.says(frontDoor, 0)
	w.isAtHome()
	w.restarts(10 * time.Second)
	w.wait(3 * time.Hour)
	w.says(frontDoor, 1)
	w.wait(6 * time.Minute)
	w.want("door_at_night:confirmed:high")
}

// A gateway whose clock was never set does not know that it is day.
func TestD6_WithoutAClockEveryHourIsNight(t *testing.T) {
	w := newDwelling(t, "10:00", RoomPolicy{})
	w.engine, w.at = w.fresh(), time.Date(1970, 1, 1, 10, 0, 0, 0, shanghai)
	w.wait(time.Second)
	w.isAtHome()
	w.opens(frontDoor)
	w.wait(6 * time.Minute)
	w.want("door_at_night:confirmed:high")
}

// A limit of more than a day without its night is a time that passes.
func TestD6_ALongLimitOfStillnessIsWhatItSays(t *testing.T) {
	for _, still := range []time.Duration{12 * time.Hour, 16 * time.Hour, 24 * time.Hour} {
		w := newDwelling(t, "08:00", RoomPolicy{Still: still}, mattress)
		w.isAtHome()
		w.wait(still - time.Minute)
		w.want("")
		w.wait(2 * time.Minute)
		w.want("no_movement:confirmed:high")
	}
}

func TestD6_WithoutASensorAtTheDoorStillnessIsToldToWhoAskedForIt(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{Still: 4 * time.Hour}, frontDoor)
	w.isAtHome()
	w.wait(4*time.Hour + time.Minute)
	w.want("no_movement:confirmed:high")
}

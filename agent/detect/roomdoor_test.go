package detect

import (
	"strings"
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

// bedroomDoor falls shut in the draught; guestDoor is that of a second bathroom.
const (
	bedroomDoor = care.SourceID("bedroom-door")
	guestDoor   = care.SourceID("guest-door")
)

// with is the flat with two more doors.
func (w *dwelling) with() *dwelling {
	for id, room := range map[care.SourceID]Room{bedroomDoor: Bedroom, guestDoor: Bathroom} {
		w.plan.Sources = append(w.plan.Sources, Source{ID: id, Kind: DoorContact, Room: room, Resident: "r-1", Class: Unsupervised})
	}
	w.engine = w.fresh()
	w.wait(time.Second)
	for _, door := range []care.SourceID{bathDoor, bedroomDoor, guestDoor} {
		w.says(door, 0)
	}
	return w
}

// A draught opens the bathroom door for a second when another door falls shut.
func TestADraughtSendsNobodyToTheBathroom(t *testing.T) {
	const still = "no_movement:confirmed:high"
	for _, c := range []struct {
		name  string
		shuts func(w *dwelling)
		want  string // after 3 h 10 min, and after 5 h 10 min
		later string
	}{
		{"a draught", func(w *dwelling) { w.pulse(bedroomDoor); w.says(bathDoor, 1); w.says(bathDoor, 0) }, "", still},
		{"somebody goes through it", func(w *dwelling) { w.pulse(bedroomDoor); w.pulse(bathDoor) }, longBath, longBath + " " + still},
		{"no other door moved", func(w *dwelling) { w.wait(time.Minute); w.says(bathDoor, 1); w.says(bathDoor, 0) }, longBath, longBath + " " + still},
		{"it opens and stays so", func(w *dwelling) { w.pulse(bedroomDoor); w.says(bathDoor, 1) }, longBath, longBath + " " + still},
	} {
		w := newDwelling(t, "08:00", RoomPolicy{}).with()
		w.isAtHome()
		c.shuts(w)
		w.wait(3*time.Hour + 10*time.Minute)
		w.want(c.want)
		w.wait(2 * time.Hour)
		w.want(c.later)
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
}

func TestTheDoorOfAnotherBathroomBeginsAnotherStay(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{}).with()
	w.isAtHome()
	w.goesToBathroom()
	w.wait(70 * time.Minute)
	w.pulse(guestDoor)
	w.wait(70 * time.Minute)
	w.want("")
	w.wait(10 * time.Minute)
	w.want(longBath)
}

// Who comes back for the towel, and goes, has gone.
func TestWhoComesBackToTheBathroomLeavesItByTheSameDoor(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{})
	w.isAtHome()
	w.goesToBathroom()
	w.wait(5 * time.Minute)
	w.opens(bathDoor)
	w.wait(5 * time.Minute)
	w.pulse(bathPIR)
	w.wait(5 * time.Minute)
	w.opens(bathDoor)
	w.wait(2*time.Hour + 50*time.Minute)
	w.want("")
}

func TestAMotionSensorAloneKnowsWhoIsInTheBathroom(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{}, bathDoor)
	w.isAtHome()
	w.pulse(bathPIR)
	w.wait(74 * time.Minute)
	w.want("")
	w.wait(2 * time.Minute)
	w.want(longBath)
}

func TestTheBathroomHasALimitOfItsOwnAtNight(t *testing.T) {
	for clock, limit := range map[string]time.Duration{"10:00": 30 * time.Minute, "23:30": 90 * time.Minute} {
		w := newDwelling(t, clock, RoomPolicy{Bathroom: 30 * time.Minute, BathroomNight: 90 * time.Minute})
		w.isAtHome()
		w.goesToBathroom()
		w.wait(limit - time.Minute)
		w.want("")
		w.wait(2 * time.Minute)
		w.want(longBath)
		if l := w.alerts[0].Evidence.Limits; len(l) != 1 || l[0].Value != limit.Seconds() {
			t.Errorf("the limit that is said is %v, want %v", l, limit)
		}
		w.opens(bathDoor) // and comes out
		w.want(longBath + " bathroom_long:cleared:high")
	}
}

// A contact that repeats its state, or hangs on its edge, is no sign of life.
func TestAContactThatNobodyTouchesIsNoSignOfLife(t *testing.T) {
	for name, says := range map[string]func(w *dwelling, i int){
		"repeats itself":    func(w *dwelling, i int) { w.says(fridge, 1); w.wait(9 * time.Second) },
		"hangs on its edge": func(w *dwelling, i int) { w.says(fridge, float64(i%2)); w.wait(4 * time.Second) },
	} {
		w := newDwelling(t, "08:00", RoomPolicy{})
		w.isAtHome()
		for i := 0; w.at.In(shanghai).Hour() < 14; i++ {
			says(w, i)
		}
		if len(w.alerts) != 1 || w.alerts[0].Kind != care.NoMovement {
			t.Errorf("%s: %v", name, w.alerts)
		}
	}
}

// The door next door says nothing of who is at home here.
func TestTheFrontDoorOfANeighbourIsNotOurs(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{}, frontDoor)
	w.plan.Sources = append(w.plan.Sources, Source{ID: frontDoor, Kind: DoorContact, Room: Entrance, Resident: "r-2", Class: Unsupervised})
	w.engine = w.fresh()
	w.isAtHome()
	w.wait(12 * time.Hour)
	w.want("")
	if deaf := w.plan.RoomsDeaf("r-1"); len(deaf) == 0 {
		t.Error("nobody is told that there is no door")
	}
}

// What a rule is without is said; of a flat that has everything nothing is.
func TestRulesOfRoomsThatCanNeverSpeakAreNamed(t *testing.T) {
	const bath, still, away, door, wander = "bathroom_long", "no_movement by day", "no_movement of who is out", "door_at_night", "wandering"
	for _, c := range []struct {
		name    string
		policy  RoomPolicy
		without []care.SourceID
		want    []string
	}{
		{"a whole flat", RoomPolicy{Away: time.Hour}, nil, nil},
		{"no front door", RoomPolicy{Away: time.Hour}, []care.SourceID{frontDoor}, []string{still, away, door}},
		{"no front door, and asked for", RoomPolicy{Still: time.Hour}, []care.SourceID{frontDoor}, []string{door}},
		{"no front door, and all is off", RoomPolicy{Still: -1, NoDoor: true}, []care.SourceID{frontDoor}, nil},
		{"no bathroom", RoomPolicy{}, []care.SourceID{bathDoor, bathPIR, flush}, []string{bath}},
		{"no bathroom, by night only", RoomPolicy{Bathroom: -1}, []care.SourceID{bathDoor, bathPIR, flush}, []string{bath}},
		{"no bathroom, by day only", RoomPolicy{BathroomNight: -1}, []care.SourceID{bathDoor, bathPIR, flush}, []string{bath}},
		{"no bathroom, and off", RoomPolicy{Bathroom: -1, BathroomNight: -1}, []care.SourceID{bathDoor, bathPIR, flush}, nil},
		{"two rooms", RoomPolicy{}, []care.SourceID{hallway, chair, mattress}, []string{wander}},
		{"two rooms, and off", RoomPolicy{NoWandering: true}, []care.SourceID{hallway, chair, mattress}, nil},
	} {
		w := newDwelling(t, "08:00", c.policy, c.without...)
		got := w.plan.RoomsDeaf("r-1")
		same := len(got) == len(c.want)
		for i := range min(len(got), len(c.want)) {
			same = same && strings.HasPrefix(got[i], c.want[i])
		}
		if !same {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	radar := radarFlat(t, "08:00", kitchen, hallway)
	if got := radar.plan.RoomsDeaf("r-1"); len(got) != 1 || !strings.HasPrefix(got[0], door) {
		t.Errorf("a radar knows who is at home: %q", got)
	}
	if got := radar.plan.RoomsDeaf("r-2"); len(got) != 1 || !strings.HasPrefix(got[0], "no rule of rooms holds") {
		t.Errorf("of nobody: %q", got)
	}
}

// Who got up, from bed or chair, is at home and not at rest: five hours without
// a sign are too long.
func TestWhoGotUpIsNotInBedAnyMore(t *testing.T) {
	for _, from := range []care.SourceID{mattress, chair} {
		w := newDwelling(t, "08:00", RoomPolicy{})
		w.says(from, 1)
		w.wait(time.Hour)
		w.says(from, 0)
		w.wait(4*time.Hour + 58*time.Minute)
		w.want("")
		w.wait(3 * time.Minute)
		w.want(noMove)
	}
}

// Signs of an empty home far apart are nobody; some of several sensors in turn
// are somebody who came in without the door.
func TestSignsFarApartBringNobodyHome(t *testing.T) {
	for _, c := range []struct {
		apart time.Duration
		want  string
	}{{time.Minute, noMove}, {15 * time.Minute, ""}} {
		w := newDwelling(t, "06:00", RoomPolicy{})
		w.isAtHome()
		w.opens(frontDoor)
		w.wait(time.Hour)
		for range 4 {
			w.pulse(kitchen)
			w.wait(c.apart)
			w.pulse(hallway)
			w.wait(c.apart)
		}
		w.wait(6 * time.Hour)
		w.want(c.want)
	}
}

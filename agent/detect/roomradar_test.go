package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

// The radars of these tests.
const (
	bathRadar   = care.SourceID("bath-radar")
	livingRadar = care.SourceID("living-radar")
)

// radarFlat is the flat of the tests of rooms with radars in bathroom and living
// room, and nothing of the rest but what is named.
func radarFlat(t testing.TB, clock string, with ...care.SourceID) *dwelling {
	t.Helper()
	w := &dwelling{t: t, plan: Plan{Zone: shanghai, Beds: []BedPolicy{{Resident: "r-1", NoExit: true}}}}
	all := append([]Source{{ID: bathRadar, Kind: Radar, Room: Bathroom}, {ID: livingRadar, Kind: Radar, Room: Living}}, flatSensors...)
	for _, id := range append([]care.SourceID{bathRadar}, with...) {
		for _, s := range all {
			if s.ID == id {
				s.Resident, s.Class = "r-1", Unsupervised
				w.plan.Sources = append(w.plan.Sources, s)
			}
		}
	}
	w.engine = w.fresh()
	at, err := time.ParseInLocation("15:04", clock, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	w.at = time.Date(2026, 3, 1, at.Hour(), at.Minute(), 0, 0, shanghai)
	w.wait(time.Second)
	return w
}

// sees is what a radar goes on to say for a while, three times a minute.
func (w *dwelling) sees(id care.SourceID, present bool, d time.Duration) {
	v := 0.0
	if present {
		v = 1
	}
	for end := w.at.Add(d); w.at.Before(end); {
		w.says(id, v)
		w.wait(19 * time.Second)
	}
}

// moves is a movement that a radar tells.
func (w *dwelling) moves(id care.SourceID) {
	for _, v := range []float64{1, 0} {
		w.wait(time.Second)
		_, a := w.engine.Reading(care.NewReading("r-1", id, care.Motion, v, 70, w.at))
		w.take(a)
	}
}

func TestA7_WhoLiesStillInTheBathroomIsFound(t *testing.T) {
	w := radarFlat(t, "10:00")
	w.sees(bathRadar, false, time.Minute)
	w.sees(bathRadar, true, 74*time.Minute)
	w.want("")
	w.sees(bathRadar, true, 2*time.Minute)
	w.want(longBath)
	if a := w.alerts[0]; a.Source != bathRadar || a.Evidence.Rule != "bathroom/3" {
		t.Errorf("the alert is %+v", a)
	}
	w.sees(bathRadar, true, 5*time.Hour)
	w.want(longBath)
	w.sees(bathRadar, false, 11*time.Minute)
	w.want(longBath + " bathroom_long:cleared:high")
}

// A radar that loses somebody who lies still, for some minutes again and again,
// does not begin anew each time.
func TestA7_ARadarThatLosesAStillPersonDoesNotBeginAnew(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	for range 9 {
		w.sees(bathRadar, true, 5*time.Minute)
		w.sees(bathRadar, false, 4*time.Minute)
	}
	w.want(longBath)
	w.isAtHome() // seen elsewhere, and the radar agrees
	w.sees(bathRadar, false, 2*time.Minute)
	w.want(longBath + " bathroom_long:cleared:high")
}

// Several short visits are no long stay.
func TestShortVisitsBeforeARadar(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	for range 12 {
		w.sees(bathRadar, true, 8*time.Minute)
		w.sees(bathRadar, false, time.Minute)
		w.isAtHome()
		w.sees(bathRadar, false, 3*time.Minute)
	}
	w.want("")
	x := radarFlat(t, "10:00") // in a home that hears nothing else
	for range 6 {
		x.sees(bathRadar, true, 8*time.Minute)
		x.sees(bathRadar, false, 50*time.Minute)
	}
	x.want("")
}

// While a radar sees somebody in the bathroom, a movement elsewhere ends
// nothing: there are cats, and visitors.
func TestAMovementElsewhereDoesNotEndWhatARadarSees(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	for range 8 {
		w.sees(bathRadar, true, 10*time.Minute)
		w.isAtHome()
	}
	w.want(longBath)
	w.isAtHome()
	w.want(longBath)
	w.sees(bathRadar, false, 2*time.Minute)
	w.want(longBath + " bathroom_long:cleared:high")
}

// A radar that loses somebody in the moment in which something moves elsewhere,
// and sees them in the next, tells of one stay, once.
func TestARadarThatBlinksWhileSomethingMovesElsewhere(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	w.sees(bathRadar, true, 76*time.Minute)
	w.want(longBath)
	w.sees(bathRadar, false, 10*time.Second)
	w.isAtHome()
	w.sees(bathRadar, true, time.Minute)
	w.want(longBath)
	w.sees(bathRadar, false, 10*time.Second)
	w.isAtHome()
	w.sees(bathRadar, false, 2*time.Minute)
	w.want(longBath + " bathroom_long:cleared:high")

	x := radarFlat(t, "10:00", bathDoor, kitchen) // and where it is the door
	x.opens(bathDoor)
	x.sees(bathRadar, true, 76*time.Minute)
	x.sees(bathRadar, false, 10*time.Second)
	x.opens(bathDoor)
	x.sees(bathRadar, true, time.Minute)
	x.want(longBath)
}

// Right after a restart no radar has spoken yet, and nobody has gone.
func TestAMovementElsewhereBeforeTheFirstWordOfARadar(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	w.sees(bathRadar, true, 76*time.Minute)
	w.want(longBath)
	w.restarts(5 * time.Second)
	w.isAtHome()
	w.sees(bathRadar, true, time.Minute)
	w.want(longBath)

	x := radarFlat(t, "10:00", kitchen) // but one that stays silent holds nobody
	x.sees(bathRadar, true, 76*time.Minute)
	x.restarts(5 * time.Second)
	x.isAtHome()
	x.wait(3 * time.Minute)
	x.want(longBath + " bathroom_long:cleared:high")
}

// Behind a door that stays closed nobody vanishes: who slid down where the radar
// does not reach is still there.
func TestNobodyVanishesBehindAClosedDoor(t *testing.T) {
	w := radarFlat(t, "10:00", bathDoor, kitchen)
	w.opens(bathDoor)
	w.sees(bathRadar, true, 5*time.Minute)
	w.sees(bathRadar, false, 75*time.Minute)
	w.want(longBath)

	x := radarFlat(t, "10:00", bathDoor, kitchen)
	x.opens(bathDoor)
	x.sees(bathRadar, true, 5*time.Minute)
	x.opens(bathDoor) // and leaves
	x.sees(bathRadar, false, 75*time.Minute)
	x.want("")
}

// An open door hides nobody: who is not seen behind it has gone.
func TestWhoIsNotSeenBehindAnOpenDoorHasGone(t *testing.T) {
	w := radarFlat(t, "10:00", bathDoor, kitchen)
	w.says(bathDoor, 0)
	w.says(bathDoor, 1)
	w.sees(bathRadar, true, 5*time.Minute)
	w.sees(bathRadar, false, 75*time.Minute)
	w.want("")
}

// A radar that loses somebody for a moment, or a fan, has not seen somebody come.
func TestARadarThatBlinksTakesNobodyOutOfTheBathroom(t *testing.T) {
	w := radarFlat(t, "10:00", livingRadar, bathDoor, bathPIR)
	w.sees(livingRadar, true, time.Minute)
	w.goesToBathroom()
	for range 38 {
		w.sees(livingRadar, true, 100*time.Second)
		w.sees(livingRadar, false, 20*time.Second)
	}
	w.want(longBath)
}

// A radar whose word about movement hangs is as a motion sensor that does.
func TestARadarThatHangsIsNoSignOfLife(t *testing.T) {
	w := radarFlat(t, "08:00", livingRadar, frontDoor)
	for range 7 * 60 {
		w.wait(time.Minute)
		_, a := w.engine.Reading(care.NewReading("r-1", livingRadar, care.Motion, 1, 70, w.at))
		w.take(a)
	}
	w.want(noMove)
}

// A limit that is off is off for the radar, too.
func TestAStayBeforeARadarWithoutALimitSaysNothing(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	w.plan.Rooms = []RoomPolicy{{Resident: "r-1", Bathroom: -1, BathroomNight: -1, Still: -1}}
	w.engine = w.fresh()
	w.sees(bathRadar, true, 3*time.Hour)
	w.want("")
}

// What the door says is corrected by who is seen behind it.
func TestTheDoorMovesAndTheRadarGoesOn(t *testing.T) {
	w := radarFlat(t, "10:00", bathDoor, kitchen)
	w.opens(bathDoor)
	w.sees(bathRadar, true, 10*time.Minute)
	w.opens(bathDoor) // for the towel
	w.sees(bathRadar, true, 67*time.Minute)
	w.want(longBath)
}

// A radar that falls silent holds nobody against a sign elsewhere.
func TestASilentRadarKnowsNothing(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	w.sees(bathRadar, true, 30*time.Minute)
	w.wait(5 * time.Minute)
	w.isAtHome()
	w.wait(100 * time.Minute)
	w.want("")
}

// Who is present and does not move has not moved.
func TestA7_PresenceIsNoMovement(t *testing.T) {
	w := radarFlat(t, "08:00", livingRadar, kitchen, frontDoor)
	w.isAtHome()
	w.sees(livingRadar, true, time.Minute)
	w.moves(livingRadar)
	w.sees(livingRadar, true, 5*time.Hour+2*time.Minute)
	w.want(noMove)
	w.moves(livingRadar)
	w.want(noMove + " no_movement:cleared:high")
}

// A radar that tells movement from presence knows that somebody is at home,
// without a sensor at the front door.
func TestA7_ARadarKnowsThatSomebodyIsAtHome(t *testing.T) {
	w := radarFlat(t, "08:00", livingRadar)
	w.sees(livingRadar, true, time.Minute)
	w.moves(livingRadar)
	w.sees(livingRadar, true, 5*time.Hour+2*time.Minute)
	w.want(noMove)
	x := radarFlat(t, "08:00", livingRadar) // and went out
	x.sees(livingRadar, true, time.Minute)
	x.moves(livingRadar)
	x.sees(livingRadar, false, 8*time.Hour)
	x.want("")
	y := radarFlat(t, "08:00", livingRadar) // one that tells presence only
	y.sees(livingRadar, true, 8*time.Hour)
	y.want("")
}

// Whoever sits before a radar while a visitor leaves has not gone out: five
// hours later nothing moved.
func TestAVisitorLeaves(t *testing.T) {
	w := radarFlat(t, "08:00", livingRadar, kitchen, frontDoor)
	w.isAtHome()
	w.sees(livingRadar, true, time.Minute)
	w.moves(livingRadar)
	w.opens(frontDoor)
	w.sees(livingRadar, true, 5*time.Hour+5*time.Minute)
	w.want(noMove)
}

// A room that a radar sees entered at night is a visit; a radar that loses
// somebody who sits still for some seconds makes none.
func TestA7_RadarsAndWandering(t *testing.T) {
	w := radarFlat(t, "22:00", livingRadar, kitchen, hallway)
	w.isAtHome()
	w.wait(2 * time.Hour) // the night has begun
	for range 4 {
		w.wait(30 * time.Second)
		w.pulse(hallway)
		w.wait(30 * time.Second)
		w.sees(bathRadar, true, time.Minute)
		w.sees(bathRadar, false, 20*time.Second)
		w.sees(livingRadar, true, time.Minute)
		w.sees(livingRadar, false, 20*time.Second)
		w.wait(30 * time.Second)
		w.isAtHome()
		w.wait(30 * time.Second)
	}
	w.want("wandering:confirmed:medium")

	x := radarFlat(t, "22:00", livingRadar, kitchen, hallway)
	x.isAtHome()
	x.wait(2 * time.Hour)
	for range 30 {
		x.sees(livingRadar, true, 40*time.Second)
		x.sees(livingRadar, false, 20*time.Second)
	}
	x.want("")
}

// The stay before a radar outlives a restart, and goes on when the radar says
// that somebody is still there.
func TestTheStayBeforeARadarOutlivesARestart(t *testing.T) {
	w := radarFlat(t, "10:00", kitchen)
	w.sees(bathRadar, true, 30*time.Minute)
	w.isAtHome() // somebody else: the radar alone holds the stay
	w.sees(bathRadar, true, time.Minute)
	w.restarts(10 * time.Minute)
	w.sees(bathRadar, true, 36*time.Minute)
	w.want(longBath)

	x := radarFlat(t, "10:00", kitchen)
	x.sees(bathRadar, true, 30*time.Minute)
	x.isAtHome()
	x.sees(bathRadar, true, time.Minute)
	x.restarts(10 * time.Minute)
	x.sees(bathRadar, false, 90*time.Minute)
	x.want("")
}

// A clock that is set moves the stay along.
func TestASetClockMovesTheStayBeforeARadar(t *testing.T) {
	for _, by := range []time.Duration{365 * 24 * time.Hour, -365 * 24 * time.Hour} {
		w := radarFlat(t, "10:00")
		w.sees(bathRadar, true, 70*time.Minute)
		w.at = w.at.Add(by)
		w.sees(bathRadar, true, 4*time.Minute)
		w.want("")
		w.sees(bathRadar, true, 2*time.Minute)
		w.want(longBath)

		x := radarFlat(t, "10:00", kitchen)
		x.sees(bathRadar, true, 70*time.Minute)
		x.isAtHome() // somebody else: the radar alone holds the stay
		x.sees(bathRadar, true, time.Minute)
		x.at = x.at.Add(by)
		x.wait(10 * time.Second) // before the radar speaks again
		x.sees(bathRadar, true, 5*time.Minute)
		x.want(longBath)
	}
}

// Every state of the radar of a bathroom against every event, in the words of
// what is believed of the resident.
func TestRadarStates(t *testing.T) {
	states := map[string]func(w *dwelling){
		"nowhere": func(*dwelling) {},
		"kitchen": func(w *dwelling) { w.isAtHome() },
		"seen":    func(w *dwelling) { w.sees(bathRadar, true, 5*time.Minute) },
		"seen, and elsewhere": func(w *dwelling) {
			w.sees(bathRadar, true, 5*time.Minute)
			w.isAtHome()
			w.sees(bathRadar, true, 20*time.Second)
		},
		"lost": func(w *dwelling) {
			w.sees(bathRadar, true, 5*time.Minute)
			w.sees(bathRadar, false, 3*time.Minute)
		},
		"gone": func(w *dwelling) {
			w.sees(bathRadar, true, 5*time.Minute)
			w.sees(bathRadar, false, 11*time.Minute)
		},
	}
	events := map[string]func(w *dwelling){
		"sees":    func(w *dwelling) { w.sees(bathRadar, true, 20*time.Second) },
		"loses":   func(w *dwelling) { w.sees(bathRadar, false, 20*time.Second) },
		"moves":   func(w *dwelling) { w.moves(bathRadar) },
		"kitchen": func(w *dwelling) { w.isAtHome() },
		"silent":  func(w *dwelling) { w.wait(5 * time.Minute) },
	}
	want := map[string]map[string]string{
		"nowhere":             {"sees": "bath, stay", "loses": "nowhere", "moves": "bath", "kitchen": "kitchen", "silent": "nowhere"},
		"kitchen":             {"sees": "bath, stay", "loses": "kitchen", "moves": "bath", "kitchen": "kitchen", "silent": "kitchen"},
		"seen":                {"sees": "bath, stay", "loses": "bath, stay", "moves": "bath, stay", "kitchen": "kitchen, stay", "silent": "bath, stay"},
		"seen, and elsewhere": {"sees": "kitchen, stay", "loses": "kitchen, stay", "moves": "bath, stay", "kitchen": "kitchen, stay", "silent": "kitchen"},
		"lost":                {"sees": "bath, stay", "loses": "bath, stay", "moves": "bath, stay", "kitchen": "kitchen", "silent": "bath, stay"},
		"gone":                {"sees": "bath, stay", "loses": "bath-", "moves": "bath", "kitchen": "kitchen", "silent": "bath-"},
	}
	for state, enter := range states {
		for event, happens := range events {
			w := radarFlat(t, "10:00", kitchen)
			enter(w)
			happens(w)
			w.wait(time.Second)
			got := w.where()
			for _, d := range w.engine.persons[0].detectors {
				if r, ok := d.(*rooms); ok && !r.state.Stay.Since.IsZero() {
					got += ", stay"
				}
			}
			if got != want[state][event] {
				t.Errorf("%s, %s: now %s, want %s", state, event, got, want[state][event])
			}
		}
	}
}

// Whatever radars say, in whatever order, the rules stand.
func FuzzRadar(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200, 100})
	f.Fuzz(func(t *testing.T, script []byte) {
		w := radarFlat(t, "21:00", livingRadar, bathDoor, frontDoor, kitchen)
		for _, b := range script[:min(len(script), 200)] {
			switch b % 10 {
			case 0, 1:
				w.says(bathRadar, float64(b%2))
			case 2, 3:
				w.says(livingRadar, float64(b%2))
			case 4:
				w.moves([]care.SourceID{bathRadar, livingRadar}[b/10%2])
			case 5:
				w.says([]care.SourceID{bathDoor, frontDoor}[b/10%2], float64(b/20%2))
			case 6:
				w.pulse(kitchen)
			case 7:
				w.wait(time.Duration(b) * 10 * time.Second)
			case 8:
				w.at = w.at.Add(time.Duration(int8(b)) * time.Minute)
			case 9:
				w.restarts(time.Duration(b) * time.Second)
			}
		}
		open := map[care.Episode]bool{}
		for _, a := range w.alerts {
			if a.Kind != care.BathroomLong {
				continue
			}
			if open[a.Episode] == (a.State != care.Cleared) {
				t.Fatalf("%v twice in a row: %+v", a.State, a)
			}
			open[a.Episode] = a.State != care.Cleared
		}
	})
}

package detect

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// The sensors of the flat of these tests.
const (
	frontDoor = care.SourceID("front-door")
	bathDoor  = care.SourceID("bath-door")
	bathPIR   = care.SourceID("bath-pir")
	flush     = care.SourceID("flush")
	kitchen   = care.SourceID("kitchen-pir")
	hallway   = care.SourceID("hall-pir")
	fridge    = care.SourceID("fridge")
	chair     = care.SourceID("chair")
	mattress  = care.SourceID("mattress")
)

var flatSensors = []Source{
	{ID: frontDoor, Kind: DoorContact, Room: Entrance}, {ID: bathDoor, Kind: DoorContact, Room: Bathroom},
	{ID: bathPIR, Kind: MotionSensor, Room: Bathroom}, {ID: flush, Kind: FlushSensor},
	{ID: kitchen, Kind: MotionSensor, Room: Kitchen}, {ID: hallway, Kind: MotionSensor, Room: Hall},
	{ID: fridge, Kind: Contact, Room: Kitchen}, {ID: chair, Kind: SeatPad, Room: Living}, {ID: mattress, Kind: BedPad},
}

// dwelling is a flat with its rules of rooms, in Shanghai, and a clock.
type dwelling struct {
	t      testing.TB
	plan   Plan
	engine *Engine
	at     time.Time
	alerts []care.Alert
}

var shanghai = time.FixedZone("CST", 8*3600)

// newDwelling is a flat at an hour of the first of March.
func newDwelling(t testing.TB, clock string, policy RoomPolicy, without ...care.SourceID) *dwelling {
	t.Helper()
	w := &dwelling{t: t, plan: Plan{Zone: shanghai, Beds: []BedPolicy{{Resident: "r-1", NoExit: true}}}}
	policy.Resident = "r-1"
	w.plan.Rooms = []RoomPolicy{policy}
	for _, s := range flatSensors {
		if !strings.Contains(fmt.Sprint(without), string(s.ID)) {
			s.Resident, s.Class = "r-1", Unsupervised
			w.plan.Sources = append(w.plan.Sources, s)
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

func (w *dwelling) fresh() *Engine {
	e, err := New(w.plan)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

func (w *dwelling) take(alerts []care.Alert) {
	for _, a := range alerts {
		switch a.Kind {
		case care.BathroomLong, care.NoMovement, care.DoorAtNight, care.Wandering:
			w.alerts = append(w.alerts, a)
		}
	}
}

// wait lets time pass.
func (w *dwelling) wait(d time.Duration) {
	for end := w.at.Add(d); w.at.Before(end); {
		w.at = w.at.Add(time.Second)
		_, a := w.engine.Tick(w.at)
		w.take(a)
	}
}

// says is a state of a sensor, a second after what was before.
func (w *dwelling) says(id care.SourceID, v float64) {
	w.wait(time.Second)
	for _, s := range w.plan.Sources {
		if s.ID == id {
			_, a := w.engine.Reading(care.NewReading("r-1", id, s.Kind.roomMetric(), v, 100, w.at))
			w.take(a)
		}
	}
}

// pulse is on and off again, as a motion sensor or a flush is.
func (w *dwelling) pulse(id care.SourceID) { w.says(id, 1); w.wait(2 * time.Second); w.says(id, 0) }

// opens is a door that opens, and closes behind somebody.
func (w *dwelling) opens(id care.SourceID) {
	w.says(id, 0) // as it is said before
	w.pulse(id)
}

// restarts ends the agent for a while.
func (w *dwelling) restarts(down time.Duration) {
	w.t.Helper()
	data, err := w.engine.Save(w.at)
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine, w.at = w.fresh(), w.at.Add(down)
	if err := w.engine.Load(data, w.at); err != nil {
		w.t.Fatal(err)
	}
}

func (w *dwelling) want(said string) {
	w.t.Helper()
	var all []string
	for _, a := range w.alerts {
		all = append(all, fmt.Sprintf("%v:%v:%v", a.Kind, a.State, a.Priority))
	}
	if got := strings.Join(all, " "); got != said {
		w.t.Errorf("the alerts were\n\t%s\nwant\n\t%s", got, said)
	}
}

// goesToBathroom closes the door behind the resident and moves inside.
func (w *dwelling) goesToBathroom() { w.opens(bathDoor); w.pulse(bathPIR) }

// isAtHome moves in the kitchen.
func (w *dwelling) isAtHome() { w.pulse(kitchen) }

const (
	longBath = "bathroom_long:confirmed:high"
	noMove   = "no_movement:confirmed:high"
	nightOut = "door_at_night:confirmed:high"
)

func TestD6_BathroomTooLongIsSaid(t *testing.T) {
	for _, hour := range []string{"10:00", "23:30"} {
		w := newDwelling(t, hour, RoomPolicy{})
		w.isAtHome()
		w.goesToBathroom()
		w.wait(74 * time.Minute)
		w.want("")
		w.wait(2 * time.Minute)
		w.want(longBath)
		if a := w.alerts[0]; a.At.Sub(a.Onset) < 75*time.Minute || a.At.Sub(a.Onset) > 76*time.Minute || a.Evidence.Rule != "bathroom/3" {
			t.Errorf("the alert is %+v", a)
		}
		w.isAtHome()
		w.want(longBath + " bathroom_long:cleared:high")
	}
}

// The sensor sees who comes in before the door falls shut behind them.
func TestD6_WhoIsSeenBeforeTheDoorClosesIsInTheBathroom(t *testing.T) {
	comesIn := func(hour string) *dwelling {
		w := newDwelling(t, hour, RoomPolicy{})
		w.isAtHome()
		w.says(bathDoor, 0)
		w.says(bathDoor, 1)
		w.pulse(bathPIR)
		w.says(bathDoor, 0)
		return w
	}
	for _, hour := range []string{"10:00", "23:30"} {
		w := comesIn(hour)
		w.wait(74 * time.Minute)
		w.want("")
		w.wait(2 * time.Minute)
		w.want(longBath)
	}

	left := comesIn("10:00") // and opens it again half a minute later
	left.wait(20 * time.Second)
	left.pulse(bathDoor)
	left.wait(2*time.Hour + 50*time.Minute)
	left.want("")
}

func TestD6_WhoLeavesTheBathroomInTimeIsNoAlarm(t *testing.T) {
	for name, leave := range map[string]func(*dwelling){
		"through its door":           func(w *dwelling) { w.wait(5 * time.Minute); w.opens(bathDoor) },
		"seen in the kitchen":        func(w *dwelling) { w.isAtHome() },
		"sits down":                  func(w *dwelling) { w.says(chair, 1) },
		"lies down":                  func(w *dwelling) { w.says(mattress, 1) },
		"out, and the cistern fills": func(w *dwelling) { w.pulse(flush); w.pulse(kitchen); w.pulse(flush) },
	} {
		w := newDwelling(t, "10:00", RoomPolicy{})
		w.isAtHome()
		w.goesToBathroom()
		leave(w)
		w.wait(2*time.Hour + 50*time.Minute)
		if len(w.alerts) != 0 {
			t.Errorf("%s: %v", name, w.alerts[0])
		}
	}
}

func TestD6_WhoMovesInTheBathroomForTooLongIsSaid(t *testing.T) {
	w := newDwelling(t, "10:00", RoomPolicy{})
	w.goesToBathroom()
	for range 20 { // somebody who fell still moves
		w.wait(4 * time.Minute)
		w.pulse(bathPIR)
	}
	w.want(longBath)
}

func TestD6_AFlushAloneProvesNoStayAndIsSaidLater(t *testing.T) {
	for hour, want := range map[string]string{"10:00": longBath, "20:00": "", "23:00": ""} {
		w := newDwelling(t, hour, RoomPolicy{}, bathPIR, bathDoor)
		w.isAtHome()
		w.pulse(flush)
		w.wait(2*time.Hour + 59*time.Minute)
		w.want("")
		w.wait(2 * time.Minute)
		w.want(want)
	}
}

func TestD6_WhoLeftTheBathroomForNowhereIsSaidLater(t *testing.T) {
	w := newDwelling(t, "10:00", RoomPolicy{})
	w.goesToBathroom()
	w.opens(bathDoor) // or did it fall shut?
	w.wait(2*time.Hour + 59*time.Minute)
	w.want("")
	w.wait(2 * time.Minute)
	w.want(longBath)
}

func TestD6_ATimerOfTheBathroomSurvivesARestart(t *testing.T) {
	for name, c := range map[string]struct{ before, down, after time.Duration }{
		"a short one":                          {60 * time.Minute, 5 * time.Minute, 11 * time.Minute},
		"the limit passes while it is down":    {60 * time.Minute, time.Hour, 2 * time.Second},
		"it was said before, and is not again": {76 * time.Minute, 5 * time.Minute, 30 * time.Minute},
	} {
		w := newDwelling(t, "10:00", RoomPolicy{})
		w.goesToBathroom()
		w.wait(c.before)
		w.restarts(c.down)
		w.wait(c.after)
		if len(w.alerts) != 1 || w.alerts[0].Kind != care.BathroomLong {
			t.Errorf("%s: the alerts were %v", name, w.alerts)
		}
		w.isAtHome()
		if n := len(w.alerts); n != 2 || w.alerts[1].State != care.Cleared || w.alerts[1].Episode != w.alerts[0].Episode {
			t.Errorf("%s: the same episode was not cleared: %v", name, w.alerts)
		}
	}
}

func TestD6_ATimerWithoutAClockGoesOn(t *testing.T) {
	w := newDwelling(t, "10:00", RoomPolicy{})
	w.goesToBathroom()
	w.wait(60 * time.Minute)
	data, err := w.engine.Save(w.at)
	if err != nil {
		t.Fatal(err)
	}
	w.engine, w.at = w.fresh(), time.Date(1970, 1, 1, 0, 1, 0, 0, time.UTC)
	if err := w.engine.Load(data, w.at); err != nil {
		t.Fatal(err)
	}
	w.wait(10 * time.Minute)
	w.want("")
	set := w.at.Sub(w.at) + 56*365*24*time.Hour
	w.at = w.at.Add(set) // the clock is set
	w.wait(6 * time.Minute)
	w.want(longBath)
}

func TestD6_NoMovementIsSaid(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{})
	w.isAtHome()
	w.wait(4*time.Hour + 58*time.Minute)
	w.want("")
	w.wait(3 * time.Minute)
	w.want(noMove)
	w.pulse(fridge)
	w.want(noMove + " no_movement:cleared:high")
}

func TestD6_StillnessIsNoAlarmWhere(t *testing.T) {
	for name, c := range map[string]struct {
		clock string
		do    func(*dwelling)
		hours int
	}{
		"everybody sleeps":            {"22:30", func(w *dwelling) { w.isAtHome(); w.pulse(mattress) }, 13},
		"the resident went out":       {"09:00", func(w *dwelling) { w.isAtHome(); w.opens(frontDoor) }, 12},
		"the resident is in bed":      {"20:00", func(w *dwelling) { w.says(mattress, 1) }, 13},
		"the resident watches a film": {"14:00", func(w *dwelling) { w.says(chair, 1) }, 7},
		"nobody was ever seen":        {"09:00", func(w *dwelling) {}, 30},
	} {
		w := newDwelling(t, c.clock, RoomPolicy{})
		c.do(w)
		w.wait(time.Duration(c.hours) * time.Hour)
		if len(w.alerts) != 0 {
			t.Errorf("%s: %v", name, w.alerts[0])
		}
	}
}

// Who was seen last in the kitchen of a home whose bed would have told did not go
// to bed.
func TestD6_WhoFallsInTheEveningIsFoundAtNight(t *testing.T) {
	for _, c := range []struct {
		name    string
		policy  RoomPolicy
		without []care.SourceID
		found   time.Duration
	}{
		{"the bed is watched", RoomPolicy{}, nil, 5 * time.Hour},
		{"nothing of the bedroom is watched", RoomPolicy{}, []care.SourceID{mattress}, 17 * time.Hour},
		{"sleeps in a chair", RoomPolicy{SleepsAnywhere: true}, nil, 17 * time.Hour},
	} {
		w := newDwelling(t, "19:00", c.policy, c.without...)
		w.says(mattress, 0)
		w.isAtHome()
		w.wait(c.found - 2*time.Minute)
		if len(w.alerts) != 0 {
			t.Errorf("%s: %v", c.name, w.alerts[0])
		}
		w.wait(4 * time.Minute)
		if len(w.alerts) != 1 || w.alerts[0].Kind != care.NoMovement {
			t.Errorf("%s: %v", c.name, w.alerts)
		}
	}
}

func TestD6_WhoStaysInBedOrInAChairForTooLongIsSaid(t *testing.T) {
	w := newDwelling(t, "21:00", RoomPolicy{})
	w.says(mattress, 1)
	w.wait(14*time.Hour + time.Minute)
	w.want(noMove)
	w = newDwelling(t, "12:00", RoomPolicy{})
	w.says(chair, 1)
	w.wait(8*time.Hour + time.Minute)
	w.want(noMove)
}

func TestD6_WhoCameHomeAndIsNotSeenIsSaid(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{})
	w.isAtHome()
	w.opens(frontDoor)
	w.wait(2 * time.Hour)
	w.opens(frontDoor)
	w.wait(5*time.Hour + 20*time.Minute)
	w.want(noMove)
}

func TestD6_NobodyKnowsWhoIsHomeWithoutASensorAtTheDoor(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{}, frontDoor)
	w.isAtHome()
	w.wait(12 * time.Hour)
	w.want("")
}

func TestD6_ASunbeamIsNobodyAtHome(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{})
	w.isAtHome()
	w.opens(frontDoor)
	w.wait(time.Hour)
	w.isAtHome() // a curtain moves
	w.wait(6 * time.Hour)
	w.want("")
	for range 9 {
		w.isAtHome() // the curtain again, and six hours are left of the day
	}
	w.wait(8 * time.Hour)
	w.want("")
	for range 2 { // that is somebody
		w.isAtHome()
		w.pulse(hallway)
	}
	w.goesToBathroom()
	w.wait(80 * time.Minute)
	w.want(longBath)
}

func TestD6_WhoIsAwayForDaysIsANote(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{Away: 24 * time.Hour})
	w.isAtHome()
	w.opens(frontDoor)
	w.wait(24*time.Hour + 20*time.Minute)
	w.want("no_movement:confirmed:low")
}

func TestARuleThatIsOffSaysNothing(t *testing.T) {
	off := RoomPolicy{Bathroom: -1, BathroomNight: -1, Still: -1, InBed: -1, Seated: -1, Away: -1}
	w := newDwelling(t, "08:00", off)
	w.goesToBathroom()
	w.wait(30 * time.Hour)
	w.want("")
}

func TestAClockThatIsSetEndsNoTimer(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{})
	w.isAtHome()
	w.goesToBathroom()
	w.wait(30 * time.Minute)
	w.at = w.at.Add(400 * 24 * time.Hour)
	w.wait(30 * time.Minute)
	w.want("")
	w.at = w.at.Add(-800 * 24 * time.Hour)
	w.wait(17 * time.Minute)
	w.want(longBath)
}

func TestAStuckMotionSensorIsNoSignOfLife(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{})
	w.says(kitchen, 1)
	for range 7 * 60 {
		w.wait(time.Minute)
		w.says(kitchen, 1)
	}
	w.want(noMove)
}

func TestRoomsAreReadByTheirNames(t *testing.T) {
	for r := Bathroom; int(r) < len(roomNames); r++ {
		if got, ok := RoomByName(r.String()); !ok || got != r {
			t.Errorf("room %v is read as %v", r, got)
		}
	}
	if r, ok := RoomByName("Living Room"); !ok || r != Living {
		t.Error("a living room is not known")
	}
	if _, ok := RoomByName("cave"); ok {
		t.Error("a room that does not exist was found")
	}
}

func TestPoliciesOfRoomsThatAreRefused(t *testing.T) {
	for want, p := range map[string]RoomPolicy{
		"the night":               {Night: Hours{From: -time.Hour}},
		"bathroom: 1s":            {Bathroom: time.Second},
		"still: 1000h0m0s is not": {Still: 1000 * time.Hour},
	} {
		if _, err := New(Plan{Rooms: []RoomPolicy{p}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, have %v", want, err)
		}
	}
}

func TestAStateOfRoomsThatCannotBeIsRefused(t *testing.T) {
	w := newDwelling(t, "08:00", RoomPolicy{})
	d := w.engine.persons[0].detectors[len(w.engine.persons[0].detectors)-1].(*rooms)
	w.isAtHome()
	before := d.state.Place
	for _, raw := range []string{`{"Place":99}`, `{"Walk":{"Moves":[{"Room":99}]}}`, `[]`, `{"Since":"never"}`} {
		if err := d.load(json.RawMessage(raw), outage{}); err == nil || d.state.Place != before {
			t.Errorf("%s: error %v, and the place is %v", raw, err, d.state.Place)
		}
	}
}

func FuzzRooms(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 1, 1, 0, 9, 3, 4, 200, 255, 7, 0, 0, 5, 1, 128})
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newDwelling(t, "22:00", RoomPolicy{})
		at := w.at
		for len(data) >= 4 {
			s := w.plan.Sources[int(data[0])%len(w.plan.Sources)]
			at = at.Add(time.Duration(int16(binary.BigEndian.Uint16(data[2:]))) * time.Second)
			w.engine.Reading(care.NewReading("r-1", s.ID, s.Kind.roomMetric(), float64(data[1]%3), 100, at))
			w.engine.Tick(at)
			data = data[4:]
		}
		saved, err := w.engine.Save(at)
		if err != nil || len(saved) > 64<<10 {
			t.Fatalf("%d bytes are saved: %v", len(saved), err)
		}
		if err := w.fresh().Load(saved, at); err != nil {
			t.Errorf("what was saved is refused: %v", err)
		}
	})
}

func BenchmarkRooms(b *testing.B) {
	w := newDwelling(b, "01:00", RoomPolicy{})
	at := w.at
	b.ReportAllocs()
	for i := range b.N {
		at = at.Add(time.Second)
		w.engine.Reading(care.NewReading("r-1", []care.SourceID{kitchen, hallway, bathPIR}[i/20%3], care.Motion, float64(i%2), 100, at))
		w.engine.Tick(at)
	}
}

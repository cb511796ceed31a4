package detect

import (
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

func TestBedEveryStateAndEvent(t *testing.T) {
	const exit, back, maybe = "bed_exit:confirmed:medium", "bed_exit:cleared:medium", "bed_exit:suspected:medium"
	const doubt = -1 // empty, of which the sensor is not sure
	type step struct {
		at, in float64
	}
	for _, c := range []struct {
		name   string
		steps  []step
		policy BedPolicy
		want   string
		state  bedState
	}{
		// "With a hole" is of a bed with a waveform; the others speak of changes only.
		{"empty, empty", []step{{0, 0}, {30, 0}}, BedPolicy{}, "", bedEmpty},
		{"empty, occupied", []step{{0, 0}, {30, 1}}, BedPolicy{}, "", bedEntering},
		{"entering, empty: sat on the edge", []step{{0, 1}, {60, 1}, {119, 0}}, BedPolicy{}, "", bedEmpty},
		{"entering, occupied for long enough", []step{{0, 1}, {60, 1}, {120, 1}}, BedPolicy{}, "", bedArmed},
		{"entering, occupied, with a hole", []step{{0, 1}, {200, 1}}, BedPolicy{}, "", bedEntering},
		{"entering, occupied, said long ago", []step{{0, 1}, {200, 1}}, BedPolicy{}, "", bedArmed},
		{"entering, empty, said long ago", []step{{0, 1}, {200, 0}}, BedPolicy{}, exit, bedOut},
		{"armed, occupied", []step{{0, 1}, {80, 1}, {160, 1}, {190, 1}}, BedPolicy{}, "", bedArmed},
		{"armed, empty", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}}, BedPolicy{}, exit, bedOut},
		{"armed by time alone, empty", []step{{0, 1}, {85, 1}, {125, 0}}, BedPolicy{}, exit, bedOut},
		{"armed, empty after a hole: late, but told", []step{{0, 1}, {80, 1}, {160, 1}, {600, 0}}, BedPolicy{}, exit, bedOut},
		{"out, empty", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {191, 0}}, BedPolicy{}, exit, bedOut},
		{"out, occupied", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {300, 1}}, BedPolicy{}, exit, bedBack},
		{"back, out: only a moment", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {200, 1}, {230, 0}}, BedPolicy{}, exit, bedOut},
		{"back, occupied: stayed", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {200, 1}, {260, 1}}, BedPolicy{}, exit + " " + back, bedBack},
		{"back, occupied, with a hole", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {200, 1}, {300, 1}}, BedPolicy{}, exit, bedBack},
		{"back, out: was said to be back", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {200, 1}, {260, 1}, {280, 0}}, BedPolicy{}, exit + " " + back + " " + exit, bedOut},
		{"back, occupied for long enough", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {200, 1}, {260, 1}, {320, 1}}, BedPolicy{}, exit + " " + back, bedArmed},
		{"empty, doubtful", []step{{0, 0}, {30, doubt}}, BedPolicy{}, "", bedEmpty},
		{"entering, doubtful", []step{{0, 1}, {60, doubt}}, BedPolicy{}, "", bedEntering},
		{"armed, doubtful", []step{{0, 1}, {80, 1}, {160, 1}, {161, doubt}}, BedPolicy{}, maybe, bedArmed},
		{"armed, doubtful, then empty", []step{{0, 1}, {80, 1}, {160, 1}, {161, doubt}, {165, 0}}, BedPolicy{}, maybe + " " + exit, bedOut},
		{"armed, doubtful, then occupied", []step{{0, 1}, {80, 1}, {160, 1}, {161, doubt}, {165, 1}}, BedPolicy{}, maybe + " " + back, bedArmed},
		{"out, doubtful", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {165, doubt}}, BedPolicy{}, exit, bedOut},
		{"back, doubtful: only a moment", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {200, 1}, {230, doubt}}, BedPolicy{}, exit, bedBack},
		{"back, doubtful: was said to be back", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}, {200, 1}, {260, 1}, {280, doubt}}, BedPolicy{}, exit + " " + back + " " + maybe, bedBack},
		{"armed, empty, may leave", []step{{0, 1}, {80, 1}, {160, 1}, {161, 0}}, BedPolicy{Resident: "r-1", NoExit: true}, "", bedOut},
		{"entering, occupied, armed at once", []step{{0, 1}}, BedPolicy{Resident: "r-1", Arm: -1}, "", bedArmed},
		{"an old reading again", []step{{0, 1}, {80, 1}, {160, 1}, {100, 0}}, BedPolicy{}, "", bedArmed},
		{"a clock that went back a day", []step{{90000, 1}, {0, 1}, {80, 1}, {160, 1}, {161, 0}}, BedPolicy{}, exit, bedOut},
	} {
		h := newHome(t, Source{Kind: BedPad, Class: Unsupervised}, Plan{Beds: []BedPolicy{c.policy}})
		d := h.engine.watches[0].detectors[2].(*bed)
		if strings.HasSuffix(c.name, "with a hole") {
			d.Block(&care.Block{})
		}
		for _, s := range c.steps {
			if s.in == doubt {
				h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, 0, Believed-1, after(s.at))))
				continue
			}
			h.reading(care.BedOccupancy, s.in, s.at)
		}
		if h.said() != c.want || d.state != c.state {
			t.Errorf("%s: %q in state %d, want %q in %d", c.name, h.said(), d.state, c.want, c.state)
		}
	}
}

// pad plays the voltage of a bed pad.
func (h *home) pad(from, to float64, volts func(t float64) float64) {
	const rate = 16
	for at := from; at < to; at += 0.5 {
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedLoad, Rate: rate, Start: after(at), Channels: make([][]float64, 1)}
		for i := range rate / 2 {
			t := at + float64(i)/rate
			b.Channels[0] = append(b.Channels[0], volts(t)+0.02*hum(int(t*1000)))
		}
		h.take(h.engine.Block(&b))
		h.take(h.engine.Tick(after(at + 0.5)))
	}
}

func TestA5_ANightOnAPad(t *testing.T) {
	const empty, edge, lying = 0.35, 1.3, 2.4
	night := func(t float64) float64 {
		switch {
		case t < 60:
			return empty
		case t < 90: // sits on the edge before lying down
			return edge
		case t < 400:
			return lying
		case t < 401: // rolls over: unloads for a moment
			return 1.0
		case t < 500:
			return lying
		case t < 520: // sits up on the edge, and lies down again
			return edge
		case t < 900:
			return lying
		case t < 915: // sits on the edge
			return edge
		}
		return empty // and leaves
	}
	h := newHome(t, Source{Kind: BedPad}, Plan{})
	h.pad(0, 960, night)
	h.want("bed_exit:confirmed:medium")
	if d := h.alerts[0].At.Sub(after(915)).Seconds(); d < 0 || d > 3 {
		t.Errorf("decided %.1f s after leaving, want at most 3", d)
	}
	for _, r := range h.values {
		if r.Metric == care.BedOccupancy && r.Value == 1 && r.At.Before(after(89)) {
			t.Error("the bed was occupied while somebody sat on its edge")
		}
	}
	longest, last := 0.0, after(0)
	for _, r := range h.values {
		longest, last = max(longest, r.At.Sub(last).Seconds()), r.At
	}
	if longest > 31 {
		t.Errorf("no occupancy for %.0f s", longest)
	}
}

func TestA5_WhoDoesNotLieTwoMinutesIsNotMissed(t *testing.T) {
	h := newHome(t, Source{Kind: BedPad}, Plan{})
	h.pad(0, 300, func(t float64) float64 {
		if t > 60 && t < 170 {
			return 2.4
		}
		return 0.35
	})
	h.want("")
}

func TestAPadThatFallsUnderLoad(t *testing.T) {
	h := newHome(t, Source{Kind: BedPad, Pad: Pad{On: 1, Off: 2}}, Plan{})
	h.pad(0, 300, func(t float64) float64 {
		if t > 20 && t < 250 {
			return 0.4
		}
		return 3
	})
	h.want("bed_exit:confirmed:medium")
}

func TestABedThatIsLeftAfterTheClockWasSetBackALittle(t *testing.T) {
	h := newHome(t, Source{Kind: BedPad}, Plan{})
	for at := 0.0; at <= 300; at += 30 {
		h.reading(care.BedOccupancy, 1, at)
		h.tick(at, at+29)
	}
	late := care.NewReading("r-1", "s-1", care.BedOccupancy, 0, 100, after(250))
	h.take(h.engine.Reading(late)) // a band's radio may bring an old one
	h.want("")
	late.Flags |= care.AfterGap // the waveform was torn: the clock was set
	h.take(h.engine.Reading(late))
	h.want("bed_exit:confirmed:medium")
}

func TestSittingOnTheEdgeIsToldWhereItIsWanted(t *testing.T) {
	evening := func(t float64) float64 {
		switch {
		case t < 20: // sits down to go to bed
			return 1.3
		case t < 300:
			return 2.4
		case t < 302: // turns over
			return 1.2
		case t < 400:
			return 2.4
		case t < 430: // sits up
			return 1.3
		case t < 500:
			return 2.4
		case t < 530: // sits up, and leaves
			return 1.3
		}
		return 0.35
	}
	edge := BedPolicy{Resident: "r-1", Edge: true, EdgeHours: Hours{22 * 3600e9, 23 * 3600e9}}
	for _, c := range []struct {
		name   string
		policy BedPolicy
		want   string
	}{
		{"not wanted", BedPolicy{Resident: "r-1"}, "bed_exit:confirmed:medium"},
		{"wanted", edge, "bed_edge:confirmed:medium bed_edge:cleared:medium bed_edge:confirmed:medium bed_exit:confirmed:medium bed_edge:cleared:medium"},
		{"at another hour", BedPolicy{Resident: "r-1", Edge: true, EdgeHours: Hours{23 * 3600e9, 22 * 3600e9}}, "bed_exit:confirmed:medium"},
	} {
		h := newHome(t, Source{Kind: BedPad}, Plan{Beds: []BedPolicy{c.policy}})
		h.pad(0, 550, evening)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
		if c.name == "wanted" {
			if d := h.alerts[0].At.Sub(after(400)).Seconds(); d < 0 || d > 7 {
				t.Errorf("told after %.1f s on the edge", d)
			}
		}
	}
}

// A bed behind somebody else's gateway says when it is entered and left, and
// nothing between.
func TestA5_ABedThatSpeaksOfChangesOnly(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals, Class: Unsupervised}, Plan{})
	h.reading(care.BedOccupancy, 1, 0)
	h.tick(0, 8*3600)
	h.reading(care.BedOccupancy, 0, 8*3600)
	h.tick(8*3600, 8*3600+600)
	h.reading(care.BedOccupancy, 1, 8*3600+600)
	h.tick(8*3600+600, 9*3600)
	h.want("bed_exit:confirmed:medium bed_exit:cleared:medium")

	sat := newHome(t, Source{Kind: Vitals, Class: Unsupervised}, Plan{})
	sat.reading(care.BedOccupancy, 1, 0)
	sat.tick(0, 60)
	sat.reading(care.BedOccupancy, 0, 60)
	sat.tick(60, 7200)
	sat.want("")
}

// The bed does not say again that it is occupied.
func TestA5_ARestartWhileSomebodyLiesDownLosesNoExit(t *testing.T) {
	mat := Source{Kind: BedPad, Class: Unsupervised}
	h := newHome(t, mat, Plan{})
	h.tick(0, 1)
	h.reading(care.BedOccupancy, 1, 1)
	h.tick(1, 60)
	saved, err := h.engine.Save(after(60))
	if err != nil {
		t.Fatal(err)
	}
	next := newHome(t, mat, Plan{})
	if err := next.engine.Load(saved, after(65)); err != nil {
		t.Fatal(err)
	}
	next.tick(66, 5*3600)
	next.reading(care.BedOccupancy, 0, 5*3600)
	next.want("bed_exit:confirmed:medium")
}

// What has lasted is what has passed, whatever the clock on the gateway did.
func TestD5_AClockThatIsSetMakesNobodyOutForLonger(t *testing.T) {
	for _, set := range []float64{2 * 3600, -2 * 3600, -3600} {
		h := newHome(t, Source{Kind: BedPad, Class: Unsupervised}, Plan{})
		now := 4 * 3600.0
		wait := func(d float64) { h.tick(now, now+d); now += d }
		wait(1)
		h.reading(care.BedOccupancy, 1, now)
		wait(60)
		now += set
		wait(600)
		h.reading(care.BedOccupancy, 0, now)
		wait(60)
		now -= set
		wait(13 * 60)
		h.want("bed_exit:confirmed:medium")
		wait(32 * 60) // out for 46 min; at night 15 are enough
		if got := h.said(); got == "bed_exit:confirmed:medium" {
			t.Errorf("set by %v s: nobody is missed", set)
		}
	}
}

// Who sat down right before the agent ended was not in the bed while it was down.
func TestARestartArmsNobodyWhoJustSatDown(t *testing.T) {
	plan := Plan{Sources: []Source{{ID: "s-1", Resident: "r-1", Kind: BedPad, Class: Unsupervised}}}
	before, err := New(plan)
	if err != nil {
		t.Fatal(err)
	}
	before.Tick(after(0))
	before.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, 1, 100, after(1)))
	saved, err := before.Save(after(2))
	if err != nil {
		t.Fatal(err)
	}
	next, err := New(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Load(saved, after(600)); err != nil {
		t.Fatal(err)
	}
	next.Tick(after(601))
	if _, alerts := next.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, 0, 100, after(602))); len(alerts) != 0 {
		t.Errorf("%v", alerts)
	}
}

// Who stays out twice is missed twice, and each time rings for itself.
func TestWhoStaysOutTwiceIsMissedTwice(t *testing.T) {
	const once = "bed_exit:confirmed:medium bed_not_back:confirmed:medium bed_exit:cleared:medium bed_not_back:cleared:medium"
	h := newHome(t, Source{Kind: BedPad, Class: Unsupervised}, Plan{})
	now := 0.0
	for range 2 {
		h.reading(care.BedOccupancy, 1, now)
		h.tick(now, now+300)
		h.reading(care.BedOccupancy, 0, now+300)
		h.tick(now+300, now+300+20*60)
		now += 300 + 20*60
	}
	h.reading(care.BedOccupancy, 1, now)
	h.tick(now, now+300)
	h.want(once + " " + once)
	if h.alerts[1].Episode == h.alerts[5].Episode {
		t.Error("both times are one episode")
	}
}

// A pad whose waveform ended has not said that somebody stayed.
func TestAPadThatFellSilentArmsNobody(t *testing.T) {
	h := newHome(t, Source{Kind: BedPad, Class: Unsupervised}, Plan{})
	d := h.engine.watches[0].detectors[2].(*bed)
	d.Block(&care.Block{})
	h.reading(care.BedOccupancy, 1, 0)
	h.tick(0, 300)
	h.reading(care.BedOccupancy, 0, 301)
	h.want("")
	if d.state != bedEmpty {
		t.Errorf("state %d", d.state)
	}
}

// A suspicion at the end of the hours in which leaving is told is not left open.
func TestASuspectedExitIsDecidedAfterItsHours(t *testing.T) {
	p := BedPolicy{Resident: "r-1", ExitHours: Hours{22 * time.Hour, 22*time.Hour + 10*time.Minute}}
	h := newHome(t, Source{Kind: BedIMU, Class: Unsupervised}, Plan{Beds: []BedPolicy{p}})
	say := func(v float64, q care.Quality, at float64) {
		h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, v, q, after(at))))
	}
	say(1, 100, 0)
	say(0, 40, 598)
	say(0, 100, 602)
	h.want("bed_exit:suspected:medium bed_exit:confirmed:medium")
}

// Who was told to be back may leave again; who only sat down was not back.
func TestWhoIsBackMayLeaveAgain(t *testing.T) {
	const out = "bed_exit:confirmed:medium"
	for _, c := range []struct {
		back float64 // seconds
		want string
	}{
		{30, out},
		{70, out + " bed_exit:cleared:medium bed_exit:suspected:medium"},
	} {
		h := newHome(t, Source{Kind: BedPad, Class: Unsupervised}, Plan{})
		h.reading(care.BedOccupancy, 1, 0)
		h.tick(0, 200)
		h.reading(care.BedOccupancy, 0, 200)
		h.reading(care.BedOccupancy, 1, 230)
		h.tick(230, 230+c.back)
		h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, 0, 40, after(230+c.back))))
		h.want(c.want)
	}
}

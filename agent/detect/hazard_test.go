package detect

import (
	"slices"
	"strings"
	"testing"

	"osmanthus/care"
)

const (
	none  = float64(care.HazardNone)
	alarm = float64(care.HazardAlarm)
	fault = float64(care.HazardFault)
	cut   = float64(care.HazardCut)
)

// Every state of a detector against every event: a reading each 40 s, longer
// than an alarm takes to be over.
func TestA8_EveryStateOfADetectorAndEveryEvent(t *testing.T) {
	const fire, out = "smoke:confirmed:high", "smoke:cleared:high"
	const ill, well = "sensor_fault:confirmed:medium", "sensor_fault:cleared:medium"
	const broken, whole = "line_fault:confirmed:medium", "line_fault:cleared:medium"
	for _, c := range []struct {
		name   string
		states []float64
		want   []string
	}{
		{"nothing", []float64{none, none}, nil},
		{"smoke", []float64{none, alarm, alarm}, []string{fire}},
		{"smoke when it begins", []float64{alarm}, []string{fire}},
		{"smoke that is over", []float64{alarm, none, none}, []string{fire, out}},
		{"smoke twice", []float64{alarm, none, alarm, none}, []string{fire, out, fire, out}},
		{"its power fails", []float64{none, fault, fault, none}, []string{ill, well}},
		{"smoke after a fault", []float64{fault, alarm}, []string{ill, fire}},
		{"a fault while it burns does not end the alarm", []float64{alarm, fault, fault}, []string{fire, ill}},
		{"the fire burns its line", []float64{alarm, cut, cut, cut}, []string{fire, broken}},
		{"cut and mended", []float64{none, cut, none}, []string{broken, whole}},
		{"from fault to cut", []float64{fault, cut, none}, []string{ill, broken, well, whole}},
		{"no state of a detector", []float64{7, -1}, []string{"implausible:confirmed:low"}},
		{"what is no state ends no alarm", []float64{alarm, 7, 7}, []string{fire, "implausible:confirmed:low"}},
	} {
		h := newHome(t, Source{Kind: HazardSensor, Class: Unsupervised}, Plan{})
		for i, v := range c.states {
			h.reading(care.Smoke, v, float64(40*i))
			h.tick(float64(40*i), float64(40*i+39))
		}
		if got := h.said(); got != strings.Join(c.want, " ") {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A detector says more than its alarm: how many percent its battery has is no
// fire.
func TestABatteryOfADetectorIsNoAlarm(t *testing.T) {
	h := newHome(t, Source{Kind: HazardSensor, Class: Unsupervised}, Plan{})
	h.reading(care.Smoke, none, 0)
	h.tick(0, 39)
	for i, v := range []float64{alarm, fault, cut} {
		h.reading(care.BatteryLevel, v, float64(40*(i+1)))
		h.tick(float64(40*(i+1)), float64(40*(i+1)+39))
	}
	for _, a := range h.alerts {
		if a.Kind != care.BatteryLow {
			t.Errorf("said %v", a.Kind)
		}
	}
}

func TestA8_SmokeGasAndCarbonMonoxideAreUrgentAtOnce(t *testing.T) {
	for m, want := range map[care.Metric]string{
		care.Smoke: "smoke:confirmed:high", care.Gas: "gas:confirmed:high", care.CarbonMonoxide: "carbon_monoxide:confirmed:high",
		care.WaterLeak: "water_leak:confirmed:medium",
	} {
		h := newHome(t, Source{Kind: HazardSensor}, Plan{})
		h.reading(m, none, 0)
		h.reading(m, alarm, 1.5)
		h.want(want)
		if len(h.alerts) == 1 && !h.alerts[0].At.Equal(after(1.5)) {
			t.Errorf("%v: decided at %v", m, h.alerts[0].At)
		}
		waits := slices.ContainsFunc(h.alerts[0].Evidence.Limits, func(l care.Feature) bool { return l.Name == "urgent" })
		if waits != (m == care.WaterLeak) {
			t.Errorf("%v: its limits say that it becomes more urgent later: %v", m, waits)
		}
	}
}

func TestA8_WaterThatGoesOnIsUrgentAfterFiveMinutes(t *testing.T) {
	h := newHome(t, Source{Kind: HazardSensor}, Plan{})
	h.reading(care.WaterLeak, alarm, 0)
	for at := 1.0; at < 281; at += 20 {
		h.reading(care.WaterLeak, alarm, at)
		h.tick(at, at+19)
	}
	h.want("water_leak:confirmed:medium")
	h.tick(281, 301)
	h.want("water_leak:confirmed:medium water_leak:confirmed:high")
	if h.alerts[0].Episode != h.alerts[1].Episode {
		t.Error("what became worse is another episode")
	}
}

// A clock that is set back while water flows must not give it another two hours.
func TestALeakIsUrgentThoughTheClockIsSetBack(t *testing.T) {
	h := newHome(t, Source{Kind: HazardSensor}, Plan{})
	h.reading(care.WaterLeak, alarm, 7200)
	for at := 0.0; at < 330; at += 30 {
		h.reading(care.WaterLeak, alarm, at)
		h.tick(at, at+29)
	}
	h.want("water_leak:confirmed:medium water_leak:confirmed:high")
}

// A detector that sounds in pulses is one alarm.
func TestA8_PulsesOfADetectorAreOneAlarm(t *testing.T) {
	h := newHome(t, Source{Kind: HazardSensor}, Plan{})
	for at := 0.0; at < 600; at += 5 {
		h.reading(care.CarbonMonoxide, alarm, at)
		h.reading(care.CarbonMonoxide, none, at+0.1)
		h.tick(at+1, at+4)
	}
	h.want("carbon_monoxide:confirmed:high")
	h.tick(600, 640)
	h.want("carbon_monoxide:confirmed:high carbon_monoxide:cleared:high")
}

// The fire burns the line of its detector in a pause of the pulses.
func TestA8_ADetectorThatGoesBlindInAPauseDoesNotEndItsAlarm(t *testing.T) {
	h := newHome(t, Source{Kind: HazardSensor, Class: Unsupervised}, Plan{})
	h.reading(care.Smoke, alarm, 0)
	h.reading(care.Smoke, none, 1)
	h.reading(care.Smoke, cut, 4)
	h.tick(4, 300)
	h.want("smoke:confirmed:high line_fault:confirmed:medium")
	h.reading(care.Smoke, none, 300)
	h.tick(300, 329)
	h.want("smoke:confirmed:high line_fault:confirmed:medium line_fault:cleared:medium")
	h.tick(330, 331)
	h.want("smoke:confirmed:high line_fault:confirmed:medium line_fault:cleared:medium smoke:cleared:high")
}

func TestA4_ACutLineOfADetectorIsToldWithinTenSeconds(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		m     care.Metric
		v     float64
		whole float64
	}{{HazardSensor, care.Gas, cut, none}, {DoorContact, care.LineState, care.CallLineOpen, care.CallLineNormal},
		{SeatPad, care.LineState, care.CallLineShort, care.CallLineNormal}, {BedPad, care.LineState, care.CallLineOpen, care.CallLineNormal}} {
		h := newHome(t, Source{Kind: c.kind}, Plan{})
		h.reading(c.m, c.whole, 0)
		h.reading(c.m, c.v, 5)
		h.tick(5, 15)
		h.want("line_fault:confirmed:medium")
		h.reading(c.m, c.whole, 16)
		h.tick(16, 20)
		h.want("line_fault:confirmed:medium line_fault:cleared:medium")
	}
}

// What a driver found stuck is technical, and no sign of life.
func TestA8_AStuckMotionSensorIsTechnicalAndNoSignOfLife(t *testing.T) {
	h := newHome(t, Source{Kind: MotionSensor, Room: Hall, Class: Unsupervised}, Plan{})
	r := care.NewReading("r-1", "s-1", care.Motion, 1, 100, start)
	r.Flags |= care.Stuck
	h.take(h.engine.Reading(r))
	h.want("implausible:confirmed:low")
	for _, d := range h.engine.persons[0].detectors {
		if rooms, ok := d.(*rooms); ok && !rooms.state.Alive.IsZero() {
			t.Errorf("somebody lives: %+v", rooms.state)
		}
	}
}

// A detector belongs to the home: nobody in particular is in danger.
func TestA8_AnAlarmOfNobodyInParticular(t *testing.T) {
	e, err := New(Plan{Sources: []Source{{ID: "kitchen-smoke", Kind: HazardSensor}}})
	if err != nil {
		t.Fatal(err)
	}
	_, alerts := e.Reading(care.NewReading("", "kitchen-smoke", care.Smoke, alarm, 100, start))
	if len(alerts) != 1 || alerts[0].Resident != "" || alerts[0].Source != "kitchen-smoke" || alerts[0].Kind.Technical() {
		t.Errorf("%+v", alerts)
	}
}

func TestD6_AnAlarmOutlivesARestart(t *testing.T) {
	h := newHome(t, Source{Kind: HazardSensor}, Plan{})
	h.reading(care.WaterLeak, alarm, 0)
	h.tick(0, 200)
	state, err := h.engine.Save(after(200))
	if err != nil {
		t.Fatal(err)
	}
	next := newHome(t, Source{Kind: HazardSensor}, Plan{})
	if err := next.engine.Load(state, after(260)); err != nil {
		t.Fatal(err)
	}
	next.reading(care.WaterLeak, alarm, 261)
	next.tick(261, 310)
	next.want("water_leak:confirmed:high") // no new alarm, and its five minutes went on
	next.reading(care.WaterLeak, none, 311)
	next.tick(311, 350)
	next.want("water_leak:confirmed:high water_leak:cleared:high")
	for _, a := range next.alerts {
		if a.Episode != h.alerts[0].Episode {
			t.Error("another episode")
		}
	}
	for _, bad := range []string{`[{"metric":1,"onset":"2026-01-01T00:00:00Z","began":"2026-01-01T00:00:00Z","level":3}]`, `[{"metric":256,"level":3}]`,
		`[{"metric":256,"onset":"2026-01-01T00:00:00Z","began":"2026-01-01T00:00:00Z","level":9}]`, `[{"metric":256,"onset":"2026-01-01T00:00:00Z","level":3}]`, `{}`} {
		if err := newHazard(Source{}).load([]byte(bad), outage{}); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

// The clock was set back while the agent was down: the same episode ends, and
// water that flows keeps the minutes that it had.
func TestD6_AnAlarmKeepsItsNameWhenTheClockIsSet(t *testing.T) {
	h := newHome(t, Source{Kind: HazardSensor, Class: Unsupervised}, Plan{})
	h.reading(care.WaterLeak, alarm, 0)
	h.tick(0, 200)
	state, err := h.engine.Save(after(200))
	if err != nil {
		t.Fatal(err)
	}
	const back = -2 * 86400
	next := newHome(t, Source{Kind: HazardSensor, Class: Unsupervised}, Plan{})
	if err := next.engine.Load(state, after(back)); err != nil {
		t.Fatal(err)
	}
	next.reading(care.WaterLeak, alarm, back+1)
	next.tick(back+1, back+90)
	next.want("")
	next.tick(back+91, back+110)
	next.want("water_leak:confirmed:high")
	next.reading(care.WaterLeak, none, back+111)
	next.tick(back+111, back+150)
	next.want("water_leak:confirmed:high water_leak:cleared:high")
	for _, a := range next.alerts {
		if a.Episode != h.alerts[0].Episode {
			t.Errorf("another episode: %+v", a)
		}
	}
}

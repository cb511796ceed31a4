package agent

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/config"
	"osmanthus/care"
)

// told plays a resident with a wrist, who falls at second 40 and lies still,
// through a whole agent; at some seconds more happens. It returns the agent, its
// alerts, and its tapped readings.
func told(t *testing.T, seconds int, also map[int][]traceLine) (a *Agent, alerts []alertJSON, tap string) {
	t.Helper()
	cfg, err := config.Parse([]byte(`
site: home-1
gateway: gw-1
state_dir: `+t.TempDir()+`
http: ""
residents: [{id: r-1, long_lie: 2m}]
buses: [{name: b, device: "sim:unix:///nowhere#b"}]
sensors:
  - {id: wrist-1, kind: mpu6050, bus: b, resident: r-1, worn: wrist}
  - {id: cord-1, kind: callpoint, resident: r-1, pin: GPIO5}
  - {id: well-1, kind: well_button, resident: r-1, pin: GPIO6}
  - {id: care-1, kind: care_button, resident: r-1, pin: GPIO13}
`), Kinds())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	line := func(l traceLine) {
		j, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(j, '\n'))
	}
	someone := &body{}
	someone.fall(begin.Add(40 * time.Second))
	for s := range seconds {
		at := begin.Add(time.Duration(s) * time.Second)
		block := care.Block{Resident: "r-1", Source: "wrist-1", Kind: care.IMU, Start: at, Rate: 50, Channels: make([][]float64, 6)}
		for i := range 50 {
			acc, gyro := someone.feel(block.At(i))
			for k := range 3 {
				block.Channels[k] = append(block.Channels[k], acc[k])
				block.Channels[3+k] = append(block.Channels[3+k], gyro[k])
			}
		}
		line(traceLine{Block: fromBlock(&block)})
		if s%20 == 0 {
			for source, m := range map[string]care.Metric{"cord-1": care.CallLine, "well-1": care.WellPress, "care-1": care.CareGiven} {
				line(says(source, m, 0, s))
			}
		}
		for _, l := range also[s] {
			line(l)
		}
		line(traceLine{Tick: new(at.Add(time.Second))})
	}
	said, tapped := &buffer{}, &buffer{}
	if a, err = New(cfg, Opts{Trace: strings.NewReader(b.String()), Alerts: said, Tap: tapped}); err != nil {
		t.Fatal(err)
	}
	if err := a.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(strings.TrimSpace(said.String()), "\n") {
		var x alertJSON
		if err := json.Unmarshal([]byte(l), &x); err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		alerts = append(alerts, x)
	}
	return a, alerts, tapped.String()
}

var begin = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)

func says(source string, m care.Metric, v float64, second int) traceLine {
	at := begin.Add(time.Duration(second)*time.Second + 500*time.Millisecond)
	return traceLine{Reading: fromReading(care.NewReading("r-1", care.SourceID(source), m, v, 100, at))}
}

// pushed is a button that is pressed and let go.
func pushed(source string, m care.Metric, second int) []traceLine {
	return []traceLine{says(source, m, 1, second), says(source, m, 0, second)}
}

// about writes the alerts of some kinds as "kind state time".
func about(alerts []alertJSON, kinds ...string) string {
	var out []string
	for _, a := range alerts {
		if slices.Contains(kinds, a.Kind) {
			out = append(out, a.Kind+" "+a.State+" "+a.At.Sub(begin).Truncate(time.Second).String())
		}
	}
	return strings.Join(out, ", ")
}

func TestD4_TheMinutesOfTheMetricAreThoseOfTheTrace(t *testing.T) {
	a, alerts, tap := told(t, 240, map[int][]traceLine{
		10:  pushed("care-1", care.CareGiven, 10),
		100: pushed("cord-1", care.CallLine, 100),
		160: pushed("care-1", care.CareGiven, 160),
	})
	got := about(alerts, "fall", "call", "long_lie")
	if !strings.HasPrefix(got, "fall suspected 4") || !strings.Contains(got, ", call confirmed 1m40s, fall confirmed 2m40s, long_lie confirmed 3m4") ||
		strings.Count(got, "confirmed") != 3 {
		t.Errorf("the alerts were %s", got)
	}
	if m := a.pipe.held().Minutes(); m != 2.5 {
		t.Errorf("falls were held back for %v min, by the trace 2.5", m)
	}
	var page strings.Builder
	a.metrics.WritePrometheus(&page)
	if !strings.Contains(page.String(), "osmanthus_agent_falls_held_minutes_total 2.5\n") {
		t.Error("the metric is not among those of the agent")
	}
	if n := strings.Count(tap, `"metric":"care_left"`); n != 6 {
		t.Errorf("the countdown was said %d times in 150 s", n)
	}
}

func TestD3_WhoIsWellInTimeRingsNowhere(t *testing.T) {
	a, alerts, _ := told(t, 240, map[int][]traceLine{43: pushed("well-1", care.WellPress, 43)})
	if got := about(alerts, "fall", "long_lie"); strings.Contains(got, "confirmed") || strings.Count(got, "cleared 43s") != 1 {
		t.Errorf("the alerts were %s", got)
	}
	if p, _ := a.local.Loudest(time.Now()); p == care.High {
		t.Error("it rings")
	}
	a, alerts, _ = told(t, 100, map[int][]traceLine{80: pushed("well-1", care.WellPress, 80)})
	if got := about(alerts, "fall"); !strings.Contains(got, "confirmed") || strings.Contains(got, "cleared") {
		t.Errorf("too late: the alerts were %s", got)
	}
	if p, _ := a.local.Loudest(time.Now()); p != care.High {
		t.Error("too late: it does not ring")
	}
}

func TestD2_AnAlarmThatAPersonClosedEndsTheLongLie(t *testing.T) {
	_, alerts, _ := told(t, 240, nil)
	if got := about(alerts, "fall", "long_lie"); !strings.Contains(got, "long_lie confirmed 2m4") {
		t.Errorf("the alerts were %s", got)
	}
	episode := alerts[slices.IndexFunc(alerts, func(a alertJSON) bool { return a.Kind == "fall" })].Episode
	_, alerts, _ = told(t, 240, map[int][]traceLine{70: {{Answered: episode}}})
	if got := about(alerts, "fall", "long_lie"); strings.Contains(got, "long_lie") || !strings.Contains(got, "confirmed") {
		t.Errorf("closed by a person: the alerts were %s", got)
	}
}

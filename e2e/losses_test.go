package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/deploy/demo"
	"osmanthus/e2e/lab"
)

// calls presses the call button of one resident after the other: each is one
// alert that must become one alarm.
type calls struct {
	t    *testing.T
	road *lab.Road
	made []care.ResidentID
}

// press makes the next resident call, and returns when the agent has it on disk.
func (c *calls) press(when string) {
	c.t.Helper()
	r := c.road.House.Story.Residents[len(c.made)].ID
	c.made = append(c.made, r)
	contact := c.road.House.Call(r)
	contact.Press()
	lab.Eventually(c.t, 20*time.Second, "the call of "+string(r)+" "+when+" is on disk", func() error {
		b, err := os.ReadFile(c.road.Alerts)
		if err == nil && !bytes.Contains(b, fmt.Appendf(nil, `"kind":"call","state":"confirmed","priority":"high","resident":%q`, r)) {
			err = fmt.Errorf("%d bytes of alerts", len(b))
		}
		return err
	})
}

func (c *calls) release() {
	c.road.House.Call(c.made[len(c.made)-1]).Release()
}

// arrived waits until the last call is in the cloud's list.
func (c *calls) arrived(within time.Duration) {
	c.t.Helper()
	last := c.made[len(c.made)-1]
	lab.Eventually(c.t, within, "the call of "+string(last)+" is an alarm", func() error {
		_, err := alarmOf(c.road, care.Call, last)
		return err
	})
}

// TestG2_NothingIsLost kills the agent, the cloud and the broker, stops
// InfluxDB, cuts the line, and lets somebody call for help each time. The
// broker is Mosquitto with its default limits and without persistence: what it
// acknowledged and had not delivered is gone when it is killed.
func TestG2_NothingIsLost(t *testing.T) {
	t.Parallel() // it mostly waits
	road := lab.NewRoad(t, demo.Calm(4))
	road.LogIn("nurse")
	road.Agent.Start(t)
	c := &calls{t: t, road: road}
	wait(20 * time.Second) // of a quiet home
	c.press("on a quiet day")
	c.arrived(10 * time.Second)
	c.release()

	// The agent dies a moment after somebody called. What was sensed more than
	// a second before must survive; the alert must survive at once.
	settled := lines(t, road.Tap)
	wait(1100 * time.Millisecond)
	c.press("just before the agent is killed")
	road.Agent.Kill()
	torn := lines(t, road.Tap)
	c.release()
	road.Agent.Start(t)
	c.arrived(20 * time.Second)
	maybe := torn[len(settled):]
	t.Logf("agent killed: %d readings were sensed in its last second or two", len(maybe))
	wait(10 * time.Second)

	road.Cloud.Kill()
	c.press("while the cloud is dead")
	c.release()
	wait(5 * time.Second)
	road.Cloud.Start(t)
	c.arrived(40 * time.Second)
	wait(5 * time.Second)

	road.Mosquitto.Kill()
	c.press("while the broker is dead")
	c.release()
	wait(5 * time.Second)
	road.Mosquitto.Start(t)
	c.arrived(60 * time.Second)
	wait(5 * time.Second)

	road.Influx.Stop()
	c.press("while InfluxDB is down")
	c.arrived(5 * time.Second) // an alarm does not wait for readings
	c.release()
	wait(20 * time.Second)
	road.Mosquitto.Kill() // with what it has acknowledged and not delivered
	road.Mosquitto.Start(t)
	road.Influx.Start(t)
	wait(5 * time.Second)

	road.Link.Cut()
	c.press("while the line is cut")
	c.release()
	wait(60 * time.Second)
	road.Link.Mend()
	c.arrived(60 * time.Second)
	wait(10 * time.Second)

	sensed := lines(t, road.Tap)
	lab.Eventually(t, 2*time.Minute, "every reading is in InfluxDB", func() error { return compare(road, sensed, maybe) })
	t.Logf("%d readings sensed, each of them in InfluxDB once (but for at most %d of the last second of a killed agent)", len(sensed), len(maybe))
	for _, r := range c.made {
		if _, err := alarmOf(road, care.Call, r); err != nil {
			t.Errorf("call of %s: %v", r, err)
		}
	}
	all, err := road.Alarms()
	if err != nil {
		t.Fatal(err)
	}
	episodes := map[string]bool{}
	for _, a := range all {
		if episodes[a.Episode] {
			t.Errorf("two alarms for the episode %s", a.Episode)
		}
		episodes[a.Episode] = true
	}
}

// wait lets real time pass in a house that is being watched: that is the matter
// of these tests, not their synchronisation.
func wait(d time.Duration) { <-time.After(d) }

// lines reads the readings that the agent has sensed so far.
func lines(t *testing.T, path string) []point {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var out []point
	for line := range bytes.Lines(b) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // being written, or torn by the kill
		}
		var l struct {
			At                       time.Time
			Resident, Source, Metric string
			Value                    float64
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatalf("%s: %v: %s", path, err, line)
		}
		out = append(out, point{l.Resident, l.Source, l.Metric, l.At.UTC(), l.Value})
	}
	return out
}

// compare holds what was sensed against what is stored, both ways. Points of
// maybe may be missing.
func compare(road *lab.Road, sensed, maybe []point) error {
	stored, err := pointsOf(road, "")
	if err != nil {
		return err
	}
	key := func(p point) point { p.value = 0; return p }
	have := map[point]float64{}
	for _, p := range stored {
		have[key(p)] = p.value
	}
	excused := map[point]bool{}
	for _, p := range maybe {
		excused[key(p)] = true
	}
	missing, wrong, last := 0, 0, time.Time{}
	known := map[point]bool{}
	for _, p := range sensed {
		k := key(p)
		for known[k] { // a second reading of one millisecond is stored one later
			k.at = k.at.Add(time.Millisecond)
		}
		known[k] = true
		last = p.at
		v, ok := have[k]
		switch {
		case !ok && !excused[k]:
			missing++
		case ok && math.Abs(v-p.value) > 1e-9:
			wrong++
		}
	}
	extra := 0
	for _, p := range stored {
		if !known[key(p)] && p.at.Before(last) {
			extra++
		}
	}
	if missing+wrong+extra > 0 {
		return fmt.Errorf("of %d readings %d are missing and %d have another value; %d points in the store were never sensed", len(sensed), missing, wrong, extra)
	}
	return nil
}

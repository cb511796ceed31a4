package detect

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// pauses writes the alerts of breathing that pauses, with the second of each.
func (h *home) pauses() string {
	var all []string
	for _, a := range h.alerts {
		if a.Kind == care.Apnoea {
			all = append(all, fmt.Sprintf("%v:%v@%.0f", a.State, a.Priority, a.At.Sub(start).Seconds()))
		}
	}
	return strings.Join(all, " ")
}

// stillInBed is the load of somebody who does not breathe, and whose heart beats.
func stillInBed(t float64) float64 {
	beat := math.Mod(t, 1)
	return 2.4 + 0.004*math.Exp(-beat/0.15)*math.Sin(2*math.Pi*5*beat) + 0.0005*hum(int(t*1000))
}

// A gateway is updated at night, and just then somebody stops breathing.
func TestD8_WhoStopsBreathingDuringARestartIsFound(t *testing.T) {
	breathes := lyingInBed(15, 60)
	for _, c := range []struct {
		name  string
		still float64 // s without a breath before the restart
		down  float64 // s
		then  func(t float64) float64
		want  string
	}{
		{"stops meanwhile", 0, 20, stillInBed, "confirmed:low@150 confirmed:medium@160 confirmed:high@170"},
		{"stopped 5 s before", 5, 20, stillInBed, "confirmed:low@155 confirmed:medium@165 confirmed:high@175"},
		{"was in a pause", 15, 20, stillInBed, "confirmed:medium@175 confirmed:high@185"},
		{"breathes on", 0, 20, breathes, ""},
		{"breathes again", 15, 20, breathes, "cleared:low@162"},
		{"has left", 0, 20, func(t float64) float64 { return 0.3 + 0.001*hum(int(t*1000)) }, ""},
		{"was down for 16 min", 0, 960, stillInBed, ""},
	} {
		h := newHome(t, Source{Kind: BedPad}, Plan{})
		h.mattress(10, 0, 120, breathes)
		h.mattress(10, 120, c.still, stillInBed)
		stop := 120 + c.still
		saved, err := h.engine.Save(after(stop))
		if err != nil {
			t.Fatal(err)
		}
		next := newHome(t, Source{Kind: BedPad}, Plan{})
		if err := next.engine.Load(saved, after(stop+c.down)); err != nil {
			t.Fatal(err)
		}
		next.mattress(10, stop+c.down, 60, c.then)
		if got := next.pauses(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Nobody knows how long a gateway was down whose clock was never set, nor what a
// breath was to one of before breaths were kept: then as much as is known holds.
func TestD8_BreathsAreExpectedOnlyWhereTheyAreKnown(t *testing.T) {
	raw := func(s *sleeper) json.RawMessage {
		b, err := json.Marshal(s.d.save())
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	watched, paused := newSleeper(t, 20), newSleeper(t, 20)
	watched.breathe(60)
	paused.breathe(60)
	paused.rest(12)
	moved, left, long := newSleeper(t, 20), newSleeper(t, 20), newSleeper(t, 20)
	for _, s := range []*sleeper{moved, left, long} {
		s.breathe(60)
		s.jerk()
	}
	left.empty()
	long.rest(61)
	old := raw(paused)
	old = append(old[:strings.Index(string(old), `,"Breath"`)], '}')
	for _, c := range []struct {
		name string
		kept json.RawMessage
		o    outage
		want string
	}{
		{"watched", raw(watched), outage{lasted: time.Minute}, "confirmed:low confirmed:medium confirmed:high"},
		{"watched, no clock", raw(watched), outage{shift: time.Hour}, ""},
		{"watched, 16 min", raw(watched), outage{lasted: 16 * time.Minute}, ""},
		{"moved a moment ago", raw(moved), outage{lasted: time.Minute}, "confirmed:low confirmed:medium confirmed:high"},
		{"moved and was still", raw(long), outage{lasted: time.Minute}, ""},
		{"has left", raw(left), outage{lasted: time.Minute}, ""},
		{"paused", raw(paused), outage{lasted: time.Minute}, "confirmed:medium confirmed:high"},
		{"paused, no clock", raw(paused), outage{shift: time.Hour}, "confirmed:medium confirmed:high"},
		{"paused, an older state", old, outage{lasted: time.Minute}, ""},
	} {
		s := newSleeper(t, 20)
		s.at = 300
		if err := s.d.load(c.kept, c.o); err != nil {
			t.Fatal(err)
		}
		s.rest(60)
		if s.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, s.said(), c.want)
		}
	}
	for _, bad := range []string{`{"Full":-1}`, `{"Full":1,"Least":2}`, `{"Full":1,"Least":-1}`, `{"Full":1,"Least":1,"Interval":-1}`, `{"Full":1,"Least":1,"Interval":1e9}`} {
		d := newApnoea(Plan{}, Source{Kind: Breathing})
		if err := d.load(json.RawMessage(`{"Breath":`+bad+`}`), outage{lasted: 1}); err == nil || d.state != apnoeaUnseen {
			t.Errorf("%s was taken: %v", bad, err)
		}
	}
}

// Each change of the state is a write to an SD card: breaths that differ a
// little, and a sleeper who turns over, are none.
func TestWhatABreathIsIsSeldomWritten(t *testing.T) {
	s := newSleeper(t, 10)
	s.breathe(60)
	before, changes := s.d.save(), 0
	for range 24 {
		s.play(300, func(u float64) float64 {
			return (1 + 0.3*math.Sin(u/40)) * breathing(15, 1)(u+0.4*math.Sin(u/30))
		})
		s.jerk()
		if now := s.d.save(); now != before {
			before, changes = now, changes+1
		}
	}
	if changes > 2 {
		t.Errorf("%d changes in two hours", changes)
	}
	if len(s.alerts) > 0 {
		t.Errorf("it says %s", s.said())
	}
}

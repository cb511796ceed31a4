package detect

import (
	"testing"

	"osmanthus/care"
)

// A sensor that speaks a few times a minute is no stream, and one value of it no
// observation; one that speaks every 16 min has no other.
func TestD7_OneValueAmongOthersIsNoScore(t *testing.T) {
	for _, c := range []struct {
		name   string
		every  float64 // s from one value to the next
		bad    int     // how many in a row
		warned string
	}{
		{"one of four a minute", 15, 1, ""},
		{"two of four a minute", 15, 2, "confirmed:medium"},
		{"one of two a minute", 30, 1, ""},
		{"one a minute", 60, 1, "confirmed:medium"}, // nothing else is known for a minute
		{"one every 16 min", 960, 1, "confirmed:medium"},
	} {
		w := newWard(t, Plan{})
		for i := range 40 {
			v := 70.0
			if i >= 20 && i < 20+c.bad {
				v = 135
			}
			at := float64(i) * c.every
			w.say("band", care.HeartRate, v+float64(i%2), at)
			w.tick(at, at+c.every-1)
			if i == 15 { // a nurse measures in between
				w.say("nurse", care.PulseRate, 72, at+c.every-0.5)
			}
		}
		if got := w.warned(); got != c.warned {
			t.Errorf("%s: %q, want %q", c.name, got, c.warned)
		}
	}
}

// Until a value is settled the one before holds: an alert of a sensor that
// speaks once a minute ends, too.
func TestD7_ASensorThatSpeaksOnceAMinuteIsBetterAfterAnHour(t *testing.T) {
	w := newWard(t, Plan{})
	for i := range 90 {
		v := 70.0
		if i >= 5 && i < 10 {
			v = 135
		}
		at := float64(i) * 60
		w.say("band", care.HeartRate, v+float64(i%2), at)
		w.tick(at, at+59)
	}
	if got := w.warned(); got != "confirmed:medium cleared:medium" {
		t.Error(got)
	}
}

func TestD7_WhatSomebodyMeasuredIsScoredBeforeASensorSpeaksAgain(t *testing.T) {
	for _, measured := range []float64{300.3, 301} { // a value comes when it is done, and is of when it began
		w := newWard(t, Plan{})
		for at := 0.0; at < 600; at += 5 {
			w.say("band", care.SpO2, 97, at+0.7)
			if at == 300 {
				w.say("nurse", care.SpO2, 90, measured)
				w.say("band", care.SpO2, 97, at+1.2)
			}
			w.tick(at+1.5, at+4.5)
		}
		if got := w.warned(); got != "confirmed:medium" {
			t.Errorf("measured at %v s: %q", measured, got)
		}
	}
}

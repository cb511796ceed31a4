package detect

import (
	"testing"

	"osmanthus/care"
)

func TestA4_EveryStateOfTheLineAndEveryEvent(t *testing.T) {
	const call, broken, whole = "call:confirmed:high", "line_fault:confirmed:medium", "line_fault:cleared:medium"
	n, p, o, s := float64(care.CallLineNormal), float64(care.CallLinePressed), float64(care.CallLineOpen), float64(care.CallLineShort)
	for _, c := range []struct {
		name  string
		lines []float64 // one reading each 10 s
		want  string
	}{
		{"nothing", []float64{n, n, n}, ""},
		{"a press", []float64{n, p, n}, call},
		{"a press that is held is one call", []float64{n, p, p, p}, call},
		{"two presses are two calls", []float64{n, p, n, p, n}, call + " " + call},
		{"pressed when it begins", []float64{p}, call},
		{"unplugged", []float64{n, o, o}, broken},
		{"unplugged and plugged in again", []float64{n, o, n, n}, broken + " " + whole},
		{"shorted", []float64{s, n}, broken + " " + whole},
		{"from open to short is one fault", []float64{o, s, o, n}, broken + " " + whole},
		{"pressed while it is being torn off", []float64{n, p, o}, call + " " + broken},
		{"a press ends a fault", []float64{o, p, n}, broken + " " + call + " " + whole},
		{"no state of a line", []float64{7, -1, 9}, "implausible:confirmed:low"},
	} {
		h := newHome(t, Source{Kind: CallLine, Class: Unsupervised}, Plan{})
		for i, v := range c.lines {
			h.reading(care.CallLine, v, float64(10*i))
			h.tick(float64(10*i), float64(10*i+9))
		}
		if h.said() != c.want {
			t.Errorf("%s: %s, want %s", c.name, h.said(), c.want)
		}
	}
}

func TestA4_AnOpenLineIsToldWithinTenSeconds(t *testing.T) {
	h := newHome(t, Source{Kind: CallLine}, Plan{})
	h.reading(care.CallLine, care.CallLineNormal, 0)
	h.reading(care.CallLine, care.CallLineOpen, 5)
	h.tick(5, 15)
	h.want("line_fault:confirmed:medium")
	if d := h.alerts[0].At.Sub(after(5)).Seconds(); d > 10 {
		t.Errorf("it took %v s", d)
	}
}

func TestAPressHasNoWindow(t *testing.T) {
	h := newHome(t, Source{Kind: CallLine}, Plan{})
	h.reading(care.CallLine, care.CallLinePressed, 0.2)
	h.want("call:confirmed:high")
	if !h.alerts[0].At.Equal(after(0.2)) {
		t.Errorf("decided at %v", h.alerts[0].At)
	}
}

// A button by radio has no level: whatever happens to it, each press calls, and
// nothing but a person ends a call.
func TestEveryPressOfAButtonByRadioCalls(t *testing.T) {
	const call = "call:confirmed:high"
	for _, c := range []struct {
		name    string
		presses []float64 // seconds
		want    string
	}{
		{"none", nil, ""},
		{"one", []float64{3}, call},
		{"a double press is one call", []float64{3, 3.4}, call},
		{"a press that is held and repeats itself", []float64{3, 4, 5, 6, 7}, call},
		{"and goes on", []float64{3, 4, 5, 6, 7, 8, 9}, call + " " + call},
		{"two", []float64{3, 63}, call + " " + call},
		{"the clock was set back", []float64{3600, 3}, call + " " + call},
	} {
		h := newHome(t, Source{Kind: CallLine, Class: Unsupervised}, Plan{})
		for _, at := range c.presses {
			h.reading(care.ButtonPress, 1, at)
		}
		h.tick(3700, 7300)
		if h.said() != c.want {
			t.Errorf("%s: %s, want %s", c.name, h.said(), c.want)
		}
	}
}

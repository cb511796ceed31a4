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

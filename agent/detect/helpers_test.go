package detect

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// start is when every trace of the tests begins.
var start = time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)

func after(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }

// home is an engine with one source, and what it said so far.
type home struct {
	t      testing.TB
	engine *Engine
	source Source
	alerts []care.Alert
	values []care.Reading
}

func newHome(t testing.TB, s Source, p Plan) *home {
	t.Helper()
	s.ID, s.Resident = "s-1", "r-1"
	p.Sources = append(p.Sources, s)
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return &home{t: t, engine: e, source: s}
}

func (h *home) take(readings []care.Reading, alerts []care.Alert) {
	h.values = append(h.values, readings...)
	h.alerts = append(h.alerts, alerts...)
}

func (h *home) reading(m care.Metric, v, at float64) {
	h.take(h.engine.Reading(care.NewReading("r-1", "s-1", m, v, 100, after(at))))
}

func (h *home) tick(from, to float64) {
	for at := from; at <= to; at++ {
		h.take(h.engine.Tick(after(at)))
	}
}

// said writes the alerts as "kind:state:priority", the form in which tests
// expect them.
func (h *home) said() string {
	var all []string
	for _, a := range h.alerts {
		all = append(all, fmt.Sprintf("%v:%v:%v", a.Kind, a.State, a.Priority))
	}
	return strings.Join(all, " ")
}

func (h *home) want(said string) {
	h.t.Helper()
	if got := h.said(); got != said {
		h.t.Errorf("the alerts were\n\t%s\nwant\n\t%s", got, said)
	}
}

// imu plays acceleration at a rate in blocks of half a second, with a tick
// each second.
func (h *home) imu(rate float64, from float64, seconds float64, g func(t float64) (x, y, z float64)) {
	h.imuAt(false, rate, from, seconds, g)
}

// imuAt is imu, where set says that the clock was set before the first block.
func (h *home) imuAt(set bool, rate float64, from float64, seconds float64, g func(t float64) (x, y, z float64)) {
	per := int(rate / 2)
	for n := 0; float64(n) < seconds*rate; n += per {
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: rate, Start: after(from + float64(n)/rate), Gap: set && n == 0, Channels: make([][]float64, 3)}
		for i := range per {
			x, y, z := g(float64(n+i) / rate)
			b.Channels[0] = append(b.Channels[0], x)
			b.Channels[1] = append(b.Channels[1], y)
			b.Channels[2] = append(b.Channels[2], z)
		}
		h.take(h.engine.Block(&b))
		if n%(2*per) == 0 {
			h.take(h.engine.Tick(after(from + float64(n)/rate)))
		}
	}
}

// hum is a small deterministic disturbance, in -1..1.
func hum(i int) float64 {
	z := uint64(i+1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11)/(1<<52) - 1
}

// modelFall is standing, a fall of a wrist at s seconds, and lying still.
func modelFall(s float64) func(t float64) (x, y, z float64) {
	return func(t float64) (x, y, z float64) {
		n := 0.01 * hum(int(t*1000))
		switch u := t - s; {
		case u < -0.4:
			return 0.97 + n, 0.18, 0.16 - n
		case u < 0:
			return 0.35 + n, 0.1, 0.1
		case u < 0.4:
			blow := 4.5 * math.Exp(-u/0.15) * math.Cos(2*math.Pi*3*u) // as broad as the blows of recorded falls
			return 0.3 + 0.5*blow, -0.7 - 0.8*blow, 0.3 + 0.4*blow
		}
		return 0.2 + n, -0.93 - n, 0.31
	}
}

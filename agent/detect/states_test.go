package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

func TestLimitEveryStateAndEvent(t *testing.T) {
	limit := Limit{Metric: care.HeartRate, Side: Above, Priority: care.Medium, Value: 120, Hysteresis: 3, Persist: 10 * time.Second}
	type state struct{ over, hovering, raised, backed, even bool } // even: so were all since the last pause
	well, crossed, hovering := state{}, state{over: true}, state{hovering: true}
	open, lower, leaving := state{over: true, raised: true}, state{raised: true}, state{raised: true, backed: true}
	burst, recovery := state{over: true, even: true}, state{raised: true, backed: true, even: true}
	const over, between, edge, back = 121, 118, 117, 110
	for _, c := range []struct {
		name  string
		from  state
		total float64 // s over the limit, of a value that hovers
		value float64
		after float64 // s since the state began; values come once a second
		gap   bool
		spot  bool
		to    state
	}{
		{"well, over", well, 0, over, 5, false, false, crossed},
		{"well, over, measured once", well, 0, over, 5, false, true, open},
		{"well, between", well, 0, between, 5, false, false, well},
		{"well, back", well, 0, back, 5, false, false, well},
		{"crossed, over, too early", crossed, 0, over, 8, false, false, crossed},
		{"crossed, over, the tenth second", crossed, 0, over, 9, false, false, open},
		{"crossed, over, after a gap", crossed, 0, over, 10, true, false, crossed},
		{"crossed for a whole burst, over in the next", burst, 0, over, 1200, true, false, open},
		{"crossed for a whole burst, over within it", burst, 0, over, 8, false, false, crossed},
		{"crossed for a whole burst, back in the next", burst, 0, back, 1200, true, false, well},
		{"crossed, between", crossed, 0, between, 99, false, false, hovering},
		{"crossed, back", crossed, 0, back, 5, false, false, well},
		{"hovering, over, not yet for long", hovering, 23, over, 60, false, false, state{over: true, hovering: true}},
		{"hovering, over, 25 s in all", hovering, 24, over, 60, false, false, open},
		{"hovering, over, after a gap", hovering, 24, over, 60, true, false, crossed},
		{"hovering, between", hovering, 24, between, 60, false, false, hovering},
		{"hovering, back", hovering, 24, back, 60, false, false, well},
		{"raised, over", open, 0, over, 99, false, false, open},
		{"raised, over, after a gap", open, 0, over, 99, true, false, open},
		{"raised, between", open, 0, between, 99, false, false, lower},
		{"raised, back", open, 0, back, 99, false, false, leaving},
		{"raised, back, measured once", open, 0, back, 99, false, true, well},
		{"raised and between, over", lower, 0, over, 99, false, false, open},
		{"raised and between, at the hysteresis", lower, 0, edge, 99, false, false, leaving},
		{"leaving, over", leaving, 0, over, 5, false, false, open},
		{"leaving, between", leaving, 0, between, 5, false, false, lower},
		{"leaving, back, too early", leaving, 0, back, 8, false, false, leaving},
		{"leaving, back, persisted", leaving, 0, back, 9, false, false, well},
		{"leaving, back, after a gap", leaving, 0, back, 10, true, false, leaving},
		{"leaving for a whole burst, back in the next", recovery, 0, back, 1200, true, false, well},
		{"leaving for a whole burst, over in the next", recovery, 0, over, 1200, true, false, open},
	} {
		last := valueBetween
		switch {
		case c.from.over:
			last = valueOver
		case c.from.backed:
			last = valueBack
		}
		b := band{limit: limit, last: last, even: c.from.even, raised: c.from.raised, backed: c.from.backed, from: start, back: start,
			total: time.Duration(c.total * float64(time.Second))}
		b.observe(Above, care.NewReading("r", "s", care.HeartRate, c.value, 100, after(c.after)), time.Second, c.gap, c.spot)
		over := b.last == valueOver
		got := state{over, b.total > 0 && !b.raised && (!over || c.from.hovering), b.raised, b.backed, false}
		if c.from.over && c.to == crossed {
			got.hovering = false // it counts its seconds
		}
		if got != c.to {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.to)
		}
	}
}

func TestSupervisionEveryStateAndEvent(t *testing.T) {
	const stale, fresh = "source_stale:confirmed:low", "source_stale:cleared:low"
	const urgent, late = "source_stale:confirmed:medium", "source_stale:cleared:medium"
	const fault, well = "sensor_fault:confirmed:medium", "sensor_fault:cleared:medium"
	life := func(h *home, at float64) { h.reading(care.HeartRate, 70+float64(int(at)%7), at) }
	broken := func(h *home, at float64) { h.reading(care.SensorState, care.SensorSilent, at) }
	works := func(h *home, at float64) { h.reading(care.SensorState, care.SensorWorks, at) }
	block := func(h *home, at float64) {
		h.take(h.engine.Block(&care.Block{Source: "s-1", Kind: care.BedLoad, Rate: 1, Start: after(at), Channels: [][]float64{{1}}}))
	}
	for _, c := range []struct {
		name  string
		state float64 // s of silence before the event
		event func(*home, float64)
		wait  float64 // s after it
		want  string
	}{
		{"speaking, life", 10, life, 10, ""},
		{"speaking, a block", 10, block, 10, ""},
		{"speaking, fault", 10, broken, 30, fault},
		{"speaking, works", 10, works, 10, ""},
		{"speaking, silence", 10, nil, 895, stale},
		{"stale, life", 910, life, 10, stale + " " + fresh},
		{"stale, a block", 910, block, 10, stale + " " + fresh},
		{"stale, works, but says nothing", 910, works, 10, stale},
		{"stale, fault: replaced", 910, broken, 30, stale + " " + fresh + " " + fault},
		{"stale, silence", 910, nil, 910, stale + " " + urgent},
		{"urgent, life", 1810, life, 10, stale + " " + urgent + " " + late},
		{"urgent, silence", 1810, nil, 4000, stale + " " + urgent},
		{"urgent, fault: replaced", 1810, broken, 30, stale + " " + urgent + " " + late + " " + fault},
	} {
		h := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
		h.tick(0, c.state)
		if c.event != nil {
			c.event(h, c.state)
		}
		h.tick(c.state+1, c.state+c.wait)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
	// While a fault is open: no silence is told, and its end is its clear.
	h := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
	broken(h, 0)
	h.tick(0, 3000)
	h.want(fault)
	works(h, 3001)
	h.tick(3001, 3030)
	h.want(fault + " " + well)
}

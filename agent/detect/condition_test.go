package detect

import (
	"testing"
	"time"
)

func TestConditionEveryStateAndEvent(t *testing.T) {
	const r, c = 10 * time.Second, 20 * time.Second
	type event struct {
		tick bool // a tick, else an observation of bad
		bad  bool
		at   float64
	}
	for _, s := range []struct {
		name   string
		state  phase
		event  event
		to     phase
		change change
	}{
		{"good, good again", good, event{at: 100}, good, same},
		{"good, bad", good, event{bad: true, at: 100}, pending, same},
		{"good, tick", good, event{tick: true, at: 100}, good, same},
		{"pending, good", pending, event{at: 5}, good, same},
		{"pending, bad, too early", pending, event{bad: true, at: 5}, pending, same},
		{"pending, bad, in time", pending, event{bad: true, at: 10}, raised, raise},
		{"pending, tick, too early", pending, event{tick: true, at: 9.9}, pending, same},
		{"pending, tick, in time", pending, event{tick: true, at: 10}, raised, raise},
		{"pending, tick of the past", pending, event{tick: true, at: -99}, pending, same},
		{"raised, bad", raised, event{bad: true, at: 100}, raised, same},
		{"raised, good", raised, event{at: 100}, leaving, same},
		{"raised, tick", raised, event{tick: true, at: 100}, raised, same},
		{"leaving, bad", leaving, event{bad: true, at: 5}, raised, same},
		{"leaving, good, too early", leaving, event{at: 19}, leaving, same},
		{"leaving, good, in time", leaving, event{at: 20}, good, clear},
		{"leaving, tick, in time", leaving, event{tick: true, at: 20}, good, clear},
		{"leaving, tick of the past", leaving, event{tick: true, at: -99}, leaving, same},
	} {
		m := condition{raiseAfter: r, clearAfter: c, state: s.state, since: start, onset: start}
		got := same
		if s.event.tick {
			got = m.tick(after(s.event.at))
		} else {
			got = m.observe(s.event.bad, after(s.event.at))
		}
		if m.state != s.to || got != s.change {
			t.Errorf("%s: state %d, change %d; want %d, %d", s.name, m.state, got, s.to, s.change)
		}
	}
}

func TestConditionThatIsRaisedAtOnce(t *testing.T) {
	m := condition{clearAfter: time.Second}
	if m.observe(true, start) != raise || m.observe(true, start) != same {
		t.Error("a condition without delay was not raised at once, or twice")
	}
}

package lines

import (
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/internal/fakepin"

	"periph.io/x/conn/v3/gpio"
)

// Every state against every look: what holds on, what is told, and what is stuck.
func TestPresenceTable(t *testing.T) {
	const hold, stuck = 5 * time.Second, time.Minute
	at := time.Unix(1000, 0)
	for _, c := range []struct {
		name    string
		from    Presence
		look    State
		after   time.Duration // since the line was last seen Active
		to      State
		changed bool
		told    bool
	}{
		{"unknown, rest", Presence{}, Rest, 0, Rest, true, false},
		{"unknown, active", Presence{}, Active, 0, Active, true, false},
		{"unknown, cut", Presence{}, Cut, 0, Cut, true, false},
		{"rest, rest", Presence{state: Rest}, Rest, 0, Rest, false, false},
		{"rest, active", Presence{state: Rest}, Active, 0, Active, true, false},
		{"rest, short", Presence{state: Rest}, Short, 0, Short, true, false},
		{"active, rest, at first", Presence{state: Active, active: true}, Rest, hold, Active, false, false},
		{"active, rest, too early", Presence{state: Active}, Rest, hold - 1, Active, false, false},
		{"active, rest, held out", Presence{state: Active}, Rest, hold, Rest, true, false},
		{"active, active again", Presence{state: Active}, Active, hold - 1, Active, false, false},
		{"active, cut", Presence{state: Active, active: true}, Cut, 0, Cut, true, false},
		{"active for too long", Presence{state: Active, active: true, risen: at.Add(-stuck)}, Active, 0, Active, true, true},
		{"active for nearly too long", Presence{state: Active, active: true, risen: at.Add(1 - stuck)}, Active, 0, Active, false, false},
		{"stuck, active", Presence{state: Active, active: true, risen: at.Add(-stuck), told: true}, Active, 0, Active, false, true},
		{"stuck, lets go", Presence{state: Active, active: true, told: true}, Rest, 0, Active, true, false},
		{"cut, rest", Presence{state: Cut}, Rest, 0, Rest, true, false},
	} {
		p := c.from
		p.hold, p.stuck, p.seen = hold, stuck, at.Add(-c.after)
		p.look = Frame{State: c.look, Since: at}
		if changed := p.take(at); changed != c.changed || p.state != c.to || p.told != c.told {
			t.Errorf("%s: %v, changed %v, stuck %v", c.name, p.state, changed, p.told)
		}
	}
}

// Time alone ends a presence and finds it stuck, in one Wait and to the moment.
func TestPresenceIsEndedByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.High)
		l, err := New(pin, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := NewPresence(l, 5*time.Second, time.Minute)
		defer p.Halt()
		var f PresenceFrame
		wait := func(what string, want State, stuck bool, within time.Duration) time.Duration {
			t.Helper()
			began := time.Now()
			if err := p.Wait(&f, within); err != nil || !f.Changed || f.State != want || f.Stuck != stuck {
				t.Fatalf("%s: %+v, %v", what, f, err)
			}
			return time.Since(began)
		}
		wait("at first", Rest, false, time.Second)
		pin.Set(gpio.Low)
		wait("somebody comes", Active, false, time.Second)
		if took := wait("and never lets go", Active, true, 2*time.Minute); took > time.Minute {
			t.Errorf("stuck after %v", took)
		}
		pin.Set(gpio.High)
		wait("lets go", Active, false, time.Second)
		if took := wait("is away", Rest, false, time.Minute); took > 5*time.Second+100*time.Millisecond || took < 4*time.Second {
			t.Errorf("away after %v", took)
		}
	})
}

func BenchmarkPresence(b *testing.B) {
	l, err := New(fakepin.New(fakepin.Refused, gpio.Low), nil)
	if err != nil {
		b.Fatal(err)
	}
	p := NewPresence(l, time.Second, time.Hour)
	var f PresenceFrame
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

package radio

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// rungsOfBlueZ are those of drivers/bluez, with their times.
var rungsOfBlueZ = []ble.Rung{
	{Name: "restart scan", Wait: 10 * time.Second},
	{Name: "power cycle", Wait: 15 * time.Second, Harsh: true},
	{Name: "reset hardware", Wait: 15 * time.Second, Harsh: true},
	{Name: "restart bluetoothd", Wait: 20 * time.Second, Harsh: true},
}

var ladderStart = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// climber plays a radio to a ladder, second by second.
type climber struct {
	*ladder
	now  time.Time
	busy bool
	hang bool     // rungs never end
	done []string // "second:rung", and "second=state" when it changes
}

func newClimber(quiet time.Duration, vouched bool) *climber {
	c := &climber{ladder: newLadder(rungsOfBlueZ, quiet, vouched, ladderStart), now: ladderStart}
	c.scans(c.now)
	return c
}

func (c *climber) second() int { return int(c.now.Sub(ladderStart) / time.Second) }

// pass lets time pass, while n devices are heard each second.
func (c *climber) pass(d time.Duration, n int) {
	for end := c.now.Add(d); c.now.Before(end); {
		c.now = c.now.Add(time.Second)
		before := c.state
		for i := range n {
			c.hear(advert.Address{byte(i)}, c.now)
		}
		rung, climb := c.tick(c.now, c.busy)
		if c.state != before {
			c.done = append(c.done, fmt.Sprintf("%d=%s", c.second(), stateNames[c.state]))
		}
		if climb {
			c.done = append(c.done, fmt.Sprintf("%d:%d", c.second(), rung))
			if !c.hang {
				c.did(true, c.now)
			}
		}
	}
}

func (c *climber) story() string {
	s := strings.Join(c.done, " ")
	c.done = nil
	return s
}

var stateNames = map[int]string{
	unsaid: "unsaid", care.RadioHears: "hears", care.RadioDeaf: "deaf", care.RadioHealing: "healing",
	care.RadioGone: "gone", care.RadioQuiet: "quiet",
}

// The times of the requirement: the last rung is done 100 s after the silence
// began, so what it heals hears within 120 s; and at 120 s it is gone.
func TestB2_TheLadderAndItsTimes(t *testing.T) {
	c := newClimber(DefaultQuiet, false)
	c.pass(100*time.Second, 3)
	if got := c.story(); got != "1=hears" {
		t.Fatal(got)
	}
	c.pass(3*time.Minute, 0)
	if got, want := c.story(), "160=healing 160:0 170:1 185:2 200:3 220=gone"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	c.pass(20*time.Minute, 0) // not said again and again that it heals
	if got, want := c.story(), "520:0 530:1 545:2 560:3 1180:0 1190:1 1205:2 1220:3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	c.pass(time.Second, 1)
	if got, want := c.story(), "1481=hears"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestB2_ARungThatHelpsEndsTheClimbing(t *testing.T) {
	c := newClimber(DefaultQuiet, false)
	c.pass(100*time.Second, 3)
	c.pass(75*time.Second, 0)
	c.pass(time.Second, 1)
	c.pass(30*time.Second, 0)
	if got, want := c.story(), "1=hears 160=healing 160:0 170:1 176=hears"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestB2_ARungThatHangsDoesNotHoldUpTheAlarm(t *testing.T) {
	c := newClimber(DefaultQuiet, false)
	c.pass(100*time.Second, 3)
	c.hang = true
	c.pass(180*time.Second, 0)
	if got, want := c.story(), "1=hears 160=healing 160:0 270=gone"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestB2_WhatCannotBeDoneIsNotWaitedFor(t *testing.T) {
	c := newClimber(DefaultQuiet, true)
	c.pass(60*time.Second, 0)
	if got, want := c.story(), "60=healing 60:0"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	for range 3 {
		c.did(false, c.now)
		c.pass(time.Second, 0)
	}
	if got, want := c.story(), "61:1 62:2 63:3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A quiet place is no deaf radio: it is looked after all the same, but nobody is
// called until half a day has passed.
func TestB2_AQuietPlaceIsNotDeaf(t *testing.T) {
	for story, hear := range map[string]func(c *climber){
		"nothing was ever heard": func(*climber) {},
		"one band that goes out": func(c *climber) { c.pass(10*time.Minute, 1) },
		"a band and a telephone": func(c *climber) { c.pass(10*time.Minute, 2) },
		"passers-by": func(c *climber) {
			for i := range 30 {
				c.hear(advert.Address{9, byte(i)}, c.now)
				c.pass(10*time.Second, 0)
			}
		},
	} {
		c := newClimber(DefaultQuiet, false)
		hear(c)
		c.story()
		left := c.last
		c.pass(11*time.Hour, 0)
		if got := c.story(); strings.Contains(got, "gone") || !strings.Contains(got, "=quiet") {
			t.Errorf("%s: %s", story, got)
		}
		c.pass(2*time.Hour, 0)
		if c.state != care.RadioGone {
			t.Errorf("%s: %s after %v", story, stateNames[c.state], c.now.Sub(left))
		}
	}
}

// A device that another radio hears as before proves that this one is deaf; one
// that is carried from room to room, or out, does not.
func TestB2_AnotherRadioIsAWitness(t *testing.T) {
	for _, c := range []struct {
		name  string
		after []int8 // what the other hears, second by second; the last stays
		want  string
	}{
		{"a thermometer on the wall", []int8{-70, -72, -67, -73, -69}, "gone"},
		{"a band carried there", []int8{-70, -65, -60, -55, -50}, "quiet"},
		{"a band carried out", []int8{-70, -72, -70, -71, -68, -70, 0}, "quiet"},
		{"a device of another place", nil, "quiet"},
	} {
		l := newClimber(DefaultQuiet, false)
		for range 30 {
			l.elsewhere(1, advert.Address{0}, -70, l.now)
			l.pass(time.Second, 1)
		}
		for i := range 120 {
			if n := len(c.after); n > 0 && c.after[min(i, n-1)] != 0 {
				l.elsewhere(1, advert.Address{0}, c.after[min(i, n-1)], l.now)
			}
			l.elsewhere(1, advert.Address{7}, -70, l.now) // which was never heard here
			l.pass(time.Second, 0)
		}
		if got := stateNames[l.state]; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Somebody who writes `quiet:` into the configuration says that there is always
// something to hear; never, that there need not be.
func TestB2_WhatIsSaidOfThePlaceCounts(t *testing.T) {
	c := newClimber(10*time.Minute, true)
	c.pass(13*time.Minute, 0)
	if got, want := c.story(), "600=healing 600:0 610:1 625:2 640:3 660=gone"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	c = newClimber(-1, true)
	c.pass(24*time.Hour, 0)
	if got, want := c.story(), "1=hears"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestB2_ConnectionsAreNotEndedForAMereSuspicion(t *testing.T) {
	c := newClimber(DefaultQuiet, false)
	c.busy = true
	c.pass(100*time.Second, 1)
	c.pass(100*time.Second, 0)
	if got, want := c.story(), "1=hears 160=healing 160:0 170=quiet"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	c = newClimber(DefaultQuiet, false)
	c.busy = true
	c.pass(100*time.Second, 3)
	c.leave(advert.Address{1}) // one of the three is connected to, and advertises no more
	c.pass(100*time.Second, 0)
	if got, want := c.story(), "1=hears 160=healing 160:0 170=quiet"; got != want {
		t.Errorf("connected to: %s, want %s", got, want)
	}
	c = newClimber(DefaultQuiet, false)
	c.busy = true
	c.pass(100*time.Second, 3)
	c.pass(100*time.Second, 0)
	if got, want := c.story(), "1=hears 160=healing 160:0 170:1 185:2 200:3"; got != want {
		t.Errorf("proven: %s, want %s", got, want)
	}
}

// A flat in which nothing but a connected band could be heard: it is let go once
// in half a day, advertises for that, and nobody is called.
func TestB2_AConnectionIsEndedOnceInHalfADay(t *testing.T) {
	c := newClimber(DefaultQuiet, false)
	c.busy = true
	ended := 0
	for range 48 { // half an hour each
		c.pass(30*time.Minute, 0)
		for _, d := range c.done {
			if strings.HasSuffix(d, ":1") { // a harsh one: the band is free, and connected to again
				c.hear(advert.Address{1}, c.now)
				c.leave(advert.Address{1})
				ended++
			}
			if strings.HasSuffix(d, "=gone") {
				t.Fatal(d)
			}
		}
		if n := strings.Count(c.story(), ":1"); n > 0 && c.second() < 10*3600 {
			t.Fatalf("a connection is ended after %d s", c.second())
		}
	}
	if ended != 2 {
		t.Errorf("ended %d times in a day", ended)
	}
}

// A scan that fails needs no witness: an adapter that is unplugged is gone also
// where nothing is to be heard, and comes back when a scan lasts.
func TestB2_ScansThatFail(t *testing.T) {
	for _, quiet := range []time.Duration{DefaultQuiet, -1} {
		c := newClimber(quiet, false)
		c.pass(10*time.Second, 1)
		for range 130 { // begun again and again
			c.broke(c.now)
			c.pass(time.Second, 0)
			c.scans(c.now)
			c.broke(c.now)
		}
		if got, want := c.story(), "1=hears 70=healing 70:0 80:1 95:2 110:3 130=gone"; got != want {
			t.Errorf("%v: %s, want %s", quiet, got, want)
		}
		c.scans(c.now)
		c.pass(65*time.Second, 0)
		if got, want := c.story(), map[time.Duration]string{-1: "200=hears", DefaultQuiet: "200=quiet"}[quiet]; got != want {
			t.Errorf("%v: back: %s, want %s", quiet, got, want)
		}
	}
}

func TestB2_AScanThatFailsOnceIsForgiven(t *testing.T) {
	c := newClimber(-1, false)
	c.pass(10*time.Second, 0)
	c.broke(c.now)
	c.pass(time.Second, 0)
	c.scans(c.now)
	c.pass(10*time.Minute, 0)
	if got, want := c.story(), "1=hears"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Every state of the ladder and every event.
func TestB2_EveryStateOfALadderAndEveryEvent(t *testing.T) {
	at := func(s float64) time.Time { return ladderStart.Add(time.Duration(s * float64(time.Second))) }
	begin := func() *ladder {
		l := newLadder(rungsOfBlueZ, DefaultQuiet, true, ladderStart)
		l.scans(ladderStart)
		return l
	}
	run := func(l *ladder, from, to int) *ladder {
		for s := from; s <= to; s++ {
			if _, climb := l.tick(at(float64(s)), false); climb {
				l.did(true, at(float64(s)))
			}
		}
		return l
	}
	states := []struct {
		name string
		at   float64
		make func() *ladder
	}{
		{"begins", 5, begin},
		{"listens", 5, func() *ladder { l := begin(); l.hear(advert.Address{1}, at(5)); return l }},
		{"does rung 0", 60, func() *ladder { l := begin(); l.tick(at(60), false); return l }},
		{"waits after rung 0", 60, func() *ladder { return run(begin(), 0, 60) }},
		{"waits after the last rung", 100, func() *ladder { return run(begin(), 0, 100) }},
		{"rests", 120, func() *ladder { return run(begin(), 0, 120) }},
	}
	events := []struct {
		name string
		do   func(l *ladder, now float64)
	}{
		{"hears", func(l *ladder, now float64) { l.hear(advert.Address{1}, at(now)) }},
		{"scan ends", func(l *ladder, now float64) { l.broke(at(now)) }},
		{"scan begins", func(l *ladder, now float64) { l.scans(at(now)) }},
		{"rung done", func(l *ladder, now float64) { l.did(true, at(now)) }},
		{"rung failed", func(l *ladder, now float64) { l.did(false, at(now)) }},
		{"1 s", func(*ladder, float64) {}},
		{"10 s", func(l *ladder, now float64) { run(l, int(now)+1, int(now)+10) }},
		{"60 s", func(l *ladder, now float64) { run(l, int(now)+1, int(now)+60) }},
		{"300 s", func(l *ladder, now float64) { run(l, int(now)+1, int(now)+300) }},
	}
	passed := map[string]float64{"10 s": 10, "60 s": 60, "300 s": 300}
	phases := map[phase]string{listening: "listens", climbing: "climbs", resting: "rests"}
	want := map[string]string{ // one word for each event, a second after it
		"begins":                    "listens/hears listens/unsaid listens/unsaid listens/unsaid listens/unsaid listens/unsaid listens/unsaid climbs/healing rests/gone",
		"listens":                   "listens/hears listens/hears listens/hears listens/hears listens/hears listens/hears listens/hears climbs/healing rests/gone",
		"does rung 0":               "listens/hears climbs/healing climbs/healing climbs/healing climbs/healing+1 climbs/healing climbs/healing climbs/healing climbs/gone",
		"waits after rung 0":        "listens/hears climbs/healing climbs/healing climbs/healing climbs/healing+1 climbs/healing climbs/healing rests/gone rests/gone",
		"waits after the last rung": "listens/hears climbs/healing climbs/healing climbs/healing rests/gone climbs/healing climbs/healing rests/gone rests/gone",
		"rests":                     "listens/hears rests/gone rests/gone rests/gone rests/gone rests/gone rests/gone rests/gone climbs/gone",
	}
	for _, s := range states {
		var got []string
		for _, e := range events {
			l := s.make()
			e.do(l, s.at)
			now := s.at + passed[e.name]
			rung, climb := l.tick(at(now+1), false)
			after := phases[l.phase] + "/" + stateNames[l.state]
			if climb {
				after += fmt.Sprintf("+%d", rung)
			}
			got = append(got, after)
		}
		if g := strings.Join(got, " "); g != want[s.name] {
			t.Errorf("%q: %q,", s.name, g)
		}
	}
}

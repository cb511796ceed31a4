package radio

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// beats lets a band say a heart rate each second, flags 0x06: on skin.
func beats(m *modelled, flags, rate byte, d time.Duration) {
	for range d / time.Second {
		time.Sleep(time.Second)
		m.say(heartRate, flags, rate)
	}
}

func valuesOf(rs []care.Reading) string {
	var out []string
	for _, r := range rs {
		out = append(out, fmt.Sprint(r.Value))
	}
	return strings.Join(out, " ")
}

// A band stays connected: its rate comes every 5 s, what it says on a table is
// nobody's, how it is worn and charged is told.
func TestB6_ABandSaysHowItIsWorn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := wristband()
		b := newBench(t, m, "band")
		b.run()
		defer b.stop()
		time.Sleep(10 * time.Second)
		beats(m, 0x06, 72, time.Minute)
		if got := b.notes.of(care.HeartRate); len(got) < 12 || len(got) > 13 || got[0].Value != 72 || got[0].Quality != 100 || got[0].Flags != 0 {
			t.Errorf("%d rates: %+v", len(got), got)
		}
		beats(m, 0x04, 91, time.Minute) // off the wrist
		m.say(heartRate, 0x06, 70)      // somebody touches it
		beats(m, 0x04, 91, time.Minute)
		m.say(batteryStatus, 0, 0x21, 0) // on its charger
		beats(m, 0x04, 91, time.Minute)
		m.say(batteryStatus, 0, 0x41, 0)
		beats(m, 0x06, 66, time.Minute)
		var states []float64
		for _, r := range b.notes.of(care.WearState) {
			if n := len(states); n == 0 || states[n-1] != r.Value {
				states = append(states, r.Value)
			}
		}
		if got := fmt.Sprint(states); got != "[1 2 3 1]" {
			t.Errorf("worn: %s", got)
		}
		for _, r := range b.notes.of(care.HeartRate) {
			if r.Value == 91 {
				t.Error("the rate of a table was told")
			}
		}
		if got := valuesOf(b.notes.of(care.BatteryLevel)); got != "90" {
			t.Errorf("battery %s", got)
		}
	})
}

// A band that vanishes is connected to again when it is back, and by the other
// radio when its own does not reach it any more.
func TestB4_AnotherRadioTakesTheBand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := wristband()
		b := newBench(t, m, "band")
		other := &modelRadio{name: "room", slots: 3, devices: b.radio.devices}
		b.ears.hear(Candidate{Radio: "hall", Central: b.radio}, Candidate{Radio: "room", Central: other})
		b.run()
		defer b.stop()
		time.Sleep(10 * time.Second)
		m.vanish()
		time.Sleep(10 * time.Second)
		if n, connected := m.was(); !connected || n != 2 {
			t.Fatalf("not connected again: %d connects", n)
		}
		b.radio.mu.Lock()
		b.radio.devices = nil // a door was closed
		b.radio.mu.Unlock()
		m.vanish()
		time.Sleep(30 * time.Second)
		one, _ := b.radio.now()
		if two, _ := other.now(); one != 0 || two != 1 {
			t.Errorf("30 s later: %d by the one, %d by the other", one, two)
		}
	})
}

// Nonsense from one band is counted and said; its neighbour does not notice.
func TestGarbageFromABand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad, good := wristband(), wristband()
		b := newBench(t, bad, "band")
		second := advert.Address{1}
		b.radio.devices[second] = good
		bands, err := NewBands([]Band{b.band, {ID: "band-2", Resident: "r-2", Kind: "band", Address: second}}, b.ears, b.notes, b.opts)
		if err != nil {
			t.Fatal(err)
		}
		b.runs(bands)
		defer b.stop()
		time.Sleep(10 * time.Second)
		for i := range 60 {
			time.Sleep(time.Second)
			bad.say(heartRate, 0x01, byte(i))
			good.say(heartRate, 0x00, 61)
		}
		time.Sleep(time.Second)
		if s := bands.Stats(); s.Malformed != 60 || s.Connected != 2 {
			t.Errorf("%+v", s)
		}
		var wrong, rates int
		for _, r := range b.notes.of(care.SensorState) {
			if r.Value == care.SensorWrong && r.Source == "band-1" {
				wrong++
			}
		}
		for _, r := range b.notes.of(care.HeartRate) {
			if r.Source == "band-2" {
				rates++
			} else {
				t.Errorf("a rate out of nonsense: %+v", r)
			}
		}
		if wrong == 0 || rates < 12 {
			t.Errorf("said to be wrong %d times, %d rates of its neighbour", wrong, rates)
		}
	})
}

// A cuff is awake for half a minute: what it measured is taken with the time of
// its clock, and it is let go.
func TestACuffIsReadAndLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &modelled{battery: 80, list: []ble.Characteristic{
			characteristic(0x1810, bloodPressure, ble.CanIndicate), characteristic(0x180F, batteryLevel, ble.CanRead)}}
		b := newBench(t, m, "cuff")
		b.opts.Zone = time.FixedZone("home", 8*3600)
		b.run()
		defer b.stop()
		time.Sleep(3 * time.Second)
		at := time.Now().In(b.opts.Zone).Add(-2 * time.Minute)
		m.say(bloodPressure, append(dated([]byte{0x0A, 135, 0, 85, 0, 100, 0}, at), 1)...)
		m.say(bloodPressure, append(dated([]byte{0x0A, 180, 0, 99, 0, 120, 0}, at.Add(-9*time.Hour)), 255)...) // of nobody it knows
		m.say(bloodPressure, append(dated([]byte{0x0A, 150, 0, 90, 0, 110, 0}, at.Add(-9*time.Hour)), 1)...)   // of the night
		time.Sleep(20 * time.Second)
		if _, connected := m.was(); connected {
			t.Error("it was not let go")
		}
		got := b.notes.of(care.Systolic)
		if len(got) != 2 || got[0].Value != 135 || got[0].Flags != 0 || !got[0].At.Equal(at.Truncate(time.Second).UTC()) ||
			got[1].Value != 150 || got[1].Flags != care.Backfilled {
			t.Errorf("%+v", got)
		}
		time.Sleep(2 * time.Minute)
		m.say(bloodPressure, append(dated([]byte{0x0A, 135, 0, 85, 0, 100, 0}, at), 1)...)
		time.Sleep(20 * time.Second)
		connects, _ := m.was()
		if n := len(b.notes.of(care.Systolic)); n != 2 || connects < 2 {
			t.Errorf("%d pressures after %d connects", n, connects)
		}
	})
}

// A thermometer that speaks every 15 s is waited for, and one that never does is
// let go.
func TestAThermometerThatTakesItsTimeIsRead(t *testing.T) {
	for _, speaks := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			m := &modelled{battery: 80, list: []ble.Characteristic{characteristic(0x1809, 0x2A1C, ble.CanIndicate)}}
			b := newBench(t, m, "thermometer")
			b.run()
			defer b.stop()
			time.Sleep(15 * time.Second)
			if speaks {
				m.say(0x2A1C, 0, 0x6E, 0x01, 0, 0xFF) // 36.6 °C
			}
			time.Sleep(25 * time.Second)
			if _, connected := m.was(); connected {
				t.Error("it was not let go")
			}
			if got := valuesOf(b.notes.of(care.BodyTemperature)); (got == "36.6") != speaks {
				t.Errorf("speaks %v, temperatures %q", speaks, got)
			}
		})
	}
}

// The clock of a cuff that cannot be read may be wrong, by hours or by years, or
// the pressure may be old: the newest is judged, what is older by the same clock
// is not.
func TestACuffWithAWrongClockIsHeard(t *testing.T) {
	for name, wrong := range map[string]time.Duration{"slow by 3 h": -3 * time.Hour, "never set": -26 * 365 * 24 * time.Hour, "of the future": 50 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &modelled{list: []ble.Characteristic{characteristic(0x1810, bloodPressure, ble.CanIndicate)}}
				b := newBench(t, m, "cuff")
				b.run()
				defer b.stop()
				time.Sleep(3 * time.Second)
				shown := time.Now().UTC().Add(wrong)
				m.say(bloodPressure, dated([]byte{0x02, 150, 0, 90, 0, 110, 0}, shown.Add(-9*time.Hour))...)
				m.say(bloodPressure, dated([]byte{0x02, 211, 0, 99, 0, 130, 0}, shown)...)
				time.Sleep(20 * time.Second)
				got := b.notes.of(care.Systolic)
				if len(got) != 2 || got[0].Flags != care.Backfilled || got[1].Flags != 0 || got[1].Value != 211 {
					t.Fatalf("%+v", got)
				}
				if d := got[1].At.Sub(got[0].At); d.Round(time.Minute) != 9*time.Hour {
					t.Errorf("%v apart, want 9 h", d)
				}
			})
		})
	}
}

// Who is heard and does not connect is told of: a band after ten minutes; a cuff
// that lost its bond sooner, because it is awake for a minute, and somebody
// measures a pressure that nobody sees.
func TestWhoRefusesIsToldOf(t *testing.T) {
	for kind, c := range map[string]struct{ quiet, told time.Duration }{
		"band": {9 * time.Minute, 14 * time.Minute},
		"cuff": {30 * time.Second, 270 * time.Second},
	} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := wristband()
				m.deaf = true
				b := newBench(t, m, kind)
				b.run()
				defer b.stop()
				time.Sleep(c.quiet)
				if n := len(b.notes.of(care.SensorState)); n != 0 {
					t.Errorf("told of after %v: %d times", c.quiet, n)
				}
				time.Sleep(c.told - c.quiet)
				if got := b.notes.of(care.SensorState); len(got) == 0 || got[0].Value != care.SensorSilent {
					t.Errorf("after %v: %+v", c.told, got)
				}
				m.mu.Lock()
				m.deaf = false
				m.mu.Unlock()
				time.Sleep(7 * time.Minute) // the longest rest is 5, or a quarter more
				if got := b.notes.of(care.SensorState); len(got) == 0 || got[len(got)-1].Value != care.SensorWorks {
					t.Errorf("it is not said that it works again: %+v", got)
				}
			})
		})
	}
}

// Twelve bands, of which three never answer, on a radio with three slots: the
// others are heard of every quarter of an hour, and no slot is lost.
func TestB3_TwelveSessionsOnThreeSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, wristband(), "band")
		var list []Band
		for i := range 12 {
			a := advert.Address{byte(i), 7}
			m := wristband()
			m.deaf = i%4 == 3 // some never answer
			b.radio.devices[a] = m
			list = append(list, Band{ID: care.SourceID(fmt.Sprint("band-", i)), Resident: "r-1", Kind: "band", Address: a})
		}
		b.opts.Dir = ""
		bands, err := NewBands(list, b.ears, b.notes, b.opts)
		if err != nil {
			t.Fatal(err)
		}
		b.runs(bands)
		for range 2 * time.Hour / time.Second {
			time.Sleep(time.Second)
			for _, m := range b.radio.devices {
				m.say(heartRate, 0x06, 70)
			}
		}
		b.stop()
		last := map[care.SourceID]time.Time{}
		worst := time.Duration(0)
		for _, r := range b.notes.of(care.HeartRate) {
			if at, ok := last[r.Source]; ok {
				worst = max(worst, r.At.Sub(at))
			}
			last[r.Source] = r.At
		}
		used, most := b.radio.now()
		if len(last) != 9 || worst > 15*time.Minute || most > 3 || used != 0 {
			t.Errorf("%d of 9 were heard, silent for %v at most, %d slots at once, %d left", len(last), worst, most, used)
		}
		t.Logf("a band was silent for %v at most", worst)
	})
}

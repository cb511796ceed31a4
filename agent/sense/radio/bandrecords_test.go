package radio

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"osmanthus/care"
	"osmanthus/drivers/ble"
)

// truth is when and what a meter measured.
type truth map[float64]time.Time

// measure measures values in 0.1 mmol/L, one every interval.
func (u truth) measure(m *modelled, values []byte, interval time.Duration) {
	for _, v := range values {
		time.Sleep(interval)
		u[float64(v)/10] = time.Now()
		m.measure(v)
	}
}

// complete checks that every value came out exactly once, at its true time
// within 2 s.
func (u truth) complete(t *testing.T, got []care.Reading) {
	t.Helper()
	times := map[float64]int{}
	worst := time.Duration(0)
	for _, r := range got {
		times[r.Value]++
		at, ok := u[r.Value]
		if !ok {
			t.Errorf("a value that nobody measured: %+v", r)
		}
		off := r.At.Sub(at)
		worst = max(worst, off, -off)
	}
	for v := range u {
		if times[v] != 1 {
			t.Errorf("%v came %d times", v, times[v])
		}
	}
	if worst > 2*time.Second {
		t.Errorf("a time is off by %v", worst)
	}
	t.Logf("%d of %d records, times off by %v at most", len(times), len(u), worst)
}

func span(from, n int) (out []byte) {
	for i := range n {
		out = append(out, byte(from+i))
	}
	return out
}

// A meter whose clock is 47 min slow is out of range for 8 h, over the night in
// which the clocks are put back. In the middle it comes by, its wearer measures
// by hand, while the gateway asks for its memory or after it gave that up, and
// the connection breaks before the memory is read.
func TestB5_EightHoursAwayOverTheChangeOfClocks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, waits := range map[string]time.Duration{"while it asks": 5 * time.Second, "after it gave up": recordWait + 5*time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := meter()
				b := newBench(t, m, "glucose_meter")
				b.opts.Zone = berlin
				m.off, m.fixed = 2*time.Hour-47*time.Minute, true // set in summer, 47 min slow, never again
				u := truth{}
				b.run()
				time.Sleep(20 * time.Second)
				u.measure(m, span(10, 2), 20*time.Second) // while connected, or soon after
				time.Sleep(10 * time.Minute)              // it is read
				b.ears.hear()
				m.vanish()
				time.Sleep(time.Until(time.Date(2026, 10, 24, 21, 0, 0, 0, time.UTC)))
				u.measure(m, span(20, 48), 5*time.Minute)
				m.mu.Lock()
				m.mute = true // it breaks off before it hands out anything
				m.mu.Unlock()
				b.ears.hear(Candidate{Radio: "hall", Central: b.radio})
				time.Sleep(waits)
				u.measure(m, []byte{99}, time.Second) // by hand, while connected
				time.Sleep(time.Second)
				if _, connected := m.was(); !connected {
					t.Error("it is not connected when its wearer measures")
				}
				b.ears.hear()
				m.vanish()
				time.Sleep(time.Second)
				if got := b.notes.of(care.Glucose); len(got) != 3 || got[2].Value != 9.9 {
					t.Errorf("after the measurement by hand: %s", valuesOf(got))
				}
				m.mu.Lock()
				m.mute = false
				m.mu.Unlock()
				u.measure(m, span(100, 47), 5*time.Minute)
				b.ears.hear(Candidate{Radio: "hall", Central: b.radio})
				time.Sleep(30 * time.Minute)
				b.stop()
				u.complete(t, b.notes.of(care.Glucose))
				for _, r := range b.notes.of(care.Glucose) {
					if old := r.Flags&care.Backfilled != 0; old != (r.Value >= 2 && r.Value < 9 || r.Value >= 10 && r.Value <= 14.3) {
						t.Errorf("%v of %v: backfilled %v", r.Value, r.At, old)
					}
				}
			})
		})
	}
}

// The connection breaks after a few records, again and again, and the gateway is
// started anew in between: in the end every record came once. What was passed on
// before a power cut and was not safe yet comes again with the same time to the
// millisecond, so that the store keeps one.
func TestB5_ReadingThatIsBrokenOffGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := meter()
		b := newBench(t, m, "glucose_meter")
		m.off = -31 * time.Minute
		u := truth{}
		u.measure(m, span(20, 60), 5*time.Minute)
		m.mu.Lock()
		m.breakAt = 7
		m.mu.Unlock()
		b.run()
		time.Sleep(3 * time.Minute)
		first := len(b.notes.of(care.Glucose))
		if first == 0 || first >= 60 {
			t.Fatalf("%d records before it broke", first)
		}
		b.stop()
		m.mu.Lock()
		m.breakAt = 0
		m.mu.Unlock()
		b.run()
		time.Sleep(10 * time.Minute)
		b.stop()
		u.complete(t, b.notes.of(care.Glucose))
	})
	synctest.Test(t, func(t *testing.T) {
		m := meter()
		b := newBench(t, m, "glucose_meter")
		b.opts.Stored = time.Hour // nothing is safe for so long
		m.off = -31*time.Minute + 300*time.Millisecond
		truth{}.measure(m, span(20, 5), 5*time.Minute)
		b.run()
		time.Sleep(time.Minute)
		b.stop() // as a power cut: nothing was remembered but the clock
		time.Sleep(7*time.Minute + 123*time.Millisecond)
		b.run()
		time.Sleep(time.Minute)
		b.stop()
		at := map[float64]time.Time{}
		for _, r := range b.notes.of(care.Glucose) {
			if other, ok := at[r.Value]; ok && !other.Equal(r.At) {
				t.Errorf("%v is of %v and of %v", r.Value, other, r.At)
			}
			at[r.Value] = r.At
		}
		if len(b.notes.of(care.Glucose)) != 10 || len(at) != 5 {
			t.Errorf("%d readings of %d records", len(b.notes.of(care.Glucose)), len(at))
		}
	})
}

// The counter of a device goes over its end, or begins anew with a new battery,
// or its memory has forgotten what was read last; and one device cannot say
// which record is its last.
func TestB5_CountersThatTurnOver(t *testing.T) {
	for name, change := range map[string]func(m *modelled){
		"goes on": func(m *modelled) {},
		"wraps":   func(m *modelled) { m.next = 65_533 },
		"is reset with its memory": func(m *modelled) {
			m.next, m.memory = 0, nil
		},
		"is reset without": func(m *modelled) { m.next = 0 },
		"has forgotten":    func(m *modelled) { m.next += 500; m.memory = nil },
	} {
		for _, noLast := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, no last %v", name, noLast), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := meter()
					m.noLast = noLast
					b := newBench(t, m, "glucose_meter")
					u := truth{}
					if m.next = 40; name == "wraps" {
						m.next = 65_528
					}
					b.run()
					defer b.stop()
					u.measure(m, span(20, 5), 5*time.Minute)
					time.Sleep(10 * time.Minute)
					m.mu.Lock()
					change(m)
					m.mu.Unlock()
					b.ears.hear()
					m.vanish()
					u.measure(m, span(30, 50), time.Minute)
					b.ears.hear(Candidate{Radio: "hall", Central: b.radio})
					time.Sleep(40 * time.Minute)
					u.complete(t, b.notes.of(care.Glucose))
				})
			})
		}
	}
}

// The clock of a device is set when nothing is left that was stamped by it as it
// was, and how wrong it was is kept.
func TestB5_TheClockIsSetAfterTheMemoryWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shanghai, err := time.LoadLocation("Asia/Shanghai")
		if err != nil {
			t.Fatal(err)
		}
		m := meter()
		b := newBench(t, m, "glucose_meter")
		b.opts.Zone = shanghai
		m.off = -26 * time.Hour
		u := truth{}
		u.measure(m, span(20, 20), 5*time.Minute)
		b.run()
		time.Sleep(10 * time.Minute)
		m.mu.Lock()
		if off := m.off - 8*time.Hour; off > time.Second || off < -time.Second {
			t.Errorf("the clock stands at UTC%+v, want +8h", m.off)
		}
		m.mu.Unlock()
		u.measure(m, span(50, 20), 5*time.Minute)
		time.Sleep(time.Hour)
		b.stop()
		u.complete(t, b.notes.of(care.Glucose))
		data, err := os.ReadFile(filepath.Join(b.opts.Dir, "C0FFEE010203.json"))
		if err != nil {
			t.Fatal(err)
		}
		kept, err := parseBand(data)
		if err != nil || len(kept.Clocks) < 2 || !kept.Clocks[0].Set || kept.Clocks[0].offset().Round(time.Hour) != 26*time.Hour {
			t.Errorf("%+v, %v", kept, err)
		}
	})
}

// Whoever turned the display of a meter in the night of the change did not turn
// the clock behind it.
func TestB5_TheOffsetOfADisplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := meter()
		b := newBench(t, m, "glucose_meter")
		m.fixed = true
		stamp := func(number uint16, value byte, turned int16) {
			m.mu.Lock()
			defer m.mu.Unlock()
			r := dated(binary.LittleEndian.AppendUint16([]byte{0x07}, number), time.Now().UTC().Add(-13*time.Minute))
			r = binary.LittleEndian.AppendUint16(r, uint16(turned))
			m.memory = append(m.memory, append(r, value, 0xC0, 0x11))
		}
		u := truth{}
		for i := range 10 {
			time.Sleep(time.Hour)
			turned := int16(0)
			if i >= 5 {
				turned = -60
			}
			u[float64(20+i)/10] = time.Now()
			stamp(uint16(i), byte(20+i), turned)
		}
		m.off = -73 * time.Minute // what it shows: 13 min slow, turned back by an hour
		b.run()
		time.Sleep(time.Minute)
		b.stop()
		u.complete(t, b.notes.of(care.Glucose))
	})
}

// A meter whose clock cannot be read is taken by the zone of the home; its newest
// record is judged, as it may be of now by a clock that is wrong.
func TestB5_AMeterWithoutAReadableClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := meter()
		m.list = m.list[1:]
		b := newBench(t, m, "glucose_meter")
		u := truth{}
		u.measure(m, span(20, 30), 30*time.Minute)
		time.Sleep(2 * time.Hour)
		b.run()
		time.Sleep(5 * time.Minute)
		b.stop()
		b.run() // nothing comes twice
		time.Sleep(5 * time.Minute)
		b.stop()
		got := b.notes.of(care.Glucose)
		u.complete(t, got)
		judged := 0
		for _, r := range got {
			if r.Flags&care.Backfilled == 0 {
				judged++
			}
		}
		if judged != 1 {
			t.Errorf("%d records are judged", judged)
		}
	})
}

// A patch that measures all the time has its time in minutes since it was put
// on; the next patch begins anew.
func TestB5_APatchIsReadBackAndChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &modelled{what: cgm, numberAt: 4, fixed: true, off: -19 * time.Minute, list: []ble.Characteristic{
			characteristic(0x1805, currentTime, ble.CanRead|ble.CanWrite),
			characteristic(serviceCGM, cgm, ble.CanNotify),
			characteristic(serviceCGM, cgmBegun, ble.CanRead),
			characteristic(serviceCGM, recordAccess, ble.CanWrite|ble.CanIndicate),
		}}
		b := newBench(t, m, "band")
		u := truth{}
		wear := func(from, n int) {
			m.mu.Lock()
			m.begun, m.memory = m.shows().UTC(), nil
			m.mu.Unlock()
			put := time.Now()
			for i := range n {
				time.Sleep(5 * time.Minute)
				minutes := int(time.Since(put).Minutes())
				u[float64(from+i)] = time.Now()
				m.mu.Lock()
				mg := uint16(float64(from+i) * 18.0156)
				m.keep([]byte{6, 0, byte(mg), byte(mg >> 8), byte(minutes), byte(minutes >> 8)})
				m.mu.Unlock()
			}
		}
		b.ears.hear()
		b.run()
		defer b.stop()
		wear(3, 10)
		b.ears.hear(Candidate{Radio: "hall", Central: b.radio})
		time.Sleep(time.Minute)
		m.vanish()
		b.ears.hear()
		wear(13, 10)
		b.ears.hear(Candidate{Radio: "hall", Central: b.radio})
		time.Sleep(time.Minute)
		got := b.notes.of(care.Glucose)
		for i := range got {
			got[i].Value = math.Round(got[i].Value)
		}
		u.complete(t, got)
	})
}

// An oximeter numbers nothing and hands out all that it has each time; what has
// no time of its own cannot be told from what came before. That it was on a finger
// then does not say that it is now.
func TestB5_AnOximeterWithoutNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &modelled{what: oximeterSpot, fixed: true, off: 3 * time.Hour, list: []ble.Characteristic{
			characteristic(0x1805, currentTime, ble.CanRead|ble.CanWrite),
			characteristic(serviceOximeter, oximeterSpot, ble.CanIndicate),
			characteristic(serviceOximeter, recordAccess, ble.CanWrite|ble.CanIndicate),
		}}
		b := newBench(t, m, "oximeter")
		u := truth{}
		measure := func(v byte, stamped bool) {
			m.mu.Lock()
			defer m.mu.Unlock()
			if stamped {
				u[float64(v)] = time.Now()
				m.keep(append(dated([]byte{0x05, v, 0, 70, 0}, m.shows().UTC()), 0, 0, 0))
			} else {
				m.keep([]byte{0x00, v, 0, 70, 0})
			}
		}
		for v := range byte(20) {
			time.Sleep(10 * time.Minute)
			measure(70+v, true)
		}
		measure(60, false)
		b.run()
		defer b.stop()
		time.Sleep(time.Hour) // read several times
		if got := b.notes.of(care.WearState); len(got) != 0 {
			t.Errorf("worn by what was kept: %+v", got)
		}
		measure(92, true)
		time.Sleep(time.Hour)
		u.complete(t, b.notes.of(care.SpO2))
		if s := b.bands.Stats(); s.Undated == 0 {
			t.Errorf("%+v", s)
		}
	})
}

// Whatever a device sends, of whichever characteristic, harms nobody.
func FuzzArrivals(f *testing.F) {
	f.Add(uint8(0), []byte{6, 0, 90, 0, 5, 0})
	f.Add(uint8(1), []byte{0x06, 0x28, 0, 0xEA, 0x07, 10, 24, 12, 0, 0, 55, 0xC0, 0x11})
	f.Add(uint8(2), []byte{6, 0, 1, 1})
	f.Add(uint8(3), []byte{0x01, 97, 0, 70, 0, 0xEA, 0x07, 10, 24, 12, 0, 0})
	list := []ble.Characteristic{characteristic(serviceCGM, cgm, 0), characteristic(serviceGlucose, glucose, 0),
		characteristic(serviceGlucose, recordAccess, 0), characteristic(serviceOximeter, oximeterSpot, 0), characteristic(0x180D, heartRate, 0),
		characteristic(0x1810, bloodPressure, 0), characteristic(0x180F, batteryStatus, 0)}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		n := &notes{}
		bands, err := NewBands([]Band{{ID: "b", Kind: "band", Address: bandAddress}}, &ears{}, n, BandOpts{})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		s := &session{band: bands.bands[0], inbox: newInbox(), clock: clock{Now: Coincidence{Gateway: at, Device: at.Add(time.Hour)}}}
		p := &procedure{session: s, service: serviceGlucose}
		a := arrival{list[int(which)%len(list)], raw, time.Now()}
		s.arrived(a)
		p.take(a)
		s.deliver(serviceGlucose, s.kept.service("1808"), p.got)
		for _, r := range n.list {
			if math.IsNaN(r.Value) || time.Until(r.At) > farFuture {
				t.Errorf("%+v", r)
			}
		}
	})
}

func BenchmarkNotification(b *testing.B) {
	bands, err := NewBands([]Band{{ID: "b", Kind: "band", Address: bandAddress}}, &ears{}, &notes{}, BandOpts{})
	if err != nil {
		b.Fatal(err)
	}
	s := &session{band: bands.bands[0], inbox: newInbox()}
	a := arrival{characteristic(0x180D, heartRate, 0), []byte{0x16, 72, 0x4E, 3}, time.Now()}
	b.ReportAllocs()
	for b.Loop() {
		s.arrived(a)
	}
}

func FuzzBandState(f *testing.F) {
	f.Add([]byte(`{"osmanthus_band":1,"clocks":[{"gateway":"2026-10-24T12:00:00Z","device":"2026-10-24T13:13:00Z"}],"services":{"1808":{"head":7,"records":"AAECAwQFBgc="}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := parseBand(data)
		if err != nil {
			return
		}
		file := filepath.Join(t.TempDir(), "band.json")
		if err := b.store(file); err != nil {
			t.Skip(err) // a year that JSON has no word for
		}
		if _, err := loadBand(file); err != nil {
			t.Error(err)
		}
	})
}

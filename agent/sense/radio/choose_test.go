package radio

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
)

// chosen is the radio of the device.
func (w *ward) chosen() string {
	for _, c := range w.hub.Best(tagAddress) {
		if c.Chosen {
			return c.Radio
		}
	}
	return ""
}

func (w *ward) moves() int {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	return w.hub.tags[tagAddress].moves
}

func TestB4_TheLouderBridgeWins(t *testing.T) {
	inWard(t, 2, []Device{device("tag")}, func(w *ward) {
		say := func(seconds int, first, second int8) {
			for i := range 10 * seconds {
				w.hear(0, first, bthome(byte(i), 1, 90))
				w.hear(1, second, bthome(byte(i), 1, 90))
				time.Sleep(100 * time.Millisecond)
			}
		}
		say(20, -70, -61)
		if got := w.chosen(); got != "radio-0" {
			t.Errorf("9 dB louder: %s is chosen", got)
		}
		say(20, -75, -60)
		if got := w.chosen(); got != "radio-1" {
			t.Errorf("15 dB louder: %s is chosen", got)
		}
		say(20, -60, -69)
		if got := w.chosen(); got != "radio-1" || w.moves() != 1 {
			t.Errorf("9 dB louder again: %s is chosen, after %d moves", got, w.moves())
		}
		best := w.hub.Best(tagAddress)
		if len(best) != 2 || best[0].Radio != "radio-1" || best[0].RSSI > -65 || best[1].RSSI < -65 {
			t.Errorf("%+v", best)
		}
	})
}

// Strength jumps by many dB from packet to packet: what does not differ by 10 dB
// on the whole never makes the choice swing.
func TestB4_NoPingPongBelowTenDecibels(t *testing.T) {
	for _, every := range []time.Duration{100 * time.Millisecond, time.Second, 10 * time.Second} {
		inWard(t, 2, []Device{device("tag")}, func(w *ward) {
			r := rand.New(rand.NewPCG(4, 4))
			for i := range 3600 {
				apart := 6 * float64(1-2*(i/600%2)) // one is 6 dB louder, and later the other
				w.hear(0, int8(-70+apart/2+4*r.NormFloat64()), bthome(byte(i), 1, 90))
				w.hear(1, int8(-70-apart/2+4*r.NormFloat64()), bthome(byte(i), 1, 90))
				time.Sleep(every)
			}
			if w.moves() > 0 {
				t.Errorf("every %v: %d moves", every, w.moves())
			}
		})
	}
}

func TestB4_FailOverWithinThirtySeconds(t *testing.T) {
	for _, every := range []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second, 10 * time.Second} {
		inWard(t, 2, []Device{device("tag")}, func(w *ward) {
			number := byte(0)
			say := func(radios ...int) {
				number++
				for _, r := range radios {
					w.hear(r, int8(-60-5*r), bthome(number, 1, 90))
				}
				time.Sleep(every)
			}
			for range 20 {
				say(0, 1)
			}
			silent := time.Now()
			for w.chosen() == "radio-0" && time.Since(silent) < time.Minute {
				say(1)
			}
			if d := time.Since(silent) - every; d > 30*time.Second {
				t.Errorf("every %v: it took %v", every, d)
			}
			for range 20 {
				say(0, 1) // it is back, and no 10 dB louder
			}
			if w.chosen() != "radio-1" || w.moves() != 1 {
				t.Errorf("every %v: %s after %d moves", every, w.chosen(), w.moves())
			}
		})
	}
}

// A device that speaks once in 50 s is heard by both: whose copy comes first
// changes nothing.
func TestB4_RareDevicesStayWhereTheyAre(t *testing.T) {
	inWard(t, 2, []Device{device("tag")}, func(w *ward) {
		for i := range 100 {
			first := i % 2
			w.hear(first, -60, bthome(byte(i), 1, 90))
			time.Sleep(30 * time.Millisecond)
			w.hear(1-first, -60, bthome(byte(i), 1, 90))
			time.Sleep(50 * time.Second)
		}
		if w.moves() != 0 {
			t.Errorf("%d moves", w.moves())
		}
	})
}

// A radio that ended is left at once.
func TestB4_ARadioThatEndedIsLeft(t *testing.T) {
	inWard(t, 2, []Device{device("tag")}, func(w *ward) {
		w.hear(0, -60, bthome(1, 1, 90))
		w.aerials[0].fail <- errGone
		synctest.Wait()
		w.hear(1, -80, bthome(2, 1, 90))
		if w.chosen() != "radio-1" {
			t.Errorf("%s is chosen", w.chosen())
		}
	})
}

// Three radios, each losing a third of the packets and late by up to some
// seconds: every press comes once.
func TestB4_NoDuplicateAndNoLoss(t *testing.T) {
	inWard(t, 3, []Device{device("callpoint")}, func(w *ward) {
		r := rand.New(rand.NewPCG(1, 2))
		want := 0
		type copy struct {
			at     time.Time
			radio  int
			number byte
		}
		var under []copy
		deliver := func() {
			for i := 0; i < len(under); i++ {
				if !under[i].at.After(time.Now()) {
					w.hear(under[i].radio, -60, bthome(under[i].number, pressed...))
					under = append(under[:i], under[i+1:]...)
					i--
				}
			}
		}
		var last [3]time.Time
		for number := range 500 {
			heard := false
			for range 6 {
				for radio := range 3 {
					if r.IntN(3) == 0 {
						continue
					}
					at := time.Now()
					if radio == 2 { // its network is slow, and keeps the order
						at = at.Add(time.Duration(r.IntN(9000)) * time.Millisecond)
					}
					if at.Before(last[radio]) {
						at = last[radio]
					}
					last[radio] = at
					under = append(under, copy{at, radio, byte(number)})
					heard = true
				}
				deliver()
				time.Sleep(100 * time.Millisecond)
			}
			if heard {
				want++
			}
			for range 10 + r.IntN(60) {
				deliver()
				time.Sleep(200 * time.Millisecond)
			}
		}
		for range 100 {
			deliver()
			time.Sleep(200 * time.Millisecond)
		}
		if got := len(w.notes.of("s-1", care.ButtonPress)); got != want {
			t.Errorf("%d presses, want %d: %+v", got, want, w.hub.Stats())
		}
	})
}

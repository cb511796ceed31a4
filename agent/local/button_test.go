package local

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
)

type button struct {
	mu    sync.Mutex
	level gpio.Level
}

func (b *button) In(gpio.Pull, gpio.Edge) error { return nil }
func (b *button) Read() gpio.Level              { b.mu.Lock(); defer b.mu.Unlock(); return b.level }
func (b *button) set(l gpio.Level)              { b.mu.Lock(); defer b.mu.Unlock(); b.level = l }

func TestTheButtonSilencesAndHeldItDismisses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &button{level: gpio.Low} // jammed, or pressed before the start
		h := newHome(t, "", Opts{Button: b})
		defer h.end(t)
		h.Alert(alert(care.Fall, care.High, 1), "")
		time.Sleep(5 * time.Second)
		if p, _ := h.Loudest(time.Now()); p != care.High {
			t.Fatal("a jammed button silences")
		}
		b.set(gpio.High)
		time.Sleep(200 * time.Millisecond)
		b.set(gpio.Low)
		time.Sleep(200 * time.Millisecond)
		b.set(gpio.High)
		time.Sleep(200 * time.Millisecond)
		if p, n := h.Loudest(time.Now()); p != 0 || n != 1 {
			t.Fatalf("after a press %v rings", p)
		}
		time.Sleep(Reminder)
		if p, _ := h.Loudest(time.Now()); p != care.High {
			t.Fatal("no reminder after three minutes")
		}
		b.set(gpio.Low)
		time.Sleep(4 * time.Second)
		b.set(gpio.High)
		time.Sleep(time.Hour)
		if p, _ := h.Loudest(time.Now()); p != 0 {
			t.Error("held for 4 s, it rings an hour later")
		}
	})
}

// A pin that cannot be read any more says Low for ever, as does a button on
// which something fell: nobody is here.
func TestAButtonThatStaysDownSilencesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &button{level: gpio.High}
		h := newHome(t, "", Opts{Button: b})
		defer h.end(t)
		h.Alert(alert(care.Fall, care.High, 1), "")
		time.Sleep(time.Second)
		b.set(gpio.Low)
		for range 10 {
			time.Sleep(time.Minute)
			if p, _ := h.Loudest(time.Now()); p != care.High {
				t.Fatal("it silences")
			}
		}
		b.set(gpio.High)
		time.Sleep(time.Second)
		if p, _ := h.Loudest(time.Now()); p != care.High {
			t.Fatal("it silences when it is freed")
		}
	})
}

package demo

import (
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
)

func TestALampIsSeenToFlashAndToRest(t *testing.T) {
	var l Lamp
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	step := func(d time.Duration) time.Time { at = at.Add(d); return at }

	for range 4 {
		l.Turn(gpio.High, step(250*time.Millisecond))
		l.Turn(gpio.Low, step(250*time.Millisecond))
	}
	if l.seen != Flashing {
		t.Fatal("2 Hz is not seen to flash")
	}
	if _, changed := l.Look(step(time.Second)); changed {
		t.Error("a pause of a second is not the end of flashing")
	}
	if seen, changed := l.Look(step(3 * time.Second)); seen != Off || !changed {
		t.Errorf("dark for 4 s is seen as %v", seen)
	}
	l.Turn(gpio.High, step(time.Minute))
	if seen, changed := l.Look(step(4 * time.Second)); seen != Steady || !changed {
		t.Errorf("on for 4 s is seen as %v", seen)
	}
}

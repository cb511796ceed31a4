package sense

import (
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"osmanthus/drivers/bus"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
)

// held is a data line that a chip holds down until the clock has risen so often.
type held struct {
	gpio.PinIO
	clock *counted
	free  int
	stops int
}

func (h *held) Read() gpio.Level     { return gpio.Level(h.clock.rises >= h.free) }
func (h *held) Out(gpio.Level) error { h.stops++; return nil }

func (h *held) In(gpio.Pull, gpio.Edge) error { return nil }

// counted is a clock line; a rise is a change from driven low to pulled high.
type counted struct {
	gpio.PinIO
	low   bool
	rises int
}

func (c *counted) Out(l gpio.Level) error { c.low = l == gpio.Low; return nil }

func (c *counted) In(gpio.Pull, gpio.Edge) error {
	if c.low {
		c.rises++
	}
	c.low = false
	return nil
}

func TestA2_NineClocksByPins(t *testing.T) {
	for _, free := range []int{0, 9} {
		scl := &counted{}
		sda := &held{clock: scl, free: free}
		if err := nineClocks(scl, sda); err != nil {
			t.Fatal(err)
		}
		if scl.rises != free || sda.stops != free/9 {
			t.Errorf("a line that is free after %d clocks got %d, and %d stops", free, scl.rises, sda.stops)
		}
	}
}

type plain struct{ i2c.BusCloser }

func (plain) Close() error { return nil }

type wedged struct {
	plain
	err error
}

func (w wedged) Unwedge() error { return w.err }

func TestABusIsFreedWhenItIsOpened(t *testing.T) {
	pins := map[string]gpio.PinIO{}
	scl := &counted{}
	pins["SCL"], pins["SDA"] = scl, &held{clock: scl, free: 9}
	opts := Opts{
		OpenMuxed: func(n string) (gpio.PinIO, error) { return pins[n], nil },
		OpenBus:   func(string) (i2c.BusCloser, error) { return plain{}, nil },
		Log:       slog.New(slog.DiscardHandler),
	}
	if _, err := openUnwedged(Bus{Name: "b", SCL: "SCL", SDA: "SDA"}, opts); err != nil || scl.rises != 9 {
		t.Errorf("%v, %d clocks", err, scl.rises)
	}
	// Pins that would be lost to the bus are left alone, and it is opened as it is.
	opts.OpenMuxed = func(string) (gpio.PinIO, error) { return nil, bus.ErrNotMuxed }
	if _, err := openUnwedged(Bus{Name: "b", SCL: "SCL", SDA: "SDA"}, opts); err != nil || scl.rises != 9 {
		t.Errorf("%v, %d clocks", err, scl.rises)
	}
	opts.OpenBus = func(string) (i2c.BusCloser, error) { return wedged{err: errors.New("cannot")}, nil }
	if _, err := openUnwedged(Bus{Name: "b"}, opts); err == nil {
		t.Error("an adapter that cannot free its bus is not said")
	}
}

func TestTheTimelineFollowsAClockThatIsOff(t *testing.T) {
	const period = 10 * time.Millisecond
	line := timeline{period: period}
	begin := time.Now()
	truth := begin
	var last time.Time
	// The chip is 2 % fast, looks are late by up to 40 ms.
	real := period * 100 / 102
	taken := 0
	for look := range 3000 {
		read := begin.Add(time.Duration(look)*200*time.Millisecond + time.Duration(look*7919%40)*time.Millisecond)
		n := 0
		for !truth.Add(real).After(read) {
			truth = truth.Add(real)
			n++
		}
		if n == 0 {
			continue
		}
		taken += n
		start, gap := line.place(n, read)
		if gap {
			t.Fatalf("look %d: a gap where nothing was lost", look)
		}
		if !last.IsZero() && !start.After(last) {
			t.Fatalf("look %d: time goes back by %v", look, last.Sub(start))
		}
		last = start.Add(time.Duration(n-1) * period)
		if off := last.Sub(truth); look > 100 && (off > 120*time.Millisecond || off < -120*time.Millisecond) {
			t.Fatalf("look %d: off by %v", look, off)
		}
	}
	if start, gap := line.place(5, begin.Add(time.Hour)); !gap || begin.Add(time.Hour).Sub(start) > 100*time.Millisecond {
		t.Error("an hour of silence is no gap")
	}
}

func TestLosses(t *testing.T) {
	var l losses
	at := time.Now()
	var said []bool
	for _, after := range []time.Duration{0, 30, 30, 30, 30, 5, 5, 5, 5, 5} {
		at = at.Add(after * time.Second)
		l.add(at)
		said = append(said, l.many(at))
	}
	if want := []bool{false, false, false, false, false, false, false, true, true, true}; !slices.Equal(said, want) {
		t.Errorf("losing: %v, want %v", said, want)
	}
	if l.many(at.Add(31 * time.Second)) {
		t.Error("still losing after half a minute without a loss")
	}
}

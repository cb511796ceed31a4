package sense

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"osmanthus/care"
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

// lastBlock is a sink that keeps the newest block.
type lastBlock struct{ b care.Block }

func (l *lastBlock) Block(b *care.Block)  { l.b = *b }
func (l *lastBlock) Reading(care.Reading) {}

// The oscillator of a chip is some percent fast or slow, looks are late by up to
// 40 ms, and nothing is lost.
func TestTheTimelineFollowsAClockThatIsOff(t *testing.T) {
	for _, fast := range []float64{1.02, 0.98, 1.05, 0.95, 1.1, 0.9} {
		t.Run(fmt.Sprint(fast), func(t *testing.T) { followsAClock(t, fast) })
	}
}

// A converter is asked for each sample, and a busy machine asks up to 25 ms late:
// that tells nothing of how fast it samples.
func TestAMachineThatIsBusyTeachesNoRate(t *testing.T) {
	const period = 10 * time.Millisecond
	heard := &lastBlock{}
	e := emitter{sink: heard, sensor: &Sensor{}, runner: &runner{}}
	begin := time.Now()
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range 60_000 {
		late := time.Duration(0)
		if i/100%3 == 0 { // for a second of three
			late = time.Duration(chance.IntN(25)) * time.Millisecond
		}
		e.channels(1, 1)
		if e.send(care.PPG, period, begin.Add(time.Duration(i)*period+late)); heard.b.Gap || heard.b.Rate != 100 {
			t.Fatalf("sample %d: %v a second, gap %v", i, heard.b.Rate, heard.b.Gap)
		}
	}
}

func followsAClock(t *testing.T, fast float64) {
	const period = 10 * time.Millisecond
	real := time.Duration(float64(period) / fast)
	heard := &lastBlock{}
	e := emitter{sink: heard, sensor: &Sensor{}, runner: &runner{}}
	begin := time.Now()
	truth := begin
	var last time.Time // by what was said, of the newest sample
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
		e.channels(1, n)
		e.send(care.PPG, period, read)
		if heard.b.Gap && (look > 60 || math.Abs(fast-1) < 0.06) { // who is further off is learnt in 10 s
			t.Fatalf("look %d: a gap where nothing was lost", look)
		}
		if !last.IsZero() && !heard.b.Gap && !heard.b.Start.After(last) {
			t.Fatalf("look %d: time goes back by %v", look, last.Sub(heard.b.Start))
		}
		last = heard.b.At(n - 1)
		if off := last.Sub(truth); look > 200 && (off > 50*time.Millisecond || off < -50*time.Millisecond) {
			t.Fatalf("look %d: off by %v", look, off)
		}
		if off := heard.b.Rate*real.Seconds() - 1; look > 200 && math.Abs(off) > 0.016 {
			t.Fatalf("look %d: %v samples a second, and it says %v", look, 1/real.Seconds(), heard.b.Rate)
		}
	}
	e.channels(1, 5)
	if e.send(care.PPG, period, begin.Add(time.Hour)); !heard.b.Gap || begin.Add(time.Hour).Sub(heard.b.Start) > 100*time.Millisecond {
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

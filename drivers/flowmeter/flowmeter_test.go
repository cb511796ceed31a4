package flowmeter

import (
	"errors"
	"math"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/fakepin"

	"periph.io/x/conn/v3/gpio"
)

// hall is a pin with the kernel's stamps, of which a test says which come.
type hall struct {
	*fakepin.Pin
	stamps []time.Duration
	lost   uint64
	err    error
}

func newHall() *hall { return &hall{Pin: fakepin.New(fakepin.Works, gpio.High)} }

func (h *hall) ReadEdges(stamps []time.Duration, _ time.Duration) (int, uint64, error) {
	n := copy(stamps, h.stamps)
	h.stamps = h.stamps[n:]
	lost := h.lost
	h.lost = 0
	return n, lost, h.err
}

// turn lets n pulses come, some milliseconds apart.
func (h *hall) turn(n int, from, apart time.Duration) {
	for i := range n {
		h.stamps = append(h.stamps, from+time.Duration(i)*apart)
	}
}

func open(t *testing.T, pin gpio.PinIn, opts Opts) *Dev {
	t.Helper()
	if opts.PulsesPerLitre == 0 {
		opts.PulsesPerLitre = 450
	}
	d, err := New(pin, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestA8_LitresAndLitresPerMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		d := open(t, h, Opts{})
		var f Frame
		if err := d.Sense(&f); err != nil || f.Pulses != 0 || f.LitresPerMinute != 0 {
			t.Errorf("a closed tap: %+v, %v", f, err)
		}
		h.turn(225, time.Second, 40*time.Millisecond) // half a litre
		time.Sleep(10 * time.Second)
		if err := d.Sense(&f); err != nil || f.Pulses != 225 || f.Litres != 0.5 || math.Abs(f.LitresPerMinute-3) > 1e-9 || f.Over != 10*time.Second {
			t.Errorf("half a litre in 10 s: %+v, %v", f, err)
		}
		time.Sleep(10 * time.Second)
		if err := d.Sense(&f); err != nil || f.LitresPerMinute != 0 {
			t.Errorf("the old flow is told as if it were new: %+v, %v", f, err)
		}
	})
}

func TestA8_LostPulsesAreCountedAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		d := open(t, h, Opts{})
		h.turn(100, time.Second, time.Millisecond)
		h.lost = 350
		time.Sleep(time.Second)
		var f Frame
		if err := d.Sense(&f); err != nil || f.Pulses != 450 || f.Lost != 350 || f.Litres != 1 {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestA8_AReedThatBouncesIsOnePulse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		d := open(t, h, Opts{PulsesPerLitre: 1, Debounce: 50 * time.Millisecond})
		for i := range 3 {
			h.turn(4, time.Duration(i+1)*time.Second, 2*time.Millisecond)
		}
		time.Sleep(4 * time.Second)
		var f Frame
		if err := d.Sense(&f); err != nil || f.Pulses != 3 || f.Bounced != 9 || f.Litres != 3 {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

// A pin without stamps, as of a modelled home, counts what its waits say.
func TestA8_APinWithoutStamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.High)
		d := open(t, pin, Opts{PulsesPerLitre: 10})
		for range 25 {
			pin.Set(gpio.Low)
			pin.Set(gpio.High)
		}
		time.Sleep(15 * time.Second)
		var f Frame
		if err := d.Sense(&f); err != nil || f.Pulses != 25 || math.Abs(f.LitresPerMinute-10) > 0.01 {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

// A board whose edges do not work is no closed tap.
func TestA3_AMeterWithoutEdgesIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.False, gpio.High)
		d := open(t, pin, Opts{})
		var f Frame
		var err error
		for i := range 10 {
			pin.Set(gpio.Level(i%2 == 1))
			time.Sleep(time.Second)
			if err = d.Sense(&f); err != nil {
				break
			}
		}
		if !errors.Is(err, ErrNoEdges) {
			t.Errorf("%+v, %v", f, err)
		}
		d = open(t, fakepin.New(fakepin.AtOnce, gpio.High), Opts{})
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrStuck) {
			t.Errorf("edges without end: %+v, %v", f, err)
		}
		refused := fakepin.New(fakepin.Refused, gpio.High)
		if _, err := New(refused, &Opts{PulsesPerLitre: 1}); err == nil {
			t.Error("a pin without edges is accepted")
		}
	})
}

func TestA2_FaultsOfAMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		d := open(t, h, Opts{})
		h.Fail(syscall.ENODEV)
		var f Frame
		if err := d.Sense(&f); !errors.Is(err, syscall.ENODEV) || f.Pulses != 0 {
			t.Errorf("%+v, %v", f, err)
		}
		h.Fail(nil)
		h.err = syscall.EIO
		if err := d.Sense(&f); !errors.Is(err, syscall.EIO) {
			t.Errorf("%v", err)
		}
		h.err = nil
		h.turn(45, time.Second, time.Millisecond)
		if err := d.Sense(&f); err != nil || f.Litres != 0.1 {
			t.Errorf("what flowed during the fault: %+v, %v", f, err)
		}
		if err := errors.Join(d.Halt(), d.Halt()); err != nil {
			t.Error(err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrHalted) || d.String() != "flow meter on FAKE1" {
			t.Errorf("%v, %v", d, err)
		}
	})
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []*Opts{nil, {}, {PulsesPerLitre: -1}, {PulsesPerLitre: math.NaN()}, {PulsesPerLitre: 1, Debounce: time.Hour}, {PulsesPerLitre: 1e9}} {
		if _, err := New(newHall(), o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

// Whatever stamps come: pulses and bounces are the edges, and the flow is a number.
func FuzzSense(f *testing.F) {
	f.Add([]byte{1, 0, 200, 3, 255}, uint64(2))
	f.Fuzz(func(t *testing.T, apart []byte, lost uint64) {
		h := newHall()
		at := time.Duration(0)
		for _, b := range apart {
			at += time.Duration(int8(b)) * 50 * time.Microsecond
			h.stamps = append(h.stamps, at)
		}
		h.lost = lost % 1000
		d := open(t, h, Opts{})
		d.from = d.from.Add(-time.Second)
		edges := uint64(len(apart)) + h.lost
		if len(apart) == 0 {
			edges = 0 // nothing says how many were lost
		}
		var fr Frame
		if err := d.Sense(&fr); err != nil || fr.Pulses+fr.Bounced != edges || !(fr.LitresPerMinute >= 0) || math.IsInf(fr.LitresPerMinute, 0) {
			t.Fatalf("%d edges: %+v, %v", edges, fr, err)
		}
	})
}

func BenchmarkSense(b *testing.B) {
	h := newHall()
	d, err := New(h, &Opts{PulsesPerLitre: 450})
	if err != nil {
		b.Fatal(err)
	}
	room := make([]time.Duration, 64)
	var f Frame
	at := time.Duration(0)
	b.ReportAllocs()
	for b.Loop() {
		for i := range room {
			at += time.Millisecond
			room[i] = at
		}
		h.stamps = room
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

package sim

import (
	"errors"
	"math"
	"testing"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/hx711"
	"osmanthus/drivers/remote"

	"periph.io/x/conn/v3/gpio"
)

func TestA1_HX711DriverOnItsModel(t *testing.T) {
	for gain, share := range map[hx711.Gain]float64{hx711.A128: 1, hx711.A64: 0.5, hx711.B32: 0.25} {
		for _, hz := range []int{10, 80} {
			bubble(t, func(t *testing.T, h *Home) {
				began := time.Now()
				grows := func(at time.Time) float64 { return 1000 * at.Sub(began).Seconds() }
				chip := NewHX711(h.Pin("dt"), h.Pin("sck"), hz, grows)
				d, err := hx711.New(h.Pin("dt"), h.Pin("sck"), &hx711.Opts{Gain: gain, RateHz: hz})
				if err != nil {
					t.Fatal(err)
				}
				count := func(d2 time.Duration) (n int, last hx711.Frame) {
					t.Helper()
					var f hx711.Frame
					for end := time.Now().Add(d2); time.Now().Before(end); time.Sleep(d.Period() / 4) {
						if err := d.Sense(&f); err != nil || f.Torn {
							t.Fatalf("%v at %d Hz: %+v, %v", gain, hz, f, err)
						}
						if !f.Fresh {
							continue
						}
						n, last = n+1, f
						lag := 1000*time.Since(began).Seconds() - float64(f.Counts)/share
						if lag < -1/share || lag > 1000*d.Period().Seconds()/3+1/share {
							t.Errorf("%v at %d Hz: %d counts, %v behind", gain, hz, f.Counts, lag)
						}
					}
					return n, last
				}
				if n, _ := count(10 * time.Second); n < 10*hz-8 || n > 10*hz {
					t.Errorf("%v: %d conversions in 10 s at %d Hz", gain, n, hz)
				}
				chip.PowerCycle()
				if n, _ := count(2 * time.Second); n < 2*hz-12 {
					t.Errorf("%v: %d conversions in the 2 s after a dip", gain, n)
				}
				chip.SetSource(func(time.Time) float64 { return math.Inf(1) })
				time.Sleep(d.Period())
				var f hx711.Frame
				if err := d.Sense(&f); err != nil || !f.Saturated {
					t.Errorf("overload: %+v, %v", f, err)
				}
				if err := d.Halt(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	bubble(t, func(t *testing.T, h *Home) {
		if _, err := hx711.New(h.Pin("nobody"), h.Pin("there"), nil); !errors.Is(err, drivers.ErrStuck) {
			t.Errorf("%v", err)
		}
	})
}

// A pulse that is too long switches the model off, as it does the chip.
func TestA2_AStretchedPulseOfTheModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		NewHX711(h.Pin("dt"), h.Pin("sck"), 10, func(time.Time) float64 { return 5 })
		d, err := hx711.New(h.Pin("dt"), slowClock{h.Pin("sck"), 70 * time.Microsecond}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f hx711.Frame
		for range 50 {
			time.Sleep(100 * time.Millisecond)
			if err := d.Sense(&f); err != nil || f.Fresh {
				t.Fatalf("%+v, %v", f, err)
			}
		}
	})
}

// To an agent in another process every pulse is too long, so the model makes them.
func TestHX711OverTheSocket(t *testing.T) {
	h := NewHome(nil)
	NewHX711(h.Pin("dt"), h.Pin("sck"), 80, func(time.Time) float64 { return -54_321 })
	h.Pin("loose")
	s := serve(t, h)
	pin := func(name string) *remote.Pin {
		p, err := remote.OpenPin(s.Addr(name), &remote.Opts{Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		return p
	}
	d, err := hx711.New(pin("dt"), pin("sck"), &hx711.Opts{RateHz: 80})
	if err != nil {
		t.Fatal(err)
	}
	var f hx711.Frame
	for began := time.Now(); !f.Fresh; {
		if err := d.Sense(&f); err != nil || time.Since(began) > 10*time.Second {
			t.Fatalf("%+v, %v", f, err)
		}
	}
	if f.Counts != -54_321 {
		t.Errorf("%+v", f)
	}
	for _, wires := range [][2]string{{"loose", "sck"}, {"dt", "loose"}, {"sck", "nobody"}} {
		if bits, err := pin(wires[0]).Shift(wires[1], 25); err == nil {
			t.Errorf("%v: %#x", wires, bits)
		}
	}
}

// slowClock is a pin of a machine that is busy.
type slowClock struct {
	*Pin
	takes time.Duration
}

// Out implements gpio.PinOut.
func (c slowClock) Out(l gpio.Level) error {
	err := c.Pin.Out(l)
	time.Sleep(c.takes)
	return err
}

package hx711

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/vectors"

	"periph.io/x/conn/v3/gpio"
)

func open(t *testing.T, c *chip, opts *Opts) *Dev {
	t.Helper()
	d, err := New(dataPin{c}, clockPin{c}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// look senses until there is a value, or until nothing has come for 3 s.
func look(d *Dev) (f Frame, torn int, err error) {
	for range 300 {
		if err = d.Sense(&f); err != nil || f.Fresh {
			return f, torn, err
		}
		if f.Torn {
			torn++
		}
		time.Sleep(10 * time.Millisecond)
	}
	return f, torn, nil
}

func TestA1_PlaybackOfTheTwoWires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for value, want := range map[uint32]int32{0x000000: 0, 0x123456: 0x123456, 0xFFFFFF: -1, 0x800001: -8388607} {
			c := newChip(value)
			d := open(t, c, nil)
			f, torn, err := look(d)
			if err != nil || f.Counts != want || f.Saturated || torn != 0 {
				t.Errorf("%06x: %+v, %d torn, %v", value, f, torn, err)
			}
			if err := d.Sense(&f); err != nil || f != (Frame{}) {
				t.Errorf("a conversion came twice: %+v, %v", f, err)
			}
			for range 2 {
				if err := d.Halt(); err != nil {
					t.Error(err)
				}
			}
			if err := d.Sense(&f); !errors.Is(err, drivers.ErrHalted) {
				t.Errorf("after Halt: %v", err)
			}
			if c.high.IsZero() || d.String() != "HX711 on DT and SCK A×128" || d.Period() != 100*time.Millisecond {
				t.Errorf("%v is not switched off", d)
			}
		}
	})
}

func TestTheEndsOfTheRangeAreSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, value := range []uint32{0x7FFFFF, 0x800000} {
			if f, _, err := look(open(t, newChip(value), nil)); err != nil || !f.Saturated {
				t.Errorf("%06x: %+v, %v", value, f, err)
			}
		}
	})
}

// The first values after a change are those of the gain before.
func TestNoValueOfAnotherGain(t *testing.T) {
	for gain, pulses := range map[Gain]int{A128: 1, B32: 2, A64: 3} {
		synctest.Test(t, func(t *testing.T) {
			c := newChip(0)
			c.gained = map[int]uint32{1: 128, 2: 32, 3: 64}
			d := open(t, c, &Opts{Gain: gain})
			for range 10 {
				f, _, err := look(d)
				if err != nil || f.Counts != int32(c.gained[pulses]) {
					t.Fatalf("%v: %+v, %v", gain, f, err)
				}
				time.Sleep(100 * time.Millisecond)
			}
			// A dip of the supply brings the chip back to its own gain.
			c.pulses, c.extra, c.next = 0, 1, time.Now().Add(400*time.Millisecond)
			if f, _, err := look(d); err != nil || f.Counts != int32(c.gained[pulses]) {
				t.Errorf("%v: after a dip: %+v, %v", gain, f, err)
			}
		})
	}
}

// Whatever pulse is stretched, for however long, no wrong value comes out, and
// the right one does soon after.
func TestA2_AStretchedPulseIsNoValue(t *testing.T) {
	for _, by := range []time.Duration{51 * time.Microsecond, 65 * time.Microsecond, 20 * time.Millisecond} {
		for pulse := range wordBits + 1 {
			synctest.Test(t, func(t *testing.T) {
				c := newChip(0x2AAAAA)
				d := open(t, c, nil)
				if f, _, err := look(d); err != nil || f.Counts != 0x2AAAAA {
					t.Fatal(f, err)
				}
				time.Sleep(100 * time.Millisecond)
				c.stretch = map[int]time.Duration{pulse + 1: by}
				var f Frame
				if err := d.Sense(&f); err != nil || !f.Torn || f.Fresh {
					t.Errorf("pulse %d by %v: %+v, %v", pulse, by, f, err)
				}
				c.stretch = nil
				f, _, err := look(d)
				if err != nil || f.Counts != 0x2AAAAA {
					t.Errorf("pulse %d by %v, next: %+v, %v", pulse, by, f, err)
				}
			})
		}
	}
}

func TestA2_FaultsOfTheWires(t *testing.T) {
	healthy := func(t *testing.T) (*chip, *Dev) {
		c := newChip(0x123456)
		d := open(t, c, nil)
		if _, _, err := look(d); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		return c, d
	}
	t.Run("nobody there", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			if _, err := New(dataPin{&chip{dead: true}}, clockPin{&chip{dead: true}}, nil); !errors.Is(err, drivers.ErrStuck) {
				t.Errorf("%v", err)
			}
			c, d := healthy(t)
			c.dead = true
			if _, _, err := look(d); !errors.Is(err, drivers.ErrStuck) {
				t.Errorf("unplugged: %v", err)
			}
		})
	})
	t.Run("data line at ground", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, d := healthy(t)
			c.shorted = true
			if f, torn, err := look(d); err == nil && (f.Fresh || torn < 100) {
				t.Errorf("%+v, %d torn, %v", f, torn, err)
			}
		})
	})
	t.Run("a pulse that the chip does not get", func(t *testing.T) {
		for deaf := range wordBits + 1 {
			synctest.Test(t, func(t *testing.T) {
				c, d := healthy(t)
				c.deaf = deaf + 1
				f, _, err := look(d)
				// The last bit of this value is 0, so that it shows.
				if err != nil || f.Counts != 0x123456 {
					t.Errorf("pulse %d: %+v, %v", deaf, f, err)
				}
			})
		}
	})
	t.Run("looks that take long", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, d := healthy(t)
			c.slow = 300 * time.Microsecond
			var f Frame
			if err := d.Sense(&f); err != nil || !f.Torn || f.Fresh {
				t.Errorf("%+v, %v", f, err)
			}
			c.slow = 0
			if f, _, err := look(d); err != nil || f.Counts != 0x123456 {
				t.Errorf("%+v, %v", f, err)
			}
		})
	})
	t.Run("pins that fail", func(t *testing.T) {
		for n := range 52 {
			synctest.Test(t, func(t *testing.T) {
				c, d := healthy(t)
				if n%2 == 0 {
					c.failOut = c.outs + 1 + n/2
				} else {
					c.failRead = c.looks + 1 + n/2
				}
				var f Frame
				if err := d.Sense(&f); !errors.Is(err, errWire) || f.Fresh {
					t.Errorf("%d: %+v, %v", n, f, err)
				}
				c.failOut, c.failRead = 0, 0
				if f, _, err := look(d); err != nil || f.Counts != 0x123456 {
					t.Errorf("%d mended: %+v, %v", n, f, err)
				}
			})
		}
	})
	t.Run("pins that fail from the start", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for _, c := range []*chip{{in: errWire}, {failOut: 1}, {failOut: 2}, {failRead: 1}} {
				if _, err := New(dataPin{c}, clockPin{c}, nil); !errors.Is(err, errWire) {
					t.Errorf("%+v: %v", c, err)
				}
			}
			c, d := healthy(t)
			c.failOut = 1
			if err := d.Halt(); !errors.Is(err, errWire) || d.Halt() != nil {
				t.Errorf("Halt: %v", err)
			}
		})
	})
}

func TestAClockThatShiftsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChip(0xFEDCBA)
		s := &shifting{clockPin: clockPin{c}}
		d, err := New(dataPin{c}, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if f, _, err := look(d); err != nil || f.Counts != -74566 {
			t.Errorf("%+v, %v", f, err)
		}
		s.err = errWire
		if _, _, err := look(d); !errors.Is(err, errWire) {
			t.Errorf("%v", err)
		}
	})
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{Gain: 3}, {RateHz: 100}, {RateHz: -10}} {
		if _, err := New(dataPin{&chip{}}, clockPin{&chip{}}, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestScale(t *testing.T) {
	s := Scale{Tare: 84_000, PerKg: -21_000}
	for counts, want := range map[int32]float64{84_000: 0, -1_386_000: 70, 105_000: -1} {
		if got := s.Kilograms(counts); math.Abs(got-want) > 1e-9 {
			t.Errorf("%d counts: %v kg, want %v", counts, got, want)
		}
	}
}

func TestVectors(t *testing.T) {
	vectors.Each(t, "hx711", func(t *testing.T, v vectors.Vector) {
		var want struct {
			Raw       int32
			Saturated *bool
		}
		vectors.Into(t, v.Expected, &want)
		bits := binary.BigEndian.Uint32(append([]byte{0}, vectors.Hex(t, v.InputHex)...))
		if got := counts(bits); got != want.Raw {
			t.Errorf("%d, want %d", got, want.Raw)
		}
		if want.Saturated != nil && *want.Saturated != (want.Raw == maxCounts || want.Raw == minCounts) {
			t.Errorf("saturated: %v", *want.Saturated)
		}
	})
}

func FuzzCounts(f *testing.F) {
	f.Add(uint32(0x7FFFFF))
	f.Add(uint32(0x800000))
	f.Add(uint32(0xFFFFFFFF)) // a Shifter may leave rubbish above
	f.Fuzz(func(t *testing.T, bits uint32) {
		got := counts(bits)
		if got < minCounts || got > maxCounts || uint32(got)&0xFFFFFF != bits&0xFFFFFF {
			t.Errorf("%#x gives %d", bits, got)
		}
	})
}

// steady is pins behind which a conversion always waits.
type steady struct{ pulses int }

func (*steady) In(gpio.Pull, gpio.Edge) error { return nil }
func (*steady) Name() string                  { return "steady" }

func (s *steady) Out(l gpio.Level) error {
	if l {
		s.pulses++
	}
	return nil
}

func (s *steady) Read() gpio.Level {
	if s.pulses <= wordBits {
		return gpio.Low
	}
	s.pulses = 0
	return gpio.High
}

func BenchmarkSense(b *testing.B) {
	s := &steady{}
	d, err := New(s, s, nil)
	if err != nil {
		b.Fatal(err)
	}
	s.pulses, d.drop = 0, 0
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil || !f.Fresh {
			b.Fatal(f, err)
		}
	}
}

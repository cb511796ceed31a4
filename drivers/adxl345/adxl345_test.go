package adxl345

import (
	"errors"
	"math"
	"slices"
	"syscall"
	"testing"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"
	"osmanthus/drivers/internal/vectors"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
)

func w(bytes ...byte) i2ctest.IO { return i2ctest.IO{Addr: Addr, W: bytes} }

func r(register byte, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: []byte{register}, R: bytes}
}

// start is what New says to the chip at DefaultOpts.
func start() []i2ctest.IO {
	return slices.Concat([]i2ctest.IO{
		r(0x00, 0xE5),                      // identity
		w(0x2D, 0x00),                      // stand by
		w(0x2E, 0x00),                      // no interrupts
		w(0x1E, 0), w(0x1F, 0), w(0x20, 0), // no offsets
		w(0x2C, 0x0A), // 100 Hz
		w(0x31, 0x0B), // full resolution, ±16 g
		w(0x2D, 0x08), // measure
	}, restart())
}

func restart() []i2ctest.IO { return []i2ctest.IO{w(0x38, 0x00), w(0x38, 0x80)} }

// held says how many samples lie in the FIFO, and that none was lost.
func held(n byte) []i2ctest.IO { return []i2ctest.IO{r(0x30, 0x80), r(0x39, n)} }

func open(t *testing.T, ops ...i2ctest.IO) *Dev {
	t.Helper()
	d, err := New(playback.New(t, slices.Concat(start(), ops)...), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestA1_PlaybackTwoSamples(t *testing.T) {
	d := open(t, slices.Concat(held(2), []i2ctest.IO{
		r(0x32, 0x00, 0x01, 0x00, 0xFF, 0x01, 0x00), // 1, −1, 1/256 g
		r(0x32, 0xFF, 0x0F, 0x00, 0xF0, 0x00, 0x00), // both ends of the range
		w(0x2D, 0x00), // Halt
	})...)
	var f Frame
	if err := d.Sense(&f); err != nil || f.Overrun || f.HasGyro || f.HasTemp || f.Period != 10*time.Millisecond {
		t.Fatalf("%+v, %v", f, err)
	}
	want := [][3]float64{{1, -1, 1.0 / 256}, {4095.0 / 256, -16, 0}}
	if len(f.Samples) != 2 || f.Samples[0].AccelG != want[0] || f.Samples[1].AccelG != want[1] {
		t.Errorf("%v", f.Samples)
	}
	if err := d.Halt(); err != nil || d.String() != "ADXL345@0x53" {
		t.Error(d, err)
	}
}

func TestOverrunIsSaidAndTheNextSenseIsGood(t *testing.T) {
	d := open(t, slices.Concat([]i2ctest.IO{r(0x30, 0x83)}, restart(), held(1), []i2ctest.IO{r(0x32, make([]byte, 6)...)})...)
	f := Frame{Samples: slices.Grow(Frame{}.Samples, 3)[:3]}
	if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
		t.Fatalf("overrun not said: %+v, %v", f, err)
	}
	if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 1 {
		t.Fatalf("next sense: %+v, %v", f, err)
	}
}

// A sample whose read broke off may have left the FIFO or not.
func TestTornReadCostsAGap(t *testing.T) {
	bus := &faultbus.Bus{Under: playback.New(t, slices.Concat(start(), held(3), []i2ctest.IO{r(0x32, make([]byte, 6)...)}, restart())...)}
	d, err := New(bus, Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	bus.Fail(3, syscall.EREMOTEIO) // the second sample of three
	if err := d.Sense(&f); !drivers.NoAnswer(err) || len(f.Samples) != 0 {
		t.Fatalf("%+v, %v", f, err)
	}
	bus.Fail(0, nil)
	if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
		t.Fatalf("want a gap, got %+v, %v", f, err)
	}
}

func TestPowerDipIsSaid(t *testing.T) {
	d := open(t, slices.Concat(
		held(0), []i2ctest.IO{r(0x2D, 0x08)}, // empty, but measuring: just early
		held(0), []i2ctest.IO{r(0x2D, 0x00)})...) // empty for ever
	var f Frame
	if err := d.Sense(&f); err != nil || len(f.Samples) != 0 || f.Overrun {
		t.Fatalf("early: %+v, %v", f, err)
	}
	if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
		t.Fatalf("after the dip: %v", err)
	}
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:   func() i2c.Bus { return &steady{} },
		New:    func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int { return len(f.Samples) },
	}.Test(t)
}

func TestRatesAreChecked(t *testing.T) {
	for _, hz := range []int{-100, 10, 104, 400} {
		if _, err := New(&steady{}, Addr, &Opts{RateHz: hz}); err == nil {
			t.Errorf("%d Hz is accepted", hz)
		}
	}
	d, err := New(&steady{}, Addr, &Opts{RateHz: 50})
	if err != nil || d.Period() != 20*time.Millisecond || d.code != 0x09 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestVectors(t *testing.T) {
	vectors.Each(t, "adxl345", func(t *testing.T, v vectors.Vector) {
		var in struct {
			Raw  string `json:"raw_hex_le"`
			Full bool   `json:"full_resolution"`
		}
		var want struct{ G float64 }
		vectors.Into(t, v.Input, &in)
		vectors.Into(t, v.Expected, &want)
		if !in.Full {
			t.Fatal("the driver reads in full resolution only")
		}
		raw := [6]byte(slices.Repeat(vectors.Hex(t, in.Raw), 3))
		for axis, g := range parse(&raw).AccelG {
			if !(math.Abs(g-want.G) <= v.Tolerance["g"]) {
				t.Errorf("axis %d: %v g, want %v", axis, g, want.G)
			}
		}
	})
}

// steady answers every Sense with ten samples of 1 g.
type steady struct{ faultbus.Bus }

func (*steady) Tx(_ uint16, w, r []byte) error {
	clear(r)
	if len(r) == 0 {
		return nil
	}
	switch w[0] {
	case regDevID:
		r[0] = devID
	case regPower:
		r[0] = powerMeasure
	case regFIFOStatus:
		r[0] = 10
	case regData:
		r[5] = 1
	}
	return nil
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0xFF, 0xFF, 0x0F})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < sampleBytes {
			return
		}
		s := parse((*[sampleBytes]byte)(raw))
		for axis, g := range s.AccelG {
			if back := int16(g / gPerLSB); byte(back) != raw[2*axis] || byte(back>>8) != raw[2*axis+1] {
				t.Errorf("axis %d: %v g of % x", axis, g, raw)
			}
		}
	})
}

func BenchmarkSense(b *testing.B) {
	d, err := New(&steady{}, Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil || len(f.Samples) != 10 {
			b.Fatal(err)
		}
	}
}

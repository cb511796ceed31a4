package max30102

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"
	"osmanthus/drivers/internal/vectors"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"
)

func w(bytes ...byte) i2ctest.IO { return i2ctest.IO{Addr: Addr, W: bytes} }

func r(register byte, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: []byte{register}, R: bytes}
}

// start is what New says to the chip at DefaultOpts.
func start() []i2ctest.IO {
	return slices.Concat([]i2ctest.IO{
		r(0xFF, 0x15), // part id
		w(0x09, 0x40), // reset
		r(0x09, 0x40), // not finished
		r(0x09, 0x00), // finished
		w(0x02, 0x80), // A_FULL_EN
		w(0x08, 0x10), // no averaging, rollover
		w(0x0A, 0x27), // 4096 nA, 100 Hz, 411 µs
		w(0x0C, 0x1F), // red 6.2 mA
		w(0x0D, 0x1F), // infrared 6.2 mA
		w(0x09, 0x03), // red and infrared
		r(0x00, 0x01), // PWR_RDY is taken off
	}, restart())
}

func restart() []i2ctest.IO {
	return []i2ctest.IO{w(0x04, 0), w(0x05, 0), w(0x06, 0)}
}

// state is the burst from the interrupt status to the read pointer.
func state(status, write, lost, read byte) i2ctest.IO {
	return r(0x00, status, 0, 0x80, 0, write, lost, read)
}

func open(t *testing.T, ops ...i2ctest.IO) *Dev {
	d, err := New(playback.New(t, slices.Concat(start(), ops)...), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestA1_PlaybackTwoSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t,
			state(0x40, 1, 0, 31), // two samples, across the end of the ring
			r(0x07,
				0x01, 0x02, 0x03, 0x03, 0xFF, 0xFF, // red 66051, infrared at the end of the range
				0xFC, 0x00, 0x01, 0x00, 0xC3, 0x50, // the six upper bits mean nothing
			),
			w(0x09, 0x80), // Halt: shut down
		)
		var f Frame
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
		if want := []Sample{{66051, 262143}, {1, 50000}}; !slices.Equal(f.Samples, want) || f.Overrun {
			t.Errorf("%+v", f)
		}
		if f.Period != 10*time.Millisecond || !f.Samples[1].Present() || (Sample{IR: 49_999}).Present() {
			t.Errorf("%+v", f)
		}
		for range 2 {
			if err := d.Halt(); err != nil {
				t.Error(err)
			}
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrHalted) {
			t.Errorf("after Halt: %v", err)
		}
		if d.String() != "MAX30102@0x57" {
			t.Error(d)
		}
	})
}

func TestFullButNothingLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t,
			state(0x80, 7, 0, 7), r(0x07, make([]byte, 192)...), // A_FULL: 32 samples
			state(0x00, 7, 0, 7), // equal pointers otherwise mean none
		)
		for _, want := range []int{32, 0} {
			var f Frame
			if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != want {
				t.Fatalf("%d samples instead of %d, %v", len(f.Samples), want, err)
			}
		}
	})
}

func TestOverrunIsSaidAndTheNextSenseIsGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, slices.Concat(
			[]i2ctest.IO{state(0xC0, 9, 3, 9)}, restart(),
			[]i2ctest.IO{state(0x40, 1, 0, 0), r(0x07, make([]byte, 6)...)})...)
		f := Frame{Samples: make([]Sample, 3)}
		if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
			t.Fatalf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 1 {
			t.Fatalf("%+v, %v", f, err)
		}
	})
}

func TestTornReadCostsAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := &faultbus.Bus{Under: playback.New(t, slices.Concat(start(),
			[]i2ctest.IO{state(0x40, 2, 0, 0), state(0x40, 3, 0, 0)}, restart())...)}
		d, err := New(bus, Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		bus.Fail(1, syscall.ENXIO) // the pointers pass, the FIFO does not
		if err := d.Sense(&f); !drivers.NoAnswer(err) || len(f.Samples) != 0 {
			t.Fatalf("%+v, %v", f, err)
		}
		bus.Fail(0, nil)
		if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
			t.Fatalf("%+v, %v", f, err)
		}
	})
}

func TestPowerDipIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, state(0x01, 0, 0, 0))
		var f Frame
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Fatalf("%v", err)
		}
	})
}

func TestSwappedBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := start()
		ops[7].W[1], ops[8].W[1] = 10, 50 // LED1 shines infrared there: 2 mA, LED2 red: 10 mA
		ops = append(ops, state(0x40, 1, 0, 0), r(0x07, 0, 0, 1, 0, 0, 2))
		d, err := New(playback.New(t, ops...), Addr, &Opts{
			Swapped: true, RedCurrent: 10 * physic.MilliAmpere, IRCurrent: 2 * physic.MilliAmpere,
		})
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || !slices.Equal(f.Samples, []Sample{{Red: 2, IR: 1}}) {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestResetThatNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := append(start()[:2], slices.Repeat([]i2ctest.IO{r(0x09, 0x40)}, 10)...)
		if _, err := New(playback.New(t, ops...), Addr, nil); !errors.Is(err, drivers.ErrStuck) {
			t.Fatalf("%v", err)
		}
	})
}

func TestDieTemperature(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, w(0x21, 0x01), r(0x21, 0x01), r(0x21, 0x00), r(0x1F, 31, 0x08))
		got, err := d.DieTemperature()
		if want := physic.ZeroCelsius + 31500*physic.MilliKelvin; err != nil || got != want {
			t.Errorf("%v, want %v; %v", got, want, err)
		}
	})
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:   func() i2c.Bus { return &steady{} },
		New:    func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int { return len(f.Samples) },
	}.Test(t)
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{
		{SampleHz: 60}, {Average: 3}, {RangeNA: 1}, {PulseWidth: time.Millisecond},
		{SampleHz: 800}, // 411 µs do not fit
		{RedCurrent: 52 * physic.MilliAmpere}, {IRCurrent: -1},
	} {
		if _, err := New(&faultbus.Bus{}, Addr, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestVectors(t *testing.T) {
	vectors.Each(t, "max30102", func(t *testing.T, v vectors.Vector) {
		var in struct {
			Width string `json:"pulse_width"`
			FIFO  string `json:"fifo_hex"`
			Write *byte  `json:"fifo_wr_ptr"`
			Read  byte   `json:"fifo_rd_ptr"`
			Int   string `json:"temp_int"`
			Frac  string `json:"temp_frac"`
		}
		var want struct {
			Samples   []uint32
			Available int
			Celsius   float64 `json:"temperature_C"`
		}
		vectors.Into(t, v.Input, &in)
		vectors.Into(t, v.Expected, &want)
		switch {
		case in.FIFO != "":
			width, err := time.ParseDuration(in.Width)
			if err != nil {
				t.Fatal(err)
			}
			_, shift, err := spo2Config(4096, 100, width)
			if err != nil {
				t.Fatal(err)
			}
			// The second word of these vectors has 19 bits, which no chip sends:
			// counts is compared, before Sense masks 18 bits.
			for i, raw := range slices.Collect(slices.Chunk(vectors.Hex(t, in.FIFO), wordBytes)) {
				if got := counts(raw, shift); got != want.Samples[i] {
					t.Errorf("sample %d: %d, want %d", i, got, want.Samples[i])
				}
			}
		case in.Write != nil:
			if got := available(*in.Write, in.Read, false); got != want.Available {
				t.Errorf("%d samples, want %d", got, want.Available)
			}
		case in.Int != "":
			got := dieTemperature(vectors.Hex(t, in.Int)[0], vectors.Hex(t, in.Frac)[0]).Celsius()
			if math.Abs(got-want.Celsius) > v.Tolerance["temperature_C"] {
				t.Errorf("%v °C, want %v", got, want.Celsius)
			}
		default:
			t.Errorf("not understood: %s", v.Input)
		}
	})
}

func TestConfigVectors(t *testing.T) {
	vectors.Each(t, "max30102-config", func(t *testing.T, v vectors.Vector) {
		var in struct{ Setting string }
		var want struct{ Bits string }
		vectors.Into(t, v.Input, &in)
		vectors.Into(t, v.Expected, &want)
		what, value, _ := strings.Cut(in.Setting, " ")
		n, err := strconv.Atoi(strings.TrimSuffix(value, "nA"))
		if err != nil {
			t.Fatal(err)
		}
		// What the setting does not name stays at the field's value 0.
		rangeNA, hz, width := 2048, 50, 69*time.Microsecond
		switch what {
		case "adc":
			rangeNA = n
		case "sr":
			hz = n
		case "pw":
			width = time.Duration(n) * time.Microsecond
		}
		got, _, err := spo2Config(rangeNA, hz, width)
		if bits := vectors.Hex(t, want.Bits)[0]; err != nil || got != bits {
			t.Errorf("%#02x, want %#02x; %v", got, bits, err)
		}
	})
}

func TestResolutionsCompare(t *testing.T) {
	full := []byte{0x02, 0xAA, 0xA8} // the lower three bits are zero: any width can give it
	for shift := range uint(4) {
		if got := (&config{shift: shift}).word(full); got != 0x2AAA8 {
			t.Errorf("shift %d: %#x", shift, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(make([]byte, 6), uint8(0))
	f.Add(make([]byte, 192), uint8(3))
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, uint8(1))
	f.Fuzz(func(t *testing.T, raw []byte, shift uint8) {
		c := config{shift: uint(shift & 3)}
		got := c.parse(nil, raw)
		if len(got) != len(raw)/6 {
			t.Fatalf("%d samples of %d bytes", len(got), len(raw))
		}
		for _, s := range got {
			if s.Red > wordMask || s.IR > wordMask {
				t.Fatalf("more than 18 bits: %+v", s)
			}
		}
	})
}

// steady answers every Sense with ten samples.
type steady struct{ faultbus.Bus }

func (*steady) Tx(_ uint16, w, r []byte) error {
	clear(r)
	switch {
	case w[0] == regPartID:
		r[0] = partID
	case w[0] == regIntStatus1 && len(r) == 7:
		r[regFIFOWrite] = 10
	}
	return nil
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

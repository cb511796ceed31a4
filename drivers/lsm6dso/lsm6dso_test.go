package lsm6dso

import (
	"errors"
	"math"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/imu"
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
		r(0x0F, 0x6C),          // identity
		w(0x12, 0x01),          // reset
		r(0x12, 0x01),          // not finished
		r(0x12, 0x04),          // finished
		w(0x12, 0x44),          // BDU, IF_INC
		w(0x07, 0), w(0x08, 0), // no watermark
		w(0x09, 0x44), // both into the FIFO at 104 Hz
		w(0x10, 0x44), // 104 Hz, ±16 g
		w(0x11, 0x4C), // 104 Hz, ±2000 °/s
	}, restart())
}

func restart() []i2ctest.IO { return []i2ctest.IO{w(0x0A, 0x00), w(0x0A, 0x06)} }

// words says how many lie in the FIFO.
func words(n int) i2ctest.IO { return r(0x3A, byte(n), byte(n>>8)) }

// warm is a die of 31.5 °C.
func warm() i2ctest.IO { return r(0x20, 0x80, 0x06) }

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
			words(5), warm(),
			r(0x78,
				0x09, 0x00, 0x01, 0x00, 0xFF, 0x00, 0x00, // gyro: 256, −256, 0 at 70 mdps
				0x12, 0x01, 0x08, 0xFF, 0xF7, 0x00, 0x00, // accel: 2049, −2049, 0 at 0.488 mg
				0x20, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, // a time stamp, which nobody asked for
				0x0B, 0xFF, 0x7F, 0x00, 0x80, 0x00, 0x00, // gyro: both ends of the range
				0x14, 0x00, 0x00, 0xFF, 0x7F, 0x00, 0x80, // accel: both ends
			),
			w(0x10, 0), w(0x11, 0), // Halt
		)
		var f Frame
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
		want := []imu.Sample{
			{AccelG: [3]float64{0.999912, -0.999912, 0}, GyroDPS: [3]float64{17.92, -17.92, 0}},
			{AccelG: [3]float64{0, 15.990296, -15.990784}, GyroDPS: [3]float64{2293.69, -2293.76, 0}},
		}
		if len(f.Samples) != 2 || f.Overrun || !f.HasGyro || f.Period != time.Second/104 {
			t.Fatalf("%+v", f)
		}
		for i, s := range f.Samples {
			for a := range 3 {
				near(t, "accel", s.AccelG[a], want[i].AccelG[a], 1e-9)
				near(t, "gyro", s.GyroDPS[a], want[i].GyroDPS[a], 1e-9)
			}
		}
		if near(t, "temperature", f.TempC, 31.5, 0); !f.HasTemp {
			t.Error("no temperature")
		}
		if err := d.Halt(); err != nil || d.String() != "LSM6DSO@0x6a ±16g ±2000°/s" {
			t.Error(d, err)
		}
	})
}

// The FIFO may be read between the two words of one instant.
func TestASampleThatComesInTwoLooksIsOneSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t,
			words(1), warm(), r(0x78, 0x08, 100, 0, 0, 0, 0, 0),
			words(1), warm(), r(0x78, 0x10, 0, 0, 0, 0, 200, 0))
		var f Frame
		if err := d.Sense(&f); err != nil || len(f.Samples) != 0 || f.Overrun {
			t.Fatalf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || len(f.Samples) != 1 {
			t.Fatalf("%+v, %v", f, err)
		}
		near(t, "gyro", f.Samples[0].GyroDPS[0], 7, 1e-9)
		near(t, "accel", f.Samples[0].AccelG[2], 0.0976, 1e-9)
	})
}

func TestOverrunIsSaidAndTheNextSenseIsGood(t *testing.T) {
	pair := make([]byte, 14)
	pair[0], pair[7] = tagGyro<<3, tagAccel<<3
	for name, ops := range map[string][]i2ctest.IO{
		"overrun flag":            {r(0x3A, 0x00, 0x62)},
		"two gyroscope words":     {words(2), warm(), r(0x78, 8, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)},
		"two acceleration words":  {words(2), warm(), r(0x78, 16, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0)},
		"a word of an empty FIFO": {words(1), warm(), r(0x78, 0, 0, 0, 0, 0, 0, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := open(t, slices.Concat(ops, restart(), []i2ctest.IO{words(2), warm(), r(0x78, pair...)})...)
				f := Frame{Samples: make([]imu.Sample, 3)}
				if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
					t.Fatalf("overrun not said: %+v, %v", f, err)
				}
				if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 1 {
					t.Fatalf("next sense: %+v, %v", f, err)
				}
			})
		})
	}
}

func TestFIFOLongerThanOneBurst(t *testing.T) {
	raw := slices.Repeat([]byte{tagGyro << 3, 0, 0, 0, 0, 0, 0, tagAccel << 3, 0, 0, 0, 0, 0, 0}, 150)
	synctest.Test(t, func(t *testing.T) {
		ops := []i2ctest.IO{words(300), warm()}
		for part := range slices.Chunk(raw, 252) {
			ops = append(ops, r(0x78, part...))
		}
		var f Frame
		if err := open(t, ops...).Sense(&f); err != nil || len(f.Samples) != 150 {
			t.Fatalf("%d samples, %v", len(f.Samples), err)
		}
	})
}

// A shifted byte would look like a violent movement.
func TestTornReadCostsAGapAndNeverAShiftedSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := &faultbus.Bus{Under: playback.New(t, slices.Concat(start(), []i2ctest.IO{words(2), warm()}, restart())...)}
		d, err := New(bus, Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		bus.Fail(2, syscall.EREMOTEIO) // count and temperature pass, the FIFO does not
		if err := d.Sense(&f); !drivers.NoAnswer(err) || len(f.Samples) != 0 {
			t.Fatalf("%+v, %v", f, err)
		}
		bus.Fail(0, nil)
		if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
			t.Fatalf("want a gap, got %+v, %v", f, err)
		}
	})
}

func TestPowerDipIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t,
			words(0), r(0x0A, 0x06), // empty, but running: just early
			words(0), r(0x0A, 0x00), // empty for ever
		)
		var f Frame
		if err := d.Sense(&f); err != nil || len(f.Samples) != 0 || f.Overrun {
			t.Fatalf("early: %+v, %v", f, err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Fatalf("after the dip: %v", err)
		}
	})
}

func TestResetThatNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := append(start()[:2], slices.Repeat([]i2ctest.IO{r(0x12, 0x05)}, 10)...)
		if _, err := New(playback.New(t, ops...), Addr, nil); !errors.Is(err, drivers.ErrStuck) {
			t.Fatalf("%v", err)
		}
	})
}

// The relatives have a FIFO without tags.
func TestRelativesAreRefused(t *testing.T) {
	for _, id := range []byte{0x69, 0x6A} {
		var wrong *drivers.IdentityError
		if _, err := New(playback.New(t, r(0x0F, id)), Addr, nil); !errors.As(err, &wrong) || wrong.Got != uint16(id) {
			t.Errorf("%v", err)
		}
	}
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:   func() i2c.Bus { return &steady{samples: 40} }, // three bursts: a later one may fail alone
		New:    func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int { return len(f.Samples) },
	}.Test(t)
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{RateHz: 100}, {RateHz: -52}, {AccelG: 3}, {GyroDPS: 100}} {
		if _, err := New(&faultbus.Bus{}, Addr, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	c, err := (&Opts{RateHz: 52, AccelG: 4, GyroDPS: 125}).config()
	if err != nil || c.odr != 3 || c.accel != 0x08 || c.gyro != 0x02 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestVectors(t *testing.T) { vectors.Each(t, "lsm6dso", vector) }

func vector(t *testing.T, v vectors.Vector) {
	var in struct {
		Raw string `json:"raw_hex_le"`
		G   int    `json:"full_scale_g"`
		DPS int    `json:"full_scale_dps"`
	}
	want := map[string]float64{}
	vectors.Into(t, v.Input, &in)
	vectors.Into(t, v.Expected, &want)
	c, err := (&Opts{AccelG: in.G, GyroDPS: in.DPS}).config()
	if err != nil {
		t.Fatal(err)
	}
	raw := vectors.Hex(t, in.Raw)
	fifo := slices.Concat([]byte{tagGyro << 3}, slices.Repeat(raw, 3), []byte{tagAccel << 3}, slices.Repeat(raw, 3))
	samples, lost := new(pairing).parse(&c, nil, fifo)
	if lost || len(samples) != 1 {
		t.Fatalf("%v, lost %v", samples, lost)
	}
	for key, value := range want {
		got, ok := map[string]float64{
			"mg": samples[0].AccelG[2] * 1000, "mdps": samples[0].GyroDPS[1] * 1000,
			"temperature_C": temperature(int16(raw[0]) | int16(raw[1])<<8),
		}[key]
		if !ok {
			t.Fatalf("unknown expectation %q", key)
		}
		near(t, key, got, value, max(v.Tolerance[key], 1e-9))
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s %v, want %v ± %v", what, got, want, tolerance)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(make([]byte, 14))
	f.Add([]byte{8, 0, 0x80, 0xFF, 0x7F, 1, 2, 16, 0, 0, 0, 0, 0, 0x80})
	f.Add([]byte{0x18, 1, 2, 3, 4, 5, 6, 0xFF})
	c, err := (*Opts)(nil).config()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p pairing
		got, lost := p.parse(&c, nil, raw)
		if n := len(raw) / wordBytes; len(got) > n/2 {
			t.Fatalf("%d samples of %d words", len(got), n)
		}
		if p.accel && p.gyro {
			t.Fatal("a whole sample was kept back")
		}
		for _, s := range got {
			for a := range 3 {
				if math.Abs(s.AccelG[a]) > 16 || math.Abs(s.GyroDPS[a]) > 2294 {
					t.Fatalf("out of the chip's range: %+v, lost %v", s, lost)
				}
			}
		}
	})
}

// steady answers every Sense with so many samples.
type steady struct {
	faultbus.Bus
	samples int
}

func (s *steady) Tx(_ uint16, w, r []byte) error {
	clear(r)
	if len(r) == 0 {
		return nil
	}
	switch w[0] {
	case regWhoAmI:
		r[0] = whoAmI
	case regFIFOCtrl4:
		r[0] = fifoContinuous
	case regFIFOStat1:
		r[0] = byte(2 * s.samples)
	case regFIFOTag:
		for i := 0; i < len(r); i += wordBytes {
			r[i] = byte(tagGyro+i/wordBytes%2) << 3
		}
	}
	return nil
}

func BenchmarkSense(b *testing.B) {
	d, err := New(&steady{samples: 10}, Addr, nil)
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

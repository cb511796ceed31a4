package mpu6050

import (
	"encoding/binary"
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

// start is what New says to an MPU-6050 at DefaultOpts.
func start() []i2ctest.IO {
	return slices.Concat([]i2ctest.IO{
		r(0x75, 0x68), // WHO_AM_I: an MPU-6050
		w(0x6B, 0x80), // DEVICE_RESET, then 100 ms
		w(0x6B, 0x01), // awake, clocked by the X gyroscope
		w(0x1A, 0x03), // low-pass 44 Hz
		w(0x19, 9),    // 1 kHz / 10 = 100 Hz
		w(0x1B, 0x18), // ±2000 °/s
		w(0x1C, 0x18), // ±16 g
		w(0x38, 0x10), // FIFO_OFLOW_EN
	}, restart())
}

// restart empties the FIFO with its inputs off.
func restart() []i2ctest.IO {
	return []i2ctest.IO{
		w(0x23, 0x00), // nothing goes in
		w(0x6A, 0x04), // FIFO_RESET
		w(0x6A, 0x40), // FIFO_EN
		w(0x23, 0x78), // gyroscope and accelerometer go in
	}
}

// status is INT_STATUS, some acceleration, and TEMP_OUT.
func status(int byte) i2ctest.IO {
	return r(0x3A, int, 0, 0, 0, 0, 0, 0, 0xFD, 0xF7) // FDF7 = −521: 35.0 °C
}

// inBubble runs f where the chip's waiting times cost nothing.
func inBubble(t *testing.T, f func(t *testing.T)) { synctest.Test(t, f) }

func open(t *testing.T, ops ...i2ctest.IO) *Dev {
	d, err := New(playback.New(t, slices.Concat(start(), ops)...), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestA1_PlaybackTwoSamples(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := open(t,
			status(0x01),      // data ready, no overflow
			r(0x72, 0x00, 24), // two samples of 12 bytes
			r(0x74,
				0x08, 0x00, 0xF8, 0x00, 0x04, 0x00, // 1 g, −1 g, 0.5 g at 2048 LSB/g
				0x00, 0xA4, 0xFF, 0x5C, 0x00, 0x00, // 10, −10, 0 °/s at 16.4 LSB/(°/s)
				0x7F, 0xFF, 0x80, 0x00, 0x00, 0x01, // both ends of the range
				0x00, 0x00, 0x00, 0x00, 0x7F, 0xFF,
			),
			w(0x6B, 0x40), // Halt: SLEEP
		)
		var f Frame
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
		want := []imu.Sample{
			{AccelG: [3]float64{1, -1, 0.5}, GyroDPS: [3]float64{10, -10, 0}},
			{AccelG: [3]float64{32767.0 / 2048, -16, 1.0 / 2048}, GyroDPS: [3]float64{0, 0, 32767 / 16.4}},
		}
		for i, s := range f.Samples {
			for a := range 3 {
				near(t, "accel", s.AccelG[a], want[i].AccelG[a], 1e-9)
				near(t, "gyro", s.GyroDPS[a], want[i].GyroDPS[a], 1e-9)
			}
		}
		if len(f.Samples) != 2 || f.Overrun || !f.HasGyro || f.Period != 10*time.Millisecond {
			t.Errorf("frame %+v", f)
		}
		if near(t, "temperature", f.TempC, 35, 0.02); !f.HasTemp {
			t.Error("no temperature")
		}
		if got := d.String(); got != "MPU6050@0x68 ±16g ±2000°/s" {
			t.Error(got)
		}
		for range 2 {
			if err := d.Halt(); err != nil {
				t.Error(err)
			}
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrHalted) {
			t.Errorf("after Halt: %v", err)
		}
	})
}

func TestFIFOLongerThanOneBurst(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := open(t,
			status(0), r(0x72, 0x01, 0x2C), // 300 bytes: 25 samples
			r(0x74, make([]byte, 252)...), r(0x74, make([]byte, 48)...),
		)
		var f Frame
		if err := d.Sense(&f); err != nil || len(f.Samples) != 25 {
			t.Fatalf("%d samples, %v", len(f.Samples), err)
		}
	})
}

func TestOverrunIsSaidAndTheNextSenseIsGood(t *testing.T) {
	one := append([]i2ctest.IO{status(0), r(0x72, 0, 12)}, r(0x74, make([]byte, 12)...))
	for name, ops := range map[string][]i2ctest.IO{
		"overflow bit":            {status(0x10)},
		"count at the brim":       {status(0), r(0x72, 0x03, 0xFC)},
		"count out of step twice": {status(0), r(0x72, 0, 13), r(0x72, 0, 25)},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				d := open(t, slices.Concat(ops, restart(), one)...)
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

func TestCountTakenDuringAWriteIsReadAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := open(t, status(0), r(0x72, 0, 14), r(0x72, 0, 24), r(0x74, make([]byte, 24)...))
		var f Frame
		if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 2 {
			t.Fatalf("%+v, %v", f, err)
		}
	})
}

// After a read that broke off nobody knows where in a sample the FIFO stands: a
// shifted byte would look like a violent movement.
func TestTornReadCostsAGapAndNeverAShiftedSample(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		bus := &faultbus.Bus{Under: playback.New(t, slices.Concat(start(),
			[]i2ctest.IO{status(0), r(0x72, 0, 12)}, restart(),
			[]i2ctest.IO{status(0), r(0x72, 0, 12), r(0x74, make([]byte, 12)...)})...)}
		d, err := New(bus, Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		bus.Fail(2, syscall.EREMOTEIO) // status and count pass, the FIFO does not
		if err := d.Sense(&f); !drivers.NoAnswer(err) {
			t.Fatalf("want no answer, got %v", err)
		}
		bus.Fail(0, nil)
		if err := d.Sense(&f); err != nil || !f.Overrun || len(f.Samples) != 0 {
			t.Fatalf("want a gap, got %+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || f.Overrun || len(f.Samples) != 1 {
			t.Fatalf("want a sample, got %+v, %v", f, err)
		}
	})
}

func TestPowerDipIsSaid(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := open(t,
			status(0), r(0x72, 0, 0), r(0x6B, 0x01), // empty, but awake: just early
			status(0), r(0x72, 0, 0), r(0x6B, 0x40), // empty and asleep
		)
		var f Frame
		if err := d.Sense(&f); err != nil || len(f.Samples) != 0 || f.Overrun {
			t.Fatalf("early: %+v, %v", f, err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Fatalf("asleep: %v", err)
		}
	})
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:   func() i2c.Bus { return &steady{samples: 30} }, // two bursts: the second may fail alone
		New:    func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int { return len(f.Samples) },
	}.Test(t)
}

func TestVariants(t *testing.T) {
	for id, temp := range map[Variant]float64{
		MPU6050: 36.53, MPU6500: 21, MPU9250: 21, Clone72: math.NaN(), Clone98: math.NaN(),
	} {
		c, known := id.temperature(0)
		if known == math.IsNaN(temp) || known && c != temp {
			t.Errorf("%v: %v, %v", id, c, known)
		}
		if id.String() == "unknown" {
			t.Errorf("%#x is not accepted", byte(id))
		}
	}
}

// The successors have a filter of the accelerometer, and half the FIFO.
func TestSuccessorsAndClones(t *testing.T) {
	for _, v := range []Variant{MPU6500, MPU9250, Clone72, Clone98} {
		t.Run(v.String(), func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				ops := start()
				ops[0] = r(0x75, byte(v))
				ops = slices.Concat(ops[:8], []i2ctest.IO{w(0x1D, 0x03)}, restart(),
					[]i2ctest.IO{status(0), r(0x72, 0x01, 0xEC)}, restart()) // 492 bytes: at the brim
				d, err := New(playback.New(t, ops...), Addr, nil)
				if err != nil {
					t.Fatal(err)
				}
				var f Frame
				if err := d.Sense(&f); err != nil || !f.Overrun || d.Variant() != v {
					t.Errorf("%+v, %v", f, err)
				}
			})
		})
	}
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{RateHz: 3}, {RateHz: 60}, {RateHz: 500}, {AccelG: 3}, {GyroDPS: 100}, {RateHz: -50}} {
		if _, err := New(&faultbus.Bus{}, Addr, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	c, err := (&Opts{RateHz: 50, AccelG: 4}).config()
	if err != nil || c.div != 19 || c.dlpf != 4 || c.accel != 0x08 || c.gyro != 0x18 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestVectors(t *testing.T) {
	vectors.Each(t, "mpu6050", func(t *testing.T, v vectors.Vector) {
		var in struct {
			Raw string `json:"raw_hex_be"`
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
		sample := c.parse(nil, slices.Repeat(raw, 6))[0]
		temp, _ := MPU6050.temperature(int16(raw[0])<<8 | int16(raw[1]))
		for key, value := range want {
			got, ok := map[string]float64{"g": sample.AccelG[2], "dps": sample.GyroDPS[1], "temperature_C": temp}[key]
			if !ok {
				t.Fatalf("unknown expectation %q", key)
			}
			near(t, key, got, value, max(v.Tolerance[key], 1e-9))
		}
	})
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) { // no number, too
		t.Errorf("%s %v, want %v ± %v", what, got, want, tolerance)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(make([]byte, 12))
	f.Add(make([]byte, 1024))
	f.Add([]byte{0x80, 0x00, 0x7F})
	c, err := (*Opts)(nil).config()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := c.parse(nil, raw)
		if len(got) != len(raw)/12 {
			t.Fatalf("%d samples of %d bytes", len(got), len(raw))
		}
		for _, s := range got {
			for a := range 3 {
				if math.Abs(s.AccelG[a]) > 16 || math.Abs(s.GyroDPS[a]) > 2000 {
					t.Fatalf("out of the chip's range: %+v", s)
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
	switch {
	case len(r) == 1:
		r[0] = 0x68
	case len(w) == 1 && w[0] == regFIFOCount:
		binary.BigEndian.PutUint16(r, uint16(s.samples*sampleBytes))
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

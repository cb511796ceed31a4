package ads1115

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
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

// start is what New says at DefaultOpts: A0, 4.096 V, 860 Hz, single shot, idle.
func start() []i2ctest.IO {
	return []i2ctest.IO{w(0x01, 0x43, 0xE3), r(0x01, 0xC3, 0xE3)}
}

func inBubble(t *testing.T, f func(t *testing.T)) { synctest.Test(t, f) }

func TestA1_PlaybackSingleShot(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d, err := New(playback.New(t, slices.Concat(start(), []i2ctest.IO{
			w(0x01, 0xC3, 0xE3), // start A0
			r(0x01, 0x43, 0xE3), // after 1.3 ms still busy
			r(0x01, 0xC3, 0xE3), // idle
			r(0x00, 0x40, 0x00), // half of 4.096 V
			w(0x01, 0xF3, 0xE3), // start A3
			r(0x01, 0xF3, 0xE3), r(0x00, 0x7F, 0xFF),
			w(0x01, 0x43, 0xE3), // Halt: idle
		})...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || f.Voltage != 2048*physic.MilliVolt || f.Clipped || f.Word != 0x4000 {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Measure(A3, &f); err != nil || !f.Clipped {
			t.Errorf("end of range: %+v, %v", f, err)
		}
		for range 2 {
			if err := d.Halt(); err != nil {
				t.Error(err)
			}
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrHalted) {
			t.Errorf("after Halt: %v", err)
		}
		if got := d.Input(A3).String(); got != "ADS1115@0x48 A3" {
			t.Error(got)
		}
	})
}

func TestContinuous(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d, err := New(playback.New(t,
			w(0x01, 0x42, 0xE3), r(0x01, 0x42, 0xE3), // converting all the time
			r(0x01, 0x42, 0xE3), r(0x00, 0xC0, 0x00), // Sense
			w(0x01, 0xD3, 0xE3), r(0x01, 0xD3, 0xE3), r(0x00, 0x20, 0x00), // A1 in between
			w(0x01, 0x42, 0xE3), // and back
			r(0x01, 0x85, 0x83), // after a dip: the power-on configuration
		), Addr, &Opts{Continuous: true})
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || f.Voltage != -2048*physic.MilliVolt {
			t.Errorf("%+v, %v", f, err)
		}
		before := time.Now()
		if v, err := d.Input(A1).Voltage(); err != nil || v != 1024*physic.MilliVolt {
			t.Errorf("%v, %v", v, err)
		}
		if took := time.Since(before); took < 2*time.Second/860 {
			t.Errorf("back after %v: Sense could see the voltage of A1", took)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("%v", err)
		}
	})
}

func TestConversionThatNeverEnds(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		busy := slices.Repeat([]i2ctest.IO{r(0x01, 0x43, 0xE3)}, 4)
		d, err := New(playback.New(t, slices.Concat(start(), []i2ctest.IO{w(0x01, 0xC3, 0xE3)}, busy)...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrStuck) {
			t.Errorf("%v", err)
		}
	})
}

func TestPowerDipDuringConversion(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d, err := New(playback.New(t, slices.Concat(start(),
			[]i2ctest.IO{w(0x01, 0xC3, 0xE3), r(0x01, 0x85, 0x83)})...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("%v", err)
		}
	})
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:   func() i2c.Bus { return &steady{} },
		New:    func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int { return int(f.Word) },
	}.Test(t)
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{
		{FullScale: physic.Volt}, {RateHz: 100}, {RateHz: 860, Chip: ADS1015}, {Input: 8},
	} {
		if _, err := New(&faultbus.Bus{}, Addr, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestMuxBits(t *testing.T) { // SBAS444D, table 8
	for m, bits := range map[Mux]uint16{A0A1: 0, A0A3: 1, A1A3: 2, A2A3: 3, A0: 4, A1: 5, A2: 6, A3: 7} {
		if got := m.bits() >> 12; got != bits {
			t.Errorf("%v: %d, want %d", m, got, bits)
		}
	}
}

func TestVectors(t *testing.T) {
	vectors.Each(t, "ads1115", vector)
	vectors.Each(t, "ads1015", vector)
}

func vector(t *testing.T, v vectors.Vector) {
	chip := ADS1115
	if v.Device == "ads1015" {
		chip = ADS1015
	}
	var want struct {
		Raw   *int16
		Volts *float64
		Write string `json:"config_write"`
	}
	vectors.Into(t, v.Expected, &want)
	var word int16
	fullScale := 6144 * physic.MilliVolt
	if v.InputHex != "" {
		word = int16(binary.BigEndian.Uint16(vectors.Hex(t, v.InputHex)))
		if got := chip.counts(word); got != *want.Raw {
			t.Errorf("counts %d, want %d", got, *want.Raw)
		}
		return
	}
	var in struct {
		Raw       int16
		FullScale float64 `json:"full_scale_V"`
		Read      string  `json:"read_hex"`
	}
	vectors.Into(t, v.Input, &in)
	if word = in.Raw; in.Read != "" {
		word = int16(binary.BigEndian.Uint16(vectors.Hex(t, in.Read)))
		checkWrite(t, chip, want.Write)
		if word != *want.Raw { // this source counts before the shift
			t.Errorf("word %d, want %d", word, *want.Raw)
		}
	} else {
		fullScale = physic.ElectricPotential(math.Round(in.FullScale * float64(physic.Volt)))
	}
	got := float64(voltage(word, fullScale)) / float64(physic.Volt)
	if math.Abs(got-*want.Volts) > v.Tolerance["volts"] {
		t.Errorf("%v V, want %v", got, *want.Volts)
	}
}

// checkWrite compares the start of a conversion of A0 − A3 at ±6.144 V and 128 Hz.
func checkWrite(t *testing.T, chip Chip, want string) {
	t.Helper()
	c, err := (&Opts{Chip: chip, FullScale: 6144 * physic.MilliVolt, RateHz: 128}).config()
	if err != nil {
		t.Fatal(err)
	}
	got := binary.BigEndian.AppendUint16([]byte{regConfig}, c.single(A0A3))
	if !slices.Equal(got, vectors.Hex(t, want)) {
		t.Errorf("wrote % x, want %s", got, want)
	}
}

// steady is always idle at half of full scale.
type steady struct {
	faultbus.Bus
	config uint16
}

func (s *steady) Tx(_ uint16, w, r []byte) error {
	if len(w) == 3 {
		s.config = binary.BigEndian.Uint16(w[1:])
	}
	if len(r) == 2 {
		v := uint16(0x4000)
		if w[0] == regConfig {
			v = s.config | configStart
		}
		binary.BigEndian.PutUint16(r, v)
	}
	return nil
}

func BenchmarkSense(b *testing.B) {
	d, err := New(&steady{}, Addr, &Opts{RateHz: 860})
	if err != nil {
		b.Fatal(err)
	}
	d.cfg.conversion = 0 // the chip's time is not ours
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

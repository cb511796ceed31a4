package sht4x

import (
	"errors"
	"math"
	"testing"
	"testing/synctest"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"
	"osmanthus/drivers/internal/vectors"
	"osmanthus/drivers/sensirion"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
)

func w(bytes ...byte) i2ctest.IO { return i2ctest.IO{Addr: Addr, W: bytes} }
func r(bytes ...byte) i2ctest.IO { return i2ctest.IO{Addr: Addr, R: bytes} }

func TestA1_PlaybackTwoMeasurements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := New(playback.New(t,
			w(0x94), // soft reset
			w(0x89), // serial number
			r(0xBE, 0xEF, 0x92, 0x80, 0x00, 0xA2),
			w(0xFD),                               // measure with high precision
			r(0x66, 0x66, 0x93, 0x80, 0x00, 0xA2), // 25.0 °C, 56.5 %
			w(0xFD),
			r(0x66, 0x66, 0x93, 0xFF, 0xFF, 0xAC), // 119 % is the end of the scale: 100 %
			w(0xFD),
			r(0x66, 0x67, 0x93, 0x80, 0x00, 0xA2), // the check sum does not fit
		), Addr, nil)
		if err != nil || d.Serial() != 0xBEEF8000 {
			t.Fatal(d, err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || math.Abs(f.TempC-25) > 0.002 || math.Abs(f.HumidityPct-56.5) > 0.001 {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || f.HumidityPct != 100 {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrChecksum) || f != (Frame{}) {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Halt(); err != nil {
			t.Error(err)
		}
	})
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:     func() i2c.Bus { return &steady{} },
		New:      func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values:   func(f *Frame) int { return int(f.TempC) },
		Checksum: true,
	}.Test(t)
}

func TestVectors(t *testing.T) {
	all := vectors.For(t, "sht4x")
	passed := 0
	for _, v := range all {
		ok := t.Run(v.Name, func(t *testing.T) {
			var in struct {
				T  uint16 `json:"ticks_T"`
				RH uint16 `json:"ticks_RH"`
			}
			want := map[string]float64{}
			vectors.Into(t, v.Input, &in)
			vectors.Into(t, v.Expected, &want)
			d, err := New(&steady{words: [2]uint16{in.T, in.RH}}, Addr, nil)
			if err != nil {
				t.Fatal(err)
			}
			var f Frame
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
			for name, value := range want {
				got, known := map[string]float64{
					"temperature_C": f.TempC, "humidity_raw_pct": percent(in.RH), "humidity_clamped_pct": f.HumidityPct,
				}[name]
				if !known || math.Abs(got-value) > max(v.Tolerance[name], 0.01) {
					t.Errorf("%s: %v, want %v", name, got, value)
				}
			}
		})
		if ok {
			passed++
		}
	}
	t.Logf("sht4x: %d/%d", passed, len(all))
}

// steady always says the same: 25 °C, unless it was told.
type steady struct {
	faultbus.Bus
	words [2]uint16
}

func (s *steady) Tx(_ uint16, _, r []byte) error {
	words := s.words
	if words == [2]uint16{} {
		words = [2]uint16{0x6666, 0x8000}
	}
	for i := 0; i+3 <= len(r); i += 3 {
		r[i], r[i+1] = byte(words[i/3]>>8), byte(words[i/3])
		r[i+2] = sensirion.CRC(r[i : i+2])
	}
	return nil
}

func BenchmarkSense(b *testing.B) {
	d, err := New(&steady{}, Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	d.takes = 0 // the sensor's time is not ours
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

package amg8833

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
)

func w(bytes ...byte) i2ctest.IO { return i2ctest.IO{Addr: Addr, W: bytes} }

func r(register byte, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: []byte{register}, R: bytes}
}

// start is what New says.
func start() []i2ctest.IO {
	return []i2ctest.IO{
		r(0x08, 0, 0, 0, 0, 0, 0, 0x90, 0x01), // limits, and the thermistor: no more than 12 bits
		w(0x00, 0x00),                         // normal mode, then 50 ms
		w(0x01, 0x3F),                         // initial reset
		w(0x08, 0x5A), w(0x09, 0x05), w(0x0A, 0xA5), w(0x0B, 0x0A), w(0x0C, 0x3C), w(0x0D, 0x03),
		head(0x5A),
		w(0x02, 0x00), // ten pictures a second
	}
}

// head is the limits, the first as given, and a thermistor of 25 °C.
func head(first byte) i2ctest.IO { return r(0x08, first, 0x05, 0xA5, 0x0A, 0x3C, 0x03, 0x90, 0x01) }

// picture is 20 °C, and −0.25 °C in the last pixel.
func picture() []byte {
	var b []byte
	for range 63 {
		b = append(b, 0x50, 0x00)
	}
	return append(b, 0xFF, 0x0F)
}

func TestA1_PlaybackPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		warm := picture()
		warm[0] = 0x78 // 30 °C
		d, err := New(playback.New(t, slices.Concat(start(), []i2ctest.IO{
			head(0x5A), r(0x80, picture()...),
			head(0x5A), r(0x80, picture()...), // the same again
			head(0x5A), r(0x80, warm...),
			head(0x00),    // the mark is gone: its supply dipped
			w(0x00, 0x10), // Halt: sleep
		})...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || f.PixelC[0] != 20 || f.PixelC[63] != -0.25 || f.BoardC != 25 || f.Repeated || !f.Settling {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || !f.Repeated {
			t.Errorf("%+v, %v", f, err)
		}
		time.Sleep(15 * time.Second)
		if err := d.Sense(&f); err != nil || f.PixelC[0] != 30 || f.Repeated || f.Settling {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) || f != (Frame{}) {
			t.Errorf("%+v, %v", f, err)
		}
		for range 2 {
			if err := d.Halt(); err != nil {
				t.Error(err)
			}
		}
	})
}

// An MPU-6050 keeps its trim in these registers: nothing may be written there.
func TestAnAccelerometerAtTheAddressIsLeftAlone(t *testing.T) {
	var wrong *drivers.IdentityError
	_, err := New(playback.New(t, r(0x08, 0x12, 0x34, 0x08, 0xBB, 0x00, 0x9C, 0x10, 0x00)), Addr, nil)
	if !errors.As(err, &wrong) || wrong.Got != 0x3412 {
		t.Errorf("%v", err)
	}
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:   func() i2c.Bus { return well() },
		New:    func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int { return int(math.Abs(f.PixelC[10])) },
	}.Test(t)
}

func TestOptsAreChecked(t *testing.T) {
	if _, err := New(&faultbus.Bus{}, Addr, &Opts{RateHz: 5}); err == nil {
		t.Error("5 Hz is accepted")
	}
	synctest.Test(t, func(t *testing.T) {
		b := well()
		if d, err := New(b, Addr, &Opts{RateHz: 1}); err != nil || b.file[0x02] != 1 || d.Period() != time.Second {
			t.Errorf("%v, %v, %v", d, b.file[0x02], err)
		}
	})
}

func TestVectors(t *testing.T) {
	for device, convert := range map[string]func(uint16) float64{"amg88xx-pixel": pixel, "amg88xx-thermistor": thermistor} {
		all := vectors.For(t, device)
		passed := 0
		for _, v := range all {
			want := map[string]float64{}
			vectors.Into(t, v.Expected, &want)
			if got := convert(binary.LittleEndian.Uint16(vectors.Hex(t, v.InputHex))); got != want["temperature_C"] {
				t.Errorf("%s: %v, want %v", v.Name, got, want["temperature_C"])
				continue
			}
			passed++
		}
		t.Logf("%s: %d/%d", device, passed, len(all))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(append([]byte{0x90, 0x01}, picture()...))
	f.Add([]byte{0xBB, 0x0B, 0x00, 0x08, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		var raw [2 + pictureBytes]byte
		copy(raw[:], b)
		var got Frame
		parse(&got, &raw)
		if math.Abs(got.BoardC) > 2047*0.0625 {
			t.Fatalf("thermistor %v °C", got.BoardC)
		}
		for i, v := range got.PixelC {
			if v < -512 || v > 511.75 {
				t.Fatalf("pixel %d: %v °C", i, v)
			}
		}
	})
}

// registers is a chip that remembers what is written and always sees the same.
type registers struct {
	faultbus.Bus
	file [256]byte
}

func well() *registers {
	b := &registers{}
	b.file[0x0E], b.file[0x0F] = 0x90, 0x01
	copy(b.file[0x80:], picture())
	return b
}

func (s *registers) Tx(_ uint16, w, r []byte) error {
	if len(w) == 2 {
		s.file[w[0]] = w[1]
	}
	if len(r) > 0 {
		copy(r, s.file[w[0]:])
	}
	return nil
}

func BenchmarkSense(b *testing.B) {
	d, err := New(well(), Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

package bme280

import (
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"testing"
	"testing/synctest"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
)

func w(bytes ...byte) i2ctest.IO { return i2ctest.IO{Addr: Addr, W: bytes} }

func r(register byte, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: []byte{register}, R: bytes}
}

// cal is a calibration with T1 = 27504, T2 = 26435, T3 = −1000 and the pressure
// of the data sheet's example, and one of humidity.
var cal = func() []byte {
	b, err := hex.DecodeString("706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b")
	if err != nil {
		panic(err)
	}
	return b
}()

var humCal = []byte{0x6E, 0x01, 0x00, 0x13, 0x05, 0x00, 0x1E}

// start is what New says to a BME280.
func start() []i2ctest.IO {
	return []i2ctest.IO{
		r(0xD0, 0x60),   // identity: BME280
		w(0xE0, 0xB6),   // reset
		r(0xF3, 0x01),   // the calibration is being copied
		r(0xF3, 0x00),   // done
		r(0x88, cal...), // the calibration,
		r(0x88, cal...), // twice
		r(0xE1, humCal...),
		r(0xE1, humCal...),
		w(0xF5, 0xA0), // the mark by which a restart is seen
	}
}

func TestA1_PlaybackForcedMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := New(playback.New(t, slices.Concat(start(), []i2ctest.IO{
			w(0xF2, 0x01),             // humidity once
			w(0xF4, 0x25),             // temperature and pressure once, forced
			r(0xF3, 0x08, 0x25, 0xA0), // still measuring
			r(0xF3, 0x00, 0x24, 0xA0), // asleep again
			r(0xF7, 0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x7A, 0x76), // 415148, 519888
			w(0xF2, 0x01), w(0xF4, 0x25),
			r(0xF3, 0x00, 0x24, 0xA0),
			r(0xF7, 0x80, 0x00, 0x00, 0x80, 0x00, 0x00, 0x80, 0x00), // skipped
			w(0xF2, 0x01), w(0xF4, 0x25),
			r(0xF3, 0x00, 0x24, 0x00), // the mark is gone: its supply dipped
		})...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		err = d.Sense(&f)
		if err != nil || math.Abs(f.TempC-25.08) > 0.01 || math.Abs(f.PressurePa-100653.27) > 1 || !f.HasHumidity {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrStuck) || f != (Frame{}) {
			t.Errorf("skipped: %+v, %v", f, err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("restarted: %v", err)
		}
		if got := d.String(); got != "BME280@0x76" {
			t.Error(got)
		}
	})
}

func TestBMP280HasNoHumidity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := start()
		ops[0] = r(0xD0, 0x58)
		ops = append(ops[:6], w(0xF5, 0xA0), w(0xF4, 0x25), r(0xF3, 0x00, 0x24, 0xA0), r(0xF7, 0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00))
		d, err := New(playback.New(t, ops...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || f.HasHumidity || math.Abs(f.TempC-25.08) > 0.01 || d.Variant() != BMP280 {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

// The example of the data sheet, at an oversampling of one: 23843 << 1.
func TestBMP180MeasuresInTwoSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		words := []int{408, -72, -14383, 32741, 32757, 23153, 6190, 4, -32768, -8711, 2868}
		var cal []byte
		for _, v := range words {
			cal = append(cal, byte(v>>8), byte(v))
		}
		d, err := New(playback.New(t,
			r(0xD0, 0x55), w(0xE0, 0xB6), r(0xAA, cal...), r(0xAA, cal...),
			w(0xF4, 0x2E), r(0xF4, 0x0E), r(0xF6, 0x6C, 0xFA), // 27898
			w(0xF4, 0x74), r(0xF4, 0x74), r(0xF4, 0x54), r(0xF6, 0x5D, 0x23, 0x00), // busy, then 47686
			w(0xF4, 0x2E), r(0xF4, 0x2E), r(0xF4, 0x2E), r(0xF4, 0x2E), r(0xF4, 0x2E), // never done
		), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || f.TempC != 15 || math.Abs(f.PressurePa-69964) > 3 || f.HasHumidity {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrStuck) {
			t.Errorf("%v", err)
		}
	})
}

func TestACalibrationThatCannotBeIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bent := slices.Clone(cal)
		bent[3] ^= 0x10
		if _, err := New(playback.New(t, append(start()[:5], r(0x88, bent...))...), Addr, nil); err == nil {
			t.Error("two readings that differ are accepted")
		}
		none := make([]byte, 26)
		ops := append(start()[:4], r(0x88, none...), r(0x88, none...), r(0xE1, humCal...), r(0xE1, humCal...))
		if _, err := New(playback.New(t, ops...), Addr, nil); err == nil {
			t.Error("a calibration of zeros is accepted")
		}
	})
}

func TestAResetThatNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := append(start()[:2], slices.Repeat([]i2ctest.IO{r(0xF3, 0x01)}, 10)...)
		if _, err := New(playback.New(t, ops...), Addr, nil); !errors.Is(err, drivers.ErrStuck) {
			t.Errorf("%v", err)
		}
	})
}

// well is a BME280 at 25 °C.
func well() *registers {
	b := &registers{}
	b.file[regID] = byte(BME280)
	copy(b.file[regCalibration:], cal)
	copy(b.file[regHumidityCal:], humCal)
	copy(b.file[regData:], []byte{0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x7A, 0x76})
	return b
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:   func() i2c.Bus { return well() },
		New:    func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int { return int(f.PressurePa) },
	}.Test(t)
}

func BenchmarkSense(b *testing.B) {
	d, err := New(well(), Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	d.takes = 0 // the chip's time is not ours
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

package scd4x

import (
	"errors"
	"math"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

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

// start is what New says to a sensor at sea level.
func start() []i2ctest.IO {
	return []i2ctest.IO{
		w(0x3F, 0x86), // stop, 500 ms
		w(0x36, 0x82), // serial number
		r(0xBE, 0xEF, 0x92, 0xBE, 0xEF, 0x92, 0xBE, 0xEF, 0x92),
		w(0x24, 0x27, 0x00, 0x00, 0x81), // altitude 0 m
		w(0x21, 0xB1),                   // measure every 5 s
	}
}

func TestA1_PlaybackReadyAndNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := New(playback.New(t, slices.Concat(start(), []i2ctest.IO{
			w(0xE4, 0xB8), r(0x80, 0x00, 0xA2), // nothing new
			w(0xE4, 0xB8), r(0x80, 0x06, 0x04), // ready
			w(0xEC, 0x05), r(0x02, 0x2C, 0xA3, 0x67, 0x0D, 0x36, 0x4D, 0x08, 0xF1), // 556 ppm, 25.45 °C, 30.1 %
			w(0x3F, 0x86), // Halt: stop
		})...), Addr, nil)
		if err != nil || d.Serial() != 0xBEEF_BEEF_BEEF {
			t.Fatal(d, err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || f != (Frame{}) {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || !f.Fresh || f.CO2PPM != 556 || math.Abs(f.TempC-25.446) > 0.001 {
			t.Errorf("%+v, %v", f, err)
		}
		for range 2 {
			if err := d.Halt(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestASensorThatSleepsIsWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &asleep{}
		if _, err := New(b, Addr, &Opts{LowPower: true, AltitudeM: 400}); err != nil {
			t.Fatal(err)
		}
		if want := []uint16{cmdStop, cmdWake, cmdStop, cmdSerial, cmdAltitude, cmdStartLow}; !slices.Equal(b.heard, want) {
			t.Errorf("%#x, want %#x", b.heard, want)
		}
	})
}

// asleep acknowledges nothing, not even its waking.
type asleep struct {
	steady
	heard []uint16
	awake bool
}

func (a *asleep) Tx(addr uint16, w, r []byte) error {
	if len(w) > 1 {
		a.heard = append(a.heard, uint16(w[0])<<8|uint16(w[1]))
	}
	if !a.awake {
		a.awake = len(w) > 1 && w[0] == 0x36 && w[1] == 0xF6
		return syscall.EREMOTEIO
	}
	return a.steady.Tx(addr, w, r)
}

func TestALostCommandToMeasureIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &steady{}
		d, err := New(b, Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || !f.Fresh {
			t.Fatalf("%+v, %v", f, err)
		}
		b.idle = true // its supply dipped: it waits for a command
		for range 14 {
			time.Sleep(time.Second)
			if err := d.Sense(&f); err != nil || f.Fresh {
				t.Fatalf("%+v, %v", f, err)
			}
		}
		time.Sleep(2 * time.Second)
		if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) {
			t.Errorf("%v", err)
		}
	})
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:     func() i2c.Bus { return &steady{} },
		New:      func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values:   func(f *Frame) int { return f.CO2PPM + int(f.TempC) },
		Checksum: true,
	}.Test(t)
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{AltitudeM: -1}, {AltitudeM: 3001}} {
		if _, err := New(&faultbus.Bus{}, Addr, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestVectors(t *testing.T) {
	for _, device := range []string{"scd4x", "scd4x-ticks", "scd4x-ready"} {
		all := vectors.For(t, device)
		passed := 0
		for _, v := range all {
			if t.Run(v.Name, func(t *testing.T) { check(t, v) }) {
				passed++
			}
		}
		t.Logf("%s: %d/%d", device, passed, len(all))
	}
}

func check(t *testing.T, v vectors.Vector) {
	var words [3]uint16
	var want map[string]any
	vectors.Into(t, v.Expected, &want)
	switch v.Device {
	case "scd4x-ready":
		err := sensirion.Words(words[:1], vectors.Hex(t, v.InputHex))
		if err != nil || ready(words[0]) != want["ready"] {
			t.Errorf("%v, %v", ready(words[0]), err)
		}
		return
	case "scd4x-ticks":
		var in struct{ Ticks uint16 }
		vectors.Into(t, v.Input, &in)
		words = [3]uint16{0, in.Ticks, in.Ticks}
	default:
		err := sensirion.Words(words[:], vectors.Hex(t, v.InputHex))
		if want["error"] != nil {
			if !errors.Is(err, drivers.ErrChecksum) {
				t.Errorf("%v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f := frame(words)
	for name, value := range want {
		got, known := map[string]float64{
			"co2_ppm": float64(f.CO2PPM), "temperature_C": f.TempC, "humidity_pct": f.HumidityPct,
		}[name]
		if !known || math.Abs(got-value.(float64)) > max(v.Tolerance[name], 1e-9) {
			t.Errorf("%s: %v, want %v", name, got, value)
		}
	}
}

// steady always has a new measurement of 556 ppm, unless it is idle.
type steady struct {
	faultbus.Bus
	command uint16
	idle    bool
}

func (s *steady) Tx(_ uint16, w, r []byte) error {
	if len(w) > 1 {
		s.command = uint16(w[0])<<8 | uint16(w[1])
	}
	switch {
	case len(r) == 3 && s.idle:
		copy(r, []byte{0x80, 0x00, 0xA2})
	case len(r) == 3:
		copy(r, []byte{0x80, 0x06, 0x04})
	case len(r) == 9:
		copy(r, []byte{0x02, 0x2C, 0xA3, 0x67, 0x0D, 0x36, 0x4D, 0x08, 0xF1})
	}
	return nil
}

// The millisecond that the sensor takes for each command is in it.
func BenchmarkSense(b *testing.B) {
	d, err := New(&steady{}, Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil || !f.Fresh {
			b.Fatal(f, err)
		}
	}
}

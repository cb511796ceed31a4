package sht3x

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
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

// start is what New says.
func start() []i2ctest.IO {
	return []i2ctest.IO{
		w(0x30, 0x93),       // break, in case it measures by itself
		w(0x30, 0xA2),       // soft reset
		w(0xF3, 0x2D),       // read status
		r(0x80, 0x10, 0xE1), // alert pending and reset detected: as after a reset
	}
}

func TestA1_PlaybackOneMeasurement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := New(playback.New(t, slices.Concat(start(), []i2ctest.IO{
			w(0x24, 0x00),                         // measure once, high repeatability, no stretching
			r(0x66, 0x66, 0x93, 0x80, 0x00, 0xA2), // 26214: 25.0 °C; 32768: 50.0 %
			w(0x24, 0x00),
			r(0x66, 0x66, 0x94, 0x80, 0x00, 0xA2), // one bit of the check sum is wrong
		})...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || math.Abs(f.TempC-25) > 0.002 || math.Abs(f.HumidityPct-50) > 0.001 {
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

func TestAnotherStatusIsAnotherChip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, status := range []uint16{0x5BFC, 0x8000} { // bits that do not exist; no reset after a reset
			word := []byte{byte(status >> 8), byte(status)}
			ops := append(start()[:3], r(word[0], word[1], sensirion.CRC(word)))
			var wrong *drivers.IdentityError
			if _, err := New(playback.New(t, ops...), Addr, nil); !errors.As(err, &wrong) || wrong.Got != status {
				t.Errorf("%#04x: %v", status, err)
			}
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

func TestOptsAreChecked(t *testing.T) {
	if _, err := New(&faultbus.Bus{}, Addr, &Opts{Repeatability: 3}); err == nil {
		t.Error("a repeatability that does not exist is accepted")
	}
	for rep, want := range map[Repeatability]uint16{High: 0x2400, Medium: 0x240B, Low: 0x2416} {
		if c, err := (&Opts{rep}).config(); err != nil || c.measure != want {
			t.Errorf("%d: %#04x, %v", rep, c.measure, err)
		}
	}
}

// fields are the status bits by the names that Sensirion's own driver has.
func fields(s Status) map[string]bool {
	return map[string]bool{
		"write_data_checksum_status": s.WriteChecksumWrong(), "command_status": s.CommandFailed(),
		"system_reset_detected": s.Restarted(), "temperature_tracking_alert": s.TemperatureAlert(),
		"humidity_tracking_alert": s.HumidityAlert(), "heater_status": s.Heater(), "alert_pending_status": s.AlertPending(),
	}
}

func TestVectors(t *testing.T) {
	all := vectors.For(t, "sht3x")
	passed := 0
	for _, v := range all {
		if t.Run(v.Name, func(t *testing.T) { check(t, v) }) {
			passed++
		}
	}
	t.Logf("sht3x: %d/%d", passed, len(all))
}

func check(t *testing.T, v vectors.Vector) {
	var in struct{ Ticks, Status *uint16 }
	if len(v.Input) > 0 {
		vectors.Into(t, v.Input, &in)
	}
	var words [2]uint16
	switch {
	case in.Status != nil:
		want := map[string]bool{}
		vectors.Into(t, v.Expected, &want)
		got := fields(Status(*in.Status))
		for name := range want {
			if bit, known := got[name]; !known || bit != want[name] {
				t.Errorf("%s: %v, want %v", name, bit, want[name])
			}
		}
		return
	case in.Ticks != nil:
		words = [2]uint16{*in.Ticks, *in.Ticks}
	default:
		err := sensirion.Words(words[:], vectors.Hex(t, v.InputHex))
		var want struct{ Error string }
		if json.Unmarshal(v.Expected, &want); want.Error != "" {
			if !errors.Is(err, drivers.ErrChecksum) {
				t.Errorf("%v, want %s", err, want.Error)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f := frame(words)
	want := map[string]float64{}
	vectors.Into(t, v.Expected, &want)
	for name, value := range want {
		got, known := map[string]float64{"temperature_C": f.TempC, "humidity_pct": f.HumidityPct}[name]
		if !known || math.Abs(got-value) > max(v.Tolerance[name], 1e-9) {
			t.Errorf("%s: %v, want %v", name, got, value)
		}
	}
}

// steady is 25 °C and 50 %.
type steady struct{ faultbus.Bus }

func (*steady) Tx(_ uint16, _, r []byte) error {
	switch len(r) {
	case 3:
		copy(r, []byte{0x80, 0x10, 0xE1})
	case 6:
		copy(r, []byte{0x66, 0x66, 0x93, 0x80, 0x00, 0xA2})
	}
	return nil
}

func BenchmarkSense(b *testing.B) {
	d, err := New(&steady{}, Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	d.cfg.takes = 0 // the sensor's time is not ours
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

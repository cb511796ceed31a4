package vl53l1x

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"
)

// w writes to a register, r reads from one.
func w(register uint16, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: append(binary.BigEndian.AppendUint16(nil, register), bytes...)}
}

func r(register uint16, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: binary.BigEndian.AppendUint16(nil, register), R: bytes}
}

// start is what New says to the chip at DefaultOpts.
func start() []i2ctest.IO {
	return []i2ctest.IO{
		r(0x010F, 0xEA, 0xCC),            // identity
		r(0x00E5, 0x00), r(0x00E5, 0x03), // boots, has booted
		w(0x002D, defaults[:]...),                    //
		r(0x0030, 0x01),                              // interrupt is active high
		w(0x0087, 0x40),                              // first ranging
		r(0x0030, 0x01, 0x02), r(0x0030, 0x01, 0x03), // not yet, ready
		w(0x0086, 0x01), w(0x0087, 0x00), // clear, stop
		w(0x0008, 0x09), w(0x000B, 0x00), // keep the calibration
		r(0x00DE, 0xFC, 0x10),            // oscillator: the lower ten bits are 16
		w(0x004B, 0x0A), w(0x0060, 0x0F), // long
		w(0x0063, 0x0D), w(0x0069, 0xB8), //
		w(0x0078, 0x0F, 0x0D),             //
		w(0x007A, 0x0E, 0x0E),             //
		w(0x005E, 0x00, 0xAD),             // 50 ms
		w(0x0061, 0x00, 0xC6),             //
		w(0x006C, 0x00, 0x00, 0x06, 0xB8), // every 100 ms: 16 · 100 · 1.075 = 1720
		w(0x0080, 0xFF),                   // 16 × 16 detectors
		w(0x0087, 0x40),                   // go
	}
}

// result is the burst of a measurement: status, millimetres, signal, ambient, SPADs.
func result(status byte, mm, signal, ambient uint16, spads byte) i2ctest.IO {
	raw := make([]byte, resultBytes)
	raw[resultStatus], raw[resultSPADs] = status, spads
	binary.BigEndian.PutUint16(raw[resultDistance:], mm)
	binary.BigEndian.PutUint16(raw[resultSignal:], signal)
	binary.BigEndian.PutUint16(raw[resultAmbient:], ambient)
	return r(0x0089, raw...)
}

func open(t *testing.T, ops ...i2ctest.IO) *Dev {
	t.Helper()
	d, err := New(playback.New(t, slices.Concat(start(), ops)...), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestA1_PlaybackMeasurements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t,
			r(0x0030, 0x01, 0x03), result(0xE9, 1234, 500, 3, 0x40), w(0x0086, 1), // 0xE9 & 0x1F = 9: valid
			r(0x0030, 0x01, 0x02), r(0x006C, 0, 0, 0x06, 0xB8), // nothing new
			r(0x0030, 0x01, 0x03), result(0x04, 4000, 1, 0, 0x10), w(0x0086, 1), // nothing in reach
			w(0x0087, 0x00), // Halt
		)
		var f Frame
		if err := d.Sense(&f); err != nil || f != (Frame{Fresh: true, Status: Valid, Distance: 1234 * physic.MilliMetre, Signal: 4000, Ambient: 24, SPADs: 64}) {
			t.Errorf("%+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || f != (Frame{}) {
			t.Errorf("nothing new: %+v, %v", f, err)
		}
		if err := d.Sense(&f); err != nil || !f.Fresh || f.Status != SignalFail {
			t.Errorf("nothing in reach: %+v, %v", f, err)
		}
		if err := d.Halt(); err != nil || d.String() != "VL53L1X@0x29 long" || d.Period() != 100*time.Millisecond {
			t.Error(d, err)
		}
	})
}

func TestStatusesAreTheNumbersOfTheMaker(t *testing.T) {
	for raw := range 32 {
		want := map[int]Status{9: 0, 6: 1, 4: 2, 8: 3, 5: 4, 3: 5, 19: 6, 7: 7, 12: 9, 18: 10, 22: 11, 23: 12, 13: 13}
		status, ok := want[raw]
		if !ok {
			status = Unknown
		}
		var raws [resultBytes]byte
		raws[resultStatus] = byte(raw) | 0xA0 // the upper bits mean something else
		if f := parse(&raws); f.Status != status || (f.Status == Valid) != (raw == 9) || f.Status.String() == "" {
			t.Errorf("%d: %d, want %d", raw, f.Status, status)
		}
	}
}

func TestAnInterruptThatIsActiveLow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := start()
		ops[4] = r(0x0030, 0x11)
		ops[6], ops[7] = r(0x0030, 0x11, 0x03), r(0x0030, 0x11, 0x02)
		d, err := New(playback.New(t, append(ops, r(0x0030, 0x11, 0x02), result(9, 77, 0, 0, 0), w(0x0086, 1))...), Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil || f.Distance != 77*physic.MilliMetre {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestPowerDipIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t,
			r(0x0030, 0x01, 0x02), r(0x006C, 0, 0, 0, 0), // the time between measurements is lost
			r(0x0030, 0x11, 0x03)) // the polarity is: what looks ready is not
		var f Frame
		for range 2 {
			if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) || f.Fresh {
				t.Fatalf("%+v, %v", f, err)
			}
		}
	})
}

func TestBootAndFirstRangingThatNeverEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := append(start()[:1], slices.Repeat([]i2ctest.IO{r(0x00E5, 0x00)}, 50)...)
		if _, err := New(playback.New(t, ops...), Addr, nil); !errors.Is(err, drivers.ErrStuck) {
			t.Errorf("boot: %v", err)
		}
		ops = append(start()[:6], slices.Repeat([]i2ctest.IO{r(0x0030, 0x01, 0x02)}, 100)...)
		if _, err := New(playback.New(t, ops...), Addr, nil); !errors.Is(err, drivers.ErrStuck) {
			t.Errorf("first ranging: %v", err)
		}
	})
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well: func() i2c.Bus { return newSteady() },
		New:  func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values: func(f *Frame) int {
			if f.Fresh {
				return 1
			}
			return 0
		},
	}.Test(t)
}

func TestOpts(t *testing.T) {
	for _, o := range []Opts{
		{Mode: 2}, {Budget: 15 * time.Millisecond}, {Mode: Short, Budget: 16 * time.Millisecond},
		{Budget: 33*time.Millisecond + 1}, {Every: 20 * time.Millisecond}, {Every: time.Hour}, {Width: 3}, {Height: 17},
	} {
		if _, err := New(newSteady(), Addr, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	c, err := (&Opts{Mode: Short, Budget: 15 * time.Millisecond, Every: time.Second, Width: 4, Height: 8}).config()
	if err != nil || c.mode.phaseCal != 0x14 || c.budget != [2]uint16{0x001D, 0x0027} || c.roiSize != 0x73 {
		t.Errorf("%+v, %v", c, err)
	}
	if got := c.interval(0xFFFF); got != 1099725 { // 1023 · 1000 · 1.075
		t.Errorf("interval %d", got)
	}
}

// steady has a measurement of 1 m at every look.
type steady struct {
	faultbus.Bus
	reg [0x200]byte
}

func newSteady() *steady {
	s := &steady{}
	s.reg[regModelID], s.reg[regModelID+1] = 0xEA, 0xCC
	s.reg[regBoot], s.reg[regHVMux+1], s.reg[regOscillator] = 1, 1, 3
	s.reg[regResult+resultStatus] = 9
	s.reg[regResult+resultDistance], s.reg[regResult+resultDistance+1] = 0x03, 0xE8
	return s
}

func (s *steady) Tx(_ uint16, w, r []byte) error {
	at := binary.BigEndian.Uint16(w)
	copy(s.reg[at:], w[2:])
	s.reg[regHVMux+1] = 1
	copy(r, s.reg[at:])
	return nil
}

func FuzzParse(f *testing.F) {
	f.Add(make([]byte, resultBytes))
	f.Add(slices.Repeat([]byte{0xE9}, resultBytes))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < resultBytes {
			return
		}
		got := parse((*[resultBytes]byte)(raw))
		if !got.Fresh || got.Distance < 0 || got.Distance > 65535*physic.MilliMetre || got.SPADs > 255 ||
			(got.Status == Valid) != (raw[0]&0x1F == 9) {
			t.Errorf("%+v of % x", got, raw)
		}
	})
}

func BenchmarkSense(b *testing.B) {
	d, err := New(newSteady(), Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil || !f.Fresh {
			b.Fatal(err)
		}
	}
}

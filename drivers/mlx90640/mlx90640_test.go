package mlx90640

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
)

func open(t *testing.T, chip *fake) *Dev {
	t.Helper()
	d, err := New(chip, Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// burst is the words of the chip from an address on, as one transaction reads them.
func burst(chip *fake, address uint16, n int) i2ctest.IO {
	op := i2ctest.IO{Addr: Addr, W: binary.BigEndian.AppendUint16(nil, address)}
	for i := range n {
		op.R = binary.BigEndian.AppendUint16(op.R, chip.memory[address+uint16(i)])
	}
	return op
}

func all(chip *fake, first uint16) (ops []i2ctest.IO) {
	for at := 0; at < 832; at += 128 {
		ops = append(ops, burst(chip, first+uint16(at), min(128, 832-at)))
	}
	return ops
}

func w(bytes ...byte) i2ctest.IO { return i2ctest.IO{Addr: Addr, W: bytes} }

func r(hi, lo byte, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: []byte{hi, lo}, R: bytes}
}

func TestA1_PlaybackTwoSubpages(t *testing.T) {
	chip := newFake()
	ops := append(all(chip, addrEEPROM), all(chip, addrEEPROM)...)
	ops = append(ops,
		w(0x80, 0x0D, 0x19, 0x81), // chess pattern, 18 bits, 4 Hz, both subpages
		r(0x80, 0x0D, 0x19, 0x81),
		w(0x80, 0x00, 0x00, 0x30), // nothing new from now on
		r(0x80, 0x00, 0x00, 0x30), // not yet
	)
	for subpage := range byte(4) { // two are left out, two make a picture
		ops = append(ops, r(0x80, 0x00, 0x00, 0x38|subpage&1), w(0x80, 0x00, 0x00, 0x30)) // new, and cleared
		ops = append(ops, all(chip, addrRAM)...)
		ops = append(ops, r(0x80, 0x0D, 0x19, 0x81), r(0x80, 0x00, 0x00, 0x30|subpage&1)) // and no newer meanwhile
	}
	ops = append(ops, r(0x80, 0x00, 0x00, 0x38), w(0x80, 0x00, 0x00, 0x30))
	ops = append(ops, all(chip, addrRAM)...)
	ops = append(ops, r(0x80, 0x0D, 0x19, 0x01)) // 2 Hz, as after power-up
	d, err := New(playback.New(t, ops...), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	for range 4 {
		if err := d.Sense(&f); err != nil || f.Fresh || f.Overrun {
			t.Fatalf("too early: %v, %v", f.Fresh, err)
		}
	}
	if err := d.Sense(&f); err != nil || !f.Fresh || f.Overrun || f.Subpage != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	if math.Abs(f.ChipC-25) > 0.1 || math.Abs(f.SupplyV-3.3) > 0.001 {
		t.Errorf("chip %v °C, supply %v V", f.ChipC, f.SupplyV)
	}
	for p, v := range f.PixelC {
		if v < 10 || v > 60 {
			t.Fatalf("pixel %d: %v °C", p, v)
		}
	}
	if err := d.Sense(&f); !errors.Is(err, drivers.ErrRestarted) || f.Fresh {
		t.Errorf("%v", err)
	}
	if err := d.Halt(); err != nil {
		t.Error(err)
	}
	if d.String() != "MLX90640@0x33" || d.ID() != [3]uint16{0x1710, 0xA224, 0x0185} {
		t.Error(d, d.ID())
	}
}

func TestASubpageThatIsOverwrittenIsNotBelieved(t *testing.T) {
	chip := newFake()
	d := open(t, chip)
	var f Frame
	for !f.Fresh {
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
	}
	chip.late = true
	for range mostTorn - 1 {
		if err := d.Sense(&f); err != nil || f.Fresh || !f.Overrun {
			t.Fatalf("%v %v, %v", f.Fresh, f.Overrun, err)
		}
	}
	if err := d.Sense(&f); !errors.Is(err, ErrTooSlow) {
		t.Errorf("%v", err)
	}
	chip.late = false
	for n := 0; !f.Fresh; n++ {
		if err := d.Sense(&f); err != nil || n > 3 {
			t.Fatalf("no picture after %d looks: %v", n, err)
		}
	}
}

func TestAHalfThatWasMissedIsNotPastedToAnOldOne(t *testing.T) {
	chip := newFake()
	d := open(t, chip)
	var f Frame
	for !f.Fresh {
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
	}
	chip.sub = uint16(f.Subpage) // the same half again
	if err := d.Sense(&f); err != nil || f.Fresh || !f.Overrun {
		t.Errorf("%v %v, %v", f.Fresh, f.Overrun, err)
	}
}

func TestNothingNewIsNoPicture(t *testing.T) {
	chip := newFake()
	d := open(t, chip)
	chip.stuck = true
	chip.memory[addrStatus] = 0
	var f Frame
	for range 10 {
		if err := d.Sense(&f); err != nil || f != (Frame{}) {
			t.Fatalf("%v", err)
		}
	}
}

func TestBrokenPixelsTakeTheirNeighboursMean(t *testing.T) {
	c := &calibration{}
	var img [pixels]float64
	for p := range img {
		img[p] = 20
	}
	for _, p := range []int{0, 5*Width + 7, 5*Width + 8, pixels - 1} {
		c.bad[p], img[p] = true, 300
	}
	img[4*Width+7] = 28 // a neighbour of the two in the middle
	img[100] = math.NaN()
	if lost := c.repair(&img); lost != 0 || img[0] != 20 || img[pixels-1] != 20 || img[100] != 20 {
		t.Errorf("%d lost; %v %v %v", lost, img[0], img[pixels-1], img[100])
	}
	if want := 20 + 8.0/7; math.Abs(img[5*Width+7]-want) > 1e-9 || math.Abs(img[5*Width+8]-want) > 1e-9 {
		t.Errorf("%v and %v, want %v", img[5*Width+7], img[5*Width+8], want)
	}
	for p := range img {
		img[p] = math.NaN()
	}
	img[15*Width+15] = 20 // its eight neighbours are repaired by it, and nobody by those
	if lost := c.repair(&img); lost != pixels-9 || img[14*Width+16] != 20 || !math.IsNaN(img[13*Width+15]) {
		t.Errorf("%d of %d pixels are said to be lost; %v %v", lost, pixels, img[14*Width+16], img[13*Width+15])
	}
	for p := range img {
		img[p] = math.NaN()
	}
	if lost := c.repair(&img); lost != pixels {
		t.Errorf("%d of %d pixels are said to be lost", lost, pixels)
	}
}

func TestReferencesThatCannotBeAreSaid(t *testing.T) {
	chip := newFake()
	d := open(t, chip)
	for _, at := range []int{auxVdd, auxGain, auxPTAT} {
		was := chip.memory[addrRAM+at]
		chip.memory[addrRAM+at] = 0
		var f Frame
		var err error
		for range 4 {
			if err = d.Sense(&f); err != nil {
				break
			}
		}
		if err == nil || f.Fresh {
			t.Errorf("word %d is zero: %v, %v", at, f.Fresh, err)
		}
		chip.memory[addrRAM+at] = was
	}
}

func TestAPictureOfTooFewPixelsIsNone(t *testing.T) {
	chip := newFake()
	d := open(t, chip)
	for p := range pixels { // colder than anything can be, in all columns but one of eight
		if cold := int16(-32768); p%8 != 0 {
			chip.memory[addrRAM+p] = uint16(cold)
		}
	}
	var f Frame
	var err error
	for range 10 {
		if err = d.Sense(&f); err != nil || f.Fresh {
			break
		}
	}
	if err == nil || f.Fresh {
		t.Errorf("%v, %v", f.Fresh, err)
	}
}

func TestACalibrationThatChangesIsRefused(t *testing.T) {
	chip := newFake()
	bus := &faultbus.Bus{Under: chip}
	bus.Garble(9, func(r []byte) { r[1] ^= 0x10 })
	var wrong *drivers.IdentityError
	if _, err := New(bus, Addr, nil); err == nil || errors.As(err, &wrong) {
		t.Errorf("%v", err)
	}
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well: func() i2c.Bus { return newFake() },
		New: func(b i2c.Bus) (faulttable.Device[Frame], error) {
			d, err := New(b, Addr, nil)
			if err != nil {
				return nil, err
			}
			d.skip, d.seen = 0, 2 // as if it ran for a while
			return d, nil
		},
		Values: func(f *Frame) int { return int(f.ChipC) },
	}.Test(t)
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []Opts{{RateHz: 3}, {RateHz: -1}, {RateHz: 64}, {Emissivity: 1.1}, {Emissivity: -1}} {
		if _, err := New(&faultbus.Bus{}, Addr, &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

// FuzzImage: whatever the EEPROM and the RAM hold, a picture has 768 numbers,
// or is none.
func FuzzImage(f *testing.F) {
	chip := newFake()
	var seed []byte
	for _, w := range append(append([]uint16{}, chip.memory[addrEEPROM:][:eepromWords]...), chip.memory[addrRAM:][:ramWords]...) {
		seed = binary.BigEndian.AppendUint16(seed, w)
	}
	f.Add(seed, uint16(0x1981), uint16(0))
	f.Add(seed[:100], uint16(0x0901), uint16(1))
	f.Fuzz(func(t *testing.T, b []byte, control, status uint16) {
		var ee [eepromWords]uint16
		var ram [ramWords]uint16
		for i := 0; i+1 < len(b) && i/2 < len(ee)+len(ram); i += 2 {
			if w := binary.BigEndian.Uint16(b[i:]); i/2 < len(ee) {
				ee[i/2] = w
			} else {
				ram[i/2-len(ee)] = w
			}
		}
		d := &Dev{addr: Addr, control: control, emissivity: 0.95, last: -1, seen: 3, cal: newCalibration(&ee), ram: ram}
		var got Frame
		if err := d.take(&got, int(status&statusSubpage)); err != nil || !got.Fresh {
			return
		}
		bad := 0
		for _, v := range got.PixelC {
			if math.IsNaN(v) {
				bad++
			}
		}
		if bad > mostLost {
			t.Fatalf("%d pixels are no number", bad)
		}
	})
}

func BenchmarkSense(b *testing.B) {
	chip := newFake()
	d, err := New(chip, Addr, nil)
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

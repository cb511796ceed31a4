package mlx90614

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"
	"osmanthus/drivers/internal/vectors"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
)

func r(command byte, bytes ...byte) i2ctest.IO {
	return i2ctest.IO{Addr: Addr, W: []byte{command}, R: bytes}
}

// answer is a word with its packet error code.
func answer(command byte, word uint16) i2ctest.IO {
	lo, hi := byte(word), byte(word>>8)
	return r(command, lo, hi, pec(0xB4, command, 0xB5, lo, hi))
}

func TestA1_PlaybackTwoLooks(t *testing.T) {
	d, err := New(playback.New(t,
		answer(0x2E, 0xBE5A),      // its address: 0x5A
		answer(0x07, 0x3C85),      // 309.86 K: 36.71 °C
		r(0x06, 0xE1, 0x39, 0xE9), // 23.19 °C, as recorded
		answer(0x07, 0x8001),      // the chip doubts it
		r(0x07, 0x85, 0x3C, 0x00), // a wrong check
		answer(0x04, 0x8123),      // raw infrared: sign and magnitude
	), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	if err := d.Sense(&f); err != nil || math.Abs(f.ObjectC-36.71) > 0.001 || math.Abs(f.AmbientC-23.19) > 0.001 {
		t.Errorf("%+v, %v", f, err)
	}
	if err := d.Sense(&f); !errors.Is(err, ErrInvalid) || f != (Frame{}) {
		t.Errorf("%+v, %v", f, err)
	}
	if err := d.Sense(&f); !errors.Is(err, drivers.ErrChecksum) || f != (Frame{}) {
		t.Errorf("%+v, %v", f, err)
	}
	if v, err := d.RawIR(0); err != nil || v != -0x123 {
		t.Errorf("%d, %v", v, err)
	}
	if err := d.Halt(); err != nil || d.String() != "MLX90614@0x5a" {
		t.Error(d, err)
	}
}

func TestTheSmallerSiblingHasOtherRegisters(t *testing.T) {
	word := func(command byte, v uint16) i2ctest.IO {
		lo, hi := byte(v), byte(v>>8)
		return i2ctest.IO{Addr: 0x5B, W: []byte{command}, R: []byte{lo, hi, pec(0xB6, command, 0xB7, lo, hi)}}
	}
	d, err := New(playback.New(t, word(0x10, 0x355B), word(0x27, 0x3C85), word(0x26, 0x39E1), word(0x13, 0x4000)),
		Addr90615, &Opts{Chip: ChipAt(Addr90615)})
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	if err := d.Sense(&f); err != nil || math.Abs(f.ObjectC-36.71) > 0.001 {
		t.Errorf("%+v, %v", f, err)
	}
	if e, err := d.Emissivity(); err != nil || e != 1 {
		t.Errorf("%v, %v", e, err)
	}
	if _, err := d.RawIR(1); err == nil {
		t.Error("it has no second sensor")
	}
	if _, err := d.ID(); err == nil {
		t.Error("its identity is not known")
	}
}

func TestAnotherAddressIsAnotherChip(t *testing.T) {
	var wrong *drivers.IdentityError
	if _, err := New(playback.New(t, answer(0x2E, 0xBE5B)), Addr, nil); !errors.As(err, &wrong) || wrong.Got != 0xBE5B {
		t.Errorf("%v", err)
	}
	if _, err := New(&faultbus.Bus{}, Addr, &Opts{Chip: 2}); err == nil {
		t.Error("a chip that does not exist is accepted")
	}
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well:     func() i2c.Bus { return &steady{} },
		New:      func(b i2c.Bus) (faulttable.Device[Frame], error) { return New(b, Addr, nil) },
		Values:   func(f *Frame) int { return int(f.ObjectC) },
		Checksum: true,
	}.Test(t)
}

func TestVectors(t *testing.T) {
	all := slices.DeleteFunc(vectors.From(t, "sensors.json"), func(v vectors.Vector) bool { return !strings.HasPrefix(v.Device, "mlx9061") })
	passed := 0
	for _, v := range all {
		if t.Run(v.Name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { check(t, v) }) }) {
			passed++
		}
	}
	t.Logf("mlx90614: %d/%d", passed, len(all))
}

// recorded answers what the vector says, and keeps what is written.
type recorded struct {
	faultbus.Bus
	words map[byte][]byte
	wrote []string
}

func (b *recorded) Tx(_ uint16, w, r []byte) error {
	if len(r) == 0 {
		b.wrote = append(b.wrote, hex.EncodeToString(w))
		return nil
	}
	word, known := b.words[w[0]]
	if !known {
		return fmt.Errorf("nobody recorded %#02x", w[0])
	}
	copy(r, word)
	return nil
}

func check(t *testing.T, v vectors.Vector) {
	var in struct {
		Addr, Register, Command string
		Read                    string `json:"read_hex"`
		Emissivity              *float64
		NewAddress              string `json:"new_address"`
		Reads, Registers        []string
	}
	vectors.Into(t, v.Input, &in)
	var want struct {
		Temperature *float64 `json:"temperature_C"`
		PEC         *bool    `json:"pec_ok"`
		Raw         *int
		Emissivity  *float64
		ID          *string
		Writes      []string
		Write       *string
		Error       *string
	}
	vectors.Into(t, v.Expected, &want)
	addr := Addr
	if in.Addr != "" {
		n, err := strconv.ParseUint(in.Addr, 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		addr = uint16(n)
	}
	chip := ChipAt(addr)
	if v.Device == "mlx90615" {
		chip = MLX90615
	}
	bus := &recorded{words: map[byte][]byte{}}
	d := &Dev{bus: bus, addr: addr, chip: chip, regs: chip.registers()}
	var command byte
	if in.Register != "" {
		command = vectors.Hex(t, in.Register)[0]
		bus.words[command] = vectors.Hex(t, in.Read)
	}
	for i, text := range in.Registers {
		bus.words[vectors.Hex(t, text)[0]] = vectors.Hex(t, in.Reads[i])
	}
	switch {
	case want.Error != nil:
		if _, err := d.temperature(command); err == nil {
			t.Errorf("want error %s", *want.Error)
		}
	case want.Temperature != nil || want.PEC != nil:
		got, err := d.temperature(command)
		if want.PEC != nil && *want.PEC == errors.Is(err, drivers.ErrChecksum) {
			t.Errorf("packet error code: %v", err)
		}
		if want.Temperature != nil && (err != nil || math.Abs(got-*want.Temperature) > v.Tolerance["temperature_C"]) {
			t.Errorf("%v °C, want %v: %v", got, *want.Temperature, err)
		}
	case want.Emissivity != nil:
		got, err := d.Emissivity()
		if err != nil || math.Abs(got-*want.Emissivity) > v.Tolerance["emissivity"] {
			t.Errorf("%v, want %v: %v", got, *want.Emissivity, err)
		}
	case want.ID != nil:
		id, err := d.ID()
		if got := fmt.Sprintf("%04x%04x%04x%04x", id[0], id[1], id[2], id[3]); err != nil || got != *want.ID {
			t.Errorf("%s, want %s: %v", got, *want.ID, err)
		}
	case in.Emissivity != nil && want.Writes != nil:
		if err := d.SetEmissivity(*in.Emissivity); err != nil || !slices.Equal(bus.wrote, want.Writes) {
			t.Errorf("%v, want %v: %v", bus.wrote, want.Writes, err)
		}
	case in.NewAddress != "":
		n, err := strconv.ParseUint(in.NewAddress, 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SetAddress(uint16(n)); err != nil || !slices.Equal(bus.wrote, want.Writes) {
			t.Errorf("%v, want %v: %v", bus.wrote, want.Writes, err)
		}
	case want.Raw != nil:
		word, err := d.word(command)
		if err != nil || signed(word) != *want.Raw {
			t.Errorf("%d, want %d: %v", signed(word), *want.Raw, err)
		}
	case want.Write != nil:
		if err := d.Sleep(); err != nil || !slices.Equal(bus.wrote, []string{*want.Write}) {
			t.Errorf("%v, want %s: %v", bus.wrote, *want.Write, err)
		}
	default:
		t.Errorf("what is expected? %s", v.Expected)
	}
}

func TestWhatIsWrittenForGoodIsChecked(t *testing.T) {
	d := &Dev{bus: &faultbus.Bus{}, addr: Addr, regs: MLX90614.registers()}
	for _, addr := range []uint16{0, 7, 0x78, 0x15A} {
		if err := d.SetAddress(addr); err == nil {
			t.Errorf("address %#x is accepted", addr)
		}
	}
	for _, e := range []float64{0, 0.05, 1.01, math.NaN()} {
		if err := d.SetEmissivity(e); err == nil {
			t.Errorf("%v is accepted", e)
		}
	}
}

// FuzzAnswer: only a word with the right packet error code passes, and never
// one that the chip doubts.
func FuzzAnswer(f *testing.F) {
	f.Add(byte(0x07), byte(0x85), byte(0x3C), byte(0x00))
	f.Add(byte(0x06), byte(0xE1), byte(0x39), byte(0xE9))
	f.Fuzz(func(t *testing.T, command, lo, hi, check byte) {
		bus := &recorded{words: map[byte][]byte{command: {lo, hi, check}}}
		d := &Dev{bus: bus, addr: Addr, regs: MLX90614.registers()}
		got, err := d.temperature(command)
		if right := check == pec(0xB4, command, 0xB5, lo, hi); right == errors.Is(err, drivers.ErrChecksum) {
			t.Fatalf("right is %v, and %v", right, err)
		}
		if err == nil && (hi&0x80 != 0 || got < -273.15 || got > 382.2) {
			t.Fatalf("%v °C of %02x%02x", got, hi, lo)
		}
	})
}

// steady is 36.7 °C at everything.
type steady struct{ faultbus.Bus }

func (*steady) Tx(_ uint16, w, r []byte) error {
	if len(r) == 3 {
		word := uint16(0x3C85)
		if w[0] == 0x2E {
			word = 0xBE5A
		}
		r[0], r[1] = byte(word), byte(word>>8)
		r[2] = pec(0xB4, w[0], 0xB5, r[0], r[1])
	}
	return nil
}

func BenchmarkSense(b *testing.B) {
	d, err := New(&steady{}, Addr, nil)
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

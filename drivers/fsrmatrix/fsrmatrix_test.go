package fsrmatrix

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"testing/synctest"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/internal/fakepin"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/faulttable"
	"osmanthus/drivers/internal/playback"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"
)

// mattress is the multiplexer: the cell that its lines select has a voltage.
type mattress struct {
	pins  [4]*fakepin.Pin
	cells [Cells]physic.ElectricPotential
}

func newMattress() *mattress {
	m := &mattress{}
	for i := range m.pins {
		m.pins[i] = fakepin.New(fakepin.Works, gpio.High)
	}
	for i := range m.cells {
		m.cells[i] = physic.ElectricPotential(i+1) * 100 * physic.MilliVolt
	}
	return m
}

func (m *mattress) selects() (s [4]Selector) {
	for i, p := range m.pins {
		s[i] = p
	}
	return s
}

func (m *mattress) Voltage() (physic.ElectricPotential, error) {
	cell := 0
	for bit, p := range m.pins {
		if p.Read() {
			cell |= 1 << bit
		}
	}
	return m.cells[cell], nil
}

func (m *mattress) String() string { return "a mattress" }

func TestEveryCellIsInItsPlace(t *testing.T) {
	m := newMattress()
	d, err := New(m, m.selects(), 5*physic.Volt)
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	for range 3 {
		if err := d.Sense(&f); err != nil || len(f.Counts) != Cells {
			t.Fatal(f, err)
		}
		for i, c := range f.Counts {
			if want := 0.1 * float64(i+1) / 5 * 1023; math.Abs(c-want) > 1e-6 {
				t.Errorf("cell %d: %v counts, want %v", i, c, want)
			}
		}
	}
	if d.String() != "FSR matrix on a mattress" {
		t.Error(d)
	}
	if err := d.Halt(); err != nil {
		t.Error(err)
	}
	for _, p := range m.pins {
		if p.Read() {
			t.Error("a select line stays high")
		}
	}
}

// The converter's side of it: 16 conversions, of which each is a whole one.
func TestA1_PlaybackOneRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		io := func(w []byte, r ...byte) i2ctest.IO { return i2ctest.IO{Addr: ads1115.Addr, W: w, R: r} }
		ops := []i2ctest.IO{io([]byte{1, 0x43, 0xE3}), io([]byte{1}, 0xC3, 0xE3)} // idle
		for i := range 1 + Cells {                                                // the probe, and the row
			ops = append(ops,
				io([]byte{1, 0xD3, 0xE3}), // start A1
				io([]byte{1}, 0xD3, 0xE3), // finished
				io([]byte{0}, byte(i), 0))
		}
		adc, err := ads1115.New(playback.New(t, ops...), ads1115.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		d, err := New(adc.Input(ads1115.A1), newMattress().selects(), 0)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
		// The order of Gray's code: the fourth conversion is that of cell 2.
		if want := 4 * 256.0 / 32768 * 4.096 / 3.3 * 1023; math.Abs(f.Counts[2]-want) > 1e-6 {
			t.Errorf("%v counts, want %v", f.Counts[2], want)
		}
	})
}

// steady is a converter at half of full scale.
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
		if w[0] == 1 {
			v = s.config | 0x8000
		}
		binary.BigEndian.PutUint16(r, v)
	}
	return nil
}

// device is the matrix together with its converter, as one driver.
type device struct {
	*Dev
	adc *ads1115.Dev
}

func (d device) Halt() error { return errors.Join(d.Dev.Halt(), d.adc.Halt()) }

func open(b i2c.Bus) (faulttable.Device[Frame], error) {
	adc, err := ads1115.New(b, ads1115.Addr, nil)
	if err != nil {
		return nil, err
	}
	d, err := New(adc.Input(ads1115.A0), newMattress().selects(), 0)
	return device{d, adc}, err
}

func TestA2_FaultsOfTheBus(t *testing.T) {
	faulttable.Driver[Frame]{
		Well: func() i2c.Bus { return &steady{} }, New: open,
		Values: func(f *Frame) int { return len(f.Counts) },
	}.Test(t)
}

// A line that cannot be driven would show another cell in the place of one.
func TestA2_ASelectLineThatFailsIsNoRow(t *testing.T) {
	for i := range 4 {
		m := newMattress()
		d, err := New(m, m.selects(), 0)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		gone := errors.New("gone")
		m.pins[i].Fail(gone)
		if err := d.Sense(&f); !errors.Is(err, gone) || f.Counts != nil {
			t.Errorf("line %d: %v, %v", i, f, err)
		}
		for _, p := range m.pins { // nobody knows what the lines did meanwhile
			p.Set(!p.Read())
		}
		m.pins[i].Fail(nil)
		if err := d.Sense(&f); err != nil || math.Abs(f.Counts[0]-0.1/3.3*1023) > 1e-6 || math.Abs(f.Counts[15]-1.6/3.3*1023) > 1e-6 {
			t.Errorf("line %d mended: %v, %v", i, f, err)
		}
		m.pins[i].Fail(gone)
		if _, err := New(m, m.selects(), 0); !errors.Is(err, gone) {
			t.Errorf("line %d from the start: %v", i, err)
		}
		if err := d.Halt(); !errors.Is(err, gone) || d.Halt() != nil {
			t.Errorf("line %d: Halt: %v", i, err)
		}
	}
	if _, err := New(newMattress(), newMattress().selects(), -1); err == nil {
		t.Error("a negative supply is accepted")
	}
}

func BenchmarkSense(b *testing.B) {
	m := newMattress()
	d, err := New(m, m.selects(), 0)
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

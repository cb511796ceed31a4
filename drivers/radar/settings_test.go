package radar

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"osmanthus/drivers/tinyframe"
)

// falls is a line with a module that sees falls at its other end: it answers what
// it is told.
type falls struct {
	line
	height   float32
	stubborn bool // it takes no height
	told     int
	in       *tinyframe.Port
}

func (f *falls) Write(b []byte) (int, error) {
	if f.in == nil {
		f.in = tinyframe.NewPort(nil)
	}
	f.in.Push(b, func(t tinyframe.Frame) {
		switch t.Type {
		case installHeight:
			f.told++
			if v, _ := t.Float(0); !f.stubborn {
				f.height = float32(v)
			}
		case fallParameters:
			data := binary.LittleEndian.AppendUint32(nil, math.Float32bits(f.height))
			f.line.in = tinyframe.Frame{Type: fallParameters, Data: append(data, make([]byte, 24)...)}.Append(tinyframe.Frame{Type: fallParameters}.Append(f.line.in))
		}
	})
	return len(b), nil
}

// A module that sees falls is told where it hangs, once, and asked until it says
// so itself.
func TestAModuleIsToldWhereItHangs(t *testing.T) {
	m, _ := ByName("mr60fda2")
	for _, c := range []struct {
		name             string
		has              float32
		stubborn, settle bool
		told             int
	}{
		{"it has another height", 2.2, false, true, 1},
		{"it has it", 2.6, false, true, 0},
		{"it takes none", 2.2, true, false, 5}, // twice at once, then whenever it is asked
	} {
		l := &falls{line: line{step: 512}, height: c.has, stubborn: c.stubborn}
		d, err := New(l, m.With(Settings{HeightM: 2.6}))
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		for range 3 {
			for range 5 {
				if err := d.Sense(&f); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.Ask(); err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
		}
		if d.Settled() != c.settle || l.told != c.told {
			t.Errorf("%s: settled %v, told %d times", c.name, d.Settled(), l.told)
		}
		if l.told > 10 {
			t.Errorf("%s: it is told without end", c.name)
		}
	}
}

// The range of a LD2410 is its farthest gate; for how long somebody is taken to
// stay is left as it is.
func TestTheRangeOfALD2410(t *testing.T) {
	m, _ := ByName("ld2410")
	parameters := "aa08080814" + "1e1e1e1e1e1e1e1e" + "1e1e1e1e1e1e1e1e1e" + "0f00" // gates 8 and 8, 15 s
	answer := func(p string) []byte {
		inside := "61010000" + p
		n := len(inside) / 2
		return unhex(t, "fdfcfbfa"+hex.EncodeToString([]byte{byte(n), 0})+inside+"04030201")
	}
	l := &line{step: 512}
	d, err := New(l, m.With(Settings{RangeM: 3}))
	if err != nil {
		t.Fatal(err)
	}
	const enable, end, read = "fdfcfbfa0400ff00010004030201", "fdfcfbfa0200fe0004030201", "fdfcfbfa0200610004030201"
	if got, want := hex.EncodeToString(l.told.Bytes()), end+enable+read+end; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	l.told.Reset()
	var f Frame
	l.in = answer(parameters)
	if err := d.Sense(&f); err != nil {
		t.Fatal(err)
	}
	set := "fdfcfbfa14006000" + "000003000000" + "010003000000" + "02000f000000" + "04030201"
	if got, want := hex.EncodeToString(l.told.Bytes()), enable+set+end+enable+read+end; got != want || d.Settled() {
		t.Errorf("told %s, want %s", got, want)
	}
	l.in = answer("aa080303" + parameters[8:])
	if err := d.Sense(&f); err != nil || !d.Settled() {
		t.Errorf("settled %v, %v", d.Settled(), err)
	}
	for metres, gate := range map[float64]byte{2.25: 2, 2.5: 3, 3: 3, 3.01: 4, 6: 7} {
		tell := farthest(metres).has(unhex(t, "aa0808081e1e0500"))
		if got := tell[14+8+2]; got != gate {
			t.Errorf("%v m: gate %d, want %d", metres, got, gate)
		}
	}
}

func TestOnlySomeModulesHaveSettings(t *testing.T) {
	for _, m := range Models() {
		height, far := m.Name == "mr60fda2" || m.Name == "ld6002c", m.Name == "ld2410"
		if m.TakesHeight() != height || m.TakesRange() != far {
			t.Errorf("%s: height %v, range %v", m.Name, m.TakesHeight(), m.TakesRange())
		}
	}
}

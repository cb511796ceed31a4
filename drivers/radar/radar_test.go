package radar

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"osmanthus/drivers"
	"osmanthus/drivers/r60"
	"osmanthus/drivers/tinyframe"
)

// line is a serial line that plays bytes, some at a time, and notes what it is
// told. A line that has nothing says so with no bytes, as a real one does when
// its time is over.
type line struct {
	in   []byte
	step int
	told bytes.Buffer
}

func (l *line) Read(p []byte) (int, error) {
	n := copy(p, l.in[:min(l.step, len(l.in))])
	l.in = l.in[n:]
	return n, nil
}

func (l *line) Write(p []byte) (int, error) { return l.told.Write(p) }

func open(t testing.TB, name string, l *line) *Dev {
	t.Helper()
	m, ok := ByName(name)
	if !ok {
		t.Fatalf("no model %q", name)
	}
	d, err := New(l, m)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const moving6m = "f4f3f2f10d0002aa0158025000000058025500f8f7f6f5"

// What each module says when somebody is there, behind noise and in small pieces.
func TestA7_EveryModuleSaysWhoIsThere(t *testing.T) {
	zones := tinyframe.Frame{Type: 0x0A0A, Data: []byte{0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}
	empty := tinyframe.Frame{Type: 0x0A04, Data: []byte{0, 0, 0, 0}}
	short := tinyframe.Frame{Type: 0x0A0A, Data: []byte{1, 0, 0, 0}}
	noBreath := tinyframe.Frame{Type: 0x0A14, Data: []byte{0, 0, 0, 0}}
	noHeart := tinyframe.Frame{Type: 0x0A15, Data: []byte{0, 0, 0, 0}}
	for _, c := range []struct{ model, frames, want string }{
		{"ld2410", moving6m, "[{presence 1 1} {motion 1 1} {distance 6 m}]"},
		{"ld2410", "f4f3f2f10d0002aa0200000000503b50005500f8f7f6f5", "[{presence 1 1} {motion 0 1} {distance 0.8 m}]"},
		{"ld2410", "f4f3f2f10d0002aa0500000000000000005500f8f7f6f5", "[]"},                            // learns the background
		{"ld2410", "f4f3f2f10d0002aa0000000000000058025500f8f7f6f5", "[{presence 0 1} {motion 0 1}]"}, // nobody, at some distance
		{"ld6002", hex.EncodeToString(noHeart.Append(noBreath.Append(nil))), "[]"},                    // it finds none: no reading, and not zero
		{"ld6002b", hex.EncodeToString(zones.Append(nil)), "[{presence 1 1}]"},
		{"ld6002b", hex.EncodeToString(short.Append(nil)), "[]"},
		{"ld6002b", hex.EncodeToString(empty.Append(nil)), "[{presence 0 1} {occupants 0 1}]"},
		{"ld6002c", "01000000010e02f301fe", "[{fall_detected 1 1}]"},
		{"mr60bha2", "01000000040a14e46666a2411c 01000000080a16ea010000000000ab4217", "[{respiratory_rate 20.3 /min} {distance 0.855 m}]"},
		{"mr60bha2", "01000000140a04e4010000000000003f0000a03ffdffffff010000005d", "[{presence 1 1} {occupants 1 1}]"},
		{"mr60fda2", "01000000010e02f301fe", "[{fall_detected 1 1}]"},
		{"mr60bha1", "535980010001012f5443 535985020001477b5443", "[{presence 1 1} {heart_rate 71 /min}]"},
		{"r60abd1", "53598401000101335443", "[{bed_occupancy 1 1}]"},
	} {
		for _, step := range []int{1, 7, 512} {
			l := &line{in: append([]byte("noise\x01\xf4\x53"), unhex(t, c.frames)...), step: step}
			d := open(t, c.model, l)
			var all []drivers.Measure
			var f Frame
			for range 100 {
				if err := d.Sense(&f); err != nil {
					t.Fatal(err)
				}
				all = append(all, f.Measures...)
			}
			if got := fmt.Sprint(all); got != c.want {
				t.Errorf("%s, %d bytes at a time: %s, want %s", c.model, step, got, c.want)
			}
		}
	}
}

// A module that may have been left in configuration mode is led out of it, and
// one that speaks only of changes is asked.
func TestWhatModulesAreTold(t *testing.T) {
	for name, want := range map[string][2]string{
		"ld2410":   {"fdfcfbfa0200fe0004030201", ""},
		"mr60fda2": {"", "01000000000e06f6"},
		"mr60bha2": {"", ""},
		"r60abd1":  {"", "535980810001 0f bd 5443 535980820001 0f be 5443 535984810001 0f c1 5443"},
	} {
		l := &line{}
		d := open(t, name, l)
		hello := hex.EncodeToString(l.told.Bytes())
		l.told.Reset()
		if err := d.Ask(); err != nil {
			t.Fatal(err)
		}
		ask := hex.EncodeToString(l.told.Bytes())
		if name == "r60abd1" {
			want[1] = strings.ReplaceAll(want[1], " ", "")
			want[0] = want[1]
		}
		if hello != want[0] || ask != want[1] {
			t.Errorf("%s was told %s, then %s", name, hello, ask)
		}
	}
}

// Another module on the line, or the wrong baud rate, is told from silence.
func TestForeignBytes(t *testing.T) {
	l := &line{in: bytes.Repeat(unhex(t, moving6m), 400), step: 512}
	d := open(t, "mr60fda2", l)
	var f Frame
	var err error
	for range 30 {
		if err = d.Sense(&f); err != nil {
			break
		}
	}
	if !errors.Is(err, drivers.ErrForeign) {
		t.Errorf("an LD2410 where a MR60FDA2 should be: %v", err)
	}
	quiet := open(t, "mr60fda2", &line{})
	for range 1000 {
		if err := quiet.Sense(&f); err != nil {
			t.Fatalf("silence: %v", err)
		}
	}
}

// broken is a line that was pulled out.
type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, io.ErrUnexpectedEOF }
func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestALineThatIsPulledOutIsAnError(t *testing.T) {
	for _, m := range Models() {
		d, err := New(broken{}, m)
		if (len(m.hello) > 0) != errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: greeting: %v", m.Name, err)
		}
		if d == nil {
			continue
		}
		if err := d.Sense(&Frame{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: reading: %v", m.Name, err)
		}
	}
}

func Example() {
	m, _ := ByName("mr60fda2")
	d, err := New(&line{in: []byte("\x01\x00\x00\x00\x01\x0e\x02\xf3\x01\xfe"), step: 64}, m)
	if err != nil {
		fmt.Println(err)
		return
	}
	var f Frame
	if err := d.Sense(&f); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d, f.Measures)
	// Output: mr60fda2 [{fall_detected 1 1}]
}

func FuzzSense(f *testing.F) {
	for i := range Models() {
		f.Add(i, []byte("\x01\x00\x00\x00\x01\x0e\x02\xf3\x01\xfe"))
	}
	f.Add(0, []byte("\xf4\xf3\xf2\xf1\x0d\x00\x02\xaa\x01\x58\x02\x50\x00\x00\x00\x58\x02\x55\x00\xf8\xf7\xf6\xf5"))
	f.Add(1, tinyframe.Frame{Type: 0x0A04, Data: []byte{0xFF, 0xFF, 0xFF, 0xFF}}.Append(nil))
	f.Add(4, r60.Frame{Control: 0x80, Command: 0x81, Data: []byte{1}}.Append(nil))
	f.Fuzz(func(t *testing.T, model int, b []byte) {
		models := Models()
		l := &line{in: b, step: 1 + len(b)%97}
		d, err := New(l, models[uint(model)%uint(len(models))].With(Settings{HeightM: float64(model % 6), RangeM: float64(model % 7)}))
		if err != nil {
			t.Fatal(err)
		}
		var frame Frame
		for len(l.in) > 0 {
			if err := d.Sense(&frame); err != nil && !errors.Is(err, drivers.ErrForeign) {
				t.Fatal(err)
			}
			for _, m := range frame.Measures {
				if m.Metric == "" || m.Unit == "" || m.Value != m.Value {
					t.Fatalf("%+v", m)
				}
			}
		}
	})
}

// looped plays the same bytes for ever.
type looped struct {
	b  []byte
	at int
}

func (l *looped) Read(p []byte) (int, error) {
	n := copy(p[:min(64, len(p))], l.b[l.at:])
	l.at = (l.at + n) % len(l.b)
	return n, nil
}

func (l *looped) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkSense(b *testing.B) {
	for _, c := range []struct{ model, frames string }{
		{"ld2410", moving6m},
		{"mr60bha2", "01000000040a14e46666a2411c 010000000c0a13eb0000c03f000080be0000003e00"},
		{"r60abd1", "535980010001012f5443"},
	} {
		b.Run(c.model, func(b *testing.B) {
			stream := unhex(b, c.frames)
			m, _ := ByName(c.model)
			d, err := New(&looped{b: stream}, m)
			if err != nil {
				b.Fatal(err)
			}
			var f Frame
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Sense(&f); err != nil {
					b.Fatal(err)
				}
				n += f.Frames
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(max(n, 1)), "ns/frame")
		})
	}
}

package tinyframe

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"
)

func TestFramesAreReadAsTheyAreSent(t *testing.T) {
	var line bytes.Buffer
	p := NewPort(&line)
	sent := []Frame{{1, 0x0A14, []byte{0x66, 0x66, 0xA2, 0x41}}, {0x8001, 0x0E06, nil}, {2, 0x0A08, make([]byte, 900)}}
	line.WriteString("\x01\x01noise")
	for _, f := range sent {
		if err := p.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	got := []string{}
	for line.Len() > 0 {
		if err := p.Sense(func(f Frame) { got = append(got, fmt.Sprintf("%x %x %d", f.ID, f.Type, len(f.Data))) }); err != nil {
			t.Fatal(err)
		}
	}
	if s := fmt.Sprint(got); s != "[1 a14 4 8001 e06 0 2 a08 900]" {
		t.Errorf("got %s, %d bad", s, p.Bad())
	}
}

// Every single bit that flips is seen, and the next frame is not lost.
func TestFlippedBits(t *testing.T) {
	frame := Frame{1, 0x0E02, []byte{1}}.Append(nil)
	for bit := range len(frame) * 8 {
		broken := bytes.Clone(frame)
		broken[bit/8] ^= 1 << (bit % 8)
		n := 0
		p := NewPort(nil)
		p.Push(append(broken, frame...), func(f Frame) {
			if n++; f.Type != 0x0E02 || len(f.Data) != 1 || f.Data[0] != 1 {
				t.Errorf("bit %d: %+v", bit, f)
			}
		})
		p.Push(make([]byte, maxFrame), func(Frame) { n++ }) // whatever was awaited has come
		if n != 1 {
			t.Errorf("bit %d: %d frames", bit, n)
		}
	}
}

func FuzzPush(f *testing.F) {
	b, _ := hex.DecodeString("01000000140a04e4010000000000003f0000a03ffdffffff010000005d")
	f.Add(b)
	m := Message{Each: []Field{{"x", F32}, {"cluster", I32}}, List: "targets"}
	f.Fuzz(func(t *testing.T, b []byte) {
		NewPort(nil).Push(b, func(f Frame) { m.Read(f) })
	})
}

func BenchmarkPush(b *testing.B) {
	frame := Frame{1, 0x0A14, []byte{0x66, 0x66, 0xA2, 0x41}}.Append(nil)
	p, n := NewPort(nil), 0
	b.ReportAllocs()
	for b.Loop() {
		p.Push(frame, func(Frame) { n++ })
	}
}

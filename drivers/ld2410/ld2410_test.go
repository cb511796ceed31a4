package ld2410

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"osmanthus/drivers/internal/vectors"
)

func read(b []byte) (out []any) {
	New(nil).Push(b, func(f Frame) { out = append(out, f.Fields()) })
	return out
}

func TestA7_Vectors(t *testing.T) {
	passed, all := 0, 0
	for _, v := range vectors.From(t, "radar.json") {
		var want map[string]any
		if err := json.Unmarshal(v.Expected, &want); err != nil {
			t.Fatal(err)
		}
		var got any
		switch v.Device {
		case "ld2410":
			b, _ := hex.DecodeString(v.InputHex)
			got = map[string]any{"frames": read(b)}
		case "ld2410-build":
			var in struct {
				Word  string `json:"command_word"`
				Value string
			}
			json.Unmarshal(v.Input, &in)
			word, _ := hex.DecodeString(in.Word)
			value, _ := hex.DecodeString(in.Value)
			got = map[string]any{"frame_hex": hex.EncodeToString(Command(word[0], value))}
		case "ld2410-gate":
			var in struct {
				Gate       int
				Resolution float64 `json:"resolution_m"`
			}
			json.Unmarshal(v.Input, &in)
			got = map[string]any{"cm": GateCM(in.Gate, in.Resolution)}
		default:
			continue
		}
		all++
		if err := vectors.Same(want, vectors.JSON(got)); err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		passed++
	}
	t.Logf("ld2410 %d/%d", passed, all)
}

// A report in engineering mode of a module with nine gates.
func TestEngineering(t *testing.T) {
	inside := []byte{1, 0xAA, 3, 0xF4, 0, 60, 0xF4, 0, 70, 0xF4, 0, 8, 8}
	for i := range byte(18) {
		inside = append(inside, i)
	}
	inside = append(inside, 0x80, 1, 0x55, 0)
	frame := append([]byte{0xF4, 0xF3, 0xF2, 0xF1, byte(len(inside)), 0}, inside...)
	frame = append(frame, 0xF8, 0xF7, 0xF6, 0xF5)
	n := 0
	New(nil).Push(append([]byte{0xF4, 0xF3}, frame...), func(f Frame) {
		n++
		r := f.Report
		if f.Err != nil || !r.Engineering || !r.Present() || r.MovingCM != 244 || len(r.MovingEnergies) != 9 || r.StillEnergies[8] != 17 || r.Light != 0x80 {
			t.Errorf("got %+v, %v", r, f.Err)
		}
	})
	if n != 1 {
		t.Errorf("%d frames", n)
	}
}

// line is a serial line that gives what is in it a few bytes at a time.
type line struct {
	in  bytes.Buffer
	out bytes.Buffer
}

func (l *line) Read(b []byte) (int, error)  { return l.in.Read(b[:min(len(b), 7)]) }
func (l *line) Write(b []byte) (int, error) { return l.out.Write(b) }

func ExampleDev_Sense() {
	port := &line{}
	port.in.Write([]byte{0xF4, 0xF3, 0xF2, 0xF1, 13, 0, 2, 0xAA, 1, 88, 2, 80, 0, 0, 0, 88, 2, 0x55, 0, 0xF8, 0xF7, 0xF6, 0xF5})
	d := New(port)
	for d.Sense(func(f Frame) { fmt.Println(f.Report.Present(), f.Report.MovingCM, "cm") }) == nil {
	}
	// Output: true 600 cm
}

func FuzzPush(f *testing.F) {
	b, _ := hex.DecodeString("fdfcfbfa04006001000004030201deadbeeff4f3f2f10d0002aa0000000000000000005500f8f7f6f5")
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, f := range read(b) {
			if f == nil {
				t.Fatal("an empty frame")
			}
		}
	})
}

func BenchmarkPush(b *testing.B) {
	frame := []byte{0xF4, 0xF3, 0xF2, 0xF1, 13, 0, 2, 0xAA, 1, 88, 2, 80, 0, 0, 0, 88, 2, 0x55, 0, 0xF8, 0xF7, 0xF6, 0xF5}
	d, n := New(nil), 0
	b.ReportAllocs()
	for b.Loop() {
		d.Push(frame, func(Frame) { n++ })
	}
}

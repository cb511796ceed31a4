package r60

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"osmanthus/drivers/internal/vectors"
)

func TestA7_Vectors(t *testing.T) {
	passed, all := 0, 0
	for _, v := range vectors.From(t, "radar.json") {
		if v.Device != "mr60bha1-r60" {
			continue
		}
		all++
		var want any
		if err := json.Unmarshal(v.Expected, &want); err != nil {
			t.Fatal(err)
		}
		b, _ := hex.DecodeString(v.InputHex)
		var got any
		New(nil).Push(b, func(f Frame) {
			fields, err := f.Fields()
			if err != nil {
				t.Error(v.Name, err)
			}
			got = vectors.JSON(fields)
		})
		if err := vectors.Same(want, got); err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		passed++
	}
	t.Logf("mr60bha1 %d/%d", passed, all)
}

// A night as the module sums it up, and one that is cut.
func TestTheNight(t *testing.T) {
	f := Frame{0x84, 0x0D, []byte{85, 1, 0xE0, 10, 60, 30, 12, 2, 7, 15, 62, 1}}
	got, err := f.Fields()
	if err != nil || got["total_min"] != uint16(480) || got["apnoea_count"] != uint8(1) || got["turns"] != uint8(7) {
		t.Errorf("%v %v", got, err)
	}
	f.Data = f.Data[:5]
	if _, err := f.Fields(); err == nil {
		t.Error("half a night was taken")
	}
}

func TestZeroIsNoReading(t *testing.T) {
	for _, c := range []struct {
		f    Frame
		want string
	}{
		{Frame{0x85, 0x02, []byte{0}}, "[]"},
		{Frame{0x85, 0x02, []byte{71}}, "[{heart_rate 71 /min}]"},
		{Frame{0x84, 0x01, []byte{0}}, "[{bed_occupancy 0 1}]"},
		{Frame{0x84, 0x01, []byte{2}}, "[]"},
		{Frame{0x80, 0x04, []byte{1, 0x2C}}, "[{distance 3 m}]"},
		{Frame{0x80, 0x04, []byte{0, 0}}, "[]"},
		{Frame{0x80, 0x02, []byte{2}}, "[{motion 1 1}]"},
		{Frame{0x80, 0x02, []byte{1}}, "[{motion 0 1}]"},
		{Frame{0x80, 0x81, []byte{1}}, "[{presence 1 1}]"}, // the answer to a question
		{Frame{0x80, 0x81, []byte{0x0F}}, "[]"},            // and the question itself, as an echo
		{Frame{0x81, 0x02, nil}, "[]"},
	} {
		if got := fmt.Sprint(c.f.Measures(nil)); got != c.want {
			t.Errorf("%v: %s", c.f, got)
		}
	}
}

func ExampleQuery() {
	fmt.Printf("% x\n", Query(0x85, 0x02).Append(nil))
	// Output: 53 59 85 82 00 01 0f c3 54 43
}

func FuzzPush(f *testing.F) {
	f.Add(Frame{0x80, 0x05, []byte{0x80, 0x32, 0, 0x64, 0, 0}}.Append([]byte{0x53}))
	f.Fuzz(func(t *testing.T, b []byte) {
		New(nil).Push(b, func(f Frame) {
			if _, err := f.Fields(); err == nil && !bytes.Contains(b, f.Append(nil)) {
				t.Fatalf("%+v is not in % x", f, b)
			}
		})
	})
}

func BenchmarkPush(b *testing.B) {
	frame := Frame{0x85, 0x02, []byte{71}}.Append(nil)
	d, n := New(nil), 0
	b.ReportAllocs()
	for b.Loop() {
		d.Push(frame, func(Frame) { n++ })
	}
}

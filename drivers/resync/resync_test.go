package resync

import (
	"bytes"
	"fmt"
	"testing"
)

// marked frames: '<', length, bytes, '>'.
func marked(b []byte) int {
	switch {
	case b[0] != '<':
		return -1
	case len(b) < 2:
		return 0
	case b[1] > 6:
		return -1
	case len(b) < int(b[1])+3:
		return 0
	case b[b[1]+2] != '>':
		return -1
	}
	return int(b[1]) + 3
}

func frames(max int, chunks ...string) (out []string, dropped uint64) {
	s := Scanner{Split: marked, Max: max}
	for _, c := range chunks {
		s.Push([]byte(c), func(f []byte) { out = append(out, string(f[2:len(f)-1])) })
	}
	return out, s.Dropped
}

func TestFramesAfterNoise(t *testing.T) {
	for _, c := range []struct {
		name    string
		chunks  []string
		want    string
		dropped uint64
	}{
		{"one", []string{"<\x02ab>"}, "[ab]", 0},
		{"byte by byte", []string{"<", "\x02", "a", "b", ">"}, "[ab]", 0},
		{"noise around", []string{"xx<\x01a>yy<\x01b>z"}, "[a b]", 5},
		{"a head that restarts", []string{"<<\x01a>"}, "[a]", 1},
		{"one that is cut, then a whole one", []string{"<\x04ab", "<\x02cd>"}, "[cd]", 4},
		{"a length that cannot be", []string{"<\xff<\x01a>"}, "[a]", 2},
		{"a frame within a broken one", []string{"<\x05<\x01a>!!<\x01b>"}, "[a b]", 4},
	} {
		if got, dropped := frames(16, c.chunks...); fmt.Sprint(got) != c.want || dropped != c.dropped {
			t.Errorf("%s: %q, %d bytes dropped; want %s, %d", c.name, got, dropped, c.want, c.dropped)
		}
	}
}

// A splitter that always wants more cannot make the scanner grow or stand still.
func TestNothingGrows(t *testing.T) {
	s := Scanner{Split: func([]byte) int { return 0 }, Max: 8}
	s.Push(bytes.Repeat([]byte("<"), 1000), func([]byte) { t.Error("a frame out of nothing") })
	if cap(s.buf) > 64 || s.Dropped < 990 {
		t.Errorf("holds %d bytes, dropped %d", cap(s.buf), s.Dropped)
	}
}

func FuzzPush(f *testing.F) {
	f.Add([]byte("x<\x02ab><\x01c>"), 3)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		whole, _ := frames(16, string(b))
		if cut < 0 || cut > len(b) {
			return
		}
		if parts, _ := frames(16, string(b[:cut]), string(b[cut:])); fmt.Sprint(parts) != fmt.Sprint(whole) {
			t.Fatalf("cut at %d: %q, whole: %q", cut, parts, whole)
		}
	})
}

package outbox

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzScanFrames: whatever stands on the disk, reading it ends, stays inside,
// and every frame that it believes is one that was written there.
func FuzzScanFrames(f *testing.F) {
	var seg []byte
	for seq := range uint64(4) {
		seg = appendFrame(seg, 5, len(seg), frame{kind: kindRecord, a: 9, b: seq, payload: bytes.Repeat([]byte{mark0, mark1}, int(seq)*9)})
	}
	f.Add(seg, uint64(5))
	f.Add(seg[3:], uint64(5))
	f.Add(seg[:len(seg)-1], uint64(5))
	f.Add([]byte{}, uint64(0))
	f.Add(bytes.Repeat([]byte{mark0, mark1, 1, 0}, 64), uint64(1))
	f.Fuzz(func(t *testing.T, seg []byte, id uint64) {
		last := 0
		end := scanFrames(id, seg, 0, func(off int, fr frame, s frameState) {
			if off < last || off+fr.size() > len(seg) {
				t.Fatalf("frame at %d of %d bytes, the last ended at %d of %d", off, fr.size(), last, len(seg))
			}
			last = off + fr.size()
			if s != frameSound {
				return
			}
			if again := appendFrame(nil, id, off, fr); !bytes.Equal(again[4:], seg[off+4:last]) {
				t.Fatalf("frame at %d is not what was written", off)
			}
			parseOp(fr)
			parseState(fr)
		})
		page := append(slices.Clone(seg), make([]byte, pageSize)...)[:pageSize]
		(&segment{id: id, size: len(seg)}).readSummary(page, 0)
		if end > len(seg) {
			t.Fatalf("end %d of %d", end, len(seg))
		}
	})
}

func TestAFrameIsValidOnlyWhereItWasWritten(t *testing.T) {
	b := appendFrame(nil, 3, 4096, frame{kind: kindRecord, a: 1, b: 2, payload: []byte("x")})
	if _, s := parseFrame(3, 4096, b); s != frameSound {
		t.Fatal("not sound where it was written")
	}
	if _, s := parseFrame(4, 4096, b); s != frameNone {
		t.Error("sound in another segment")
	}
	if _, s := parseFrame(3, 4097, b); s != frameNone {
		t.Error("sound at another offset")
	}
	b[len(b)-1]++
	if f, s := parseFrame(3, 4096, b); s != frameDamaged || f.b != 2 {
		t.Error("damage of the payload hides the record's name")
	}
}

func TestRangesAgainstAPlainSet(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var r ranges
	plain := map[uint64]bool{}
	for range 5000 {
		from := 1 + rng.Uint64N(60)
		x := reach{from, from + rng.Uint64N(8)}
		var changed, want bool
		adding := rng.IntN(2) == 0
		for seq := x.from; seq <= x.to; seq++ {
			want = want || plain[seq] != adding
			if adding {
				plain[seq] = true
			} else {
				delete(plain, seq)
			}
		}
		if adding {
			changed = r.add(x)
		} else {
			changed = r.remove(x)
		}
		if changed != want {
			t.Fatalf("%v: changed %v, want %v", x, changed, want)
		}
		for i := range r {
			if r[i].from > r[i].to || i > 0 && r[i].from <= r[i-1].to+1 {
				t.Fatalf("not in order: %v", r)
			}
		}
		probe := reach{1 + rng.Uint64N(60), 70}
		n, rest := uint64(0), r.without(probe)
		for seq := probe.from; seq <= probe.to; seq++ {
			_, in := r.covering(seq)
			if in != plain[seq] {
				t.Fatalf("%d: %v", seq, in)
			}
			if in {
				n++
			}
			if out := slices.ContainsFunc(rest, func(y reach) bool { return y.from <= seq && seq <= y.to }); out == in {
				t.Fatalf("without(%v) of %v is %v", probe, r, rest)
			}
		}
		if r.count(probe) != n {
			t.Fatalf("count(%v) of %v is %d, want %d", probe, r, r.count(probe), n)
		}
	}
}

package sql

import (
	"math"
	"slices"
	"testing"

	"osmanthus/wire"

	"pgregory.net/rapid"
)

// The watermark of any runs covers exactly the numbers that were added.
func TestG2_TheLedgerCoversExactlyWhatWasSettled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[uint64]bool{}
		var r runs
		top := uint64(0)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			from := rapid.Uint64Range(1, 60).Draw(t, "from")
			to := from + rapid.Uint64Range(0, 5).Draw(t, "length")
			for n := from; n <= to; n++ {
				want[n] = true
			}
			top = max(top, to)
			r = r.add([]wire.Range{{From: from, To: to}})
			back, err := parseRuns(r.String())
			if err != nil || !back.equal(r) {
				t.Fatalf("%v was read back as %v, %v", r, back, err)
			}
			w := back.watermark(7)
			if w.Boot != 7 || w.Top != top {
				t.Fatalf("watermark %+v, want top %d", w, top)
			}
			for n := range top + 3 {
				if w.Covers(n) != want[n] {
					t.Fatalf("watermark %+v covers %d: %v, settled: %v", w, n, w.Covers(n), want[n])
				}
			}
			if _, err := wire.EncodeReceipt(wire.Receipt{Watermarks: []wire.Watermark{w}}); err != nil {
				t.Fatalf("watermark %+v cannot be sent: %v", w, err)
			}
		}
	})
}

func TestRunsAtTheEndOfNumbersDoNotWrap(t *testing.T) {
	r := runs(nil).add([]wire.Range{{From: math.MaxUint64 - 1, To: math.MaxUint64}, {From: 1, To: 2}, {From: math.MaxUint64, To: math.MaxUint64}})
	if want := (runs{{From: 1, To: 2}, {From: math.MaxUint64 - 1, To: math.MaxUint64}}); !slices.Equal(r, want) {
		t.Errorf("got %v, want %v", r, want)
	}
	if _, err := parseRuns(r.String()); err != nil {
		t.Error(err)
	}
}

func FuzzParseRuns(f *testing.F) {
	f.Add("1-17,19-40")
	f.Add("5-4")
	f.Add("1-2,3-4")
	f.Add("1-18446744073709551615,1-1")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parseRuns(s)
		if err != nil {
			return
		}
		if again := runs(nil).add(r); !again.equal(r) {
			t.Errorf("%q was read as %v, which are no runs", s, r)
		}
	})
}

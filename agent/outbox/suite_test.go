package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
)

// kinds are the two outboxes that pass one suite. reopen ends one and opens
// what it left; in memory that is what a disk of memory holds.
var kinds = []struct {
	name string
	make func(t *testing.T) func(Opts) (*Outbox, error)
}{
	{"disk", func(t *testing.T) func(Opts) (*Outbox, error) {
		dir := t.TempDir()
		return func(o Opts) (*Outbox, error) { return Open(dir, o) }
	}},
	{"memory", func(t *testing.T) func(Opts) (*Outbox, error) {
		f := newMemFiles()
		return func(o Opts) (*Outbox, error) { return open(f, o) }
	}},
}

func suite(t *testing.T, test func(t *testing.T, open func(Opts) *Outbox)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			reopen := k.make(t)
			var last *Outbox
			test(t, func(o Opts) *Outbox {
				if last != nil {
					if err := last.Close(); err != nil {
						t.Fatal(err)
					}
				}
				out, err := reopen(o)
				if err != nil {
					t.Fatal(err)
				}
				last = out
				t.Cleanup(func() { out.Close() })
				return out
			})
		})
	}
}

// payload is what the tests put under a key: anyone can check it.
func payload(k Key, size int) []byte {
	b := fmt.Appendf(nil, "%d/%x/%d:", k.Class, k.Boot, k.Seq)
	for i := 0; len(b) < size; i++ {
		b = append(b, byte(uint64(i*31)+k.Seq*7+k.Boot))
	}
	return b
}

func put(t testing.TB, o *Outbox, c Class, boot, from, to uint64, size int) {
	t.Helper()
	for seq := from; seq <= to; seq++ {
		k := Key{c, boot, seq}
		if err := o.Put(k, payload(k, size)); err != nil {
			t.Fatal(err)
		}
	}
}

func commit(t testing.TB, o *Outbox) {
	t.Helper()
	if err := o.Commit(); err != nil {
		t.Fatal(err)
	}
}

// keys walks a lane from a position and checks every payload.
func keys(t testing.TB, o *Outbox, c Class, from uint64, size int) []Key {
	t.Helper()
	var out []Key
	for {
		pos, boot, seq, b, ok := o.lane(c).Next(from)
		if !ok {
			return out
		}
		if pos < from {
			t.Fatalf("Next(%d) went back to %d", from, pos)
		}
		k := Key{c, boot, seq}
		if !bytes.Equal(b, payload(k, size)) {
			t.Fatalf("%+v came back as other bytes", k)
		}
		out = append(out, k)
		from = pos + 1
	}
}

func span(c Class, boot, from, to uint64) []Key {
	var out []Key
	for seq := from; seq <= to; seq++ {
		out = append(out, Key{c, boot, seq})
	}
	return out
}

func wantKeys(t testing.TB, what string, got []Key, want ...[]Key) {
	t.Helper()
	if w := slices.Concat(want...); !slices.Equal(got, w) {
		t.Fatalf("%s: %d records %v, want %d %v", what, len(got), ends(got), len(w), ends(w))
	}
}

func ends(k []Key) []Key {
	if len(k) <= 6 {
		return k
	}
	return slices.Concat(k[:3], k[len(k)-3:])
}

func TestRecordsComeBackInOrderAndOutliveTheProcess(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		put(t, o, Telemetry, 7, 1, 3, 100)
		put(t, o, Alert, 7, 1, 2, 100)
		wantKeys(t, "uncommitted telemetry", keys(t, o, Telemetry, 0, 100))
		commit(t, o)
		put(t, o, Telemetry, 7, 4, 5, 100)
		commit(t, o)
		wantKeys(t, "telemetry", keys(t, o, Telemetry, 0, 100), span(Telemetry, 7, 1, 5))
		wantKeys(t, "alerts", keys(t, o, Alert, 0, 100), span(Alert, 7, 1, 2))
		if end := o.Telemetry().End(); len(keys(t, o, Telemetry, end-1, 100)) != 1 || len(keys(t, o, Telemetry, end, 100)) != 0 {
			t.Errorf("End is %d", end)
		}

		o = open(Opts{})
		live := o.Telemetry().End()
		put(t, o, Telemetry, 3, 1, 2, 100)
		commit(t, o)
		wantKeys(t, "telemetry", keys(t, o, Telemetry, 0, 100), span(Telemetry, 7, 1, 5), span(Telemetry, 3, 1, 2))
		wantKeys(t, "since the start", keys(t, o, Telemetry, live, 100), span(Telemetry, 3, 1, 2))
		wantKeys(t, "alerts", keys(t, o, Alert, 0, 100), span(Alert, 7, 1, 2))
		if s := o.Stats(); s.Alerts != 2 || s.Telemetry != 7 || s.LostRecords != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAcknowledgedRecordsStayAway(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		put(t, o, Telemetry, 7, 1, 10, 50)
		put(t, o, Alert, 7, 1, 4, 50)
		commit(t, o)
		o.Telemetry().Ack(7, 1, 3)
		o.Telemetry().Ack(7, 6, 8)
		o.Telemetry().Ack(9, 1, 1<<63) // a boot of which nothing is known
		o.Alerts().Ack(7, 2, 2)
		o.Alerts().Ack(7, 4, 4)
		for range 2 {
			wantKeys(t, "telemetry", keys(t, o, Telemetry, 0, 50), span(Telemetry, 7, 4, 5), span(Telemetry, 7, 9, 10))
			wantKeys(t, "alerts", keys(t, o, Alert, 0, 50), span(Alert, 7, 1, 1), span(Alert, 7, 3, 3))
			o = open(Opts{})
		}
	})
}

func TestAWatermarkBeyondWhatWasPutAcknowledgesNothingToCome(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		put(t, o, Telemetry, 7, 1, 2, 50)
		commit(t, o)
		o.Telemetry().Ack(7, 1, 1000)
		put(t, o, Telemetry, 7, 3, 4, 50)
		commit(t, o)
		wantKeys(t, "telemetry", keys(t, o, Telemetry, 0, 50), span(Telemetry, 7, 3, 4))
	})
}

func TestAHoleBeyondWhatWasPutGivesUpNothingToCome(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		put(t, o, Telemetry, 1, 1, 3, 100)
		commit(t, o)
		o.Telemetry().Missing(1, 2, math.MaxUint64)
		put(t, o, Telemetry, 1, 4, 6, 100)
		commit(t, o)
		wantKeys(t, "telemetry", keys(t, o, Telemetry, 0, 100), span(Telemetry, 1, 1, 6))
		if lost := o.Dropped(); len(lost) != 0 {
			t.Errorf("given up: %v", lost)
		}
	})
}

func TestG2_MissingRecordsWaitAgainOrAreNamed(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		put(t, o, Telemetry, 7, 1, 10, 50)
		commit(t, o)
		o.Telemetry().Ack(7, 1, 10)
		put(t, o, Telemetry, 7, 11, 20, 50)
		commit(t, o)
		o.Telemetry().Ack(7, 11, 14)
		o.Telemetry().Missing(7, 12, 13) // the cloud was put back to an older state
		wantKeys(t, "held", keys(t, o, Telemetry, 0, 50), span(Telemetry, 7, 12, 13), span(Telemetry, 7, 15, 20))
		o.Telemetry().Missing(5, 8, 9) // the second that a power cut took
		for range 2 {
			if d := o.Dropped(); !slices.Equal(d, []Span{{5, 8, 9}}) {
				t.Fatalf("dropped %v", d)
			}
			o = open(Opts{})
		}
		o.Telemetry().Ack(5, 1, 20) // the cloud waits no longer
		if d := o.Dropped(); len(d) != 0 {
			t.Errorf("still dropped: %v", d)
		}
	})
}

func TestSegmentsAreFreedWhenAllOfThemIsAcknowledged(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		start := o.Stats().DiskBytes
		for seq := uint64(1); seq <= 5000; seq++ {
			put(t, o, Telemetry, 7, seq, seq, 1400)
			if seq%60 == 0 {
				commit(t, o)
			}
		}
		commit(t, o)
		full := o.Stats().DiskBytes
		if full < start+6<<20 {
			t.Fatalf("5000 records of 1400 bytes occupy %d", full)
		}
		wantKeys(t, "all", keys(t, o, Telemetry, 0, 1400), span(Telemetry, 7, 1, 5000))
		o.Telemetry().Ack(7, 1, 4990)
		if got := o.Stats().DiskBytes; got > start+1<<20 {
			t.Errorf("after acknowledging %d bytes are occupied, %d at the start", got, start)
		}
		for range 2 {
			wantKeys(t, "rest", keys(t, o, Telemetry, 0, 1400), span(Telemetry, 7, 4991, 5000))
			o = open(Opts{})
		}
	})
}

func TestF3_AFullOutboxGivesUpTheOldestTelemetryAndNamesIt(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		const limit = 10 << 20
		o := open(Opts{MaxBytes: limit})
		alert := uint64(0)
		for seq := uint64(1); seq <= 12000; seq++ { // 16 MB
			put(t, o, Telemetry, 7, seq, seq, 1400)
			if seq%50 == 0 {
				commit(t, o)
				alert++
				put(t, o, Alert, 7, alert, alert, 300)
			}
			if got := o.Stats().DiskBytes; got > limit {
				t.Fatalf("%d bytes on disk", got)
			}
		}
		commit(t, o)
		for range 2 {
			got := keys(t, o, Telemetry, 0, 1400)
			first := got[0].Seq
			wantKeys(t, "the newest", got, span(Telemetry, 7, first, 12000))
			if kept := uint64(len(got)) * 1400; kept < limit*8/10 {
				t.Errorf("only %d bytes were kept", kept)
			}
			if d := o.Dropped(); !slices.Equal(d, []Span{{7, 1, first - 1}}) {
				t.Errorf("dropped %v, the first that is held is %d", d, first)
			}
			wantKeys(t, "alerts", keys(t, o, Alert, 0, 300), span(Alert, 7, 1, alert))
			if n := o.Stats().EvictedRecords; n != 0 && n != first-1 {
				t.Errorf("evicted %d, missing %d", n, first-1)
			}
			o = open(Opts{MaxBytes: limit})
		}
	})
}

func TestF3_AlertsAreNeverGivenUp(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{MaxBytes: minBytes})
		put(t, o, Telemetry, 7, 1, 20, 100<<10)
		commit(t, o)
		const n = 60 // 6 MB in an outbox of 4
		put(t, o, Alert, 7, 1, n, 100<<10)
		wantKeys(t, "alerts", keys(t, o, Alert, 0, 100<<10), span(Alert, 7, 1, n))
		// What room is left turns over with the newest telemetry.
		put(t, o, Telemetry, 7, 21, 60, 100<<10)
		commit(t, o)
		got := keys(t, o, Telemetry, 0, 100<<10)
		wantKeys(t, "telemetry", got, span(Telemetry, 7, got[0].Seq, 60))
		if d := o.Dropped(); !slices.Equal(d, []Span{{7, 1, got[0].Seq - 1}}) {
			t.Errorf("dropped %v, the first that is held is %d", d, got[0].Seq)
		}
		wantKeys(t, "alerts", keys(t, o, Alert, 0, 100<<10), span(Alert, 7, 1, n))
		o.Alerts().Ack(7, 1, n)
		if used := o.Stats().DiskBytes; used > minBytes {
			t.Errorf("%d bytes are occupied when the alerts are gone", used)
		}
	})
}

func TestRefusals(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		if err := o.Put(Key{Telemetry, 1, 1}, make([]byte, MaxPayload+1)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("too large: %v", err)
		}
		for _, k := range []Key{{0, 1, 1}, {3, 1, 1}, {Alert, 0, 1}, {Alert, 1, 0}} {
			if o.Put(k, nil) == nil {
				t.Errorf("%+v was taken", k)
			}
		}
		put(t, o, Telemetry, 1, 1, 1, MaxPayload)
		put(t, o, Alert, 1, 1, 1, MaxPayload)
		commit(t, o)
		wantKeys(t, "the largest", keys(t, o, Telemetry, 0, MaxPayload), span(Telemetry, 1, 1, 1))
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		if err := o.Put(Key{Alert, 1, 2}, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		if _, _, _, _, ok := o.Alerts().Next(0); ok {
			t.Error("a closed outbox still answers")
		}
	})
}

func TestManyHandsAtOnce(t *testing.T) {
	suite(t, func(t *testing.T, open func(Opts) *Outbox) {
		o := open(Opts{})
		const hands, each = 4, 100
		var wg sync.WaitGroup
		for h := range uint64(hands) {
			wg.Go(func() { put(t, o, Alert, h+1, 1, each, 200) })
			wg.Go(func() {
				for seq := uint64(1); seq <= each; seq++ {
					put(t, o, Telemetry, h+1, seq, seq, 1400)
					if err := o.Commit(); err != nil {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				for got := uint64(0); got < each; {
					_, boot, seq, _, ok := o.Alerts().Next(0)
					if ok {
						o.Alerts().Ack(boot, seq, seq)
					}
					if got++; got%10 == 0 {
						o.Stats()
						o.Telemetry().Next(0)
					}
				}
			})
		}
		wg.Wait()
		left := keys(t, o, Alert, 0, 200)
		if s := o.Stats(); s.Telemetry != hands*each || s.Alerts != uint64(len(left)) {
			t.Errorf("%+v, %d alerts left", s, len(left))
		}
	})
}

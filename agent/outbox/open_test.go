package outbox

import "testing"

// BenchmarkOpen opens what three days without a network leave: 1400 bytes a
// second, 363 MB, and the last segment not sealed.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	o, err := Open(dir, Opts{})
	if err != nil {
		b.Fatal(err)
	}
	const n = 3 * 86400
	for seq := uint64(1); seq <= n; seq++ {
		put(b, o, Telemetry, 7, seq, seq, 1400)
		if seq%1000 == 0 {
			commit(b, o)
		}
	}
	commit(b, o)
	if err := o.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		o, err := Open(dir, Opts{})
		if err != nil {
			b.Fatal(err)
		}
		if got := o.Stats().Telemetry; got != n {
			b.Fatalf("%d records", got)
		}
		if err := o.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommit is the second in the life of an outbox.
func BenchmarkCommit(b *testing.B) {
	o, err := NewMemory(Opts{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	p := make([]byte, 1400)
	seq := uint64(0)
	for b.Loop() {
		seq++
		if err := o.Put(Key{Telemetry, 7, seq}, p); err != nil {
			b.Fatal(err)
		}
		commit(b, o)
		o.Telemetry().Ack(7, 1, seq)
	}
}

package eval

import (
	"runtime"
	"strings"
	"testing"

	"osmanthus/agent/detect"
)

// TestEveryKindOfSourceHasALoad fails when a kind is added without one: its
// cost would not be measured.
func TestEveryKindOfSourceHasALoad(t *testing.T) {
	have := map[string]bool{}
	for _, l := range loads() {
		have[l.kind] = true
	}
	for k := detect.Kind(1); !strings.HasPrefix(k.String(), "kind-"); k++ {
		if !have[k.String()] {
			t.Errorf("no load for %s", k)
		}
	}
}

// TestNoSampleAllocates plays four minutes of each kind of source, after two
// to warm up, with whatever readings come of them. Only an alert may allocate,
// and once in four minutes the runtime of the test itself.
func TestNoSampleAllocates(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, l := range loads() {
		w, err := newWard(1, []load{l})
		if err != nil {
			t.Fatal(err)
		}
		if len(w.sources) == 0 {
			continue
		}
		for range 120 {
			w.play()
		}
		var before, after runtime.MemStats
		var seconds []int
		for range 240 {
			second := w.at.Second()
			runtime.ReadMemStats(&before)
			_, alerts := w.play()
			runtime.ReadMemStats(&after)
			if alerts == 0 && after.Mallocs > before.Mallocs {
				seconds = append(seconds, second)
			}
		}
		if len(seconds) > 1 {
			t.Errorf("%s allocates in these seconds of the minute: %v", l.kind, seconds)
		}
	}
}

// TestAResidentIsSmall holds one resident with a source of every kind, but one
// place worn and one bed sensor, to 256 KiB: a hundred of them in 25 MiB.
func TestAResidentIsSmall(t *testing.T) {
	size, err := memoryOf(residentLoads())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.0f KiB", size/1024)
	if size > 256<<10 {
		t.Errorf("one resident takes %.0f KiB, more than 256", size/1024)
	}
}

func BenchmarkSource(b *testing.B) {
	for _, l := range loads() {
		w, err := newWard(1, []load{l})
		if err != nil {
			b.Fatal(err)
		}
		if len(w.sources) == 0 {
			continue
		}
		b.Run(l.kind, func(b *testing.B) { // one second of the source
			b.ReportAllocs()
			for b.Loop() {
				w.play()
			}
		})
	}
}

// BenchmarkWardOf20 plays a second of 20 beds with three sources each; the goal
// is a tenth of a core of a Pi Zero 2.
func BenchmarkWardOf20(b *testing.B) {
	w, err := newWard(20, wardLoads())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		w.play()
	}
	b.ReportMetric(100*smallCore*b.Elapsed().Seconds()/float64(b.N), "%-of-a-Pi-Zero-2-core")
}

package detect

import (
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

// Whatever values come, whenever: an episode is raised before it is cleared,
// and no limit is judged by a value that is flagged.
func FuzzVitals(f *testing.F) {
	f.Add([]byte{0, 150, 1, 0, 150, 10, 0, 70, 1})
	f.Add([]byte{2, 0, 1, 2, 88, 1, 2, 255, 128})
	f.Fuzz(func(t *testing.T, b []byte) {
		h := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
		metrics := []care.Metric{care.HeartRate, care.PulseRate, care.SpO2, care.RespiratoryRate, care.BodyTemperature, care.Systolic}
		open := map[care.Episode]bool{}
		at := start
		for ; len(b) >= 3; b = b[3:] {
			v := float64(b[1])
			if b[1] == 254 {
				v = math.Inf(-1)
			}
			if b[1] == 253 {
				v = math.NaN()
			}
			at = at.Add(time.Duration(math.Pow(float64(int8(b[2])), 3)) * 100 * time.Millisecond)
			m := metrics[int(b[0])%len(metrics)]
			readings, alerts := h.engine.Reading(care.NewReading("r-1", "s-1", m, v, 100, at))
			for _, a := range alerts {
				if a.Kind.Technical() || a.Kind == care.EarlyWarning {
					continue
				}
				if readings[0].Flags&(care.OutOfRange|care.Stuck) != 0 {
					t.Errorf("a flagged value of %v raised %v", v, a.Kind)
				}
				if a.State == care.Cleared && !open[a.Episode] {
					t.Errorf("%v is cleared and was never raised", a.Kind)
				}
				open[a.Episode] = a.State != care.Cleared
			}
		}
	})
}

// Whatever waveform comes, of whatever shape, nothing panics, and only one that
// stands is dead.
func FuzzWaves(f *testing.F) {
	f.Add([]byte{3, 10, 1, 1, 1, 1, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		w := waves{source: Source{Kind: Kind(1 + len(b)%8)}}
		at := start
		for len(b) > 4 {
			channels, n := int(b[0])%20, int(b[1])%8
			k := care.BlockKind(1 + b[2]%6)
			at = at.Add(time.Duration(int8(b[3])) * time.Duration(b[2]) * time.Second)
			b = b[4:]
			block := care.Block{Kind: k, Rate: 1 + float64(n), Start: at, Gap: n == 3}
			for range channels {
				c := make([]float64, n)
				for i := range c {
					if len(b) > 0 {
						c[i], b = float64(b[0]), b[1:]
					}
					if c[i] == 200 {
						c[i] = math.NaN()
					}
				}
				block.Channels = append(block.Channels, c)
			}
			if x := w.look(&block); x != nil && x.dead && x.doubtful {
				t.Error("a waveform is dead and doubtful")
			}
		}
	})
}

func BenchmarkVitals(b *testing.B) {
	d := newVitals(Plan{}, Source{ID: "s-1", Resident: "r-1", Kind: Vitals})
	r := care.NewReading("r-1", "s-1", care.SpO2, 97, 100, start)
	b.ReportAllocs()
	for b.Loop() {
		r.At = r.At.Add(time.Second)
		d.Reading(r)
	}
}

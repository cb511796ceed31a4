package detect

import (
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

// FuzzFall plays whatever bytes say: blocks of any rate and shape, samples that
// are none, time that jumps and goes back, ticks. Nothing may panic, and of one
// episode nothing is said twice.
func FuzzFall(f *testing.F) {
	f.Add([]byte("\x00\x32walk\xff\xff\xff\xff\x80\x80\x80\x80\x80\x80\x80\x80"))
	f.Add([]byte{0, 50, 200, 10, 250, 3, 3, 3, 1, 20, 9, 9, 9, 255, 0, 255, 2, 200, 1, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist})
		at := after(0)
		seen := map[care.Episode]care.State{}
		hear := func(alerts []care.Alert) {
			for _, a := range alerts {
				if was, known := seen[a.Episode]; known && a.State == care.Suspected && was == care.Suspected {
					t.Fatalf("episode %v is suspected twice", a.Episode)
				}
				if c := a.Confidence; !(c >= 0 && c <= 1) {
					t.Fatalf("confidence %v", c)
				}
				seen[a.Episode] = a.State
			}
		}
		for len(data) >= 2 {
			op, rate := data[0], float64(data[1])+1
			n := min(len(data)-2, 24)
			part := data[2 : 2+n]
			data = data[2+n:]
			switch op % 8 {
			case 0:
				at = at.Add(-time.Duration(op) * time.Second)
			case 1:
				at = at.Add(time.Duration(op) * time.Minute)
			case 2:
				hear(d.Tick(at.Add(time.Duration(rate) * time.Second)))
			}
			b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: rate, Start: at, Gap: op > 250, Channels: make([][]float64, 3+3*int(op>>3&1))}
			for i := range max(n, 1) * 8 {
				for k := range b.Channels {
					v := 0.0
					if n > 0 {
						v = (float64(part[(i+k)%n]) - 128) / 16
					}
					if n > 0 && part[i%n] == 255 {
						v = math.NaN()
					}
					b.Channels[k] = append(b.Channels[k], v)
				}
			}
			hear(d.Block(&b))
			at = b.At(b.Len())
			hear(d.Tick(at))
		}
	})
}

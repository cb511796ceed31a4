package outbox

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkWear prints how many bytes the flash takes for each byte of payload
// at one commit of 1400 bytes a second: pages/B counts the whole pages that the
// outbox writes, preallocation included; when OSMANTHUS_WEAR_DIR lies on a
// block device whose /sys/block/…/stat is OSMANTHUS_WEAR_STAT, device/B counts
// what the device took, the file system's journal included. "online" has the
// watermark follow at once, "outage" has it stay away.
//
//	go test -run - -bench Wear -benchtime 3000x ./agent/outbox
func BenchmarkWear(b *testing.B) {
	for _, mode := range []string{"online", "outage"} {
		b.Run(mode, func(b *testing.B) {
			parent := os.Getenv("OSMANTHUS_WEAR_DIR")
			dir, err := os.MkdirTemp(parent, "wear")
			if err != nil {
				b.Fatal(err)
			}
			defer os.RemoveAll(dir)
			o, err := Open(dir, Opts{})
			if err != nil {
				b.Fatal(err)
			}
			defer o.Close()
			const size = 1400
			// The two first segments are made once in a lifetime.
			pages, device := o.Stats().WrittenBytes, deviceBytes(b)
			seq := uint64(0)
			for b.Loop() {
				seq++
				put(b, o, Telemetry, 7, seq, seq, size)
				commit(b, o)
				if mode == "online" {
					o.Telemetry().Ack(7, 1, seq)
				}
			}
			paid := float64(seq * size)
			b.ReportMetric(float64(o.Stats().WrittenBytes-pages)/paid, "pages/B")
			if device > 0 {
				b.ReportMetric(float64(deviceBytes(b)-device)/paid, "device/B")
			}
		})
	}
}

// deviceBytes returns what the block device has written so far, 0 if none is
// named.
func deviceBytes(b *testing.B) uint64 {
	path := os.Getenv("OSMANTHUS_WEAR_STAT")
	if path == "" {
		return 0
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	sectors, err := strconv.ParseUint(strings.Fields(string(data))[6], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return sectors * 512
}

func TestF4_SixBytesAreWrittenForOneAtMost(t *testing.T) {
	o, err := NewMemory(Opts{})
	if err != nil {
		t.Fatal(err)
	}
	const n, size = 3000, 1400
	before := o.Stats().WrittenBytes
	for seq := uint64(1); seq <= n; seq++ {
		put(t, o, Telemetry, 7, seq, seq, size)
		commit(t, o)
		if seq%2 == 0 {
			o.Telemetry().Ack(7, 1, seq-1)
		}
	}
	if got := float64(o.Stats().WrittenBytes-before) / (n * size); got > 6 {
		t.Errorf("%.2f bytes are written for one", got)
	}
}

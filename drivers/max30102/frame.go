package max30102

import "time"

// PresenceCounts is the level of infrared light below which nothing lies on the
// sensor, of 262143 counts, at DefaultOpts. Skin reflects several times as much.
const PresenceCounts = 50_000

// Sample is the light that came back at one instant, in counts of 18 bits
// (0 … 262143), whatever the pulse width; a count of 262143 is out of range.
type Sample struct {
	Red, IR uint32
}

// Present reports whether something lies on the sensor, by PresenceCounts.
func (s Sample) Present() bool { return s.IR >= PresenceCounts }

// Frame is what one Sense brought. The caller keeps it and hands it in again;
// Samples is valid until then.
type Frame struct {
	// Samples are oldest first and follow each other by Period.
	Samples []Sample
	// Period is the nominal time between two samples.
	Period time.Duration
	// Overrun says that samples were lost between the frame before and this one.
	Overrun bool
}

// parse appends to dst the whole samples of raw FIFO bytes, 3 bytes for red and
// 3 for infrared, high byte first, left-justified to 18 bits by the pulse width
// (data sheet, FIFO Data Register, page 15).
func (c *config) parse(dst []Sample, raw []byte) []Sample {
	for ; len(raw) >= sampleBytes; raw = raw[sampleBytes:] {
		s := Sample{Red: c.word(raw), IR: c.word(raw[wordBytes:])}
		if c.swapped {
			s.Red, s.IR = s.IR, s.Red
		}
		dst = append(dst, s)
	}
	return dst
}

// word is one FIFO word in counts of 18 bits. The bits that a short pulse does
// not resolve are dropped and come back as zeros, so that counts compare
// between pulse widths; the six bits above the 18 mean nothing (page 15).
func (c *config) word(raw []byte) uint32 {
	return counts(raw, c.shift) << c.shift & wordMask
}

// counts is one FIFO word as a number in the resolution of the pulse width.
func counts(raw []byte, shift uint) uint32 {
	return (uint32(raw[0])<<16 | uint32(raw[1])<<8 | uint32(raw[2])) >> shift
}

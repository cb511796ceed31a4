package outbox

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// A frame is a header of 32 bytes and a payload, little-endian:
//
//	0  mark    2 bytes
//	2  kind    1 byte
//	3  0       1 byte
//	4  length  4 bytes, of the payload
//	8  a       8 bytes, a record's boot
//	16 b       8 bytes, a record's number
//	24 CRC32C  4 bytes, of the segment's id, the offset and the header before
//	28 CRC32C  4 bytes, of the header's checksum and the payload
//
// The id and the offset make a frame valid only where it was written: what an
// earlier use of a segment left behind never counts. With a checksum of its
// own, the header of a damaged record still names it and leads to the next.
const (
	headerSize = 32
	mark0      = 0xa7
	mark1      = 0x0b
	maxFrame   = MaxPayload // no payload is larger
)

type frameKind uint8

const (
	kindRecord  frameKind = 1
	kindSegment frameKind = 2 // opens a segment: a is its id, b the version of the format
	kindSummary frameKind = 3 // the runs of a sealed segment, on its first page
	kindState   frameKind = 4 // all that was acknowledged and dropped, so far
	kindAck     frameKind = 5 // a is the boot, b the first number, the payload holds the last
	kindUnack   frameKind = 6 // as kindAck
	kindDrop    frameKind = 7 // as kindAck
)

type frame struct {
	kind    frameKind
	a, b    uint64
	payload []byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func headerSum(id uint64, off int, header []byte) uint32 {
	var place [16]byte
	binary.LittleEndian.PutUint64(place[0:], id)
	binary.LittleEndian.PutUint64(place[8:], uint64(off))
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, header)
}

func (f *frame) size() int { return headerSize + len(f.payload) }

// appendFrame encodes f for offset off of segment id.
func appendFrame(buf []byte, id uint64, off int, f frame) []byte {
	at := len(buf)
	buf = append(buf, mark0, mark1, byte(f.kind), 0)
	buf = binary.LittleEndian.AppendUint32(buf, uint32(len(f.payload)))
	buf = binary.LittleEndian.AppendUint64(buf, f.a)
	buf = binary.LittleEndian.AppendUint64(buf, f.b)
	sum := headerSum(id, off, buf[at:])
	buf = binary.LittleEndian.AppendUint32(buf, sum)
	buf = binary.LittleEndian.AppendUint32(buf, crc32.Update(sum, castagnoli, f.payload))
	return append(buf, f.payload...)
}

type frameState uint8

const (
	frameNone    frameState = iota // no frame begins here
	frameDamaged                   // the header is sound, the payload is not
	frameSound
)

// parseHeader reads the header that b begins with, of offset off of segment
// id, and returns the size of its frame.
func parseHeader(id uint64, off int, b []byte) (size int, ok bool) {
	if len(b) < headerSize || b[0] != mark0 || b[1] != mark1 {
		return 0, false
	}
	length := binary.LittleEndian.Uint32(b[4:])
	if length > maxFrame || headerSum(id, off, b[:24]) != binary.LittleEndian.Uint32(b[24:]) {
		return 0, false
	}
	return headerSize + int(length), true
}

// parseFrame reads the frame that b begins with, of offset off of segment id.
// The payload shares the memory of b.
func parseFrame(id uint64, off int, b []byte) (frame, frameState) {
	size, ok := parseHeader(id, off, b)
	if !ok || size > len(b) {
		return frame{}, frameNone
	}
	h := b[:headerSize]
	sum := binary.LittleEndian.Uint32(h[24:])
	f := frame{
		kind:    frameKind(h[2]),
		a:       binary.LittleEndian.Uint64(h[8:]),
		b:       binary.LittleEndian.Uint64(h[16:]),
		payload: b[headerSize:size],
	}
	if crc32.Update(sum, castagnoli, f.payload) != binary.LittleEndian.Uint32(h[28:]) {
		return f, frameDamaged
	}
	return f, frameSound
}

// scanFrames visits the frames of a segment from offset from on, looks for the
// next mark after damage, and returns the end of the last sound frame.
func scanFrames(id uint64, seg []byte, from int, visit func(off int, f frame, s frameState)) (end int) {
	end = from
	for off := from; off < len(seg); {
		f, state := parseFrame(id, off, seg[off:])
		if state == frameNone {
			i := bytes.Index(seg[off+1:], []byte{mark0, mark1})
			if i < 0 {
				return end
			}
			off += 1 + i
			continue
		}
		visit(off, f, state)
		off += f.size()
		if state == frameSound {
			end = off
		}
	}
	return end
}

package esphome

import "encoding/binary"

// Wire types of protocol buffers that the API uses.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// maxVarint is how long a number of a frame's head may be.
const maxVarint = 4

// field is one field of a message.
type field struct {
	number int
	kind   int
	value  uint64 // of numbers
	bytes  []byte // of strings, bytes and messages
}

// fields calls each with every field of a message, in order.
func fields(b []byte, each func(field) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return protocol("a field without a key")
		}
		b = b[n:]
		f := field{number: int(key >> 3 & 0xFFFF), kind: int(key & 7)}
		size := 0
		switch f.kind {
		case wireVarint:
			if f.value, size = binary.Uvarint(b); size <= 0 {
				return protocol("field %d is cut", f.number)
			}
		case wireFixed32:
			if size = 4; len(b) >= size {
				f.value = uint64(binary.LittleEndian.Uint32(b))
			}
		case wireFixed64:
			if size = 8; len(b) >= size {
				f.value = binary.LittleEndian.Uint64(b)
			}
		case wireBytes:
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)-n) {
				return protocol("field %d is cut", f.number)
			}
			size = n + int(length)
			f.bytes = b[n:size]
		default:
			return protocol("field %d of wire type %d", f.number, f.kind)
		}
		if len(b) < size {
			return protocol("field %d is cut", f.number)
		}
		b = b[size:]
		if err := each(f); err != nil {
			return err
		}
	}
	return nil
}

// zigzag undoes the folding of signed numbers.
func zigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// message is a message that is being written.
type message []byte

func (m message) number(field int, v uint64) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field<<3|wireVarint)), v)
}

func (m message) text(field int, s string) message {
	m = binary.AppendUvarint(m, uint64(field<<3|wireBytes))
	return append(binary.AppendUvarint(m, uint64(len(s))), s...)
}

func (m message) fixed32(field int, v uint32) message {
	return binary.LittleEndian.AppendUint32(binary.AppendUvarint(m, uint64(field<<3|wireFixed32)), v)
}

// varint reads a number of a frame's head; n is 0 where more bytes are needed.
func varint(b []byte) (v uint64, n int, err error) {
	v, n = binary.Uvarint(b[:min(len(b), maxVarint)])
	if n == 0 && len(b) >= maxVarint || n < 0 {
		return 0, 0, protocol("varint too long")
	}
	return v, n, nil
}

package esphome

import (
	"encoding/binary"
	"fmt"
)

const (
	plainMark = 0x00
	noiseMark = 0x01
	// maxFrame is the longest frame that a head can announce.
	maxFrame = 65535
)

// frame is one message as it came.
type frame struct {
	kind    uint64
	payload []byte
}

// plainFrame reads a frame without encryption: mark, length, number, payload.
// n is 0 where more bytes are needed.
func plainFrame(b []byte) (f frame, n int, err error) {
	if len(b) == 0 {
		return f, 0, nil
	}
	switch b[0] {
	case plainMark:
	case noiseMark:
		return f, 0, fmt.Errorf("%w: device requires encryption (marker 0x01)", ErrEncryption)
	default:
		return f, 0, protocol("invalid preamble %#02x", b[0])
	}
	length, head, err := varint(b[1:])
	if err != nil || head == 0 {
		return f, 0, err
	}
	if length > maxFrame {
		return f, 0, protocol("a frame of %d bytes", length)
	}
	kind, more, err := varint(b[1+head:])
	if err != nil || more == 0 {
		return f, 0, err
	}
	at := 1 + head + more
	if len(b) < at+int(length) {
		return f, 0, nil
	}
	return frame{kind, b[at : at+int(length)]}, at + int(length), nil
}

// appendPlain appends a frame without encryption.
func appendPlain(b []byte, kind uint64, payload []byte) []byte {
	b = binary.AppendUvarint(append(b, plainMark), uint64(len(payload)))
	return append(binary.AppendUvarint(b, kind), payload...)
}

// noiseFrame reads an outer frame with encryption: mark, length, body.
func noiseFrame(b []byte) (body []byte, n int, err error) {
	if len(b) > 0 && b[0] != noiseMark {
		if b[0] == plainMark {
			return nil, 0, fmt.Errorf("%w: device is using plaintext protocol", ErrEncryption)
		}
		return nil, 0, protocol("invalid preamble %#02x", b[0])
	}
	if len(b) < 3 {
		return nil, 0, nil
	}
	n = 3 + int(binary.BigEndian.Uint16(b[1:]))
	if len(b) < n {
		return nil, 0, nil
	}
	return b[3:n], n, nil
}

func appendNoise(b, body []byte) []byte {
	b = append(b, noiseMark, byte(len(body)>>8), byte(len(body)))
	return append(b, body...)
}

package bluez

import (
	"encoding/binary"
	"errors"
)

// errMessage is what every D-Bus message comes to that breaks the marshalling
// rules (D-Bus specification, "Marshaling").
var errMessage = errors.New("bluez: malformed D-Bus message")

// maxMessage is the longest message that is taken in, in bytes. All objects of
// a crowded bluetoothd are some hundred kilobytes; the specification allows
// 128 MB, which would be most of a small gateway's memory.
const maxMessage = 16 << 20

// head is the length of the fixed part of a header, with the length of the array
// of fields that follows.
const head = 16

// length returns how many bytes a message has of which the first head are there.
func length(b []byte) (int, error) {
	order, ok := byteOrder(b[0])
	if !ok {
		return 0, errMessage
	}
	body, fields := uint64(order.Uint32(b[4:])), uint64(order.Uint32(b[12:]))
	if body > maxMessage || fields > maxMessage {
		return 0, errMessage
	}
	n := head + (fields+7)&^7 + body
	if n > maxMessage {
		return 0, errMessage
	}
	return int(n), nil
}

func byteOrder(b byte) (binary.ByteOrder, bool) {
	switch b {
	case 'l':
		return binary.LittleEndian, true
	case 'B':
		return binary.BigEndian, true
	}
	return nil, false
}

// signal is what is read of the header of a signal. The slices point into the
// message.
type signal struct {
	path, iface, member, sender []byte
	signature                   []byte
	body                        cursor
}

// kindSignal is the type of a message that is a signal.
const kindSignal = 4

// Codes of header fields.
const (
	fieldPath      = 1
	fieldInterface = 2
	fieldMember    = 3
	fieldSender    = 7
	fieldSignature = 8
)

// readSignal reads the header of a whole message; ok is false for one that is
// no signal.
func readSignal(b []byte) (s signal, ok bool, err error) {
	if len(b) < head {
		return s, false, errMessage
	}
	if n, err := length(b); err != nil || n != len(b) {
		return s, false, errMessage
	}
	if b[1] != kindSignal {
		return s, false, nil
	}
	order, _ := byteOrder(b[0])
	c := cursor{b: b, at: 12, order: order}
	end := c.array(8)
	for c.at < end && !c.bad {
		c.align(8)
		code := c.u8()
		sig := c.signature()
		var text []byte
		switch string(sig) {
		case "s", "o":
			text = c.str()
		case "g":
			text = c.signature()
		default:
			c.skip(sig, 0)
		}
		switch code {
		case fieldPath:
			s.path = text
		case fieldInterface:
			s.iface = text
		case fieldMember:
			s.member = text
		case fieldSender:
			s.sender = text
		case fieldSignature:
			s.signature = text
		}
	}
	c.align(8)
	if c.bad {
		return s, false, errMessage
	}
	s.body = cursor{b: b[c.at:], order: order}
	return s, true, nil
}

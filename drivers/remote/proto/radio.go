package proto

import (
	"fmt"
	"math"
)

// KindRadio is a connection to a radio. The server sends a frame for each
// advertisement that the radio hears, with no request:
//
//	heard     = address(6, most significant byte first) flags rssi structures…
const KindRadio = 'r'

// Flags of what a radio hears.
const (
	RandomAddress = 1 << 0
	Connectable   = 1 << 1
)

// Heard is one advertisement. RSSI is in dBm.
type Heard struct {
	Address             [6]byte
	Random, Connectable bool
	RSSI                int8
	Structures          []byte // part of the frame it was parsed from
}

const heardHead = 8

// AppendHeard appends an advertisement to a frame.
func AppendHeard(frame []byte, h Heard) []byte {
	flags := byte(0)
	if h.Random {
		flags |= RandomAddress
	}
	if h.Connectable {
		flags |= Connectable
	}
	frame = append(append(frame, h.Address[:]...), flags, byte(h.RSSI))
	return append(frame, h.Structures[:min(len(h.Structures), MaxFrame-heardHead)]...)
}

// ParseHeard reads what AppendHeard wrote.
func ParseHeard(payload []byte) (h Heard, err error) {
	if len(payload) < heardHead || len(payload) > math.MaxUint16 {
		return h, fmt.Errorf("%w: no advertisement", ErrFrame)
	}
	h.Address = [6]byte(payload)
	h.Random, h.Connectable = payload[6]&RandomAddress != 0, payload[6]&Connectable != 0
	h.RSSI, h.Structures = int8(payload[7]), payload[heardHead:]
	return h, nil
}

// Package r60 speaks with Seeed MR60BHA1 and R60ABD1 radar modules: presence,
// breath, heart, bed and sleep.
//
// The line runs at 115200 baud, 8N1. What comes is what changed; a value of 0 for
// breath or heart means that there is none.
package r60

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"osmanthus/drivers/resync"
)

const (
	head1, head2 = 0x53, 0x59
	tail1, tail2 = 0x54, 0x43
	envelope     = 9   // two of head, control, command, two of length, sum, two of tail
	maxFrame     = 256 // no message is nearly as long
)

// ErrShort is what a frame comes to that holds less than its command needs.
var ErrShort = errors.New("r60: the frame is too short for its command")

// Frame is one frame. Its numbers are big-endian.
type Frame struct {
	Control, Command uint8
	Data             []byte
}

// Append appends the frame as it is sent.
func (f Frame) Append(b []byte) []byte {
	at := len(b)
	b = append(b, head1, head2, f.Control, f.Command)
	b = binary.BigEndian.AppendUint16(b, uint16(len(f.Data)))
	b = append(b, f.Data...)
	return append(b, sum(b[at:]), tail1, tail2)
}

// Query asks for the last value of a command.
func Query(control, command uint8) Frame {
	return Frame{control, command | 0x80, []byte{0x0F}}
}

func sum(b []byte) (s byte) {
	for _, v := range b {
		s += v
	}
	return s
}

// Dev reads a module. It is not safe for concurrent use.
type Dev struct{ line resync.Line }

// New makes a Dev on a serial line. It sends nothing.
func New(port io.ReadWriter) *Dev {
	return &Dev{resync.Line{Port: port, Scanner: resync.Scanner{Split: split, Max: maxFrame}}}
}

// String implements fmt.Stringer.
func (d *Dev) String() string { return "R60" }

// Dropped returns how many bytes belonged to no frame.
func (d *Dev) Dropped() uint64 { return d.line.Dropped }

// Received returns how many bytes came.
func (d *Dev) Received() uint64 { return d.line.Received }

// Sense reads once from the line and calls emit with each whole frame, whose
// data are good until emit returns.
func (d *Dev) Sense(emit func(Frame)) error {
	if err := d.line.Sense(func(f []byte) { emit(frame(f)) }); err != nil {
		return fmt.Errorf("r60: reading: %w", err)
	}
	return nil
}

// Push takes bytes that came otherwise.
func (d *Dev) Push(b []byte, emit func(Frame)) {
	d.line.Push(b, func(f []byte) { emit(frame(f)) })
}

// frame takes the envelope off.
func frame(f []byte) Frame { return Frame{f[2], f[3], f[6 : len(f)-3]} }

// Send writes a frame.
func (d *Dev) Send(f Frame) error {
	if _, err := d.line.Port.Write(f.Append(nil)); err != nil {
		return fmt.Errorf("r60: sending %02x %02x: %w", f.Control, f.Command, err)
	}
	return nil
}

func split(b []byte) int {
	if b[0] != head1 || len(b) > 1 && b[1] != head2 {
		return -1
	}
	if len(b) < 6 {
		return 0
	}
	n := int(binary.BigEndian.Uint16(b[4:])) + envelope
	switch {
	case n > maxFrame:
		return -1
	case len(b) < n:
		return 0
	case b[n-2] != tail1 || b[n-1] != tail2 || sum(b[:n-3]) != b[n-3]:
		return -1
	}
	return n
}

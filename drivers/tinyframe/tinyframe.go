// Package tinyframe is the framing of Hi-Link's and Seeed's 60 GHz radar modules
// on a serial line. What a type number means depends on the model, which packages
// ld6002, mr60bha2 and mr60fda2 know.
package tinyframe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"osmanthus/drivers/resync"
)

const (
	sof  = 0x01
	head = 8 // start, id, length, type, check of these
	// maxFrame caps a frame: a cloud of points is the longest.
	maxFrame = 1024
)

// ErrShort is what a frame comes to that holds less than its type needs.
var ErrShort = errors.New("tinyframe: the frame is too short for its type")

// Frame is one frame. Its numbers are big-endian, its data little-endian.
type Frame struct {
	ID   uint16 // the top bit tells the peers apart
	Type uint16
	Data []byte
}

// Append appends the frame as it is sent.
func (f Frame) Append(b []byte) []byte {
	at := len(b)
	b = append(b, sof)
	b = binary.BigEndian.AppendUint16(b, f.ID)
	b = binary.BigEndian.AppendUint16(b, uint16(len(f.Data)))
	b = binary.BigEndian.AppendUint16(b, f.Type)
	b = append(b, check(b[at:]))
	if len(f.Data) > 0 {
		b = append(append(b, f.Data...), check(f.Data))
	}
	return b
}

// check is the complement of the exclusive or of all bytes.
func check(b []byte) byte {
	x := byte(0)
	for _, v := range b {
		x ^= v
	}
	return ^x
}

// Port reads and writes frames on a serial line. It is not safe for concurrent
// use.
type Port struct {
	line resync.Line
	bad  uint64
}

// NewPort makes a Port. It sends nothing.
func NewPort(line io.ReadWriter) *Port {
	p := &Port{}
	p.line = resync.Line{Port: line, Scanner: resync.Scanner{Split: p.split, Max: maxFrame}}
	return p
}

// Bad returns how many frames had a wrong check.
func (p *Port) Bad() uint64 { return p.bad }

// Received returns how many bytes came.
func (p *Port) Received() uint64 { return p.line.Received }

// Sense reads once from the line and calls emit with each whole frame, whose
// data are good until emit returns.
func (p *Port) Sense(emit func(Frame)) error {
	if err := p.line.Sense(func(f []byte) { emit(frame(f)) }); err != nil {
		return fmt.Errorf("tinyframe: reading: %w", err)
	}
	return nil
}

// Push takes bytes that came otherwise.
func (p *Port) Push(b []byte, emit func(Frame)) {
	p.line.Push(b, func(f []byte) { emit(frame(f)) })
}

// frame takes the envelope off.
func frame(f []byte) Frame {
	n := int(binary.BigEndian.Uint16(f[3:]))
	return Frame{ID: binary.BigEndian.Uint16(f[1:]), Type: binary.BigEndian.Uint16(f[5:]), Data: f[head : head+n]}
}

// Send writes a frame. The peer answers with an empty one of the same type, then
// with its result.
func (p *Port) Send(f Frame) error {
	if _, err := p.line.Port.Write(f.Append(nil)); err != nil {
		return fmt.Errorf("tinyframe: sending %04x: %w", f.Type, err)
	}
	return nil
}

func (p *Port) split(b []byte) int {
	if b[0] != sof {
		return -1
	}
	if len(b) < head {
		return 0
	}
	if check(b[:head-1]) != b[head-1] {
		p.bad++
		return -1
	}
	n := int(binary.BigEndian.Uint16(b[3:]))
	switch {
	case n == 0:
		return head
	case head+n+1 > maxFrame:
		return -1
	case len(b) < head+n+1:
		return 0
	case check(b[head:head+n]) != b[head+n]:
		p.bad++
		return -1
	}
	return head + n + 1
}

// Float returns the 32-bit number at an offset of the data, and false where the
// data are too short or it is none.
func (f Frame) Float(at int) (float64, bool) {
	if len(f.Data) < at+4 {
		return 0, false
	}
	v := float64(math.Float32frombits(binary.LittleEndian.Uint32(f.Data[at:])))
	return v, !math.IsNaN(v) && !math.IsInf(v, 0)
}

// Uint returns the 32-bit number at an offset, or the byte where there is only
// one.
func (f Frame) Uint(at int) (uint32, bool) {
	switch {
	case len(f.Data) >= at+4:
		return binary.LittleEndian.Uint32(f.Data[at:]), true
	case len(f.Data) == at+2:
		return uint32(binary.LittleEndian.Uint16(f.Data[at:])), true
	case len(f.Data) == at+1:
		return uint32(f.Data[at]), true
	}
	return 0, false
}

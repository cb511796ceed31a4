// Package ld2410 speaks with Hi-Link LD2410, LD2410B and LD2410C radar modules:
// presence, distance and energy, moving and still.
//
// The module reports about every 100 ms at 256000 baud, 8N1. Frames have no
// checksum: header, length, inner markers and footer are all there is, so all
// are checked.
package ld2410

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"osmanthus/drivers/resync"
)

// maxFrame caps a frame: the longest is a report in engineering mode.
const maxFrame = 64

// ErrMalformed is what a frame comes to whose envelope is right and whose inside
// is not.
var ErrMalformed = errors.New("ld2410: malformed report")

// State says what the radar sees.
type State uint8

// The states; 4 to 6 appear while newer firmware learns the background.
const (
	Nobody State = iota
	Moving
	Still
	MovingAndStill
)

// Report is what the module reports by itself.
type Report struct {
	Engineering    bool
	State          State
	MovingCM       uint16 // distance, cm
	MovingEnergy   uint8  // 0 to 100
	StillCM        uint16
	StillEnergy    uint8
	DetectionCM    uint16
	MovingEnergies []uint8 // of each gate, in engineering mode
	StillEnergies  []uint8
	Light          uint8 // 0 to 255, in engineering mode of LD2410B and C
}

// Present reports whether somebody is there.
func (r *Report) Present() bool { return r.State >= Moving && r.State <= MovingAndStill }

// Moves reports whether somebody is there and moves.
func (r *Report) Moves() bool { return r.State == Moving || r.State == MovingAndStill }

// Ack is the module's answer to a command.
type Ack struct {
	Command uint8
	Status  uint16 // 0 is success
	Value   []byte // what it returns
	Payload []byte // all between length and footer
}

// Frame is a report, an answer, or what is wrong with one. Its parts are good
// until emit returns.
type Frame struct {
	Report *Report
	Ack    *Ack
	Err    error
}

const (
	reportHead, reportTail   = 0xF1F2F3F4, 0xF5F6F7F8
	commandHead, commandTail = 0xFAFBFCFD, 0x01020304
	envelope                 = 10 // header, length, footer
)

// Dev reads a module. It is not safe for concurrent use.
type Dev struct {
	line   resync.Line
	report Report
	ack    Ack
}

// New makes a Dev on a serial line. It sends nothing.
func New(port io.ReadWriter) *Dev {
	return &Dev{line: resync.Line{Port: port, Scanner: resync.Scanner{Split: split, Max: maxFrame}}}
}

// String implements fmt.Stringer.
func (d *Dev) String() string { return "LD2410" }

// Dropped returns how many bytes belonged to no frame.
func (d *Dev) Dropped() uint64 { return d.line.Dropped }

// Received returns how many bytes came.
func (d *Dev) Received() uint64 { return d.line.Received }

// Sense reads once from the line and calls emit with each frame that is whole.
func (d *Dev) Sense(emit func(Frame)) error {
	if err := d.line.Sense(func(f []byte) { emit(d.parse(f)) }); err != nil {
		return fmt.Errorf("ld2410: reading: %w", err)
	}
	return nil
}

// Push takes bytes that came otherwise.
func (d *Dev) Push(b []byte, emit func(Frame)) {
	d.line.Push(b, func(f []byte) { emit(d.parse(f)) })
}

func split(b []byte) int {
	if len(b) < 4 {
		return begins(b)
	}
	head := binary.LittleEndian.Uint32(b)
	tail := uint32(reportTail)
	switch head {
	case commandHead:
		tail = commandTail
	case reportHead:
	default:
		return -1
	}
	if len(b) < 6 {
		return 0
	}
	n := int(binary.LittleEndian.Uint16(b[4:])) + envelope
	switch {
	case n > maxFrame:
		return -1
	case len(b) < n:
		return 0
	case binary.LittleEndian.Uint32(b[n-4:]) != tail:
		return -1
	}
	return n
}

// begins tells whether fewer than four bytes may become a header.
func begins(b []byte) int {
	for _, head := range [...][4]byte{{0xF4, 0xF3, 0xF2, 0xF1}, {0xFD, 0xFC, 0xFB, 0xFA}} {
		if string(head[:len(b)]) == string(b) {
			return 0
		}
	}
	return -1
}

func (d *Dev) parse(f []byte) Frame {
	inside := f[6 : len(f)-4]
	if binary.LittleEndian.Uint32(f) == reportHead {
		if err := d.report.read(inside); err != nil {
			return Frame{Err: err}
		}
		return Frame{Report: &d.report}
	}
	a := &d.ack
	*a = Ack{Payload: inside}
	if len(inside) >= 2 {
		a.Command = inside[0]
	}
	if len(inside) >= 4 {
		a.Status, a.Value = binary.LittleEndian.Uint16(inside[2:]), a.Payload[4:]
	}
	return Frame{Ack: a}
}

// read takes what stands between the length and the footer of a report.
func (r *Report) read(b []byte) error {
	const basic, engineering, inner = 2, 1, 13
	if len(b) < inner || b[1] != 0xAA || b[len(b)-2] != 0x55 || b[len(b)-1] != 0 || b[0] != basic && b[0] != engineering {
		return fmt.Errorf("%w: % x", ErrMalformed, b)
	}
	*r = Report{
		Engineering: b[0] == engineering, State: State(b[2]),
		MovingCM: binary.LittleEndian.Uint16(b[3:]), MovingEnergy: b[5],
		StillCM: binary.LittleEndian.Uint16(b[6:]), StillEnergy: b[8],
		DetectionCM: binary.LittleEndian.Uint16(b[9:]),
	}
	if !r.Engineering {
		return nil
	}
	rest := b[11 : len(b)-2]
	if len(rest) < 2 || len(rest) < 2+int(rest[0])+1+int(rest[1])+1 {
		return fmt.Errorf("%w: gates are missing: % x", ErrMalformed, b)
	}
	moving, still := int(rest[0])+1, int(rest[1])+1
	rest = rest[2:]
	r.MovingEnergies, r.StillEnergies = rest[:moving], rest[moving:moving+still]
	if rest = rest[moving+still:]; len(rest) > 0 {
		r.Light = rest[0]
	}
	return nil
}

// GateCM returns where a gate begins, in cm, for a resolution in m.
func GateCM(gate int, resolution float64) float64 { return float64(gate) * resolution * 100 }

// Package proto is the protocol by which modelled buses and pins are reached over
// a socket: drivers/remote speaks it as client, agent/sim as server.
//
// A frame is its length (2 bytes, low byte first) and that many bytes. A client
// opens one connection per bus or pin, so that a hung bus holds up no other,
// and says what it wants with a hello:
//
//	hello     = version kind name…          kind: 'b' bus, 'p' pin, 'e' edges of a pin, 'r' radio
//	          = version 's' baud(4) name…   a serial line
//	answer    = status text…
//
// On a bus and on a pin every request then has one answer, in order:
//
//	bus       = OpTx addr(2) readlen(2) written…      answer: status read…
//	            OpUnwedge                             answer: status
//	pin       = OpIn pull edge                        answer: status level
//	            OpRead                                answer: status level
//	            OpOut level                           answer: status level
//	            OpShift pulses data…                  answer: status bits(4)
//
// On an edge connection the server sends a frame at each edge, with no request:
//
//	edge      = level unixnano(8)
//
// On a serial line there are no frames after the answer: it is a stream of bytes
// in both directions, which ends when either side unplugs it.
//
// Numbers have their low byte first. A status other than OK is followed by a
// sentence in place of the data.
package proto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"syscall"
)

// Version is the first byte of every hello.
const Version = 1

// Kinds of connection.
const (
	KindBus    = 'b'
	KindPin    = 'p'
	KindEdges  = 'e'
	KindSerial = 's'
)

// Operations.
const (
	OpTx      = 1
	OpUnwedge = 2
	OpIn      = 3
	OpRead    = 4
	OpOut     = 5
	OpShift   = 6 // pulses of a clock while the pin of that name is read
)

// MaxFrame is the longest frame in bytes, without its length.
const MaxFrame = 16 << 10

// Status is the first byte of every answer.
type Status byte

// Statuses; those in the middle stand for the errors that a kernel's adapter gives.
const (
	OK        Status = 0
	RemoteIO  Status = 1 // EREMOTEIO: no acknowledge, on a Raspberry Pi
	NoDevice  Status = 2 // ENXIO: no acknowledge, on other adapters
	TimedOut  Status = 3 // ETIMEDOUT: a line is held low
	IO        Status = 4 // EIO
	OtherFail Status = 255
)

var errnos = map[Status]syscall.Errno{
	RemoteIO: syscall.EREMOTEIO, NoDevice: syscall.ENXIO, TimedOut: syscall.ETIMEDOUT, IO: syscall.EIO,
}

// StatusOf is the status that carries err.
func StatusOf(err error) Status {
	if err == nil {
		return OK
	}
	for s, errno := range errnos {
		if errors.Is(err, errno) {
			return s
		}
	}
	return OtherFail
}

// Err is the error that an answer stands for, nil for OK.
func (s Status) Err(text []byte) error {
	if s == OK {
		return nil
	}
	if errno, ok := errnos[s]; ok {
		return errno
	}
	return fmt.Errorf("other side: %s", text)
}

// ErrFrame is returned for bytes that are not a frame of this protocol.
var ErrFrame = errors.New("proto: malformed frame")

// Begin returns buf emptied, with room for the length; append the payload to it
// and give it to Write.
func Begin(buf []byte) []byte { return append(buf[:0], 0, 0) }

// Write fills in the length of a frame from Begin and writes it in one piece.
func Write(w io.Writer, frame []byte) error {
	if len(frame)-2 > MaxFrame {
		return fmt.Errorf("%w: %d bytes", ErrFrame, len(frame)-2)
	}
	binary.LittleEndian.PutUint16(frame, uint16(len(frame)-2))
	_, err := w.Write(frame)
	return err
}

// Read reads one frame's payload into buf, growing it if need be, and returns it.
func Read(r io.Reader, buf []byte) ([]byte, error) {
	if cap(buf) < 2 {
		buf = make([]byte, 256)
	}
	if _, err := io.ReadFull(r, buf[:2]); err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint16(buf[:2]))
	if n == 0 || n > MaxFrame {
		return nil, fmt.Errorf("%w: length %d", ErrFrame, n)
	}
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	if _, err := io.ReadFull(r, buf[:n]); err != nil {
		return nil, err
	}
	return buf[:n], nil
}

// ReadAlone is Read for connections on which nothing follows a frame before it
// is answered: it takes what is there in one go and refuses more than one frame.
// The payload lies in *buf, which grows if need be.
func ReadAlone(r io.Reader, buf *[]byte) ([]byte, error) {
	b := (*buf)[:cap(*buf)]
	for have, want := 0, 2; ; {
		if want > len(b) {
			b = append(make([]byte, 0, max(want, 256)), b[:have]...)
			b = b[:cap(b)]
			*buf = b
		}
		n, err := r.Read(b[have:])
		if have += n; have >= 2 {
			if want = 2 + int(binary.LittleEndian.Uint16(b)); want == 2 || want > 2+MaxFrame || have > want {
				return nil, fmt.Errorf("%w: %d bytes, length %d", ErrFrame, have, want-2)
			}
			if have == want {
				return b[2:want], nil
			}
		}
		if err == io.EOF && have > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
	}
}

// Tx is a request to transfer on a bus.
type Tx struct {
	Addr    uint16
	ReadLen int
	Written []byte // part of the frame it was parsed from
}

// AppendTx appends a transfer request to a frame.
func AppendTx(frame []byte, addr uint16, written []byte, readLen int) []byte {
	frame = append(frame, OpTx)
	frame = binary.LittleEndian.AppendUint16(frame, addr)
	frame = binary.LittleEndian.AppendUint16(frame, uint16(readLen))
	return append(frame, written...)
}

// ParseTx reads what AppendTx wrote.
func ParseTx(payload []byte) (Tx, error) {
	if len(payload) < 5 || payload[0] != OpTx {
		return Tx{}, fmt.Errorf("%w: not a transfer", ErrFrame)
	}
	t := Tx{
		Addr:    binary.LittleEndian.Uint16(payload[1:]),
		ReadLen: int(binary.LittleEndian.Uint16(payload[3:])),
		Written: payload[5:],
	}
	if t.ReadLen > MaxFrame-1 {
		return Tx{}, fmt.Errorf("%w: read of %d bytes", ErrFrame, t.ReadLen)
	}
	return t, nil
}

// AppendBaud appends what stands before the name in the hello of a serial line.
func AppendBaud(hello []byte, baud int) []byte {
	return binary.LittleEndian.AppendUint32(hello, uint32(baud))
}

// ParseSerial reads what of a hello follows the kind of a serial line.
func ParseSerial(rest []byte) (baud int, name string, err error) {
	if len(rest) <= 4 {
		return 0, "", fmt.Errorf("%w: no baud rate and name", ErrFrame)
	}
	b := binary.LittleEndian.Uint32(rest)
	if b == 0 || b > 1<<24 {
		return 0, "", fmt.Errorf("%w: %d baud", ErrFrame, b)
	}
	return int(b), string(rest[4:]), nil
}

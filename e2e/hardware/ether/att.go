package ether

import (
	"cmp"
	"context"
	"encoding/binary"
	"sync"
	"time"
)

// Service is a service of a device, by its 16-bit number.
type Service struct {
	UUID            uint16
	Characteristics []Characteristic
}

// Characteristic is one of a service. Properties are the bits of its declaration
// (Bluetooth Core, volume 3, part G, 3.3.1.1).
type Characteristic struct {
	UUID       uint16
	Properties byte
	// Read is what it is when it is read; nil means that it cannot be.
	Read func(at time.Time) []byte
	// Say is what it says to who has subscribed: First after that (0: Every), and
	// then every Every.
	Say          func(at time.Time) []byte
	First, Every time.Duration
}

// The properties that matter here.
const (
	CanRead     = 0x02
	CanNotify   = 0x10
	CanIndicate = 0x20
)

// Operations and errors of ATT (Bluetooth Core, volume 3, part F, 3.4).
const (
	opError, opMTU, opMTUAnswer           = 0x01, 0x02, 0x03
	opFindInfo, opFindInfoAnswer          = 0x04, 0x05
	opReadByType, opReadByTypeAnswer      = 0x08, 0x09
	opRead, opReadAnswer                  = 0x0A, 0x0B
	opReadBlob, opReadBlobAnswer          = 0x0C, 0x0D
	opReadByGroup, opReadByGroupAnswer    = 0x10, 0x11
	opWrite, opWriteAnswer                = 0x12, 0x13
	opNotify, opIndicate, opConfirm       = 0x1B, 0x1D, 0x1E
	errorInvalidHandle, errorNotPermitted = 0x01, 0x02
	errorUnsupported, errorNotFound       = 0x06, 0x0A

	typePrimary, typeCharacteristic, typeConfiguration = 0x2800, 0x2803, 0x2902

	mtu = 23 // the least, and what every device can
)

// attribute is a row of the server's table; its handle is its place, from 1.
type attribute struct {
	kind  uint16
	value []byte          // of declarations
	of    *Characteristic // of values and configurations
	end   uint16          // of a service: its last handle
}

// server is a device's attribute server on one link.
type server struct {
	table []attribute
	send  func([]byte)
	stop  context.CancelFunc
	ctx   context.Context
	done  *sync.WaitGroup

	talking   map[*Characteristic]context.CancelFunc
	confirmed chan struct{}
}

func newServer(services []Service, send func([]byte), done *sync.WaitGroup) *server {
	le := binary.LittleEndian
	s := &server{send: send, done: done, talking: map[*Characteristic]context.CancelFunc{}, confirmed: make(chan struct{}, 1)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	for _, one := range services {
		first := len(s.table)
		s.table = append(s.table, attribute{kind: typePrimary, value: le.AppendUint16(nil, one.UUID)})
		for i := range one.Characteristics {
			c := &one.Characteristics[i]
			declaration := le.AppendUint16([]byte{c.Properties}, uint16(len(s.table)+2))
			s.table = append(s.table,
				attribute{kind: typeCharacteristic, value: le.AppendUint16(declaration, c.UUID)},
				attribute{kind: c.UUID, of: c})
			if c.Say != nil {
				s.table = append(s.table, attribute{kind: typeConfiguration, value: []byte{0, 0}, of: c})
			}
		}
		s.table[first].end = uint16(len(s.table))
	}
	return s
}

// answer answers one packet; nil is for one that wants no answer.
func (s *server) answer(p []byte) []byte {
	le := binary.LittleEndian
	if len(p) == 0 {
		return nil
	}
	word := func(at int) uint16 {
		if len(p) < at+2 {
			return 0
		}
		return le.Uint16(p[at:])
	}
	switch op := p[0]; op {
	case opMTU:
		return le.AppendUint16([]byte{opMTUAnswer}, mtu)
	case opFindInfo:
		return s.list(p[0], word(1), word(3), func(handle uint16, a attribute) []byte {
			return le.AppendUint16(le.AppendUint16(nil, handle), a.kind)
		}, opFindInfoAnswer)
	case opReadByType, opReadByGroup:
		if len(p) != 7 { // a type of 128 bits: there is none
			return failure(op, word(1), errorNotFound)
		}
		answer := byte(opReadByTypeAnswer)
		if op == opReadByGroup {
			answer = opReadByGroupAnswer
		}
		return s.list(op, word(1), word(3), func(handle uint16, a attribute) []byte {
			if a.kind != word(5) {
				return nil
			}
			b := le.AppendUint16(nil, handle)
			if op == opReadByGroup {
				b = le.AppendUint16(b, a.end)
			}
			return append(b, a.read()...)
		}, answer)
	case opRead, opReadBlob:
		a, ok := s.at(word(1))
		if !ok {
			return failure(op, word(1), errorInvalidHandle)
		}
		b := a.read()
		if b == nil {
			return failure(op, word(1), errorNotPermitted)
		}
		if op == opReadBlob {
			b = b[min(len(b), int(word(3))):]
		}
		return append([]byte{op + 1}, b[:min(len(b), mtu-1)]...)
	case opWrite:
		a, ok := s.at(word(1))
		if !ok {
			return failure(op, word(1), errorInvalidHandle)
		}
		if !s.write(a, p[min(3, len(p)):]) {
			return failure(op, word(1), errorNotPermitted)
		}
		return []byte{opWriteAnswer}
	case opConfirm:
		select {
		case s.confirmed <- struct{}{}:
		default:
		}
		return nil
	case opNotify, opIndicate, 0x52: // nothing that a server is asked
		return nil
	}
	return failure(p[0], 0, errorUnsupported)
}

func failure(op byte, handle uint16, code byte) []byte {
	return []byte{opError, op, byte(handle), byte(handle >> 8), code}
}

func (s *server) at(handle uint16) (*attribute, bool) {
	if handle == 0 || int(handle) > len(s.table) {
		return nil, false
	}
	return &s.table[handle-1], true
}

func (a *attribute) read() []byte {
	if a.value == nil && a.of != nil && a.of.Read != nil {
		return a.of.Read(time.Now())
	}
	return a.value
}

// list answers with rows of one length, as many as fit.
func (s *server) list(op byte, first, last uint16, row func(uint16, attribute) []byte, answer byte) []byte {
	var b []byte
	size := 0
	for i, a := range s.table {
		handle := uint16(i + 1)
		if handle < first || handle > last {
			continue
		}
		r := row(handle, a)
		if r == nil {
			continue
		}
		if size == 0 {
			size = len(r)
		}
		if len(r) != size || len(b)+size > mtu-2 {
			break
		}
		b = append(b, r...)
	}
	if size == 0 {
		return failure(op, first, errorNotFound)
	}
	head := byte(size)
	if answer == opFindInfoAnswer {
		head = 1 // handles and types of 16 bits
	}
	return append([]byte{answer, head}, b...)
}

// write subscribes: nothing else here can be written.
func (s *server) write(a *attribute, b []byte) bool {
	if a.kind != typeConfiguration || len(b) != 2 {
		return false
	}
	a.value = append([]byte(nil), b...)
	s.subscribe(a.of, b[0])
	return true
}

// subscribe begins or ends to say what a characteristic says.
func (s *server) subscribe(c *Characteristic, how byte) {
	if stop := s.talking[c]; stop != nil {
		stop()
		delete(s.talking, c)
	}
	if how == 0 {
		return
	}
	ctx, stop := context.WithCancel(s.ctx)
	s.talking[c] = stop
	handle := s.handle(c)
	s.done.Go(func() {
		for wait := cmp.Or(c.First, c.Every); sleep(ctx, wait); wait = c.Every {
			op := byte(opNotify)
			if how == 2 {
				op = opIndicate
			}
			b := binary.LittleEndian.AppendUint16([]byte{op}, handle)
			s.send(append(b, c.Say(time.Now())...))
			if op == opIndicate {
				select {
				case <-s.confirmed:
				case <-ctx.Done():
				}
			}
		}
	})
}

func (s *server) handle(c *Characteristic) uint16 {
	for i, a := range s.table {
		if a.of == c {
			return uint16(i + 1)
		}
	}
	return 0
}

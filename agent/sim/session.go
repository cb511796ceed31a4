package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"time"

	"osmanthus/drivers/remote/proto"

	"periph.io/x/conn/v3/gpio"
)

// session is one connection.
type session struct {
	conn    net.Conn
	in, out []byte
}

// next reads a request; each is answered before the next is read.
func (s *session) next() ([]byte, error) { return proto.ReadAlone(s.conn, &s.in) }

func (s *session) answer(status proto.Status, data []byte) error {
	s.out = append(append(proto.Begin(s.out), byte(status)), data...)
	return proto.Write(s.conn, s.out)
}

func (s *session) refuse(err error) error {
	return s.answer(proto.StatusOf(err), []byte(err.Error()))
}

func (s *session) serveBus(ctx context.Context, bus *Bus) error {
	if err := s.answer(proto.OK, nil); err != nil {
		return err
	}
	gone := func() (<-chan struct{}, func()) { return s.listen(ctx) }
	for {
		request, err := s.next()
		if err != nil {
			return err
		}
		if request[0] == proto.OpUnwedge {
			if err := s.answer(proto.StatusOf(bus.Unwedge()), nil); err != nil {
				return err
			}
			continue
		}
		tx, err := proto.ParseTx(request)
		if err != nil {
			return errors.Join(err, s.refuse(err))
		}
		s.out = append(proto.Begin(s.out), byte(proto.OK))
		head := len(s.out)
		s.out = append(s.out, make([]byte, tx.ReadLen)...)
		err = bus.tx(tx.Addr, tx.Written, s.out[head:], gone)
		if err == nil {
			err = proto.Write(s.conn, s.out)
		} else if !errors.Is(err, net.ErrClosed) {
			err = s.refuse(err)
		}
		if err != nil {
			return err
		}
	}
}

// listen notices that the client goes away while its transfer hangs: it sends
// nothing before it has its answer, so whatever arrives is the end.
func (s *session) listen(ctx context.Context) (gone <-chan struct{}, stop func()) {
	c := make(chan struct{})
	go func() {
		defer close(c)
		var b [1]byte
		_, _ = s.conn.Read(b[:])
	}()
	return c, func() {
		_ = s.conn.SetReadDeadline(time.Unix(1, 0))
		<-c
		if ctx.Err() == nil {
			_ = s.conn.SetReadDeadline(time.Time{})
		}
	}
}

func (s *session) servePin(home *Home, pin *Pin) error {
	if err := s.answer(proto.OK, nil); err != nil {
		return err
	}
	for {
		request, err := s.next()
		if err != nil {
			return err
		}
		var level gpio.Level
		switch {
		case request[0] == proto.OpShift && len(request) > 2:
			if err := s.shift(home, pin, int(request[1]), string(request[2:])); err != nil {
				return err
			}
			continue
		case request[0] == proto.OpIn && len(request) == 3:
			level = pin.setIn(gpio.Pull(request[1]))
		case request[0] == proto.OpRead && len(request) == 1:
			level = pin.Read()
		case request[0] == proto.OpOut && len(request) == 2:
			level = request[1] != 0
			err = pin.Out(level)
		default:
			err = proto.ErrFrame
		}
		if err != nil {
			return errors.Join(err, s.refuse(err))
		}
		if err := s.answer(proto.OK, levelByte(level)); err != nil {
			return err
		}
	}
}

// shift clocks a chip by the pin and answers what its data pin said.
func (s *session) shift(home *Home, pin *Pin, pulses int, name string) error {
	_, data := home.find(name)
	if data == nil {
		return s.refuse(errNoClock)
	}
	bits, err := pin.shift(data, pulses)
	if err != nil {
		return s.refuse(err)
	}
	var answer [4]byte
	binary.LittleEndian.PutUint32(answer[:], bits)
	return s.answer(proto.OK, answer[:])
}

func levelByte(l gpio.Level) []byte {
	if l {
		return []byte{1}
	}
	return []byte{0}
}

// serveEdges reports the pin's transitions until the client goes away.
func (s *session) serveEdges(ctx context.Context, pin *Pin) error {
	transitions, stop := pin.Watch()
	defer stop()
	if err := s.answer(proto.OK, nil); err != nil {
		return err
	}
	gone, end := s.listen(ctx)
	defer end()
	for {
		select {
		case <-gone:
			return nil
		case t := <-transitions:
			frame := append(proto.Begin(s.out), levelByte(t.Level)...)
			s.out = binary.LittleEndian.AppendUint64(frame, uint64(t.At.UnixNano()))
			if err := proto.Write(s.conn, s.out); err != nil {
				return err
			}
		}
	}
}

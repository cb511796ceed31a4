package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"osmanthus/drivers/remote/proto"

	"periph.io/x/conn/v3/gpio"
)

// Server offers the buses and pins of a home over a Unix socket, in the protocol
// of drivers/remote/proto. It has no other access control than the socket's
// file mode.
type Server struct {
	home     *Home
	listener net.Listener
	log      *slog.Logger

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	wg    sync.WaitGroup
}

// NewServer listens at the socket's path, in place of a socket that a dead
// process left there.
func NewServer(home *Home, path string, log *slog.Logger) (*Server, error) {
	l, err := net.Listen("unix", path)
	if err != nil && stale(path) {
		if err = os.Remove(path); err == nil {
			l, err = net.Listen("unix", path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("sim: listening at %s: %w", path, err)
	}
	return &Server{home: home, listener: l, log: log, conns: make(map[net.Conn]struct{})}, nil
}

// stale reports whether path is a socket at which nobody listens.
func stale(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&os.ModeSocket == 0 {
		return false
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
	}
	return err != nil
}

// Addr is the address by which drivers/remote reaches a bus or pin of the home.
func (s *Server) Addr(name string) string {
	return "sim:unix://" + s.listener.Addr().String() + "#" + name
}

// Run serves until ctx ends, then waits for all connections to end.
func (s *Server) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, s.close)
	defer stop()
	defer s.wg.Wait()
	defer s.close()
	for {
		conn, err := s.listener.Accept()
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("sim: accepting: %w", err)
		}
		s.track(conn)
		s.wg.Go(func() {
			defer s.forget(conn)
			if err := s.serve(ctx, conn); err != nil && ctx.Err() == nil && !errors.Is(err, net.ErrClosed) {
				s.log.Debug("connection ended", "error", err)
			}
		})
	}
}

func (s *Server) track(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[conn] = struct{}{}
}

func (s *Server) forget(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

func (s *Server) close() {
	s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		conn.Close()
	}
}

func (s *Server) serve(ctx context.Context, conn net.Conn) error {
	sess := session{conn: conn, in: make([]byte, 2048), out: make([]byte, 0, 2048)}
	hello, err := proto.Read(conn, sess.in)
	if err != nil {
		return err
	}
	if len(hello) < 2 || hello[0] != proto.Version {
		return sess.answer(proto.OtherFail, []byte("this is not the protocol's version 1"))
	}
	name := string(hello[2:])
	bus, pin := s.home.find(name)
	switch {
	case hello[1] == proto.KindBus && bus != nil:
		return sess.serveBus(ctx, bus)
	case hello[1] == proto.KindPin && pin != nil:
		return sess.servePin(pin)
	case hello[1] == proto.KindEdges && pin != nil:
		return sess.serveEdges(ctx, pin)
	}
	return sess.answer(proto.OtherFail, []byte("the home has no bus or pin of that name"))
}

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

func (s *session) servePin(pin *Pin) error {
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

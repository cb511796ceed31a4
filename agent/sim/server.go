package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"osmanthus/drivers/remote/proto"
)

// Server offers the buses, pins, serial lines and radios of a home over a Unix
// socket, in the protocol of drivers/remote/proto. It has no other access control
// than the socket's file mode.
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
	if hello[1] == proto.KindSerial {
		baud, name, err := proto.ParseSerial(hello[2:])
		if err != nil {
			return sess.refuse(err)
		}
		if port := s.home.findSerial(name); port != nil {
			return sess.serveSerial(port, baud)
		}
		return sess.answer(proto.OtherFail, []byte("the home has no serial line of that name"))
	}
	name := string(hello[2:])
	if hello[1] == proto.KindRadio {
		if radio := s.home.findRadio(name); radio != nil {
			return sess.serveRadio(ctx, radio)
		}
		return sess.answer(proto.OtherFail, []byte("the home has no radio of that name"))
	}
	bus, pin := s.home.find(name)
	switch {
	case hello[1] == proto.KindBus && bus != nil:
		return sess.serveBus(ctx, bus)
	case hello[1] == proto.KindPin && pin != nil:
		return sess.servePin(s.home, pin)
	case hello[1] == proto.KindEdges && pin != nil:
		return sess.serveEdges(ctx, pin)
	}
	return sess.answer(proto.OtherFail, []byte("the home has no bus or pin of that name"))
}

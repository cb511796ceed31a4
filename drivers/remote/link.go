package remote

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"osmanthus/drivers/remote/proto"
)

// link is one connection to the other process. It connects when it is needed
// and again after a failure, as a device file needs no reopening either.
type link struct {
	socket, name string
	kind         byte
	head         []byte // what of the hello stands before the name
	timeout      time.Duration

	mu     sync.Mutex // conn and closed, never held while waiting
	conn   net.Conn
	closed bool

	call sync.Mutex // one request at a time; guards buf
	buf  []byte
}

func newLink(addr string, kind byte, timeout time.Duration) (*link, error) {
	socket, name, err := ParseAddr(addr)
	if err != nil {
		return nil, err
	}
	l := &link{socket: socket, name: name, kind: kind, timeout: timeout, buf: make([]byte, 0, 2048)}
	return l, l.open()
}

// open connects for the first time.
func (l *link) open() error {
	l.call.Lock()
	defer l.call.Unlock()
	_, err := l.connect()
	return err
}

// connect returns the connection, making one if there is none.
func (l *link) connect() (net.Conn, error) {
	l.mu.Lock()
	conn, closed := l.conn, l.closed
	l.mu.Unlock()
	if closed {
		return nil, net.ErrClosed
	}
	if conn != nil {
		return conn, nil
	}
	conn, err := net.DialTimeout("unix", l.socket, time.Second)
	if err != nil {
		return nil, fmt.Errorf("remote: connecting to %s: %w", l.socket, err)
	}
	if err := l.hello(conn); err != nil {
		conn.Close()
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	l.conn = conn
	return conn, nil
}

func (l *link) hello(conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	// Not in l.buf: a request that has to connect first is waiting there.
	frame := append(append(proto.Begin(nil), proto.Version, l.kind), l.head...)
	frame = append(frame, l.name...)
	if err := proto.Write(conn, frame); err != nil {
		return fmt.Errorf("remote: greeting %s: %w", l.socket, err)
	}
	answer, err := proto.Read(conn, frame)
	if err != nil {
		return fmt.Errorf("remote: greeting %s: %w", l.socket, err)
	}
	if err := proto.Status(answer[0]).Err(answer[1:]); err != nil {
		return fmt.Errorf("remote: opening %q at %s: %w", l.name, l.socket, err)
	}
	return conn.SetDeadline(time.Time{})
}

// request sends a frame and returns its answer without the status. The caller
// holds l.call and has built the frame in l.buf.
func (l *link) request(frame []byte) ([]byte, error) {
	conn, err := l.connect()
	if err != nil {
		return nil, err
	}
	answer, err := l.exchange(conn, frame)
	if err != nil {
		l.drop(conn) // an answer may still be under way: this connection is out of step
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = syscall.ETIMEDOUT
		}
		return nil, err
	}
	return answer[1:], proto.Status(answer[0]).Err(answer[1:])
}

func (l *link) exchange(conn net.Conn, frame []byte) ([]byte, error) {
	if l.timeout > 0 {
		if err := conn.SetDeadline(time.Now().Add(l.timeout)); err != nil {
			return nil, err
		}
	}
	if err := proto.Write(conn, frame); err != nil {
		return nil, err
	}
	l.buf = frame // it may have grown
	return proto.ReadAlone(conn, &l.buf)
}

func (l *link) drop(conn net.Conn) {
	conn.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == conn {
		l.conn = nil
	}
}

// close ends a request that is waiting. It is idempotent.
func (l *link) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.conn == nil {
		return nil
	}
	err := l.conn.Close()
	l.conn = nil
	return err
}

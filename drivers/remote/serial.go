package remote

import (
	"errors"
	"fmt"
	"net"
	"time"

	"osmanthus/drivers/remote/proto"
)

// serialWrite bounds a write: what models are told is short.
const serialWrite = time.Second

// Serial is a serial line in another process. Read and Write may be called
// concurrently.
type Serial struct {
	addr string
	conn net.Conn
	wait time.Duration
}

// OpenSerial opens the line at an address such as
// sim:unix:///run/home.sock#radar-1 with a baud rate. Read returns within wait,
// with 0 bytes and no error where nothing came; zero waits for ever.
func OpenSerial(addr string, baud int, wait time.Duration) (*Serial, error) {
	socket, name, err := ParseAddr(addr)
	if err != nil {
		return nil, err
	}
	l := &link{socket: socket, name: name, kind: proto.KindSerial, head: proto.AppendBaud(nil, baud)}
	if err := l.open(); err != nil {
		return nil, err
	}
	return &Serial{addr, l.conn, wait}, nil
}

// Read implements io.Reader. A line that was unplugged is an error.
func (s *Serial) Read(p []byte) (int, error) {
	var end time.Time
	if s.wait > 0 {
		end = time.Now().Add(s.wait)
	}
	if err := s.conn.SetReadDeadline(end); err != nil {
		return 0, fmt.Errorf("remote: %s: %w", s.addr, err)
	}
	n, err := s.conn.Read(p)
	var t interface{ Timeout() bool }
	if n > 0 || errors.As(err, &t) && t.Timeout() {
		return n, nil
	}
	if err != nil {
		return 0, fmt.Errorf("remote: %s was unplugged: %w", s.addr, err)
	}
	return 0, nil
}

// Write implements io.Writer.
func (s *Serial) Write(p []byte) (int, error) {
	if err := s.conn.SetWriteDeadline(time.Now().Add(serialWrite)); err != nil {
		return 0, fmt.Errorf("remote: %s: %w", s.addr, err)
	}
	n, err := s.conn.Write(p)
	if err != nil {
		return n, fmt.Errorf("remote: %s: %w", s.addr, err)
	}
	return n, nil
}

// Close ends a Read that is waiting, with an error.
func (s *Serial) Close() error { return s.conn.Close() }

// String is the address.
func (s *Serial) String() string { return s.addr }

package esphome

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// link carries messages over one connection, plain or encrypted. One goroutine
// reads; one goroutine writes.
type link struct {
	conn   net.Conn
	key    []byte        // 32 bytes; nil for a connection without encryption
	ping   time.Duration // how long a write may take; half of it, a read
	buf    []byte
	secret *secret
	name   string // of the device, as far as it said
}

// next reads a message. While none comes, ask asks the device whether it lives.
func (l *link) next(ask func() error) (frame, error) {
	const patience = 9 // halves of ping
	for silent := 0; ; silent++ {
		f, ok, err := l.take()
		if err != nil || ok {
			return f, err
		}
		var in [4096]byte
		if err := l.conn.SetReadDeadline(time.Now().Add(l.ping / 2)); err != nil {
			return f, ended("reading", err)
		}
		n, err := l.conn.Read(in[:])
		l.buf = append(l.buf, in[:n]...)
		var slow net.Error
		switch {
		case n > 0:
			silent = -1
		case errors.As(err, &slow) && slow.Timeout():
			if silent+1 >= patience {
				return f, fmt.Errorf("esphome: %s does not answer", l.name)
			}
			if silent%2 == 1 {
				if err := ask(); err != nil {
					return f, err
				}
			}
		case err != nil:
			return f, ended("reading", err)
		}
	}
}

// ended says in one way that the device went, however the system says it.
func ended(doing string, err error) error {
	for _, gone := range []error{io.EOF, io.ErrClosedPipe, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, gone) {
			doing = "the connection was cut"
		}
	}
	return fmt.Errorf("esphome: %s: %w", doing, err)
}

// take returns the next message of what has come.
func (l *link) take() (f frame, ok bool, err error) {
	var n int
	if l.key == nil {
		f, n, err = plainFrame(l.buf)
		f.payload = append([]byte(nil), f.payload...)
	} else {
		var body []byte
		if body, n, err = noiseFrame(l.buf); err == nil && n > 0 {
			f, err = l.secret.open(body)
		}
	}
	if err != nil || n == 0 {
		return f, false, err
	}
	l.buf = l.buf[:copy(l.buf, l.buf[n:])]
	return f, true, nil
}

func (l *link) send(kind uint64, payload []byte) error {
	b := appendPlain(nil, kind, payload)
	if l.secret != nil {
		var err error
		if b, err = l.secret.seal(kind, payload); err != nil {
			return err
		}
	}
	return l.write(b)
}

func (l *link) write(b []byte) error {
	if err := l.conn.SetWriteDeadline(time.Now().Add(l.ping)); err != nil {
		return ended("writing", err)
	}
	if _, err := l.conn.Write(b); err != nil {
		return ended("writing", err)
	}
	return nil
}

// handshake makes the connection secret.
func (l *link) handshake() error {
	h, err := newHandshake(l.key, prologue, true, nil)
	if err != nil {
		return err
	}
	first, _, _, err := h.WriteMessage(nil, nil)
	if err != nil {
		return fmt.Errorf("esphome: the handshake: %w", err)
	}
	const ours = 0x00
	if err := l.write(appendNoise(appendNoise(nil, nil), append([]byte{ours}, first...))); err != nil {
		return err
	}
	greeting, err := l.body()
	if err != nil {
		return err
	}
	if l.name, _, err = serverHello(greeting); err != nil {
		return err
	}
	answer, err := l.body()
	if err != nil {
		return err
	}
	if len(answer) == 0 || answer[0] != 0 {
		return protocol("the device refuses: %.80q", answer[min(1, len(answer)):])
	}
	_, out, in, err := h.ReadMessage(nil, answer[1:])
	if err != nil {
		return protocol("the key does not fit")
	}
	l.secret = &secret{out, in}
	return nil
}

// body reads an outer frame of the handshake.
func (l *link) body() ([]byte, error) {
	deadline := time.Now().Add(l.ping)
	if err := l.conn.SetReadDeadline(deadline); err != nil {
		return nil, ended("the handshake", err)
	}
	for {
		body, n, err := noiseFrame(l.buf)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			body = append([]byte(nil), body...)
			l.buf = l.buf[:copy(l.buf, l.buf[n:])]
			return body, nil
		}
		var in [512]byte
		n, err = l.conn.Read(in[:])
		l.buf = append(l.buf, in[:n]...)
		if err != nil && n == 0 {
			return nil, ended("the handshake", err)
		}
	}
}

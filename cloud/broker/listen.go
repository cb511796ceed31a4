package broker

import (
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// hello is how long a connection may take to say who it is.
const hello = 10 * time.Second

// listener bounds the time until CONNECT, which the broker does not, and
// survives a failed Accept (no free file descriptor, say), which the broker
// does not either.
type listener struct {
	net.Listener
	config *tls.Config // nil: plain
}

func listen(addr string, config *tls.Config) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &listener{Listener: l, config: config}, nil
}

// Accept returns the next connection. Its deadline stands until CONNECT, when
// the broker sets one by the client's keep-alive.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil, err
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err := c.SetDeadline(time.Now().Add(hello)); err != nil {
			c.Close()
			continue
		}
		if l.config != nil {
			return tls.Server(c, l.config), nil
		}
		return c, nil
	}
}

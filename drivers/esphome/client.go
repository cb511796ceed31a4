package esphome

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Opts are the optional parts of a Client.
type Opts struct {
	Key  []byte // 32 bytes; nil for a connection without encryption
	Name string // that the device must have, "" for any
	// Ping is how often the device is asked whether it lives; 0 means 20 s. It
	// is given up after 4.5 times as long without a word.
	Ping time.Duration
}

// DefaultPing is how often a device is asked whether it lives.
const DefaultPing = 20 * time.Second

// Client is one connection to one proxy.
type Client struct {
	conn   net.Conn
	opts   Opts
	buf    []byte
	secret *secret
	name   string
}

// New makes a client of a connection that is open. Run closes it.
func New(conn net.Conn, opts Opts) *Client {
	if opts.Ping <= 0 {
		opts.Ping = DefaultPing
	}
	return &Client{conn: conn, opts: opts}
}

// Run greets the device, subscribes to what it hears, and calls emit with each
// advertisement until ctx ends or the connection breaks. It answers the device's
// questions meanwhile.
func (c *Client) Run(ctx context.Context, emit func(Heard)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	over := make(chan struct{})
	go func() {
		defer close(over)
		<-ctx.Done()
		c.conn.Close() // whoever reads or writes returns
	}()
	err := c.talk(emit)
	ended := ctx.Err()
	stop()
	<-over
	if ended != nil {
		return ended
	}
	return err
}

func (c *Client) talk(emit func(Heard)) error {
	if c.opts.Key != nil {
		if err := c.handshake(); err != nil {
			return err
		}
	}
	if err := c.send(msgHelloRequest, hello("osmanthus")); err != nil {
		return err
	}
	greeted := false
	for {
		f, err := c.next()
		if err != nil {
			return err
		}
		switch f.kind {
		case msgHelloResponse:
			if c.name, err = helloResponse(f.payload); err != nil {
				return err
			}
			if c.opts.Name != "" && c.name != c.opts.Name {
				return protocol("the device is %q, not %q", c.name, c.opts.Name)
			}
			greeted = true
			err = c.send(msgSubscribeAdverts, subscribe())
		case msgRawAdverts:
			if greeted {
				err = rawAdverts(f.payload, emit)
			}
		case msgPingRequest:
			err = c.send(msgPingResponse, nil)
		case msgGetTimeRequest:
			err = c.send(msgGetTimeResponse, timeResponse(time.Now()))
		case msgDisconnectRequest:
			return errors.Join(c.send(msgDisconnectResponse, nil), fmt.Errorf("esphome: %s hung up", c.name))
		}
		if err != nil {
			return err
		}
	}
}

// next reads a message. While none comes the device is asked whether it lives.
func (c *Client) next() (frame, error) {
	const patience = 9 // halves of Ping
	for silent := 0; ; silent++ {
		f, ok, err := c.take()
		if err != nil || ok {
			return f, err
		}
		var in [4096]byte
		if err := c.conn.SetReadDeadline(time.Now().Add(c.opts.Ping / 2)); err != nil {
			return f, fmt.Errorf("esphome: %w", err)
		}
		n, err := c.conn.Read(in[:])
		c.buf = append(c.buf, in[:n]...)
		var slow net.Error
		switch {
		case n > 0:
			silent = -1
		case errors.As(err, &slow) && slow.Timeout():
			if silent+1 >= patience {
				return f, fmt.Errorf("esphome: %s does not answer", c.name)
			}
			if silent%2 == 1 {
				if err := c.send(msgPingRequest, nil); err != nil {
					return f, err
				}
			}
		case errors.Is(err, io.EOF):
			return f, fmt.Errorf("esphome: the connection was cut: %w", err)
		case err != nil:
			return f, fmt.Errorf("esphome: reading: %w", err)
		}
	}
}

// take returns the next message of what has come.
func (c *Client) take() (f frame, ok bool, err error) {
	var n int
	if c.opts.Key == nil {
		f, n, err = plainFrame(c.buf)
		f.payload = append([]byte(nil), f.payload...)
	} else {
		var body []byte
		if body, n, err = noiseFrame(c.buf); err == nil && n > 0 {
			f, err = c.secret.open(body)
		}
	}
	if err != nil || n == 0 {
		return f, false, err
	}
	c.buf = c.buf[:copy(c.buf, c.buf[n:])]
	return f, true, nil
}

func (c *Client) send(kind uint64, payload []byte) error {
	b := appendPlain(nil, kind, payload)
	if c.secret != nil {
		var err error
		if b, err = c.secret.seal(kind, payload); err != nil {
			return err
		}
	}
	return c.write(b)
}

func (c *Client) write(b []byte) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(c.opts.Ping)); err != nil {
		return fmt.Errorf("esphome: %w", err)
	}
	if _, err := c.conn.Write(b); err != nil {
		return fmt.Errorf("esphome: writing: %w", err)
	}
	return nil
}

// handshake makes the connection secret.
func (c *Client) handshake() error {
	h, err := newHandshake(c.opts.Key, prologue, true, nil)
	if err != nil {
		return err
	}
	first, _, _, err := h.WriteMessage(nil, nil)
	if err != nil {
		return fmt.Errorf("esphome: the handshake: %w", err)
	}
	const ours = 0x00
	if err := c.write(appendNoise(appendNoise(nil, nil), append([]byte{ours}, first...))); err != nil {
		return err
	}
	greeting, err := c.body()
	if err != nil {
		return err
	}
	if c.name, _, err = serverHello(greeting); err != nil {
		return err
	}
	answer, err := c.body()
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
	c.secret = &secret{out, in}
	return nil
}

// body reads an outer frame of the handshake.
func (c *Client) body() ([]byte, error) {
	deadline := time.Now().Add(c.opts.Ping)
	if err := c.conn.SetReadDeadline(deadline); err != nil {
		return nil, fmt.Errorf("esphome: %w", err)
	}
	for {
		body, n, err := noiseFrame(c.buf)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			body = append([]byte(nil), body...)
			c.buf = c.buf[:copy(c.buf, c.buf[n:])]
			return body, nil
		}
		var in [512]byte
		n, err = c.conn.Read(in[:])
		c.buf = append(c.buf, in[:n]...)
		if err != nil && n == 0 {
			return nil, fmt.Errorf("esphome: the handshake: %w", err)
		}
	}
}

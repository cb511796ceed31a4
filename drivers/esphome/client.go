package esphome

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
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

const (
	// DefaultPing is how often a device is asked whether it lives.
	DefaultPing = 20 * time.Second
	// farewell is how long ending the connections may take when Run ends.
	farewell = time.Second
)

// Client is one connection to one proxy.
type Client struct {
	link link
	opts Opts
	slots

	// out
	post  chan parcel
	ready chan struct{} // closed when the handshake is over
	over  chan struct{} // closed when Run ends
}

// parcel is a message on its way.
type parcel struct {
	kind    uint64
	payload message
	written chan struct{} // closed when it is, nil where nobody asks
}

// New makes a client of a connection that is open. Run closes it, and is called
// once.
func New(conn net.Conn, opts Opts) *Client {
	if opts.Ping <= 0 {
		opts.Ping = DefaultPing
	}
	return &Client{link: link{conn: conn, key: opts.Key, ping: opts.Ping}, opts: opts,
		post: make(chan parcel, 16), ready: make(chan struct{}), over: make(chan struct{})}
}

// Run greets the device, subscribes to what it hears, and calls emit with each
// advertisement until ctx ends or the connection breaks. It answers the device's
// questions meanwhile. When it ends, every connection of Connect ends.
func (c *Client) Run(ctx context.Context, emit func(Heard)) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	written := make(chan struct{})
	var rest sync.WaitGroup
	rest.Go(func() {
		defer close(written)
		if failed = c.writing(inner); failed != nil {
			stop()
		}
	})
	rest.Go(func() {
		<-inner.Done()
		limit := time.NewTimer(farewell)
		defer limit.Stop()
		select {
		case <-written:
		case <-limit.C:
		}
		c.link.conn.Close() // whoever reads or writes returns
	})
	err := c.caught(inner, emit)
	stop()
	rest.Wait()
	close(c.over)
	c.endAll()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case failed != nil && !errors.Is(err, ErrProtocol):
		return failed
	}
	return err
}

// caught makes of what panics, on bytes that nobody thought of, the end of this
// proxy's connections and of nothing else.
func (c *Client) caught(ctx context.Context, emit func(Heard)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = protocol("panic: %v", p)
		}
	}()
	return c.talk(ctx, emit)
}

// writing writes what is posted until ctx ends, and then ends all connections:
// they would stay on the device.
func (c *Client) writing(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-c.ready:
	}
	for {
		select {
		case <-ctx.Done():
			for _, p := range c.farewells() {
				if c.link.send(p.kind, p.payload) != nil {
					return nil // it is the end anyway
				}
			}
			return nil
		case p := <-c.post:
			if err := c.link.send(p.kind, p.payload); err != nil {
				return err
			}
			if p.written != nil {
				close(p.written)
			}
		}
	}
}

// say posts a message.
func (c *Client) say(ctx context.Context, kind uint64, payload message) error {
	select {
	case <-c.over: // the box still has room
		return errGone
	default:
	}
	select {
	case c.post <- parcel{kind, payload, nil}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.over:
		return errGone
	}
}

func (c *Client) talk(ctx context.Context, emit func(Heard)) error {
	if c.link.key != nil {
		if err := c.link.handshake(); err != nil {
			return err
		}
	}
	close(c.ready)
	if err := c.say(ctx, msgHelloRequest, hello("osmanthus")); err != nil {
		return err
	}
	greeted := false
	for {
		f, err := c.link.next(func() error { return c.say(ctx, msgPingRequest, nil) })
		if err != nil {
			return err
		}
		switch f.kind {
		case msgHelloResponse:
			if err = c.greeted(ctx, f.payload); err == nil {
				greeted = true
			}
		case msgDeviceInfoResponse:
			err = c.described(ctx, f.payload)
		case msgRawAdverts:
			if greeted {
				err = rawAdverts(f.payload, emit)
			}
		case msgPingRequest:
			err = c.say(ctx, msgPingResponse, nil)
		case msgGetTimeRequest:
			err = c.say(ctx, msgGetTimeResponse, timeResponse(time.Now()))
		case msgDisconnectRequest:
			return errors.Join(c.sayNow(ctx, msgDisconnectResponse, nil), fmt.Errorf("esphome: %s hung up", c.link.name))
		default:
			err = c.hear(ctx, f)
		}
		if err != nil {
			return err
		}
	}
}

// sayNow posts a message and waits until it is written.
func (c *Client) sayNow(ctx context.Context, kind uint64, payload message) error {
	p := parcel{kind, payload, make(chan struct{})}
	select {
	case c.post <- p:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-p.written:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Client) greeted(ctx context.Context, payload []byte) error {
	name, err := helloResponse(payload)
	if err != nil {
		return err
	}
	if c.link.name = name; c.opts.Name != "" && name != c.opts.Name {
		return protocol("the device is %q, not %q", name, c.opts.Name)
	}
	if err := c.say(ctx, msgDeviceInfoRequest, nil); err != nil {
		return err
	}
	return c.say(ctx, msgSubscribeAdverts, subscribe())
}

// described takes what the device can do.
func (c *Client) described(ctx context.Context, payload []byte) error {
	f, err := deviceInfo(payload)
	if err != nil {
		return err
	}
	if f != 0 && f&rawAdvertising == 0 {
		return protocol("%s gives no raw advertisements: its firmware is too old, or it is no Bluetooth proxy", c.link.name)
	}
	c.able(f)
	if f&activeConnections == 0 {
		return nil
	}
	return c.say(ctx, msgSubscribeSlots, nil)
}

package uplink

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/wire"
)

// clientID names the session at the broker. A '/' cannot stand in an id, so no
// two gateways share one.
func (c Config) clientID() string { return string(c.Site) + "/" + string(c.Gateway) }

func (c Config) topic(l wire.Lane) string {
	return wire.Topic{Site: c.Site, Gateway: c.Gateway, Lane: l}.String()
}

// options sets every default of the client that would break a promise:
//   - the session is persistent, so that receipts and boards wait at the broker;
//   - it neither reconnects nor retries by itself: every connection has a client
//     of its own, and its store, which is never written to disk, ends with it;
//   - a default handler is set before connecting, or what the broker kept for
//     us would be neither handled nor acknowledged;
//   - keep-alive, ping and write time-outs find a half-open connection within
//     keep-alive + ping time-out + 10 s (two of the client's own rounds);
//   - 3.1.1 explicitly: no second try with 3.1.
func (c Config) options(ctx context.Context, will []byte, lost func(error), arrived mqtt.MessageHandler) *mqtt.ClientOptions {
	o := mqtt.NewClientOptions()
	o.AddBroker(c.Broker)
	o.SetClientID(c.clientID())
	o.SetUsername(c.Username)
	o.SetPassword(c.Password)
	o.SetProtocolVersion(4)
	o.SetCleanSession(false)
	o.SetAutoReconnect(false)
	o.SetConnectRetry(false)
	o.SetResumeSubs(false)
	o.SetOrderMatters(true)
	o.SetStore(mqtt.NewMemoryStore())
	o.SetKeepAlive(c.KeepAlive)
	o.SetPingTimeout(c.PingTimeout)
	o.SetConnectTimeout(c.ConnectTimeout)
	o.SetWriteTimeout(c.WriteTimeout)
	o.SetDefaultPublishHandler(arrived)
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { lost(err) })
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) { return c.dial(ctx) })
	if will != nil {
		o.SetBinaryWill(c.topic(wire.LaneStatus), will, 1, false)
	}
	return o
}

// dial connects to the broker.
func (c Config) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.ConnectTimeout)
	defer cancel()
	_, addr, secure := c.address()
	dialer := &net.Dialer{KeepAlive: c.KeepAlive}
	if !secure {
		conn, err := dialer.DialContext(ctx, "tcp", addr)
		if err != nil {
			return nil, err
		}
		return impatientConn{conn, c.WriteTimeout}, nil
	}
	config, err := c.tls(time.Now())
	if err != nil {
		return nil, err
	}
	conn, err := (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return impatientConn{conn, c.WriteTimeout}, nil
}

// impatientConn bounds every write: the client's own ping would wait for ever
// on a connection whose other end is gone and whose buffer is full.
type impatientConn struct {
	net.Conn
	timeout time.Duration
}

func (c impatientConn) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

var errTimeout = errors.New("no answer in time")

// wait waits for a token.
func wait(ctx context.Context, t mqtt.Token, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return fmt.Errorf("%w: %v", errTimeout, d)
	}
}

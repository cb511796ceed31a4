package ingest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/wire"
)

// Broker says how to reach an MQTT 3.1.1 broker.
type Broker struct {
	Address  string // "tls://host:8883" or "tcp://host:1883"
	Username string
	Password string
	TLS      *tls.Config // for tls://: the broker's CA, our certificate and key
}

func (b Broker) check() error {
	u, err := url.Parse(b.Address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("ingest: broker address %q is not like tls://host:8883", b.Address)
	}
	switch u.Scheme {
	case "tls", "ssl", "mqtts", "tcp", "mqtt":
		return nil
	}
	return fmt.Errorf("ingest: broker address %q: want tls:// or tcp://", b.Address)
}

type sessionConfig struct {
	broker   Broker
	name     string
	clientID string
	keep     bool // the broker keeps the session while we are away
	filters  []string
	first    wire.Lane // goes before the other lane of the session
	counts   *counts
	log      *slog.Logger
}

// session is one MQTT session that feeds one queue.
type session struct {
	sessionConfig
	queue      *queue
	client     atomic.Pointer[mqtt.Client]
	subscribed atomic.Bool

	// in
	connected chan struct{}
	full      chan struct{} // the queue overflowed
}

func newSession(c sessionConfig, q *queue) (*session, error) {
	if err := c.broker.check(); err != nil {
		return nil, err
	}
	c.log = c.log.With("session", c.name)
	return &session{sessionConfig: c, queue: q, connected: make(chan struct{}, 1), full: make(chan struct{}, 1)}, nil
}

// run keeps the session up until ctx ends. When the queue is full, it ends the
// connection rather than block the reader (which would end it, too, only
// later) or acknowledge what is not stored.
func (s *session) run(ctx context.Context) {
	for ctx.Err() == nil {
		client := mqtt.NewClient(s.options())
		s.client.Store(&client)
		client.Connect() // tries again by itself, until Disconnect
		s.attend(ctx, client)
		client.Disconnect(100)
		s.subscribed.Store(false)
		for ctx.Err() == nil && !s.queue.calm() {
			sleep(ctx, 100*time.Millisecond)
		}
		drain(s.full) // it may have filled again while we were leaving
		drain(s.connected)
	}
}

// attend subscribes after every connection, until the queue overflows.
func (s *session) attend(ctx context.Context, c mqtt.Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.connected:
			s.subscribe(ctx, c)
		case <-s.full:
			s.counts.overflows.Add(1)
			s.log.Warn("queue is full, leaving the broker until it is half empty",
				"queued", s.queue.len(), "queued_bytes", s.queue.bytes.Load())
			return
		}
	}
}

func (s *session) options() *mqtt.ClientOptions {
	o := mqtt.NewClientOptions().
		AddBroker(s.broker.Address).
		SetClientID(s.clientID).
		SetUsername(s.broker.Username).
		SetPassword(s.broker.Password).
		SetProtocolVersion(4).
		SetCleanSession(!s.keep).
		SetAutoAckDisabled(true).
		SetOrderMatters(true).
		SetKeepAlive(15 * time.Second).
		SetPingTimeout(10 * time.Second).
		SetConnectTimeout(10 * time.Second).
		SetWriteTimeout(10 * time.Second).
		SetConnectRetry(true).
		SetConnectRetryInterval(time.Second).
		SetAutoReconnect(true).
		SetMaxReconnectInterval(5 * time.Second).
		// Set before the connection: what the broker kept for us arrives before
		// we subscribe.
		SetDefaultPublishHandler(s.received).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) {
			s.subscribed.Store(false)
			s.log.Warn("connection to the broker lost", "error", err)
		})
	if s.broker.TLS != nil {
		o.SetTLSConfig(s.broker.TLS.Clone())
	}
	o.SetOnConnectHandler(func(mqtt.Client) { signal(s.connected) })
	o.SetConnectionNotificationHandler(func(_ mqtt.Client, n mqtt.ConnectionNotification) {
		if failed, ok := n.(mqtt.ConnectionNotificationFailed); ok {
			s.log.Warn("connecting to the broker", "error", failed.Reason)
		}
	})
	return o
}

// subscribe tries for as long as the connection stands: a broker may refuse at
// first (mochi does while a kept message has the number of our SUBSCRIBE).
func (s *session) subscribe(ctx context.Context, c mqtt.Client) {
	filters := map[string]byte{}
	for _, f := range s.filters {
		filters[f] = 1
	}
	for ctx.Err() == nil && c.IsConnectionOpen() {
		err := granted(ctx, c.SubscribeMultiple(filters, nil))
		if err == nil {
			s.subscribed.Store(true)
			s.log.Info("subscribed", "broker", s.broker.Address)
			return
		}
		s.log.Error("subscribing", "error", err)
		sleep(ctx, time.Second)
	}
}

// granted waits for the broker's answer to a subscription.
func granted(ctx context.Context, t mqtt.Token) error {
	patience := time.NewTimer(10 * time.Second)
	defer patience.Stop()
	select {
	case <-t.Done():
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return errors.New("the broker does not answer")
	}
	if err := t.Error(); err != nil {
		return err
	}
	for filter, qos := range t.(*mqtt.SubscribeToken).Result() {
		if qos > 2 {
			return fmt.Errorf("the broker refuses %s", filter)
		}
	}
	return nil
}

// received runs on the reader of the connection: it must not block.
func (s *session) received(_ mqtt.Client, m mqtt.Message) {
	s.counts.messages.Add(1)
	msg := message{topic: m.Topic(), payload: m.Payload(), at: time.Now(), retained: m.Retained(), ack: m.Ack}
	if s.queue.put(msg, strings.HasSuffix(msg.topic, "/"+string(s.first))) {
		return
	}
	if m.Qos() == 0 {
		s.counts.lost.Add(1)
		return
	}
	signal(s.full)
}

// publish hands a message to the connection, and reports whether there is one.
// It does not wait for the broker's answer: whoever needs certainty repeats until the gateway shows it.
func (s *session) publish(topic string, qos byte, payload []byte) bool {
	c := s.client.Load()
	if c == nil || !(*c).IsConnectionOpen() {
		return false
	}
	(*c).Publish(topic, qos, false, payload)
	return true
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func drain(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}

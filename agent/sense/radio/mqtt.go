package radio

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/blebridge"
)

// What finds a half-open connection within keep-alive and ping time-out, and
// bounds every wait for the broker.
const (
	mqttKeepAlive = 15 * time.Second
	mqttWait      = 10 * time.Second
	// maxMessage bounds a message: one advertisement, or a pack of some hundred
	// records.
	maxMessage = 64 << 10
)

// Bridge is a bridge that publishes what it hears at a broker of the home:
// OpenMQTTGateway, Theengs Gateway or a Shelly gateway. Each Scan is one session.
type Bridge struct {
	spec    Spec
	client  string
	packs   func(payload []byte) // takes SenML; nil: nobody does
	refused atomic.Uint64

	mu    sync.Mutex
	check func(context.Context) error // asks whether the session lives, nil while there is none
}

var (
	_ ble.Radio  = (*Bridge)(nil)
	_ ble.Healer = (*Bridge)(nil)
)

// NewBridge makes a bridge of its specification.
func NewBridge(s Spec, opts OpenOpts) *Bridge {
	return &Bridge{spec: s, client: opts.Client + "/" + s.Name}
}

// Refused is how many messages were malformed, or too long.
func (b *Bridge) Refused() uint64 { return b.refused.Load() }

// String implements ble.Radio.
func (b *Bridge) String() string { return b.spec.Name }

// Scan implements ble.Radio.
func (b *Bridge) Scan(ctx context.Context, emit func(ble.Heard)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	o, err := b.options(ctx)
	if err != nil {
		return err
	}
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { stop(fmt.Errorf("radio: the broker of %s: %w", b.spec.Name, err)) })
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
		if ctx.Err() != nil {
			return // of a session that is over
		}
		if err := b.arrived(m.Topic(), m.Payload(), m.Retained(), emit); err != nil {
			stop(err)
		}
	})
	c := mqtt.NewClient(o)
	defer c.Disconnect(0)
	if err := await(ctx, c.Connect()); err != nil {
		return fmt.Errorf("radio: reaching the broker of %s: %w", b.spec.Name, err)
	}
	if err := b.subscribe(ctx, c); err != nil {
		return err
	}
	b.lives(func(ctx context.Context) error {
		err := b.subscribe(ctx, c)
		if err != nil {
			stop(err)
		}
		return err
	})
	defer b.lives(nil)
	<-ctx.Done()
	return context.Cause(ctx)
}

func (b *Bridge) lives(check func(context.Context) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.check = check
}

// Rungs implements ble.Healer.
func (b *Bridge) Rungs() []ble.Rung { return []ble.Rung{{Name: "subscribe again", Wait: anew}} }

// Heal implements ble.Healer. Most that is silent has nothing to say, and what is
// published while nobody is subscribed is lost: so the session goes on if the
// broker answers, and ends if not.
func (b *Bridge) Heal(ctx context.Context, _ int) error {
	b.mu.Lock()
	check := b.check
	b.mu.Unlock()
	if check == nil {
		return fmt.Errorf("radio: %s has no session", b.spec.Name)
	}
	return check(ctx)
}

// options sets every default of the client that would break a promise:
//   - the session is a clean one: what a broker kept for us would be taken for
//     what is heard now;
//   - it neither reconnects nor retries by itself: the hub does, with a rest that
//     grows to 20 s and is never in step;
//   - messages are handled in their order, by one goroutine that does not wait;
//   - keep-alive, ping and write time-outs find a half-open connection.
func (b *Bridge) options(ctx context.Context) (*mqtt.ClientOptions, error) {
	address, err := url.Parse(b.spec.Address)
	if err != nil {
		return nil, fmt.Errorf("radio: the broker of %s: its address is no URL", b.spec.Name)
	}
	o := mqtt.NewClientOptions()
	o.AddBroker(b.spec.Address)
	o.SetClientID(b.client)
	o.SetProtocolVersion(4)
	o.SetCleanSession(true)
	o.SetAutoReconnect(false)
	o.SetConnectRetry(false)
	o.SetResumeSubs(false)
	o.SetOrderMatters(true)
	o.SetStore(mqtt.NewMemoryStore())
	o.SetKeepAlive(mqttKeepAlive)
	o.SetPingTimeout(mqttWait)
	o.SetConnectTimeout(mqttWait)
	o.SetWriteTimeout(mqttWait)
	if b.spec.User != "" {
		password, err := ReadSecret(b.spec.PasswordFile)
		if err != nil {
			return nil, err
		}
		o.SetUsername(b.spec.User)
		o.SetPassword(password)
	}
	var secure *tls.Config
	if address.Scheme == "tls" {
		if secure, err = b.tls(address.Hostname()); err != nil {
			return nil, err
		}
	}
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) { return dial(ctx, address.Host, secure) })
	return o, nil
}

// subscribe asks for the topics, and for whether the bridge lives.
func (b *Bridge) subscribe(ctx context.Context, c mqtt.Client) error {
	filters := map[string]byte{}
	for _, f := range append(b.spec.Topics, b.spec.SenML...) {
		filters[f] = 1
		if will := willOf(f); will != "" {
			filters[will] = 1
		}
	}
	token := c.SubscribeMultiple(filters, nil)
	if err := await(ctx, token); err != nil {
		return fmt.Errorf("radio: subscribing for %s: %w", b.spec.Name, err)
	}
	for topic, code := range token.(*mqtt.SubscribeToken).Result() {
		if code > 2 {
			return fmt.Errorf("radio: the broker of %s refuses %q", b.spec.Name, topic)
		}
	}
	return nil
}

// willOf is where OpenMQTTGateway and Theengs Gateway say whether they live, ""
// where the filter is not of one of them.
func willOf(filter string) string {
	base, _, ok := strings.Cut(filter, "/BTtoMQTT")
	if !ok || strings.Contains(base, "+") {
		return ""
	}
	return base + "/LWT"
}

// arrived takes a message. An error ends the session: the bridge is gone. It runs
// on a goroutine of the client, where a panic would end the agent: it costs this
// message.
func (b *Bridge) arrived(topic string, payload []byte, retained bool, emit func(ble.Heard)) error {
	defer func() {
		if recover() != nil {
			b.refused.Add(1)
		}
	}()
	if strings.HasSuffix(topic, "/LWT") {
		if bytes.Equal(payload, []byte("offline")) {
			return fmt.Errorf("radio: the bridge %s is offline", b.spec.Name)
		}
		return nil
	}
	if retained {
		return nil // nobody knows when it was heard
	}
	if len(payload) > maxMessage {
		b.refused.Add(1)
		return nil
	}
	for _, f := range b.spec.SenML {
		if matches(f, topic) {
			if b.packs != nil {
				b.packs(payload)
			}
			return nil
		}
	}
	if err := b.adverts(topic, payload, emit); err != nil {
		b.refused.Add(1)
	}
	return nil
}

func (b *Bridge) adverts(topic string, payload []byte, emit func(ble.Heard)) error {
	if !strings.Contains(topic, "/BTtoMQTT") {
		all, err := blebridge.ParseShelly(payload)
		for i := range all {
			emit(heardBy(&all[i]))
		}
		return err
	}
	h, err := blebridge.ParseMQTT(topic, payload)
	if err == nil {
		emit(heardBy(&h))
	}
	return err
}

func heardBy(h *blebridge.Heard) ble.Heard {
	return ble.Heard{Advert: h.Advert, At: time.Now(), Report: h.Decoded}
}

// matches reports whether a topic is of a filter (MQTT 3.1.1, section 4.7).
func matches(filter, topic string) bool {
	for {
		f, fs, more := strings.Cut(filter, "/")
		if f == "#" {
			return true
		}
		t, ts, rest := strings.Cut(topic, "/")
		if f != "+" && f != t {
			return false
		}
		if !more || !rest {
			return more == rest || fs == "#" && more
		}
		filter, topic = fs, ts
	}
}

var errNoAnswer = errors.New("no answer in time")

// await waits for a token.
func await(ctx context.Context, t mqtt.Token) error {
	timer := time.NewTimer(mqttWait)
	defer timer.Stop()
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return errNoAnswer
	}
}

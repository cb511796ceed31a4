package broker_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/care"
	"osmanthus/cloud/broker"
	"osmanthus/cloud/pki"
)

// registry knows some gateways, all at site "home".
type registry struct{ known sync.Map }

func (r *registry) Authorize(_ context.Context, g care.GatewayID, _ string) (care.SiteID, bool, error) {
	_, ok := r.known.Load(g)
	return "home", ok, nil
}

// house is a broker with its authority.
type house struct {
	*broker.Broker
	authority *pki.Authority
	registry  *registry
}

func start(t *testing.T, o broker.Opts) house {
	t.Helper()
	a, err := pki.Open(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config, err := a.Server([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	h := house{authority: a, registry: &registry{}}
	h.registry.known.Store(care.GatewayID("g1"), true)
	h.registry.known.Store(care.GatewayID("g2"), true)
	if h.Broker, err = broker.New("127.0.0.1:0", config, h.registry, slog.New(slog.DiscardHandler), o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h house) config(t *testing.T, id string) *tls.Config {
	t.Helper()
	c, err := h.authority.Issue(id, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config, err := c.Client()
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func (h house) gateway(t *testing.T, id string) *paho.ClientOptions {
	return paho.NewClientOptions().AddBroker("ssl://" + h.Addr()).SetTLSConfig(h.config(t, id)).
		SetClientID("agent").SetAutoReconnect(false).SetConnectTimeout(10 * time.Second)
}

func (h house) internal() *paho.ClientOptions {
	i := h.Internal()
	return paho.NewClientOptions().AddBroker(i.Address).SetUsername(i.Username).SetPassword(i.Password).
		SetClientID("ingest").SetAutoReconnect(false)
}

func connect(t *testing.T, o *paho.ClientOptions) paho.Client {
	t.Helper()
	c := paho.NewClient(o)
	if err := wait(c.Connect()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

func wait(token paho.Token) error {
	if !token.WaitTimeout(20 * time.Second) {
		return fmt.Errorf("no answer")
	}
	return token.Error()
}

func subscribe(t *testing.T, c paho.Client, filter string) chan paho.Message {
	t.Helper()
	got := make(chan paho.Message, 1000)
	if err := wait(c.Subscribe(filter, 1, func(_ paho.Client, m paho.Message) { got <- m })); err != nil {
		t.Fatal(err)
	}
	return got
}

func next(t *testing.T, c chan paho.Message) string {
	t.Helper()
	select {
	case m := <-c:
		return m.Topic() + " " + string(m.Payload())
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}

func TestH3_AGatewaySaysAndHearsItsOwnOnly(t *testing.T) {
	h := start(t, broker.Opts{})
	ingest := connect(t, h.internal())
	heard := subscribe(t, ingest, "$share/ingest/osmanthus/v1/+/+/live")
	g1 := connect(t, h.gateway(t, "g1"))
	mine := subscribe(t, g1, "osmanthus/v1/home/g1/receipt")
	for _, filter := range []string{
		"osmanthus/v1/home/g2/receipt", "osmanthus/v1/home/+/receipt", "osmanthus/v1/home/g1/+", "#", "$SYS/#",
		"osmanthus/v1/other/g1/receipt", "osmanthus/v1/home/g1/live", "$share/x/osmanthus/v1/home/g1/receipt",
	} {
		token := g1.Subscribe(filter, 1, nil)
		if err := wait(token); err != nil {
			continue
		}
		for _, granted := range token.(*paho.SubscribeToken).Result() {
			if granted <= 2 {
				t.Errorf("subscribed to %s", filter)
			}
		}
	}
	if err := wait(g1.Publish("osmanthus/v1/home/g1/live", 1, false, "mine")); err != nil {
		t.Fatal(err)
	}
	if got := next(t, heard); got != "osmanthus/v1/home/g1/live mine" {
		t.Errorf("ingest heard %s", got)
	}
	if err := wait(ingest.Publish("osmanthus/v1/home/g1/receipt", 1, false, "thanks")); err != nil {
		t.Fatal(err)
	}
	if got := next(t, mine); got != "osmanthus/v1/home/g1/receipt thanks" {
		t.Errorf("the gateway heard %s", got)
	}
	for _, topic := range []string{
		"osmanthus/v1/home/g2/live", "osmanthus/v1/other/g1/live", "osmanthus/v1/home/g1/receipt", "osmanthus/v1/home/g2/command", "elsewhere",
	} {
		lost := make(chan struct{})
		o := h.gateway(t, "g1").SetClientID("bad").SetConnectionLostHandler(func(paho.Client, error) { close(lost) })
		bad := connect(t, o)
		bad.Publish(topic, 1, false, "forged")
		select {
		case <-lost:
		case <-time.After(20 * time.Second):
			t.Errorf("a gateway that published on %s is still connected", topic)
		}
	}
	wait(g1.Publish("osmanthus/v1/home/g1/live", 1, false, "last"))
	if got := next(t, heard); got != "osmanthus/v1/home/g1/live last" {
		t.Errorf("a forged message went through: %s", got)
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	h := start(t, broker.Opts{})
	wrong := h.internal().SetPassword("guess")
	// The password of ingest opens nothing at the gateways' door, and a will on
	// a foreign topic would be a forged message to come.
	outside := paho.NewClientOptions().AddBroker("ssl://" + h.Addr()).SetTLSConfig(&tls.Config{RootCAs: h.authority.Pool()}).
		SetUsername(h.Internal().Username).SetPassword(h.Internal().Password).SetClientID("x").SetAutoReconnect(false)
	for name, o := range map[string]*paho.ClientOptions{
		"wrong password":  wrong,
		"no certificate":  outside,
		"unknown gateway": h.gateway(t, "g9"),
		"malformed id":    h.gateway(t, "home/g1"),
		"foreign will":    h.gateway(t, "g1").SetWill("osmanthus/v1/home/g2/alert", "x", 1, false),
	} {
		c := paho.NewClient(o.SetConnectTimeout(10 * time.Second))
		if err := wait(c.Connect()); err == nil {
			t.Errorf("%s: let in", name)
			c.Disconnect(0)
		}
	}
	connect(t, h.gateway(t, "g1").SetWill("osmanthus/v1/home/g1/status", "gone", 1, false))
}

func TestAGatewayCannotTakeAnothersSession(t *testing.T) {
	h := start(t, broker.Opts{})
	g1 := connect(t, h.gateway(t, "g1"))
	connect(t, h.gateway(t, "g2")) // with the same client id
	if err := wait(g1.Publish("osmanthus/v1/home/g1/live", 1, false, "x")); err != nil || !g1.IsConnectionOpen() {
		t.Errorf("g2 ended the session of g1: %v", err)
	}
}

func TestARevokedGatewayIsPutOut(t *testing.T) {
	h := start(t, broker.Opts{})
	lost := make(chan struct{})
	connect(t, h.gateway(t, "g1").SetConnectionLostHandler(func(paho.Client, error) { close(lost) }))
	g2 := connect(t, h.gateway(t, "g2"))
	h.registry.known.Delete(care.GatewayID("g1"))
	h.Recheck(t.Context())
	select {
	case <-lost:
	case <-time.After(20 * time.Second):
		t.Fatal("the revoked gateway is still connected")
	}
	if !g2.IsConnectionOpen() {
		t.Error("its neighbour was put out, too")
	}
}

// The defaults of the library would drop most of these: a consumer that
// acknowledges nothing for a while is what an outage of the store looks like.
func TestH1_AStalledConsumerLosesNothing(t *testing.T) {
	const messages = 12_000 // more than mochi's default window of 8192
	h := start(t, broker.Opts{})
	var heard atomic.Int64
	all := make(chan struct{})
	o := h.internal().SetAutoAckDisabled(true).SetDefaultPublishHandler(func(paho.Client, paho.Message) {
		if heard.Add(1) == messages {
			close(all)
		}
	})
	if err := wait(connect(t, o).Subscribe("$share/ingest/osmanthus/v1/+/+/live", 1, nil)); err != nil {
		t.Fatal(err)
	}
	g := connect(t, h.gateway(t, "g1"))
	var last paho.Token
	for range messages {
		last = g.Publish("osmanthus/v1/home/g1/live", 1, false, "x")
	}
	if err := wait(last); err != nil {
		t.Fatal(err)
	}
	select {
	case <-all:
	case <-time.After(30 * time.Second):
		t.Errorf("%d of %d arrived", heard.Load(), messages)
	}
}

// What waits for a client must not keep it from subscribing when it returns.
func TestAKeptSessionMaySubscribe(t *testing.T) {
	h := start(t, broker.Opts{})
	g := connect(t, h.gateway(t, "g1"))
	const filter, messages = "osmanthus/v1/+/+/alert", 3
	for round := range 2 {
		heard := make(chan paho.Message, 100)
		o := h.internal().SetCleanSession(false).SetAutoAckDisabled(true).
			SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { heard <- m })
		ingest := connect(t, o)
		token := ingest.Subscribe(filter, 1, nil)
		if err := wait(token); err != nil || token.(*paho.SubscribeToken).Result()[filter] != 1 {
			t.Fatalf("round %d: %v, granted %v", round, err, token.(*paho.SubscribeToken).Result())
		}
		if round == 0 {
			for range messages {
				if err := wait(g.Publish("osmanthus/v1/home/g1/alert", 1, false, "x")); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range messages { // none is acknowledged, so all come again
			next(t, heard)
		}
		ingest.Disconnect(100)
	}
}

func TestGarbageEndsItsOwnConnectionOnly(t *testing.T) {
	h := start(t, broker.Opts{})
	g1 := connect(t, h.gateway(t, "g1"))
	for _, garbage := range []string{"\x00\x00\x00\x00", "\x30\xff\xff\xff\x7f", "GET / HTTP/1.1\r\n\r\n", "\x10\xff\xff\xff\xff\xff", strings.Repeat("\xff", 5000)} {
		c, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", h.Addr(), h.config(t, "g2"))
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(20 * time.Second))
		c.Write([]byte(garbage))
		if n, err := c.Read(make([]byte, 100)); err == nil && n > 0 {
			t.Errorf("%q was answered", garbage)
		}
		c.Close()
	}
	if err := wait(g1.Publish("osmanthus/v1/home/g1/live", 1, false, "x")); err != nil {
		t.Error(err)
	}
}

func TestMosquittoACLNamesEveryRight(t *testing.T) {
	var out strings.Builder
	err := broker.MosquittoACL(&out, "osmanthus-ingest", []care.GatewayID{"g1"}, func(care.GatewayID) care.SiteID { return "home" })
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"user osmanthus-ingest\ntopic read osmanthus/v1/+/+/alert\n",
		"topic write osmanthus/v1/+/+/receipt\n\nuser g1\ntopic write osmanthus/v1/home/g1/alert\n",
		"topic read osmanthus/v1/home/g1/receipt\n",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no %q in\n%s", line, out.String())
		}
	}
	err = broker.MosquittoACL(&out, "i", []care.GatewayID{"g1\nuser root"}, func(care.GatewayID) care.SiteID { return "home" })
	if err == nil {
		t.Error("a line was smuggled in")
	}
}

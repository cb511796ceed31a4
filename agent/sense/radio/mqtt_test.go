package radio

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"osmanthus/care"
	"osmanthus/drivers/ble"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// homeBroker is a broker in the home that knows one user.
type homeBroker struct {
	t      *testing.T
	server *mochi.Server
	addr   string
	once   sync.Once
}

type doorman struct{ mochi.HookBase }

func (doorman) ID() string { return "doorman" }
func (doorman) Provides(b byte) bool {
	return b == mochi.OnConnectAuthenticate || b == mochi.OnACLCheck
}
func (doorman) OnConnectAuthenticate(_ *mochi.Client, p packets.Packet) bool {
	return string(p.Connect.Username) == "home" && string(p.Connect.Password) == "open sesame"
}
func (doorman) OnACLCheck(_ *mochi.Client, topic string, _ bool) bool {
	return topic != "forbidden/BTtoMQTT/#"
}

func startBroker(t *testing.T, addr string, secure *tls.Config) *homeBroker {
	t.Helper()
	s := mochi.New(&mochi.Options{InlineClient: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err := s.AddHook(new(doorman), nil); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	addr = l.Addr().String()
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	if err := s.AddListener(listeners.NewNet("tcp", l)); err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	b := &homeBroker{t: t, server: s, addr: addr}
	t.Cleanup(b.close)
	return b
}

func (b *homeBroker) close() { b.once.Do(func() { b.server.Close() }) }

// subscribed waits until somebody listens to a topic.
func (b *homeBroker) subscribed(topic string) {
	b.t.Helper()
	until(b.t, "a subscription to "+topic, func() bool { return len(b.server.Topics.Subscribers(topic).Subscriptions) > 0 })
}

func (b *homeBroker) publish(topic, payload string, retain bool) {
	b.t.Helper()
	if err := b.server.Publish(topic, []byte(payload), retain, 1); err != nil {
		b.t.Fatal(err)
	}
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s within %v", what, patience)
		}
	}
}

// startHub runs a hub with one bridge in real time.
func startHub(t *testing.T, spec Spec, devices []Device, opts Opts) (*Hub, *notebook) {
	t.Helper()
	stations, err := Open([]Spec{spec}, OpenOpts{Client: "home-1/gw-1"})
	if err != nil {
		t.Fatal(err)
	}
	notes := &notebook{}
	hub, err := New(stations, devices, notes, opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); hub.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return hub, notes
}

func password(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func bridgeSpec(t *testing.T, address string) Spec {
	return Spec{Name: "kitchen", Kind: "mqtt", Address: address, User: "home", PasswordFile: password(t),
		Topics: []string{"home/omg/BTtoMQTT/#", "shelly-1/events/rpc"}, SenML: []string{"site/senml/+"}}
}

const (
	omgTopic = "home/omg/BTtoMQTT/A4C1388D18B2"
	// A press, a double press and a press of a BTHome button with its number.
	omgPress    = `{"id":"A4:C1:38:8D:18:B2","rssi":-61,"servicedatauuid":"0xfcd2","servicedata":"4400013a01"}`
	omgAgain    = `{"id":"A4:C1:38:8D:18:B2","rssi":"-61","servicedatauuid":"fcd2","servicedata":"4400023a02"}`
	omgLater    = `{"id":"a4:c1:38:8d:18:b2","rssi":-61,"servicedatauuid":"fcd2","servicedata":"4400053a01"}`
	shellyPress = `{"src":"shelly-1","method":"NotifyEvent","params":{"ts":1,"events":[{"component":"script:1","event":"shelly-blu",` +
		`"data":{"encryption":false,"BTHome_version":2,"pid":3,"button":1,"rssi":-70,"address":"a4:c1:38:8d:18:b2"}}]}}`
)

func TestBridgesByMQTT(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0", nil)
	broker.publish(omgTopic, omgPress, true) // kept since yesterday
	broker.publish("home/omg/LWT", "online", true)
	decode := func(payload []byte, received time.Time) ([]Record, error) {
		if string(payload) == "poison" {
			panic("a mistake in a decoder")
		}
		if string(payload) != "pack" {
			return nil, errors.New("malformed")
		}
		return []Record{{"urn:dev:1:x", "air_temperature", 21, received}}, nil
	}
	devices := []Device{device("callpoint"), {ID: "air", Resident: "r-1", Kind: "climate", Name: "urn:dev:1:"}}
	hub, notes := startHub(t, bridgeSpec(t, "tcp://"+broker.addr), devices, Opts{Decode: decode})
	broker.subscribed(omgTopic)
	presses := func(n int) {
		t.Helper()
		until(t, "press", func() bool { return len(notes.of("s-1", care.ButtonPress)) == n })
	}
	for _, m := range []struct{ topic, payload string }{
		{omgTopic, "{"}, {"site/senml/gw", "poison"}, {omgTopic, omgAgain}, {omgTopic, omgAgain}, {"shelly-1/events/rpc", "[]"}, {"shelly-1/events/rpc", shellyPress},
		{"site/senml/gw", "pack"}, {"site/senml/gw", "no pack"}, {"home/omg/SYStoMQTT", "{}"},
	} {
		broker.publish(m.topic, m.payload, false)
	}
	presses(2) // the one that was kept is none
	until(t, "air", func() bool { return len(notes.of("air", care.AirTemperature)) == 1 })
	until(t, "refusals", func() bool { return hub.Stats().Refused == 4 })
	if best := hub.Best(tagAddress); len(best) != 1 || best[0].Central != nil || best[0].RSSI >= -60 {
		t.Errorf("%+v", best)
	}

	// The bridge loses its power, and the broker, too.
	broker.publish("home/omg/LWT", "offline", true)
	until(t, "restart", func() bool { return hub.Stats().Restarts >= 1 })
	broker.publish("home/omg/LWT", "online", true)
	broker.close()
	broker = startBroker(t, broker.addr, nil)
	broker.subscribed(omgTopic)
	broker.publish(omgTopic, omgLater, false)
	presses(3)
}

// A bridge of which nothing is heard is asked whether it lives, and a press
// meanwhile still calls.
func TestB2_ABridgeThatIsSilentStaysSubscribed(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0", nil)
	hub, notes := startHub(t, bridgeSpec(t, "tcp://"+broker.addr), []Device{{ID: "call", Resident: "r-1", Kind: "callpoint", Name: "urn:dev:1:"}}, Opts{Decode: decode})
	broker.subscribed("site/senml/gw")
	bridge := hub.stations[0].Radio.(*Bridge)
	until(t, "session", func() bool { return bridge.Heal(t.Context(), 0) == nil })
	for n := range 3 {
		var healed sync.WaitGroup
		healed.Go(func() {
			if err := bridge.Heal(t.Context(), 0); err != nil {
				t.Error(err)
			}
		})
		broker.publish("site/senml/gw", fmt.Sprintf("urn:dev:1:x button_press 1 %d", n), false)
		healed.Wait()
	}
	until(t, "presses", func() bool { return len(notes.of("call", care.ButtonPress)) == 3 })
	if n := hub.Stats().Restarts; n != 0 {
		t.Errorf("%d sessions ended", n)
	}
	broker.close()
	until(t, "end of a session that does not answer", func() bool { return bridge.Heal(t.Context(), 0) != nil })
}

func TestABrokerWithTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	broker := startBroker(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	spec := bridgeSpec(t, "tls://"+broker.addr)
	none := func(ble.Heard) {}
	if err := NewBridge(spec, OpenOpts{}).Scan(t.Context(), none); err == nil {
		t.Error("a broker whose certificate nobody knows is believed")
	}
	spec.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(spec.CAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	_, notes := startHub(t, spec, []Device{device("callpoint")}, Opts{})
	broker.subscribed(omgTopic)
	broker.publish(omgTopic, omgPress, false)
	until(t, "press", func() bool { return len(notes.of("s-1", care.ButtonPress)) == 1 })
}

func TestBridgesThatAreRefused(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0", nil)
	stranger := bridgeSpec(t, "tcp://"+broker.addr)
	stranger.User = "somebody"
	forbidden := bridgeSpec(t, "tcp://"+broker.addr)
	forbidden.Topics = []string{"forbidden/BTtoMQTT/#"}
	open := bridgeSpec(t, "tcp://"+broker.addr)
	if err := os.Chmod(open.PasswordFile, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, spec := range map[string]Spec{"a user": stranger, "a topic": forbidden, "a password that all may read": open} {
		ctx, stop := context.WithTimeout(t.Context(), patience)
		err := NewBridge(spec, OpenOpts{Client: name}).Scan(ctx, func(ble.Heard) {})
		if err == nil || ctx.Err() != nil {
			t.Errorf("%s that is refused: %v", name, err)
		}
		stop()
	}
}

func TestTopicsOfFilters(t *testing.T) {
	for _, c := range []struct {
		filter, topic string
		want          bool
	}{
		{"a/b", "a/b", true}, {"a/b", "a", false}, {"a", "a/b", false}, {"a/+", "a/b", true}, {"a/+", "a/b/c", false},
		{"a/#", "a/b/c", true}, {"a/#", "a", true}, {"#", "a/b", true}, {"+/b", "a/b", true}, {"+", "a/b", false}, {"a/+/c", "a/b/c", true},
	} {
		if got := matches(c.filter, c.topic); got != c.want {
			t.Errorf("%s of %s: %v", c.topic, c.filter, got)
		}
	}
}

// What anybody may publish in the home.
func FuzzArrived(f *testing.F) {
	for _, m := range []struct{ topic, payload string }{{omgTopic, omgPress}, {"shelly-1/events/rpc", shellyPress}, {"home/omg/LWT", "offline"}} {
		f.Add(m.topic, []byte(m.payload))
	}
	b := NewBridge(Spec{Name: "b", SenML: []string{"site/+"}}, OpenOpts{})
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		hub, err := New([]Station{{Name: "b", Radio: b}}, []Device{device("tag")}, &notebook{}, Opts{})
		if err != nil {
			t.Fatal(err)
		}
		b.arrived(topic, payload, false, func(h ble.Heard) { hub.heard(hub.stations[0], &h) })
		if n := hub.Stats().Panics; n != 0 {
			t.Errorf("%d panics", n)
		}
	})
}

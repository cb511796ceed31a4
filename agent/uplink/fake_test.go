package uplink

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"osmanthus/care"
	"osmanthus/wire"
)

const (
	site    = "home-1"
	gateway = "gw-1"
	boot    = 77
	patient = 10 * time.Second // how long a test waits for what must happen
)

// fakeQueue is an outbox lane without a disk.
type fakeQueue struct {
	mu   sync.Mutex
	recs []fakeRecord
	low  int // everything below is acknowledged
	news chan struct{}
}

type fakeRecord struct {
	boot, seq uint64
	payload   []byte
	acked     bool
}

func newQueue() *fakeQueue { return &fakeQueue{news: make(chan struct{}, 1)} }

func (q *fakeQueue) put(payload []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.recs = append(q.recs, fakeRecord{boot: boot, seq: uint64(len(q.recs) + 1), payload: payload})
}

func (q *fakeQueue) Next(from uint64) (pos, boot, seq uint64, payload []byte, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := max(int(from), q.low); i < len(q.recs); i++ {
		if r := q.recs[i]; !r.acked {
			return uint64(i), r.boot, r.seq, slices.Clone(r.payload), true
		}
	}
	return 0, 0, 0, nil, false
}

func (q *fakeQueue) End() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return uint64(len(q.recs))
}

func (q *fakeQueue) mark(b, first, last uint64, acked bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if b != boot {
		return
	}
	for i := max(first, 1) - 1; i < min(last, uint64(len(q.recs))); i++ {
		q.recs[i].acked = acked
		if !acked {
			q.low = min(q.low, int(i))
		}
	}
	for q.low < len(q.recs) && q.recs[q.low].acked {
		q.low++
	}
	select {
	case q.news <- struct{}{}:
	default:
	}
}

func (q *fakeQueue) Ack(boot, first, last uint64)     { q.mark(boot, first, last, true) }
func (q *fakeQueue) Missing(boot, first, last uint64) { q.mark(boot, first, last, false) }

func (q *fakeQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for _, r := range q.recs {
		if !r.acked {
			n++
		}
	}
	return n
}

// empty waits until everything is acknowledged.
func (q *fakeQueue) empty(t *testing.T) {
	t.Helper()
	late := time.After(patient)
	for q.waiting() > 0 {
		select {
		case <-q.news:
		case <-late:
			t.Fatalf("%d of %d records still wait", q.waiting(), q.End())
		}
	}
}

// telemetry encodes batch seq.
func telemetry(t testing.TB, seq uint64) []byte {
	t.Helper()
	r := care.NewReading("res-1", "wrist-1", care.HeartRate, 70, 90, time.UnixMilli(int64(seq)*1000))
	b, err := wire.EncodeTelemetry(wire.Telemetry{Boot: boot, Seq: seq, Readings: []care.Reading{r}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (q *fakeQueue) putTelemetry(t testing.TB, n int) {
	for range n {
		q.put(telemetry(t, q.End()+1))
	}
}

func (q *fakeQueue) putAlert(t testing.TB) {
	t.Helper()
	at := time.UnixMilli(1_700_000_000_000)
	b, err := wire.EncodeAlert(wire.Alert{Boot: boot, Seq: q.End() + 1, Alert: care.Alert{
		Episode: care.NewEpisode(care.Fall, "res-1", "wrist-1", 0, at),
		Kind:    care.Fall, State: care.Confirmed, Priority: care.High, Resident: "res-1", Source: "wrist-1",
		Onset: at, At: at, Confidence: 0.9, Evidence: care.Evidence{Rule: "fall/1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	q.put(b)
}

// freeAddr returns an address on which nobody listens.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// openDoor lets everyone do everything, but swallows what is published on a
// lane, and does not acknowledge it.
type openDoor struct {
	mochi.HookBase
	swallow wire.Lane
	shared  chan string // topics of what was handed to all who subscribed; nil where nobody asks
}

func (*openDoor) ID() string { return "open-door" }

func (*openDoor) Provides(b byte) bool {
	return b == mochi.OnConnectAuthenticate || b == mochi.OnACLCheck || b == mochi.OnPublish || b == mochi.OnPublished
}

// OnPublished comes later than the answer to who published.
func (d *openDoor) OnPublished(_ *mochi.Client, pk packets.Packet) {
	if d.shared != nil {
		d.shared <- pk.TopicName
	}
}

// handed waits until a message of a lane is kept for all who subscribed.
func (d *openDoor) handed(t *testing.T, l wire.Lane) {
	t.Helper()
	for late := time.After(patient); ; {
		select {
		case topic := <-d.shared:
			if strings.HasSuffix(topic, "/"+string(l)) {
				return
			}
		case <-late:
			t.Fatalf("nothing of lane %s is handed on", l)
		}
	}
}

func (d *openDoor) OnPublish(_ *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	if d.swallow != "" && strings.HasSuffix(pk.TopicName, "/"+string(d.swallow)) {
		return pk, packets.ErrRejectPacket
	}
	return pk, nil
}

func (*openDoor) OnConnectAuthenticate(*mochi.Client, packets.Packet) bool { return true }

func (*openDoor) OnACLCheck(*mochi.Client, string, bool) bool { return true }

// startBroker runs a broker that lets everyone do everything, until stop or the
// end of the test.
func startBroker(t testing.TB, addr string) (stop func()) {
	t.Helper()
	return startBrokerWith(t, addr, new(openDoor))
}

func startBrokerWith(t testing.TB, addr string, door *openDoor) (stop func()) {
	t.Helper()
	s := mochi.New(&mochi.Options{Logger: slog.New(slog.DiscardHandler)})
	if err := s.AddHook(door, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.AddListener(listeners.NewTCP(listeners.Config{ID: "t", Address: addr})); err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { s.Close() })
	t.Cleanup(stop)
	return stop
}

// message is one that reached the cloud.
type message struct {
	lane    wire.Lane
	payload []byte
}

// cloud is the other side: it hears every lane, and says what it is told to.
type cloud struct {
	t      testing.TB
	client paho.Client
	heard  chan message
}

// newCloud connects to a broker and goes on trying for as long as the test
// runs.
func newCloud(t testing.TB, addr string) *cloud {
	t.Helper()
	c := &cloud{t: t, heard: make(chan message, 200_000)}
	up := make(chan struct{}, 100)
	o := paho.NewClientOptions().AddBroker("tcp://" + addr).SetClientID("cloud").SetCleanSession(false)
	o.SetConnectTimeout(time.Second).SetAutoReconnect(true).SetConnectRetry(true).SetConnectRetryInterval(20 * time.Millisecond).SetMaxReconnectInterval(50 * time.Millisecond)
	o.SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) {
		topic, err := wire.ParseTopic(m.Topic())
		if err != nil {
			t.Errorf("topic %q: %v", m.Topic(), err)
			return
		}
		c.heard <- message{topic.Lane, m.Payload()}
	})
	o.SetOnConnectHandler(func(client paho.Client) {
		filters := map[string]byte{}
		for _, l := range []wire.Lane{wire.LaneAlert, wire.LaneLive, wire.LaneBackfill, wire.LaneStatus} {
			filters[wire.AllGateways(l)] = 1
		}
		token := client.SubscribeMultiple(filters, nil)
		go func() {
			if token.Wait(); token.Error() == nil {
				up <- struct{}{}
			}
		}()
	})
	c.client = paho.NewClient(o)
	c.client.Connect()
	t.Cleanup(func() { c.client.Disconnect(0) })
	select {
	case <-up:
	case <-time.After(patient):
		t.Fatal("the cloud finds no broker")
	}
	return c
}

// next waits for the next message for which want is true.
func (c *cloud) next(what string, want func(message) bool) message {
	c.t.Helper()
	late := time.After(patient)
	for {
		select {
		case m := <-c.heard:
			if want(m) {
				return m
			}
		case <-late:
			c.t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (c *cloud) status(what string, want func(wire.Status) bool) wire.Status {
	c.t.Helper()
	var got wire.Status
	c.next(what, func(m message) bool {
		if m.lane != wire.LaneStatus {
			return false
		}
		s, err := wire.DecodeStatus(m.payload)
		if err != nil {
			c.t.Errorf("status: %v", err)
			return false
		}
		got = s
		return want(s)
	})
	return got
}

func online(s wire.Status) bool { return s.Presence == wire.Online }

func (c *cloud) say(l wire.Lane, payload []byte, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	topic := wire.Topic{Site: site, Gateway: gateway, Lane: l}.String()
	if token := c.client.Publish(topic, 1, false, payload); !token.WaitTimeout(patient) || token.Error() != nil {
		c.t.Errorf("publishing %s: %v", l, token.Error())
	}
}

func (c *cloud) receipt(r wire.Receipt) {
	c.t.Helper()
	b, err := wire.EncodeReceipt(r)
	c.say(wire.LaneReceipt, b, err)
}

// books are what the cloud has written.
type books struct {
	written map[uint64]bool
	top     uint64
}

func (b *books) write(seq uint64) {
	if b.written == nil {
		b.written = map[uint64]bool{}
	}
	b.written[seq] = true
	b.top = max(b.top, seq)
}

// watermark says what is written, with the holes.
func (b *books) watermark() wire.Receipt {
	w := wire.Watermark{Boot: boot, Top: b.top}
	for seq := uint64(1); seq <= b.top; seq++ {
		if b.written[seq] {
			continue
		}
		if n := len(w.Holes); n > 0 && w.Holes[n-1].To == seq-1 {
			w.Holes[n-1].To = seq
		} else {
			w.Holes = append(w.Holes, wire.Range{From: seq, To: seq})
		}
	}
	return wire.Receipt{Watermarks: []wire.Watermark{w}}
}

// config is for tests: everything is quick. Mochi ends a connection after one
// and a half keep-alives in whole seconds, so one second would be too quick.
func config(addr string) Config {
	return Config{
		Broker: "tcp://" + addr, Site: site, Gateway: gateway,
		KeepAlive: 2 * time.Second, PingTimeout: 300 * time.Millisecond, ConnectTimeout: 2 * time.Second, WriteTimeout: time.Second,
		ReconnectMin: 10 * time.Millisecond, ReconnectMax: 50 * time.Millisecond, StatusEvery: time.Second,
		AlertResend: 100 * time.Millisecond, TelemetryAfter: 250 * time.Millisecond, BackfillRate: 2000,
	}
}

// gatewayUnderTest is an uplink that runs.
type gatewayUnderTest struct {
	*Uplink
	alerts, telemetry *fakeQueue
	mu                sync.Mutex
	status            wire.Status
	boards            chan wire.Board
	stop              func()
}

func start(t *testing.T, cfg Config) *gatewayUnderTest {
	t.Helper()
	g := &gatewayUnderTest{alerts: newQueue(), telemetry: newQueue(), boards: make(chan wire.Board, 100)}
	g.status = wire.Status{Boot: boot, At: time.UnixMilli(1000), Started: time.UnixMilli(1)}
	g.run(t, cfg)
	return g
}

func (g *gatewayUnderTest) run(t *testing.T, cfg Config) {
	t.Helper()
	u, err := New(cfg, g.alerts, g.telemetry, Opts{Logger: slog.New(slog.NewTextHandler(testLog{t}, nil)),
		Status: func() wire.Status {
			g.mu.Lock()
			defer g.mu.Unlock()
			return g.status
		},
		OnBoard: func(b wire.Board) {
			g.mu.Lock()
			g.status.BoardVersion = max(g.status.BoardVersion, b.Version)
			g.mu.Unlock()
			g.boards <- b
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	g.Uplink = u
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	g.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patient):
			t.Error("Run does not end")
		}
	})
	t.Cleanup(g.stop)
}

func (m message) seq(t testing.TB) uint64 {
	t.Helper()
	switch m.lane {
	case wire.LaneAlert:
		a, err := wire.DecodeAlert(m.payload)
		if err != nil {
			t.Fatal(err)
		}
		return a.Seq
	case wire.LaneLive, wire.LaneBackfill:
		b, err := wire.DecodeTelemetry(m.payload)
		if err != nil {
			t.Fatal(err)
		}
		return b.Seq
	}
	panic(fmt.Sprintf("a %s has no number", m.lane))
}

// testLog writes the log of the uplink into the test's.
type testLog struct{ t testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Logf("%s", b)
	return len(b), nil
}

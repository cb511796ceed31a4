package ingest_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/care"
	"osmanthus/cloud/broker"
	"osmanthus/cloud/influx"
	"osmanthus/cloud/ingest"
	"osmanthus/cloud/pki"
	"osmanthus/cloud/sql"
	"osmanthus/deploy/child"
	"osmanthus/wire"
)

const ingestID = "osmanthus-ingest"

// town is real parts around ingest: records, InfluxDB, certificates, a broker.
type town struct {
	t         testing.TB
	db        *sql.DB
	authority *pki.Authority
	address   string // of the broker, for gateways
	inside    ingest.Broker

	influxDir, influxAddr string
	influxd               *child.Child
	store                 *influx.Store
	down                  atomic.Bool // the store seems to be

	people people
}

// gate is the store, and is shut while the town says that it is down.
type gate struct {
	*influx.Store
	down *atomic.Bool
}

func (g gate) Write(ctx context.Context, records []byte) error {
	if g.down.Load() {
		return errors.New("the store is down")
	}
	return g.Store.Write(ctx, records)
}

type people struct {
	mu     sync.Mutex
	alerts map[uint64]int
	online map[care.GatewayID]wire.Presence
}

func (p *people) Raise(_ context.Context, _ care.SiteID, _ care.GatewayID, a wire.Alert, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alerts[a.Seq]++
	return nil
}

func (p *people) Status(_ context.Context, _ care.SiteID, g care.GatewayID, s wire.Status, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.online[g] = s.Presence
	return nil
}

func newTown(t testing.TB, gateways ...care.GatewayID) *town {
	t.Helper()
	w := &town{t: t, people: people{alerts: map[uint64]int{}, online: map[care.GatewayID]wire.Presence{}}}
	w.findInflux()
	var err error
	if w.db, err = sql.Open(t.Context(), filepath.Join(t.TempDir(), "house.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.db.Close() })
	if w.authority, err = pki.Open(t.TempDir(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, g := range gateways {
		if err := w.db.AddGateway(t.Context(), "home", g, "", time.Time{}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *town) findInflux() {
	if _, err := os.Stat(influxBin()); err != nil {
		w.t.Skipf("NOT TESTED: %v; `make bin/osmanthus-influxd` builds it", err)
	}
	w.influxDir, w.influxAddr = w.t.TempDir(), "127.0.0.1:0"
	w.startInflux()
}

func influxBin() string {
	if bin := os.Getenv("OSMANTHUS_INFLUXD"); bin != "" {
		return bin
	}
	return filepath.Join("..", "..", "bin", "osmanthus-influxd")
}

func (w *town) startInflux() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	c, err := child.Start(ctx, influxBin(), []string{"-dir", w.influxDir, "-addr", w.influxAddr}, child.Opts{Stderr: io.Discard})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Kill() })
	var db struct{ URL, Database, Retention, Token string }
	if err := c.Decode(&db); err != nil {
		w.t.Fatal(err)
	}
	w.influxd, w.influxAddr = c, strings.TrimPrefix(db.URL, "http://")
	if w.store == nil {
		if w.store, err = influx.New(db.URL, db.Database+"/"+db.Retention, influx.Opts{Token: db.Token, Timeout: 10 * time.Second}); err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(w.store.Close)
	}
}

func (w *town) client(id string) *tls.Config {
	w.t.Helper()
	c, err := w.authority.Issue(id, time.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	config, err := c.Client()
	if err != nil {
		w.t.Fatal(err)
	}
	return config
}

// mosquitto starts Mosquitto 2 with its default limits, no persistence, TLS,
// client certificates, and the ACL that we print. Gateways have a listener of
// their own, which takes the client id from the certificate; ingest, which has
// two sessions with one certificate, comes in by the other.
func (w *town) mosquitto(gateways ...care.GatewayID) {
	w.t.Helper()
	bin, err := exec.LookPath("mosquitto")
	if err != nil {
		if bin, err = exec.LookPath("/usr/sbin/mosquitto"); err != nil {
			w.t.Skipf("NOT TESTED: %v; Debian's package mosquitto brings it", err)
		}
	}
	dir := w.t.TempDir()
	cert, key, err := w.authority.Files([]string{"127.0.0.1"})
	if err != nil {
		w.t.Fatal(err)
	}
	ca := filepath.Join(dir, "ca.crt")
	var acl strings.Builder
	if err := broker.MosquittoACL(&acl, ingestID, gateways, func(care.GatewayID) care.SiteID { return "home" }); err != nil {
		w.t.Fatal(err)
	}
	outside, inside := freeAddress(w.t), freeAddress(w.t)
	conf := "user root\nper_listener_settings true\n"
	for _, address := range []string{outside, inside} {
		host, port, _ := net.SplitHostPort(address)
		conf += fmt.Sprintf("listener %s %s\ncafile %s\ncertfile %s\nkeyfile %s\nrequire_certificate true\nuse_identity_as_username true\nallow_anonymous false\nacl_file %s\n",
			port, host, ca, cert, key, filepath.Join(dir, "acl"))
		if address == outside {
			conf += "use_username_as_clientid true\n"
		}
	}
	for name, text := range map[string]string{"ca.crt": string(w.authority.Certificate()), "acl": acl.String(), "conf": conf} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	var log strings.Builder
	c, err := child.Start(w.t.Context(), bin, []string{"-c", filepath.Join(dir, "conf")}, child.Opts{NoLine: true, Stdout: &log, Stderr: &log})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		c.Kill()
		if w.t.Failed() {
			w.t.Log(log.String())
		}
	})
	w.address = "ssl://" + outside
	w.inside = ingest.Broker{Address: "ssl://" + inside, TLS: w.client(ingestID)}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// embedded starts our own broker.
func (w *town) embedded() {
	w.t.Helper()
	config, err := w.authority.Server([]string{"127.0.0.1"})
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := broker.New("127.0.0.1:0", config, w.db, slog.New(slog.DiscardHandler), broker.Opts{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.background(b.Run)
	in := b.Internal()
	w.address = "ssl://" + b.Addr()
	w.inside = ingest.Broker{Address: in.Address, Username: in.Username, Password: in.Password}
}

// background runs something until the test, or the returned function, ends it.
func (w *town) background(run func(context.Context) error) (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				w.t.Error(err)
			}
		})
	}
	w.t.Cleanup(stop)
	return stop
}

func (w *town) ingest(o ingest.Opts) (in *ingest.Ingest, stop func()) {
	w.t.Helper()
	o.Broker = w.inside
	in, err := ingest.New(ingest.Deps{
		Gateways: w.db, Ledger: w.db, Quarantine: w.db, Readings: gate{w.store, &w.down}, Alarms: &w.people, Presence: &w.people,
		Log: slog.New(slog.DiscardHandler),
	}, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return in, w.background(in.Run)
}

func (w *town) eventually(what string, patience time.Duration, f func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// gateway is what an agent does with its outbox: it keeps every batch until a
// receipt covers it, and sends again what it misses.
type gateway struct {
	id     care.GatewayID
	client mqtt.Client

	mu     sync.Mutex
	kept   map[uint64][]byte
	sentAt map[uint64]time.Time
	alerts map[uint64][]byte
	board  chan wire.Board
}

const boot = 0xb007

func (w *town) gateway(id care.GatewayID) *gateway {
	w.t.Helper()
	g := &gateway{id: id, kept: map[uint64][]byte{}, sentAt: map[uint64]time.Time{}, alerts: map[uint64][]byte{}, board: make(chan wire.Board, 100)}
	o := mqtt.NewClientOptions().AddBroker(w.address).SetTLSConfig(w.client(string(id))).SetClientID("agent-" + string(id)).
		SetConnectRetry(true).SetConnectRetryInterval(200 * time.Millisecond).SetMaxReconnectInterval(time.Second).
		SetOnConnectHandler(func(c mqtt.Client) {
			c.SubscribeMultiple(map[string]byte{g.topic(wire.LaneReceipt): 1, g.topic(wire.LaneCommand): 1}, g.hear)
		})
	g.client = mqtt.NewClient(o)
	if token := g.client.Connect(); !token.WaitTimeout(30*time.Second) || token.Error() != nil {
		w.t.Fatalf("gateway %s: %v", id, token.Error())
	}
	w.t.Cleanup(func() { g.client.Disconnect(0) })
	return g
}

func (g *gateway) topic(l wire.Lane) string {
	return wire.Topic{Site: "home", Gateway: g.id, Lane: l}.String()
}

func (g *gateway) hear(_ mqtt.Client, m mqtt.Message) {
	if m.Topic() == g.topic(wire.LaneCommand) {
		if b, err := wire.DecodeBoard(m.Payload()); err == nil {
			g.board <- b
		}
		return
	}
	r, err := wire.DecodeReceipt(m.Payload())
	if err != nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, w := range r.Watermarks {
		for seq := range g.kept {
			if w.Boot == boot && w.Covers(seq) {
				delete(g.kept, seq)
			}
		}
		for _, h := range w.Holes { // asked for, and not under way: sent again at once
			for seq := h.From; seq <= h.To; seq++ {
				if time.Since(g.sentAt[seq]) > 300*time.Millisecond {
					delete(g.sentAt, seq)
				}
			}
		}
	}
	for _, a := range r.Alerts {
		delete(g.alerts, a.Seq)
	}
}

func (g *gateway) keep(t testing.TB, seq uint64, from time.Time, points int) {
	t.Helper()
	batch := wire.Telemetry{Boot: boot, Seq: seq, TimeQuality: care.TimeSynced}
	for i := range points {
		batch.Readings = append(batch.Readings, care.NewReading("r1", care.SourceID("wrist-"+g.id), care.HeartRate, 60+float64(i%40), 90, from.Add(time.Duration(i)*time.Second)))
	}
	b, err := wire.EncodeTelemetry(batch)
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kept[seq] = b
}

func (g *gateway) keepAlert(t testing.TB, seq uint64) {
	t.Helper()
	at := time.Now()
	b, err := wire.EncodeAlert(wire.Alert{Boot: boot, Seq: seq, Alert: care.Alert{
		Episode: care.NewEpisode(care.Call, "r1", "cord-1", 0, at), Kind: care.Call, State: care.Confirmed, Priority: care.High, Onset: at, At: at, Confidence: 1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.alerts[seq] = b
}

// send publishes what is kept and was not sent within the last two seconds,
// and reports how much is kept.
func (g *gateway) send() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.client.IsConnectionOpen() {
		for _, seq := range slices.Sorted(maps.Keys(g.kept)) {
			if time.Since(g.sentAt[seq]) > 2*time.Second {
				g.sentAt[seq] = time.Now()
				g.client.Publish(g.topic(wire.LaneLive), 1, false, g.kept[seq])
			}
		}
		for _, b := range g.alerts {
			g.client.Publish(g.topic(wire.LaneAlert), 1, false, b)
		}
	}
	return len(g.kept) + len(g.alerts)
}

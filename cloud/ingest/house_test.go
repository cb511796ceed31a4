package ingest

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/influx"
	"osmanthus/cloud/sql"
	"osmanthus/wire"
)

// house is an ingest among real records and a store of readings in memory,
// without a broker: messages are put into its queues, and what it publishes is
// kept.
type house struct {
	*Ingest
	db       *sql.DB
	store    *memoryStore
	people   *people
	letters  *letters
	bulkLine *bulk
	urgent   *urgent
	acked    map[string]int // by payload
	mu       sync.Mutex
}

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newHouse(t testing.TB) *house {
	t.Helper()
	db, err := sql.Open(t.Context(), filepath.Join(t.TempDir(), "house.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, g := range []care.GatewayID{"g1", "g2"} {
		if err := db.AddGateway(t.Context(), "home", g, "", time.Time{}, now); err != nil {
			t.Fatal(err)
		}
	}
	h := &house{db: db, store: newMemoryStore(t), people: &people{}, letters: &letters{}, acked: map[string]int{}}
	h.Ingest, err = New(Deps{
		Gateways: db, Ledger: db, Quarantine: db, Readings: h.store, Alarms: h.people, Presence: h.people,
		Log: slog.New(slog.DiscardHandler),
	}, Opts{Broker: Broker{Address: "tcp://127.0.0.1:1"}, Linger: time.Millisecond, QueueMessages: 4096})
	if err != nil {
		t.Fatal(err)
	}
	h.bulkLine = newBulk(h.Ingest, h.letters)
	h.urgent = &urgent{Ingest: h.Ingest, out: h.letters}
	h.boards.out = h.letters
	return h
}

func (h *house) message(topic string, payload []byte) message {
	return message{topic: topic, payload: payload, at: now, ack: func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.acked[string(payload)]++
	}}
}

// stores puts telemetry messages through rounds until the queue is empty.
func (h *house) stores(t testing.TB, ms ...message) {
	t.Helper()
	for _, m := range ms {
		if !h.bulk.queue.put(m, strings.HasSuffix(m.topic, "/live")) {
			t.Fatal("the queue is full")
		}
	}
	for h.bulk.queue.len() > 0 {
		if err := h.bulkLine.round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) quarantined(t testing.TB) []sql.Quarantined {
	t.Helper()
	list, err := h.db.Quarantined(t.Context(), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (h *house) mark(t testing.TB, gateway care.GatewayID, boot uint64) wire.Watermark {
	t.Helper()
	w, err := h.db.Watermark(t.Context(), gateway, boot)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// memoryStore keeps lines by series and time, as InfluxDB does.
type memoryStore struct {
	*influx.Store // for its encoding
	mu            sync.Mutex
	points        map[string]string
	writes        int
	fail          func(records string) error
}

func newMemoryStore(t testing.TB) *memoryStore {
	t.Helper()
	s, err := influx.New("http://127.0.0.1:1", "b", influx.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	return &memoryStore{Store: s, points: map[string]string{}}
}

func (s *memoryStore) Write(_ context.Context, records []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	if s.fail != nil {
		if err := s.fail(string(records)); err != nil {
			return err
		}
	}
	for line := range strings.Lines(string(records)) {
		f := strings.Fields(line)
		s.points[f[0]+" "+f[2]] = f[1]
	}
	return nil
}

// people records alerts and status.
type people struct {
	mu     sync.Mutex
	alerts []wire.Alert
	status []wire.Status
	seen   []time.Time
	fail   func(a wire.Alert) error
}

func (p *people) Raise(_ context.Context, _ care.SiteID, _ care.GatewayID, a wire.Alert, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(a); err != nil {
			return err
		}
	}
	p.alerts = append(p.alerts, a)
	return nil
}

func (p *people) Status(_ context.Context, _ care.SiteID, _ care.GatewayID, s wire.Status, at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.seen = append(p.status, s), append(p.seen, at)
	return nil
}

// letters keeps what is published.
type letters struct {
	mu   sync.Mutex
	sent []letter
}

type letter struct {
	topic   string
	payload []byte
}

func (l *letters) publish(topic string, _ byte, payload []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, letter{topic, payload})
	return true
}

// receipts returns what a gateway was told, all of it joined.
func (l *letters) receipts(t testing.TB, gateway care.GatewayID) (marks map[uint64]wire.Watermark, alerts []wire.AlertReceipt) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	marks = map[uint64]wire.Watermark{}
	for _, one := range l.sent {
		if one.topic != "osmanthus/v1/home/"+string(gateway)+"/receipt" {
			continue
		}
		r, err := wire.DecodeReceipt(one.payload)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range r.Watermarks {
			marks[w.Boot] = w
		}
		alerts = append(alerts, r.Alerts...)
	}
	return marks, alerts
}

// telemetry is a batch of n heart rates, one a second, from the given time.
func telemetry(t testing.TB, boot, seq uint64, from time.Time, n int) []byte {
	t.Helper()
	batch := wire.Telemetry{Boot: boot, Seq: seq, TimeQuality: care.TimeSynced}
	for i := range n {
		batch.Readings = append(batch.Readings, care.NewReading("r1", "wrist-1", care.HeartRate, 60+float64(seq%40), 90, from.Add(time.Duration(i)*time.Second)))
	}
	b, err := wire.EncodeTelemetry(batch)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func alert(t testing.TB, seq uint64, at time.Time) []byte {
	t.Helper()
	b, err := wire.EncodeAlert(wire.Alert{Boot: 7, Seq: seq, TimeQuality: care.TimeSynced, Alert: care.Alert{
		Episode: care.NewEpisode(care.Fall, "r1", "wrist-1", 0, at), Kind: care.Fall, State: care.Confirmed, Priority: care.High,
		Resident: "r1", Source: "wrist-1", Onset: at.Add(-2 * time.Second), At: at, Confidence: 0.9,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func status(t testing.TB, s wire.Status) []byte {
	t.Helper()
	s.Boot = 7
	b, err := wire.EncodeStatus(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func topic(gateway care.GatewayID, l wire.Lane) string {
	return wire.Topic{Site: "home", Gateway: gateway, Lane: l}.String()
}

var errDown = errors.New("the store is down")

type refusal struct{}

func (refusal) Error() string { return "field type conflict" }
func (refusal) Refused() bool { return true }

// discardStore encodes, and keeps nothing.
type discardStore struct{ *memoryStore }

func (discardStore) Write(context.Context, []byte) error { return nil }

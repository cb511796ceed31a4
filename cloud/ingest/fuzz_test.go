package ingest

import (
	"context"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/sql"
	"osmanthus/wire"
)

// Whatever arrives, on whatever topic, ends in the store, on record or in
// quarantine, is acknowledged, and leaves the next message alone.
func FuzzMessage(f *testing.F) {
	good := telemetry(f, 7, 1, now, 5)
	f.Add(topic("g1", wire.LaneLive), good)
	f.Add(topic("g1", wire.LaneBackfill), good[:20])
	f.Add(topic("g1", wire.LaneAlert), alert(f, 1, now))
	f.Add(topic("g1", wire.LaneStatus), status(f, wire.Status{Presence: wire.Online, At: now, Dropped: []wire.Dropped{{Boot: 1, Range: wire.Range{From: 1, To: 1 << 63}}}}))
	f.Add("osmanthus/v1/home/g1/receipt", []byte{0xa0})
	f.Add("", []byte{})
	h := newHouse(f)
	// Without a disk, so that the inputs are many.
	records := &forgetful{h.db}
	h.deps.Gateways, h.deps.Ledger, h.deps.Quarantine, h.known = records, records, records, newKnown(records)
	h.bulkLine.marks.ledger = records
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		clear(h.acked)
		h.letters.sent, h.people.alerts, h.people.status, h.people.seen = nil, nil, nil, nil
		h.stores(t, h.message(topic, payload))
		h.urgent.take(t.Context(), h.message(topic, payload))
		if h.acked[string(payload)] != 2 || len(h.urgent.pending) != 0 {
			t.Errorf("acknowledged %d times, %d pending", h.acked[string(payload)], len(h.urgent.pending))
		}
	})
}

// forgetful are records that keep nothing.
type forgetful struct{ *sql.DB }

func (forgetful) Site(_ context.Context, g care.GatewayID) (care.SiteID, bool, error) {
	return "home", g == "g1", nil
}

func (forgetful) Settle(_ context.Context, settled map[care.GatewayID]map[uint64][]wire.Range, _ time.Time) (map[care.GatewayID][]wire.Watermark, error) {
	out := map[care.GatewayID][]wire.Watermark{}
	for g, boots := range settled {
		for boot, ranges := range boots {
			out[g] = append(out[g], wire.Watermark{Boot: boot, Top: ranges[0].To})
		}
	}
	return out, nil
}

func (forgetful) Watermarks(context.Context, care.GatewayID) ([]wire.Watermark, error) {
	return nil, nil
}

func (forgetful) Watermark(_ context.Context, _ care.GatewayID, boot uint64) (wire.Watermark, error) {
	return wire.Watermark{Boot: boot}, nil
}

func (forgetful) Quarantine(context.Context, care.GatewayID, string, []byte, string, time.Time) error {
	return nil
}

// BenchmarkBulk prints what ingest itself costs, without broker and InfluxDB
// and with a real ledger: messages of 300 points.
func BenchmarkBulk(b *testing.B) {
	h := newHouse(b)
	h.opts.Points = 5000
	discard := &discardStore{h.store}
	h.deps.Readings = discard
	seq, points, bytes := uint64(0), 0, 0
	const some = 64
	for b.Loop() {
		for range some {
			seq++
			payload := telemetry(b, 7, seq, now, 300)
			points, bytes = points+300, bytes+len(payload)
			h.bulk.queue.put(message{topic: topic("g1", wire.LaneLive), payload: payload, at: now, ack: func() {}}, true)
		}
		for h.bulk.queue.len() > 0 {
			if err := h.bulkLine.round(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(points)/b.Elapsed().Seconds(), "points/s")
	b.ReportMetric(float64(bytes)/float64(points), "B/point")
}

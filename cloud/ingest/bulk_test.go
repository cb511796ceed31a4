package ingest

import (
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"osmanthus/wire"
)

func TestG2_EveryBatchThreeTimesShuffledIsStoredOnce(t *testing.T) {
	h := newHouse(t)
	var ms []message
	for range 3 {
		for seq := range uint64(200) {
			lane := wire.LaneLive
			if rand.IntN(2) == 0 {
				lane = wire.LaneBackfill
			}
			ms = append(ms, h.message(topic("g1", lane), telemetry(t, 7, seq+1, now.Add(time.Duration(seq)*-time.Minute), 30)))
		}
	}
	rand.Shuffle(len(ms), func(i, j int) { ms[i], ms[j] = ms[j], ms[i] })
	h.stores(t, ms...)
	if len(h.store.points) != 200*30 {
		t.Errorf("%d points, want %d", len(h.store.points), 200*30)
	}
	if s := h.Stats(); s.Readings != 200*30 || s.Duplicates != 400 || s.Quarantined != 0 {
		t.Errorf("stats %+v", s)
	}
	marks, _ := h.letters.receipts(t, "g1")
	if want := (wire.Watermark{Boot: 7, Top: 200}); !reflect.DeepEqual(marks[7], want) {
		t.Errorf("receipt %+v, want %+v", marks[7], want)
	}
	for payload, n := range h.acked {
		if n != 3 {
			t.Fatalf("batch %x was acknowledged %d times", payload, n)
		}
	}
}

func TestG2_HolesAreNamedAndFilled(t *testing.T) {
	h := newHouse(t)
	send := func(seqs ...uint64) {
		for _, seq := range seqs {
			h.stores(t, h.message(topic("g1", wire.LaneLive), telemetry(t, 7, seq, now, 3)))
		}
	}
	send(1, 2, 5, 9)
	want := wire.Watermark{Boot: 7, Top: 9, Holes: []wire.Range{{From: 3, To: 4}, {From: 6, To: 8}}}
	if marks, _ := h.letters.receipts(t, "g1"); !reflect.DeepEqual(marks[7], want) {
		t.Errorf("receipt %+v, want %+v", marks[7], want)
	}
	send(8, 3, 6, 4, 7)
	if marks, _ := h.letters.receipts(t, "g1"); !reflect.DeepEqual(marks[7], wire.Watermark{Boot: 7, Top: 9}) {
		t.Errorf("receipt %+v after the holes were filled", marks[7])
	}
}

func TestH2_BadInputStandsInQuarantineAndItsNeighboursAreStored(t *testing.T) {
	h := newHouse(t)
	good := func(seq uint64) message {
		return h.message(topic("g1", wire.LaneLive), telemetry(t, 7, seq, now.Add(time.Duration(seq)*time.Minute), 5))
	}
	whole := telemetry(t, 7, 100, now, 5)
	bad := []struct {
		name, topic string
		payload     []byte
		reason      string
	}{
		{"random bytes", topic("g1", wire.LaneLive), []byte{0xff, 0x13, 0x37}, "malformed"},
		{"nothing", topic("g1", wire.LaneBackfill), nil, "malformed"},
		{"truncated", topic("g1", wire.LaneLive), whole[:len(whole)-9], "malformed"},
		{"another site", "osmanthus/v1/elsewhere/g1/live", telemetry(t, 7, 101, now, 5), "not registered at site elsewhere"},
		{"unknown gateway", topic("g9", wire.LaneLive), telemetry(t, 7, 102, now, 5), "not registered"},
		{"1970", topic("g1", wire.LaneLive), telemetry(t, 7, 2, time.Unix(100, 0), 5), "its clock says 1970-01-01"},
		{"next week", topic("g1", wire.LaneLive), telemetry(t, 7, 4, now.Add(48*time.Hour), 5), "more than a day ahead"},
		{"no such topic", "osmanthus/v1/home/live", telemetry(t, 7, 103, now, 5), "is not osmanthus/v1/"},
	}
	ms := []message{good(1)}
	for _, b := range bad {
		ms = append(ms, h.message(b.topic, b.payload))
	}
	h.stores(t, append(ms, good(3), good(5))...)
	if len(h.store.points) != 15 {
		t.Errorf("%d points, want those of the three good batches", len(h.store.points))
	}
	list := h.quarantined(t)
	if len(list) != len(bad) {
		t.Fatalf("%d messages stand in quarantine, want %d", len(list), len(bad))
	}
	for _, b := range bad {
		found := false
		for _, q := range list {
			found = found || q.Topic == b.topic && string(q.Payload) == string(b.payload) && strings.Contains(q.Reason, b.reason)
		}
		if !found {
			t.Errorf("%s: not in quarantine with reason %q", b.name, b.reason)
		}
		if h.acked[string(b.payload)] != 1 {
			t.Errorf("%s: acknowledged %d times", b.name, h.acked[string(b.payload)])
		}
	}
	// What was understood and refused is settled, or it would come for ever. A
	// foreign topic settles nothing.
	if w := h.mark(t, "g1", 7); !reflect.DeepEqual(w, wire.Watermark{Boot: 7, Top: 5}) {
		t.Errorf("watermark %+v", w)
	}
	if w := h.mark(t, "g9", 7); w.Top != 0 {
		t.Errorf("an unknown gateway has watermark %+v", w)
	}
}

func TestH2_OfAFloodTheBeginningIsKept(t *testing.T) {
	h := newHouse(t)
	var ms []message
	for i := range 2 * floodBurst {
		ms = append(ms, h.message(topic("g1", wire.LaneLive), []byte{0xff, byte(i), byte(i >> 8)}))
	}
	unset := h.message(topic("g1", wire.LaneLive), telemetry(t, 7, 1, time.Unix(100, 0), 5))
	h.stores(t, append(ms, unset,
		h.message(topic("g1", wire.LaneLive), telemetry(t, 7, 2, now, 5)),
		h.message(topic("g2", wire.LaneLive), []byte("bad, of a neighbour")))...)
	if s := h.Stats(); s.Quarantined != floodBurst+1 || s.Flooded != floodBurst+1 || s.Readings != 5 || len(h.acked) != 2*floodBurst+3 {
		t.Errorf("stats %+v, %d acknowledged", s, len(h.acked))
	}
	want := wire.Watermark{Boot: 7, Top: 2, Holes: []wire.Range{{From: 1, To: 1}}}
	if w := h.mark(t, "g1", 7); !reflect.DeepEqual(w, want) {
		t.Errorf("watermark %+v: what is not kept must not be settled", w)
	}
	unset.at = now.Add(time.Minute)
	h.stores(t, unset)
	if w := h.mark(t, "g1", 7); !reflect.DeepEqual(w, wire.Watermark{Boot: 7, Top: 2}) {
		t.Errorf("watermark %+v when it came again, after the flood", w)
	}
}

func TestG1_AnImplausibleReadingIsCarriedWithItsFlag(t *testing.T) {
	h := newHouse(t)
	hot := wire.Telemetry{Boot: 7, Seq: 1}
	hot.Readings = append(hot.Readings, reading("body_temperature", 300))
	b, err := wire.EncodeTelemetry(hot)
	if err != nil {
		t.Fatal(err)
	}
	h.stores(t, h.message(topic("g1", wire.LaneLive), b))
	for key, fields := range h.store.points {
		if !strings.Contains(key, "body_temperature") || fields != "implausible=300,quality=90i,flags=1i" {
			t.Errorf("stored %s %s", key, fields)
		}
	}
	if len(h.store.points) != 1 || len(h.quarantined(t)) != 0 {
		t.Error("it was not stored")
	}
}

func TestH2_TheStoreRefusesOneBatchAndHasItsNeighbours(t *testing.T) {
	h := newHouse(t)
	h.store.fail = func(records string) error {
		if strings.Contains(records, "value=73") { // of batch 13
			return refusal{}
		}
		return nil
	}
	var ms []message
	for seq := range uint64(32) {
		ms = append(ms, h.message(topic("g1", wire.LaneLive), telemetry(t, 7, seq+1, now.Add(time.Duration(seq)*time.Minute), 10)))
	}
	h.stores(t, ms...)
	list := h.quarantined(t)
	if len(h.store.points) != 310 || len(list) != 1 || list[0].Reason != "field type conflict" {
		t.Errorf("%d points, quarantine %+v", len(h.store.points), list)
	}
	if w := h.mark(t, "g1", 7); !reflect.DeepEqual(w, wire.Watermark{Boot: 7, Top: 32}) {
		t.Errorf("watermark %+v", w)
	}
}

func TestH1_WhileTheStoreIsDownNothingIsAcknowledgedOrReceipted(t *testing.T) {
	h := newHouse(t)
	h.store.fail = func(string) error { return errDown }
	m := h.message(topic("g1", wire.LaneLive), telemetry(t, 7, 1, now, 5))
	h.bulk.queue.put(m, true)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.bulkLine.round(ctx) }()
	for h.Stats().StoreErrors < 3 {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("the round went through")
	}
	if w := h.mark(t, "g1", 7); w.Top != 0 || len(h.acked) != 0 || len(h.letters.sent) != 0 {
		t.Errorf("watermark %+v, %d acknowledged, %d sent", w, len(h.acked), len(h.letters.sent))
	}
	h.store.fail = func(string) error { // comes back at the third try
		if h.store.writes++; h.store.writes%3 != 0 {
			return errDown
		}
		return nil
	}
	h.stores(t, m)
	if w := h.mark(t, "g1", 7); w.Top != 1 || len(h.acked) != 1 || len(h.store.points) != 5 {
		t.Errorf("afterwards watermark %+v, %d acknowledged, %d points", w, len(h.acked), len(h.store.points))
	}
}

func TestI1_AGatewayCannotBeginSeriesWithoutEnd(t *testing.T) {
	h := newHouse(t)
	var ms []message
	n := 0
	for seq := range uint64(12) {
		batch := wire.Telemetry{Boot: 7, Seq: seq + 1}
		for range 500 {
			r := reading("heart_rate", 60)
			r.Source = sourceID(n)
			n++
			batch.Readings = append(batch.Readings, r)
		}
		b, err := wire.EncodeTelemetry(batch)
		if err != nil {
			t.Fatal(err)
		}
		ms = append(ms, h.message(topic("g1", wire.LaneLive), b))
	}
	h.stores(t, append(ms, h.message(topic("g2", wire.LaneLive), telemetry(t, 7, 1, now, 5)))...)
	if n := len(h.store.points); n > maxSeries+5 || n < maxSeries-500 {
		t.Errorf("%d points", n)
	}
	if list := h.quarantined(t); len(list) != 4 || !strings.Contains(list[0].Reason, "series") {
		t.Errorf("quarantine %d", len(list))
	}
}

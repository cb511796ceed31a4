package ingest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

func reading(metric string, v float64) care.Reading {
	m, _ := care.MetricByName(metric)
	return care.NewReading("r1", "wrist-1", m, v, 90, now)
}

func sourceID(n int) care.SourceID { return care.SourceID(fmt.Sprint("s", n)) }

func TestAnAlertIsReceiptedOnceItIsOnRecord(t *testing.T) {
	h := newHouse(t)
	h.people.fail = func(a wire.Alert) error {
		if a.Seq == 1 {
			return errors.New("the disk is full")
		}
		return nil
	}
	for seq := range uint64(3) {
		h.urgent.take(t.Context(), h.message(topic("g1", wire.LaneAlert), alert(t, seq+1, now)))
	}
	_, receipts := h.letters.receipts(t, "g1")
	if want := []wire.AlertReceipt{{Boot: 7, Seq: 2}, {Boot: 7, Seq: 3}}; !slices.Equal(receipts, want) || len(h.acked) != 2 {
		t.Errorf("receipts %v, %d acknowledged: want those of the two that are on record", receipts, len(h.acked))
	}
	h.people.fail = nil
	h.urgent.tryAgain(t.Context())
	if _, receipts = h.letters.receipts(t, "g1"); len(receipts) != 3 || receipts[2].Seq != 1 || len(h.acked) != 3 || len(h.urgent.pending) != 0 {
		t.Errorf("receipts %v, %d acknowledged after the disk was mended", receipts, len(h.acked))
	}
}

func TestAnAlertThatWaitsIsTriedAgainInAFlood(t *testing.T) {
	h := newHouse(t)
	var mended atomic.Bool
	h.people.fail = func(a wire.Alert) error {
		if a.Seq == 1 && !mended.Swap(true) {
			return errors.New("the disk is full")
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	recorded := func() bool {
		h.people.mu.Lock()
		defer h.people.mu.Unlock()
		return slices.ContainsFunc(h.people.alerts, func(a wire.Alert) bool { return a.Seq == 1 })
	}
	ended := make(chan struct{})
	h.Ingest.urgent.queue.put(h.message(topic("g1", wire.LaneAlert), alert(t, 1, now)), true)
	mad := h.message(topic("g2", wire.LaneAlert), alert(t, 2, now))
	mad.ack = func() {
		if !recorded() {
			h.Ingest.urgent.queue.put(mad, true) // there is always a next one
		}
	}
	h.Ingest.urgent.queue.put(mad, true)
	h.Ingest.urgent.queue.put(mad, true)
	go func() { defer close(ended); h.runUrgent(ctx) }()
	for ctx.Err() == nil && !recorded() {
		sleep(ctx, 10*time.Millisecond)
	}
	cancel()
	<-ended
	if !recorded() {
		t.Error("the alert of g1 waits for as long as g2 goes on")
	}
}

func TestWhatWasBegunIsFinishedAtTheEnd(t *testing.T) {
	h := newHouse(t)
	h.deps.Presence = ending{h.people}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the program was told to end after the message was taken from the queue
	h.urgent.take(ctx, h.message(topic("g1", wire.LaneAlert), alert(t, 1, now)))
	h.urgent.take(ctx, h.message(topic("g1", wire.LaneStatus), status(t, wire.Status{Presence: wire.Offline, At: now})))
	if len(h.people.alerts) != 1 || len(h.people.status) != 1 || len(h.acked) != 2 {
		t.Errorf("%d alerts, %d status, %d acknowledged", len(h.people.alerts), len(h.people.status), len(h.acked))
	}
}

// ending fails like a database when its context has ended.
type ending struct{ *people }

func (e ending) Status(ctx context.Context, site care.SiteID, g care.GatewayID, s wire.Status, at time.Time) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return e.people.Status(ctx, site, g, s, at)
}

func TestAnAlertFrom1970RingsAllTheSame(t *testing.T) {
	h := newHouse(t)
	h.urgent.take(t.Context(), h.message(topic("g1", wire.LaneAlert), alert(t, 1, time.Unix(60, 0))))
	_, receipts := h.letters.receipts(t, "g1")
	if len(h.people.alerts) != 1 || len(receipts) != 1 {
		t.Fatalf("alerts %+v, receipts %v", h.people.alerts, receipts)
	}
	a := h.people.alerts[0]
	if !a.Alert.At.Equal(now) || !a.Alert.Onset.Equal(now) || a.TimeQuality != care.TimeUnsynced || a.Alert.Kind != care.Fall {
		t.Errorf("raised %+v", a)
	}
	if list := h.quarantined(t); len(list) != 1 || !strings.Contains(list[0].Reason, "1970") {
		t.Errorf("quarantine %+v", list)
	}
}

func TestAnAlertThatNobodyCanReadIsTold(t *testing.T) {
	h := newHouse(t)
	var told []string
	h.deps.Refused = func(site care.SiteID, gateway care.GatewayID, lane wire.Lane, reason string, _ time.Time) {
		told = append(told, fmt.Sprint(site, "/", gateway, "/", lane))
	}
	h.urgent.take(t.Context(), h.message(topic("g1", wire.LaneAlert), []byte("fall!")))
	h.urgent.take(t.Context(), h.message("osmanthus/v1/elsewhere/g1/alert", alert(t, 1, now)))
	if want := []string{"home/g1/alert", "//"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if len(h.people.alerts) != 0 || len(h.quarantined(t)) != 2 || len(h.acked) != 2 {
		t.Errorf("alerts %v, quarantine %d, acknowledged %d", h.people.alerts, len(h.quarantined(t)), len(h.acked))
	}
}

func TestAStatusIsAnsweredWithWatermarks(t *testing.T) {
	h := newHouse(t)
	h.stores(t, h.message(topic("g1", wire.LaneLive), telemetry(t, 7, 5, now, 3)))
	h.letters.sent = nil
	h.urgent.take(t.Context(), h.message(topic("g1", wire.LaneStatus), status(t, wire.Status{
		Presence: wire.Online, At: now, Dropped: []wire.Dropped{{Boot: 7, Range: wire.Range{From: 1, To: 3}}},
	})))
	marks, _ := h.letters.receipts(t, "g1")
	want := wire.Watermark{Boot: 7, Top: 5, Holes: []wire.Range{{From: 4, To: 4}}}
	if !reflect.DeepEqual(marks[7], want) {
		t.Errorf("receipt %+v, want %+v: what was given up is waited for by nobody", marks[7], want)
	}
	if len(h.people.status) != 1 || h.people.status[0].Presence != wire.Online || !h.people.seen[0].Equal(now) {
		t.Errorf("presence %+v", h.people.status)
	}
}

func TestAKeptStatusIsAsOldAsItSays(t *testing.T) {
	h := newHouse(t)
	m := h.message(topic("g1", wire.LaneStatus), status(t, wire.Status{Presence: wire.Online, At: now.Add(-time.Hour)}))
	m.retained = true
	h.urgent.take(t.Context(), m)
	if len(h.people.seen) != 1 || !h.people.seen[0].Equal(now.Add(-time.Hour)) {
		t.Errorf("seen at %v", h.people.seen)
	}
}

func TestABoardIsRepeatedUntilItIsApplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &letters{}
		b := newBoards(out)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { b.run(ctx); close(done) }()
		count := func() int {
			synctest.Wait()
			out.mu.Lock()
			defer out.mu.Unlock()
			n := len(out.sent)
			out.sent = nil
			return n
		}
		online := func(version uint64) {
			b.heard("g1", wire.Status{Presence: wire.Online, BoardVersion: version}, time.Now())
		}
		b.want("home", "g1", 4, []byte("four"), time.Now())
		if n := count(); n != 1 {
			t.Errorf("sent %d times at once", n)
		}
		time.Sleep(10 * boardEvery)
		if n := count(); n != 10 {
			t.Errorf("sent %d times in 30 s", n)
		}
		online(3)
		if n := count(); n != 1 {
			t.Errorf("a status of an older version was answered %d times", n)
		}
		online(4)
		time.Sleep(10 * boardEvery)
		if n := count(); n != 0 {
			t.Errorf("sent %d times after it was applied", n)
		}
		online(0) // a new boot has no board
		if n := count(); n != 1 {
			t.Errorf("a birth was answered %d times", n)
		}
		b.want("home", "g1", 3, []byte("three"), time.Now())
		b.want("home", "g1", 5, []byte("five"), time.Now())
		synctest.Wait()
		out.mu.Lock()
		for _, l := range out.sent {
			if string(l.payload) == "three" || l.topic != "osmanthus/v1/home/g1/command" {
				t.Errorf("sent %s on %s", l.payload, l.topic)
			}
		}
		out.mu.Unlock()
		count()
		b.heard("g1", wire.Status{Presence: wire.Offline}, time.Now())
		time.Sleep(10 * boardEvery)
		if n := count(); n > 0 {
			t.Errorf("sent %d times to a gateway that is gone", n)
		}
		online(4)
		if n := count(); n != 1 {
			t.Errorf("sent %d times when it came back", n)
		}
		time.Sleep(time.Hour)
		if n := count(); n > 30 {
			t.Errorf("sent %d times to a gateway that fell silent", n)
		}
		cancel()
		<-done
	})
}

func TestH2_ReplayPutsAMessageThroughAgain(t *testing.T) {
	h := newHouse(t)
	h.stores(t,
		h.message(topic("g9", wire.LaneLive), telemetry(t, 7, 1, now, 5)),
		h.message(topic("g9", wire.LaneLive), []byte("garbage")))
	h.urgent.take(t.Context(), h.message(topic("g9", wire.LaneAlert), alert(t, 1, now)))
	if len(h.quarantined(t)) != 3 || len(h.store.points) != 0 {
		t.Fatal("not in quarantine")
	}
	if err := h.db.AddGateway(t.Context(), "home", "g9", "", time.Time{}, now); err != nil {
		t.Fatal(err)
	}
	clear(h.known.entries)
	if _, err := h.db.AskReplay(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		more, err := h.replayOne(t.Context())
		if err != nil || n > 10 {
			t.Fatal(n, err)
		}
		if !more {
			break
		}
	}
	list := h.quarantined(t)
	if len(h.store.points) != 5 || len(h.people.alerts) != 1 || len(list) != 1 || string(list[0].Payload) != "garbage" || !strings.Contains(list[0].Reason, "malformed") {
		t.Errorf("%d points, %d alerts, quarantine %+v", len(h.store.points), len(h.people.alerts), list)
	}
	// While the store is down a replay waits, and is not forgotten.
	if _, err := h.db.AskReplay(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Quarantine(t.Context(), "g9", topic("g9", wire.LaneLive), telemetry(t, 7, 2, now, 5), "r", now); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.AskReplay(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	h.store.fail = func(string) error { return errDown }
	if _, err := h.replayOne(t.Context()); err != nil { // the garbage
		t.Fatal(err)
	}
	if _, err := h.replayOne(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("replayed without a store: %v", err)
	}
	h.store.fail = nil
	if more, err := h.replayOne(t.Context()); !more || err != nil || len(h.quarantined(t)) != 1 {
		t.Errorf("not replayed afterwards: %v %v", more, err)
	}
}

package ingest

import (
	"context"
	"testing"
	"time"
)

func TestG3_LiveGoesBeforeBackfill(t *testing.T) {
	q := newQueue(10, 1000)
	for _, p := range []string{"old1", "old2"} {
		q.put(message{payload: []byte(p)}, false)
	}
	q.put(message{payload: []byte("live")}, true)
	got := ""
	for range 3 {
		m, _ := q.get(t.Context(), nil)
		got += string(m.payload) + " "
	}
	if got != "live old1 old2 " || q.bytes.Load() != 0 || q.len() != 0 {
		t.Errorf("order %s, %d bytes left", got, q.bytes.Load())
	}
}

func TestTheQueueIsBoundedByMessagesAndBytes(t *testing.T) {
	q := newQueue(2, 100)
	small, big := message{payload: make([]byte, 10)}, message{payload: make([]byte, 95)}
	if !q.put(small, true) || q.put(big, true) || !q.put(small, true) || q.put(small, true) || !q.put(small, false) {
		t.Error("the bounds are not kept")
	}
	if q.calm() {
		t.Error("a full queue is calm")
	}
	for range 2 {
		q.get(t.Context(), nil)
	}
	if !q.calm() || q.bytes.Load() != 10 {
		t.Errorf("not calm with %d bytes", q.bytes.Load())
	}
	q.get(t.Context(), nil)
	fired := make(chan time.Time, 1)
	fired <- time.Now()
	if _, ok := q.get(t.Context(), fired); ok {
		t.Error("a message out of nothing")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := q.get(ctx, nil); ok {
		t.Error("a message out of nothing")
	}
}

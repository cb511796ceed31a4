package ingest

import (
	"context"
	"sync/atomic"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// message is one publication, as it came.
type message struct {
	topic    string
	payload  []byte
	at       time.Time // of arrival
	retained bool
	ack      func()
}

// queue holds messages between a session, which must never block, and the
// worker behind it. Two lanes: what is in the first goes before the second.
type queue struct {
	first, second chan message
	bytes         atomic.Int64
	maxBytes      int64
}

func newQueue(messages int, bytes int64) *queue {
	return &queue{first: make(chan message, messages), second: make(chan message, messages), maxBytes: bytes}
}

// put reports false, and keeps nothing, when the queue is full.
func (q *queue) put(m message, first bool) bool {
	n := int64(len(m.payload) + len(m.topic))
	if q.bytes.Add(n) > q.maxBytes {
		q.bytes.Add(-n)
		return false
	}
	lane := q.second
	if first {
		lane = q.first
	}
	select {
	case lane <- m:
		return true
	default:
		q.bytes.Add(-n)
		return false
	}
}

// get waits for a message until ctx ends or the timer fires; a nil timer never
// does.
func (q *queue) get(ctx context.Context, timer <-chan time.Time) (m message, ok bool) {
	select {
	case m = <-q.first:
		return q.took(m), true
	default:
	}
	select {
	case m = <-q.first:
	case m = <-q.second:
	case <-timer:
		return message{}, false
	case <-ctx.Done():
		return message{}, false
	}
	return q.took(m), true
}

func (q *queue) took(m message) message {
	q.bytes.Add(-int64(len(m.payload) + len(m.topic)))
	return m
}

func (q *queue) len() int { return len(q.first) + len(q.second) }

// calm reports whether at least half of the queue is free.
func (q *queue) calm() bool {
	return len(q.first) <= cap(q.first)/2 && len(q.second) <= cap(q.second)/2 && q.bytes.Load() <= q.maxBytes/2
}

// origin is the registered gateway that a message comes from.
type origin struct {
	site    care.SiteID
	gateway care.GatewayID
	lane    wire.Lane
}

func (o origin) topic(l wire.Lane) string {
	return wire.Topic{Site: o.site, Gateway: o.gateway, Lane: l}.String()
}

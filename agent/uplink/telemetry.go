package uplink

import (
	"math"
	"time"

	"osmanthus/wire"
)

const (
	maxTelemetryResend = 2 * time.Minute
	// A lane of live batches that is this many behind is not live: the newest
	// goes first, and the rest is backlog.
	liveLag = 30
)

// telemetryLanes decides which batch goes out next, live or as backlog. All
// that was put before the session is backlog, and so is what must be sent
// again.
type telemetryLanes struct {
	queue  Queue
	after  time.Duration
	rate   float64
	window int

	live      uint64 // position of the next live batch
	back      uint64 // position from which the backlog is looked through
	forgotten uint64 // lowest position that left out uncovered
	out       map[uint64]*sentBatch
	allowance float64 // batches of backlog that may go out now
	filled    time.Time
}

// sentBatch is one that no watermark covers yet.
type sentBatch struct {
	boot, seq uint64
	at, due   time.Time
	wait      time.Duration
}

// begin forgets the session before.
func (l *telemetryLanes) begin(now time.Time) {
	l.live, l.back, l.forgotten = l.queue.End(), 0, math.MaxUint64
	l.out = map[uint64]*sentBatch{}
	l.allowance, l.filled = l.burst(), now
}

func (l *telemetryLanes) burst() float64 { return max(1, l.rate/10) }

// nextLive returns the next live batch.
func (l *telemetryLanes) nextLive(now time.Time) (payload []byte, ok bool) {
	if end := l.queue.End(); end > l.live+liveLag {
		l.back = min(l.back, l.live)
		l.live = end - 1
	}
	pos, boot, seq, payload, ok := l.queue.Next(l.live)
	if !ok {
		return nil, false
	}
	l.live = pos + 1
	l.sent(pos, boot, seq, now)
	l.trim()
	return payload, true
}

// nextBack returns the next batch of the backlog, if rate and window allow it.
func (l *telemetryLanes) nextBack(now time.Time) (payload []byte, again, ok bool) {
	l.refill(now)
	if l.allowance < 1 {
		return nil, false, false
	}
	for {
		pos, found := l.overdue(now)
		if !found {
			break
		}
		if at, boot, seq, payload, ok := l.queue.Next(pos); ok && at == pos {
			l.allowance--
			l.sent(pos, boot, seq, now)
			return payload, true, true
		}
		delete(l.out, pos) // the outbox gave it up
	}
	for l.back < l.live && len(l.out) < l.window {
		pos, boot, seq, payload, ok := l.queue.Next(l.back)
		if !ok || pos >= l.live {
			l.back = l.live
			break
		}
		l.back = pos + 1
		if l.out[pos] == nil {
			l.allowance--
			l.sent(pos, boot, seq, now)
			return payload, false, true
		}
	}
	return nil, false, false
}

// overdue returns the first batch that is to be sent again now.
func (l *telemetryLanes) overdue(now time.Time) (pos uint64, found bool) {
	for p, b := range l.out {
		if !now.Before(b.due) && (!found || p < pos) {
			pos, found = p, true
		}
	}
	return pos, found
}

func (l *telemetryLanes) sent(pos, boot, seq uint64, now time.Time) {
	wait := l.after
	if b := l.out[pos]; b != nil {
		wait = min(2*b.wait, max(maxTelemetryResend, l.after))
	}
	l.out[pos] = &sentBatch{boot, seq, now, now.Add(wait), wait}
}

// trim bounds what is remembered while the cloud says nothing: the oldest is
// forgotten, and looked for again when the cloud speaks.
func (l *telemetryLanes) trim() {
	for len(l.out) > 2*l.window {
		oldest := uint64(math.MaxUint64)
		for pos := range l.out {
			oldest = min(oldest, pos)
		}
		delete(l.out, oldest)
		l.forgotten = min(l.forgotten, oldest)
	}
}

func (l *telemetryLanes) refill(now time.Time) {
	l.allowance = min(l.burst(), l.allowance+now.Sub(l.filled).Seconds()*l.rate)
	l.filled = now
}

// covered takes in a watermark. A batch that it names as a hole goes out again
// unless it is just under way: the lanes overtake each other.
func (l *telemetryLanes) covered(w wire.Watermark, now time.Time) {
	next := uint64(1)
	for _, h := range w.Holes {
		if h.From > next {
			l.queue.Ack(w.Boot, next, h.From-1)
		}
		l.queue.Missing(w.Boot, h.From, h.To)
		next = h.To + 1
	}
	if next <= w.Top {
		l.queue.Ack(w.Boot, next, w.Top)
	}
	for pos, b := range l.out {
		switch {
		case b.boot == w.Boot && w.Covers(b.seq):
			delete(l.out, pos)
		case b.boot == w.Boot && b.seq <= w.Top && now.Sub(b.at) >= l.after/5:
			b.due, b.wait = now, l.after
		case b.due.Sub(now) > l.after: // the cloud is back
			b.due, b.wait = now.Add(l.after), l.after
		}
	}
	if len(w.Holes) > 0 {
		l.back = 0
	}
	l.back = min(l.back, l.forgotten)
	l.forgotten = math.MaxUint64
}

// due returns when nextBack is worth asking again, at the latest at never.
func (l *telemetryLanes) due(now, never time.Time) time.Time {
	waits := l.back < l.live && len(l.out) < l.window
	for _, b := range l.out {
		if b.due.Before(never) {
			never = b.due
		}
	}
	if waits || never.Before(now) {
		never = now
	}
	if need := 1 - l.allowance; need > 0 {
		if ready := now.Add(time.Duration(need / l.rate * float64(time.Second))); never.Before(ready) {
			never = ready
		}
	}
	return never
}

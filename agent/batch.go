package agent

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"osmanthus/agent/health"
	"osmanthus/agent/outbox"
	"osmanthus/care"
	"osmanthus/wire"
)

const (
	// maxBatch keeps a message well below wire.MaxMessage: a reading costs 2
	// to 20 bytes.
	maxBatch = 8000
	// commitEvery bounds what a power cut costs of what was put.
	commitEvery = 900 * time.Millisecond
)

// batcher gathers readings and puts them into the outbox as numbered messages.
type batcher struct {
	agent *Agent
	log   *slog.Logger
	beat  func(time.Time)
	done  chan struct{}

	mu       sync.Mutex
	readings []care.Reading
	ending   bool // nothing is held back any more

	began anchor

	put   sync.Mutex // one flush at a time
	seq   uint64     // of the last message; under put
	spare []care.Reading

	batches, bytes, failed atomic.Uint64
}

func newBatcher(a *Agent) *batcher {
	now := time.Now()
	return &batcher{agent: a, log: a.log.With("component", "batcher"), done: make(chan struct{}),
		began: anchor{wall: now.Round(0), steady: now},
		beat:  a.pulses.Watch("batcher", time.Minute, time.Now())}
}

// add takes a reading; it waits for no disk.
func (b *batcher) add(r care.Reading) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readings = append(b.readings, r)
}

// run flushes every batch time and commits every second.
func (b *batcher) run(ctx context.Context) error {
	defer close(b.done)
	// A tenth early, so that it is on disk when the time is over.
	batch := time.NewTicker(time.Duration(b.agent.cfg.Telemetry.Batch) * 9 / 10)
	defer batch.Stop()
	commit := time.NewTicker(commitEvery)
	defer commit.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-batch.C:
			b.flush()
		case <-commit.C:
		}
		// Right after a flush where the two have the same time: then a power
		// cut costs one second, not two.
		if time.Since(last) > commitEvery/2 {
			b.commit()
			last = time.Now()
		}
		b.beat(time.Now())
	}
}

// drain puts everything on disk.
func (b *batcher) drain() {
	b.mu.Lock()
	b.ending = true
	b.mu.Unlock()
	b.flush()
	b.commit()
}

// flush puts what was gathered into the outbox.
func (b *batcher) flush() {
	b.put.Lock()
	defer b.put.Unlock()
	now := time.Now()
	b.mu.Lock()
	if b.began.hold(now.Round(0)) && len(b.readings) < maxHeld && !b.ending {
		b.mu.Unlock()
		return
	}
	rs := b.readings
	b.readings = b.spare[:0]
	b.mu.Unlock()
	b.began.restamp(rs, now)
	for all := rs; len(all) > 0; {
		n := min(len(all), maxBatch)
		b.send(all[:n])
		all = all[n:]
	}
	if cap(rs) > 4*maxBatch { // after a stall; do not keep it for ever
		rs = nil
	}
	b.spare = rs
}

// send encodes and numbers one message. The number is used only if the outbox
// took it, so that there is never a hole.
func (b *batcher) send(rs []care.Reading) {
	m := wire.Telemetry{Boot: b.agent.boot, Seq: b.seq + 1, TimeQuality: b.agent.clock.Quality(time.Now()), Readings: rs}
	payload, err := wire.EncodeTelemetry(m)
	if err != nil {
		b.failed.Add(uint64(len(rs)))
		b.log.Error("batch cannot be encoded", "readings", len(rs), "error", err)
		return
	}
	err = b.agent.outbox.Put(outbox.Key{Class: outbox.Telemetry, Boot: b.agent.boot, Seq: m.Seq}, payload)
	if err != nil && !errors.Is(err, outbox.ErrVolatile) {
		b.failed.Add(uint64(len(rs)))
		b.log.Error("batch cannot be stored", "readings", len(rs), "error", err)
		return
	}
	b.seq++
	b.batches.Add(1)
	b.bytes.Add(uint64(len(payload)))
}

// commit makes it durable, and tells the uplink.
func (b *batcher) commit() {
	err := b.agent.outbox.Commit()
	w := health.Warning{Code: "disk-refuses", Severity: health.Degraded}
	if err != nil {
		w.Text = err.Error()
		b.log.Error("outbox cannot be committed", "error", err)
	}
	b.agent.warnings.Is(err != nil, w, 3*time.Second, time.Now())
	b.agent.wake()
}

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
	store func() error // the outbox's Commit

	due        chan struct{} // capacity 1: there is something to commit
	committing atomic.Int64  // when the commit that lasts began, in ns of this run; 0: none does

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
	return &batcher{agent: a, log: a.log.With("component", "batcher"),
		store: a.outbox.Commit, due: make(chan struct{}, 1),
		began: anchor{wall: now.Round(0), steady: now},
		beat:  a.pulses.Watch("batcher", time.Minute, time.Now())}
}

// add takes a reading; it waits for no disk.
func (b *batcher) add(r care.Reading) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readings = append(b.readings, r)
}

// run flushes every batch time and commits every second. A commit that hangs
// with its disk holds up no flush: the outbox bounds what waits in memory, and
// an agent that still watches people is not started anew for its disk.
func (b *batcher) run(ctx context.Context) error {
	var commits sync.WaitGroup
	defer commits.Wait()
	commits.Go(func() { b.commits(ctx) })
	// A tenth early, so that it is on disk when the time is over.
	batch := time.NewTicker(time.Duration(b.agent.cfg.Telemetry.Batch) * 9 / 10)
	defer batch.Stop()
	commit := time.NewTicker(commitEvery)
	defer commit.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-batch.C:
			b.flush()
		case <-commit.C:
		}
		select {
		case b.due <- struct{}{}:
		default:
		}
		b.beat(time.Now())
	}
}

// commits commits right after a flush where batch and commit have the same
// time: then a power cut costs one second, not two.
func (b *batcher) commits(ctx context.Context) {
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.due:
		}
		if time.Since(last) > commitEvery/2 {
			b.commit()
			last = time.Now()
		}
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

// stands reports whether a commit has lasted for so long.
func (b *batcher) stands(d time.Duration) bool {
	since := b.committing.Load()
	return since != 0 && time.Since(b.began.steady)-time.Duration(since) > d
}

// commit makes it durable, and tells the uplink.
func (b *batcher) commit() {
	b.committing.CompareAndSwap(0, int64(time.Since(b.began.steady))+1)
	err := b.store()
	b.committing.Store(0)
	w := health.Warning{Code: "disk-refuses", Severity: health.Degraded}
	if err != nil {
		w.Text = err.Error()
		b.log.Error("outbox cannot be committed", "error", err)
	}
	b.agent.warnings.Is(err != nil, w, 3*time.Second, time.Now())
	b.agent.wake()
}

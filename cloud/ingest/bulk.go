package ingest

import (
	"context"
	"errors"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// bulk is the one goroutine that stores telemetry, round after round: collect
// many messages, write them at once, settle them in the ledger, send receipts,
// and only then acknowledge to the broker.
type bulk struct {
	*Ingest
	out    publisher
	series seriesBudget
	marks  marks

	// of the present round
	batches []batch
	seen    map[batchKey]struct{}
	records []byte
	points  int
}

type batchKey struct {
	gateway care.GatewayID
	boot    uint64
	seq     uint64
}

func newBulk(in *Ingest, out publisher) *bulk {
	return &bulk{Ingest: in, out: out, marks: marks{ledger: in.deps.Ledger}, seen: map[batchKey]struct{}{}}
}

func (in *Ingest) runBulk(ctx context.Context) {
	b := newBulk(in, in.urgent)
	for {
		if err := b.round(ctx); err != nil {
			return // ctx ended: the gateways still hold what was under way
		}
	}
}

func (b *bulk) round(ctx context.Context) error {
	b.batches, b.records, b.points = b.batches[:0], b.records[:0], 0
	clear(b.seen)
	if err := b.collect(ctx); err != nil {
		return err
	}
	if err := b.write(ctx, b.batches); err != nil {
		return err
	}
	if err := b.refuse(ctx); err != nil {
		return err
	}
	touched, err := b.settle(ctx)
	if err != nil {
		return err
	}
	b.tell()
	b.receipts(touched)
	for i := range b.batches {
		b.batches[i].ack()
		b.batches[i] = batch{}
	}
	return nil
}

// collect waits for a first message, then for company.
func (b *bulk) collect(ctx context.Context) error {
	m, ok := b.bulk.queue.get(ctx, nil)
	if !ok {
		return ctx.Err()
	}
	linger := time.NewTimer(b.opts.Linger)
	defer linger.Stop()
	for {
		if err := b.add(ctx, m); err != nil {
			return err
		}
		if b.points >= b.opts.Points || len(b.batches) >= b.opts.Points {
			return nil
		}
		if m, ok = b.bulk.queue.get(ctx, linger.C); !ok {
			return ctx.Err()
		}
	}
}

// add judges one message and encodes its readings.
func (b *bulk) add(ctx context.Context, m message) error {
	var o origin
	var reason string
	err := b.retry(ctx, "asking the registry of gateways", func(ctx context.Context) (err error) {
		o, reason, err = b.from(ctx, m)
		return err
	})
	if err != nil {
		return err
	}
	t := batch{message: m, reason: reason, start: len(b.records), end: len(b.records)}
	if reason == "" {
		t = understand(m, o, &b.series)
		t.start, t.end = len(b.records), len(b.records)
	}
	if t.Boot != 0 {
		if t.settled, err = b.settledBefore(ctx, t); err != nil {
			return err
		}
	}
	if t.reason == "" && !t.settled {
		b.records = b.deps.Readings.Append(b.records, t.site, t.gateway, t.Readings)
		t.end = len(b.records)
		b.points += len(t.Readings)
	}
	b.batches = append(b.batches, t)
	return nil
}

// settledBefore reports whether a batch was settled in a former round, or
// stands in this one already.
func (b *bulk) settledBefore(ctx context.Context, t batch) (bool, error) {
	k := batchKey{t.gateway, t.Boot, t.Seq}
	if _, ok := b.seen[k]; ok {
		b.counts.duplicates.Add(1)
		return true, nil
	}
	b.seen[k] = struct{}{}
	var mark wire.Watermark
	err := b.retry(ctx, "reading the ledger", func(ctx context.Context) (err error) {
		mark, err = b.marks.get(ctx, t.gateway, t.Boot)
		return err
	})
	if err != nil {
		return false, err
	}
	if mark.Covers(t.Seq) {
		b.counts.duplicates.Add(1)
		return true, nil
	}
	return false, nil
}

// write stores the records of some batches, and waits for the store as long as
// it takes. Where the store refuses them it halves them, down to the batch
// that is at fault, so that its neighbours are stored.
func (b *bulk) write(ctx context.Context, some []batch) error {
	records := b.records[some[0].start:some[len(some)-1].end]
	var refused error
	err := b.retry(ctx, "writing readings", func(ctx context.Context) error {
		err := b.deps.Readings.Write(ctx, records)
		if isRefused(err) {
			refused = err
			return nil
		}
		if err != nil {
			b.counts.storeErrors.Add(1)
		}
		return err
	})
	switch {
	case err != nil || refused == nil:
		return err
	case len(some) == 1:
		some[0].reason = refused.Error()
		return nil
	}
	half := len(some) / 2
	if err := b.write(ctx, some[:half]); err != nil {
		return err
	}
	return b.write(ctx, some[half:])
}

func isRefused(err error) bool {
	var r interface{ Refused() bool }
	return errors.As(err, &r) && r.Refused()
}

// refuse puts what cannot be stored into quarantine.
func (b *bulk) refuse(ctx context.Context) error {
	for i := range b.batches {
		t := &b.batches[i]
		if t.reason == "" || t.settled {
			continue
		}
		err := b.retry(ctx, "writing to quarantine", func(ctx context.Context) error {
			kept, err := b.quarantine(ctx, t.origin, t.message, t.reason)
			t.dropped = !kept
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// touched is what the receipts of a round speak of.
type touched map[origin]map[uint64]wire.Watermark

func (t touched) add(o origin, w wire.Watermark) {
	o.lane = ""
	if t[o] == nil {
		t[o] = map[uint64]wire.Watermark{}
	}
	t[o][w.Boot] = w
}

// settle enters the round in the ledger.
func (b *bulk) settle(ctx context.Context) (touched, error) {
	settled := map[care.GatewayID]map[uint64][]wire.Range{}
	for i := range b.batches {
		t := &b.batches[i]
		if t.Boot == 0 || t.settled || t.dropped {
			continue
		}
		boots := settled[t.gateway]
		if boots == nil {
			boots = map[uint64][]wire.Range{}
			settled[t.gateway] = boots
		}
		boots[t.Boot] = append(boots[t.Boot], wire.Range{From: t.Seq, To: t.Seq})
	}
	if len(settled) > 0 {
		err := b.retry(ctx, "writing the ledger", func(ctx context.Context) error {
			marks, err := b.deps.Ledger.Settle(ctx, settled, time.Now())
			if err == nil {
				b.marks.put(marks)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	out := touched{}
	for i := range b.batches {
		if t := &b.batches[i]; t.Boot != 0 {
			if w, ok := b.marks.peek(t.gateway, t.Boot); ok {
				out.add(t.origin, w)
			}
		}
	}
	return out, nil
}

// tell counts, and passes on what is durable now.
func (b *bulk) tell() {
	for i := range b.batches {
		t := &b.batches[i]
		if t.reason != "" || t.settled {
			continue
		}
		b.counts.readings.Add(uint64(len(t.Readings)))
		b.counts.bytes.Add(uint64(len(t.payload)))
		if b.deps.Live != nil {
			b.deps.Live.Stored(t.site, t.gateway, t.Readings)
		}
	}
}

func (b *bulk) receipts(t touched) {
	for o, boots := range t {
		var marks []wire.Watermark
		for _, w := range boots {
			marks = append(marks, w)
		}
		b.sendWatermarks(b.out, o, marks)
	}
}

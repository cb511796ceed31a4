// Package ingest takes what gateways publish, checks it, makes it durable, and
// says back what is: the only place of the cloud that sees MQTT.
//
// Two sessions: alerts and status on one, telemetry on the other, so that a
// stalled readings store never delays an alert. A message is acknowledged to
// the broker after it is durable, or stands in quarantine with the reason. The
// guarantee does not rest on that: it rests on the receipts, by which a
// gateway knows what it may forget (see wire.Receipt). A telemetry batch that
// was understood and refused (its clock said 1970, say) is settled in the
// receipt, because it stands in quarantine and sending it again would change
// nothing; bytes that name no boot and sequence number cannot be.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// Opts are what may stay unset.
type Opts struct {
	Broker   Broker
	Instance string        // distinguishes several ingests on one broker; "1" where empty
	Group    string        // of the shared subscription; "ingest" where empty
	Linger   time.Duration // how long a batch waits for company; 20 ms where 0
	Points   int           // readings after which a batch waits no longer; 5000 where 0
	// QueueMessages and QueueBytes bound what each session holds in memory;
	// 32768 messages and 64 MiB where 0. The first must not be less than the
	// number of messages that the broker sends without an acknowledgement.
	QueueMessages int
	QueueBytes    int64
}

func (o Opts) withDefaults() Opts {
	set(&o.Instance, "1")
	set(&o.Group, "ingest")
	set(&o.Linger, 20*time.Millisecond)
	set(&o.Points, 5000)
	set(&o.QueueMessages, 32<<10)
	set(&o.QueueBytes, 64<<20)
	return o
}

func set[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

// Ingest is both sessions and what stands behind them.
type Ingest struct {
	deps   Deps
	opts   Opts
	known  *known
	boards *boards
	counts counts
	flood  flood

	urgent *session // alert, status; publishes boards and receipts
	bulk   *session // live, backfill; publishes nothing, for it leaves the broker when its queue is full
}

// New returns an ingest that does nothing until Run.
func New(d Deps, o Opts) (*Ingest, error) {
	switch {
	case d.Gateways == nil, d.Ledger == nil, d.Quarantine == nil, d.Readings == nil, d.Alarms == nil, d.Presence == nil, d.Log == nil:
		return nil, errors.New("ingest: a required neighbour is missing")
	}
	o = o.withDefaults()
	if !wire.ValidID(o.Instance) || !wire.ValidID(o.Group) {
		return nil, fmt.Errorf("ingest: instance %q or group %q is not made of letters, digits, '-', '_' and '.'", o.Instance, o.Group)
	}
	d.Log = d.Log.With("component", "ingest")
	in := &Ingest{deps: d, opts: o, known: newKnown(d.Gateways)}
	share := "$share/" + o.Group + "/"
	var err error
	// Every ingest hears every alert, on a session that the broker keeps while
	// it is away: to raise one twice is harmless, to wait for a dead peer is not.
	in.urgent, err = newSession(sessionConfig{
		broker: o.Broker, name: "urgent", clientID: "osmanthus-ingest-" + o.Instance + "-urgent", keep: true,
		filters: []string{wire.AllGateways(wire.LaneAlert), wire.AllGateways(wire.LaneStatus)},
		first:   wire.LaneAlert, counts: &in.counts, log: d.Log,
	}, newQueue(o.QueueMessages, o.QueueBytes))
	if err != nil {
		return nil, err
	}
	// Telemetry is shared out, and the session forgotten when the connection
	// ends, so that a dead ingest holds nothing back from the others.
	in.bulk, err = newSession(sessionConfig{
		broker: o.Broker, name: "bulk", clientID: "osmanthus-ingest-" + o.Instance + "-bulk",
		filters: []string{share + wire.AllGateways(wire.LaneLive), share + wire.AllGateways(wire.LaneBackfill)},
		first:   wire.LaneLive, counts: &in.counts, log: d.Log,
	}, newQueue(o.QueueMessages, o.QueueBytes))
	if err != nil {
		return nil, err
	}
	in.boards = newBoards(in.urgent)
	return in, nil
}

// Run ingests until ctx ends, and returns when all that it started has ended.
// A broker that is away is waited for.
func (in *Ingest) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, run := range []func(context.Context){
		in.runUrgent, in.runBulk, in.runReplays, in.boards.run, in.urgent.run, in.bulk.run,
	} {
		wg.Go(func() { run(ctx) })
	}
	wg.Wait()
	return nil
}

// Connected reports whether both sessions stand and are subscribed.
func (in *Ingest) Connected() bool { return in.urgent.subscribed.Load() && in.bulk.subscribed.Load() }

// PublishBoard makes b the board of a gateway, and repeats it until the
// gateway's status says that it was applied. A board of a lower version than
// the one before is ignored. The error says that b cannot be sent at all.
func (in *Ingest) PublishBoard(site care.SiteID, gateway care.GatewayID, b wire.Board) error {
	payload, err := wire.EncodeBoard(b)
	if err != nil {
		return fmt.Errorf("ingest: board of gateway %s: %w", gateway, err)
	}
	in.boards.want(site, gateway, b.Version, payload, time.Now())
	return nil
}

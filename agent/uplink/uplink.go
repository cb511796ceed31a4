// Package uplink is the MQTT session of a gateway: it sends what the outbox
// holds in three lanes and takes in receipts and boards.
package uplink

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"osmanthus/wire"
)

// Queue is one lane of the outbox; positions rise in the order of arrival.
type Queue interface {
	// Next returns the first record at or after from that waits.
	Next(from uint64) (pos, boot, seq uint64, payload []byte, ok bool)
	// End returns the position that the next record will get.
	End() uint64
	// Ack says that the cloud has first to last of a boot.
	Ack(boot, first, last uint64)
	// Missing says that the cloud asks for first to last of a boot.
	Missing(boot, first, last uint64)
}

// Opts are what an uplink may have besides; every field may be left out.
type Opts struct {
	Logger *slog.Logger
	// Status returns what the gateway says of itself; uplink fills Presence.
	// It is called from one goroutine and must return at once. Without it
	// there is neither birth nor will.
	Status func() wire.Status
	// OnBoard takes every board that arrives, in order, older ones too. It is
	// called from the goroutine of Status and must return at once; what it
	// changes in the status is published right after.
	OnBoard func(wire.Board)
	// Metrics takes the counters of the package.
	Metrics *metrics.Set
}

// Uplink is one gateway's session.
type Uplink struct {
	cfg       Config
	log       *slog.Logger
	onBoard   func(wire.Board)
	count     counters
	alerts    alertLane
	telemetry telemetryLanes
	status    statusLane
	wake      chan struct{}
	connected atomic.Bool
	wg        sync.WaitGroup
}

// New checks the configuration. The certificates are read at every connection:
// a file that cannot be read keeps the gateway from the cloud, and must not
// keep it from watching people.
func New(cfg Config, alerts, telemetry Queue, o Opts) (*Uplink, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("uplink: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = metrics.NewSet()
	}
	return &Uplink{
		cfg: cfg, log: o.Logger, onBoard: o.OnBoard, count: newCounters(o.Metrics),
		alerts:    alertLane{queue: alerts, resend: cfg.AlertResend},
		telemetry: telemetryLanes{queue: telemetry, after: cfg.TelemetryAfter, rate: cfg.BackfillRate, window: cfg.Window},
		status:    statusLane{read: o.Status, every: cfg.StatusEvery},
		wake:      make(chan struct{}, 1),
	}, nil
}

// Run connects, and connects again for ever, until ctx ends; then it says
// "stopping" where it can and leaves. It returns nil.
func (u *Uplink) Run(ctx context.Context) error {
	defer u.wg.Wait()
	for failures := 0; ; {
		began := time.Now()
		err := u.once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) > u.cfg.ReconnectMax {
			failures = 0
		}
		delay := u.backoff(failures)
		failures++
		u.log.Warn("no connection to the broker", "error", err, "retry_in", delay.Round(time.Millisecond))
		timer := time.NewTimer(delay)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// once is one connection from its beginning to its end.
func (u *Uplink) once(ctx context.Context) error {
	s, err := u.connect(ctx)
	if err != nil {
		return err
	}
	u.log.Info("connected to the broker", "broker", u.cfg.Broker)
	u.count.connects.Inc()
	u.connected.Store(true)
	defer u.connected.Store(false)
	err = s.run(ctx)
	if err != nil {
		u.count.losses.Inc()
	}
	return err
}

// backoff doubles from the shortest to the longest wait, and takes a random
// half off: a thousand gateways must not come back in one instant.
func (u *Uplink) backoff(failures int) time.Duration {
	d := min(u.cfg.ReconnectMin<<min(failures, 16), u.cfg.ReconnectMax)
	return d/2 + rand.N(d/2+1)
}

// Wake says that something was put or that the status changed: it is sent at
// once. It never blocks.
func (u *Uplink) Wake() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// Connected reports whether the session is up.
func (u *Uplink) Connected() bool { return u.connected.Load() }

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

// patience is how long an alert waits for a disk that hangs before it is
// sounded all the same: nobody may lie on a floor for a broken card.
const patience = time.Second

// caller stores alerts, and then sounds them.
type caller struct {
	agent  *Agent
	log    *slog.Logger
	places map[care.SourceID]string
	beat   func(time.Time)
	signal chan struct{} // capacity 1: there is something in queue

	mu    sync.Mutex
	queue []waiting

	store sync.Mutex // one alert at a time, in order
	seq   uint64     // of the last alert; under store

	put func(outbox.Key, []byte) error // the outbox

	stored, failed atomic.Uint64
	slowest        atomic.Int64 // nanoseconds that an alert waited for the disk
}

// waiting is an alert that is not stored yet.
type waiting struct {
	care.Alert
	since time.Time
	// impatient sounds it when the disk takes too long, of this alert or of one
	// before it.
	impatient *time.Timer
}

func newCaller(a *Agent) *caller {
	c := &caller{agent: a, log: a.log.With("component", "caller"), places: map[care.SourceID]string{},
		signal: make(chan struct{}, 1), put: a.outbox.Put, beat: a.pulses.Watch("caller", time.Minute, time.Now())}
	for _, s := range a.cfg.Sensors {
		c.places[care.SourceID(s.ID)] = s.Place
	}
	return c
}

// call takes an alert; it waits for nothing.
func (c *caller) call(a care.Alert) {
	// The engine owns the slice until its next step.
	a.Evidence.Features = append([]care.Feature(nil), a.Evidence.Features...)
	a.Evidence.Limits = append([]care.Feature(nil), a.Evidence.Limits...)
	a.Place = c.places[a.Source]
	w := waiting{Alert: a, since: time.Now(), impatient: time.AfterFunc(patience, func() {
		c.agent.warnings.Set(health.Warning{Code: "disk-hangs", Severity: health.Critical, Text: "an alert was sounded before it was stored"}, 0, time.Now())
		c.agent.local.Alert(a, a.Place)
	})}
	c.mu.Lock()
	c.queue = append(c.queue, w)
	c.mu.Unlock()
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

// run stores and sounds alerts as they come.
func (c *caller) run(ctx context.Context) error {
	beat := time.NewTicker(10 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.signal:
			c.drain()
		case <-beat.C:
		}
		c.beat(time.Now())
	}
}

// drain stores and sounds what is in the queue.
func (c *caller) drain() {
	c.store.Lock()
	defer c.store.Unlock()
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			c.mu.Unlock()
			return
		}
		a := c.queue[0]
		c.queue = c.queue[1:]
		c.mu.Unlock()
		c.deliver(a)
		c.beat(time.Now()) // many that wait for a bad disk are no standstill
	}
}

func (c *caller) deliver(a waiting) {
	err := c.keep(a.Alert)
	w := health.Warning{Code: "alert-not-stored", Severity: health.Critical}
	if err != nil {
		c.failed.Add(1)
		w.Text = err.Error()
		c.log.Error("alert is not on disk", "kind", a.Kind.String(), "error", err)
	}
	now := time.Now()
	c.agent.warnings.Is(err != nil, w, 0, now)
	if a.impatient.Stop() {
		c.agent.warnings.Clear("disk-hangs", now)
	}
	c.agent.local.Alert(a.Alert, a.Place) // again, it changes nothing
	c.agent.wake()
	c.slowest.Store(max(c.slowest.Load(), int64(now.Sub(a.since))))
	c.log.Info("alert", "kind", a.Kind.String(), "state", a.State.String(), "priority", a.Priority.String(),
		"resident", string(a.Resident), "source", string(a.Source), "episode", a.Episode.String(), "onset", a.Onset, "at", a.At)
}

// keep numbers an alert and puts it into the outbox, on disk.
func (c *caller) keep(a care.Alert) error {
	m := wire.Alert{Boot: c.agent.boot, Seq: c.seq + 1, TimeQuality: c.agent.clock.Quality(time.Now()), Alert: a}
	payload, err := wire.EncodeAlert(m)
	if err != nil && m.Alert.Evidence.Snippet != nil {
		c.log.Error("alert goes without its signal", "error", err)
		m.Alert.Evidence.Snippet = nil
		payload, err = wire.EncodeAlert(m)
	}
	if err != nil { // evidence that cannot be carried must not keep the alert back
		c.log.Error("alert goes without its evidence", "error", err)
		m.Alert.Evidence = care.Evidence{Metric: a.Evidence.Metric}
		m.Alert.Confidence, m.Alert.Place = 1, ""
		if payload, err = wire.EncodeAlert(m); err != nil {
			return err
		}
	}
	err = c.put(outbox.Key{Class: outbox.Alert, Boot: m.Boot, Seq: m.Seq}, payload)
	if err != nil && !errors.Is(err, outbox.ErrVolatile) {
		return err
	}
	c.seq++
	c.stored.Add(1)
	c.agent.alertLine(a)
	return err
}

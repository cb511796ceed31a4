package ingest

import (
	"context"
	"fmt"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// Limits of what waits for another try, and of one try.
const (
	pendingMax  = 4096
	urgentEvery = time.Second
	urgentTry   = 10 * time.Second
)

// urgent is the one goroutine that takes alerts and status. An alert whose
// record fails waits for its next try aside, so that no other waits for it.
type urgent struct {
	*Ingest
	out     publisher
	pending []message
}

func (in *Ingest) runUrgent(ctx context.Context) {
	u := &urgent{Ingest: in, out: in.urgent}
	again := time.NewTicker(urgentEvery)
	defer again.Stop()
	for ctx.Err() == nil {
		select {
		case <-again.C: // also while there is always a next message
			u.tryAgain(ctx)
		default:
		}
		if len(u.pending) < pendingMax {
			if m, ok := in.urgent.queue.get(ctx, again.C); ok {
				u.take(ctx, m)
				continue
			}
		} else {
			select {
			case <-again.C:
			case <-ctx.Done():
			}
		}
		u.tryAgain(ctx)
	}
}

func (u *urgent) take(ctx context.Context, m message) {
	if err := u.handle(ctx, m); err != nil {
		u.deps.Log.Error("message not recorded, trying again", "topic", m.topic, "error", err)
		u.pending = append(u.pending, m)
		return
	}
	m.ack()
}

func (u *urgent) tryAgain(ctx context.Context) {
	waiting := u.pending
	u.pending = nil
	for _, m := range waiting {
		if ctx.Err() != nil {
			return
		}
		u.take(ctx, m)
	}
}

// handle returns an error where trying again is of use. What was begun is
// finished: ctx ends the loop, not the message.
func (u *urgent) handle(ctx context.Context, m message) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), urgentTry)
	defer cancel()
	o, reason, err := u.from(ctx, m)
	if err != nil {
		return err
	}
	if reason != "" {
		return u.refuse(ctx, o, m, reason)
	}
	if o.lane == wire.LaneStatus {
		return u.status(ctx, o, m)
	}
	return u.alert(ctx, o, m)
}

func (u *urgent) alert(ctx context.Context, o origin, m message) error {
	a, err := wire.DecodeAlert(m.payload)
	if err != nil {
		return u.refuse(ctx, o, m, err.Error())
	}
	if err := u.raise(ctx, o, m, a); err != nil {
		return err
	}
	u.send(u.out, o, 1, wire.Receipt{Alerts: []wire.AlertReceipt{{Boot: a.Boot, Seq: a.Seq}}})
	return nil
}

// raise records an alert. One whose clock cannot be believed rings all the
// same, as of its arrival, and the message stands in quarantine besides.
func (in *Ingest) raise(ctx context.Context, o origin, m message, a wire.Alert) error {
	reason := insane(a.Alert.At, m.at)
	if reason == "" {
		reason = insane(a.Alert.Onset, m.at)
	}
	if reason != "" {
		a.Alert.At, a.Alert.Onset, a.TimeQuality = m.at.UTC(), m.at.UTC(), care.TimeUnsynced
	}
	if err := in.deps.Alarms.Raise(ctx, o.site, o.gateway, a, m.at); err != nil {
		return fmt.Errorf("ingest: recording alert %d of gateway %s: %w", a.Seq, o.gateway, err)
	}
	in.counts.alerts.Add(1)
	if reason != "" {
		return in.refuse(ctx, o, m, "raised as of its arrival: "+reason)
	}
	return nil
}

func (in *Ingest) refuse(ctx context.Context, o origin, m message, reason string) error {
	_, err := in.quarantine(ctx, o, m, reason)
	return err
}

// status never asks for another try: the gateway repeats it, and an old one
// that came after a newer would undo it.
func (u *urgent) status(ctx context.Context, o origin, m message) error {
	s, err := wire.DecodeStatus(m.payload)
	if err != nil {
		return u.refuse(ctx, o, m, err.Error())
	}
	at := m.at
	if m.retained && s.At.Before(at) {
		at = s.At // the broker kept it: it is as old as it says
	}
	if err := u.deps.Presence.Status(ctx, o.site, o.gateway, s, at); err != nil {
		u.deps.Log.Error("status not recorded", "gateway", o.gateway, "error", err)
	}
	u.boards.heard(o.gateway, s, at)
	if s.Presence != wire.Online || m.retained {
		return nil
	}
	if err := u.settleDropped(ctx, o, s.Dropped); err != nil {
		u.deps.Log.Error("dropped telemetry not settled", "gateway", o.gateway, "error", err)
	}
	marks, err := u.deps.Ledger.Watermarks(ctx, o.gateway)
	if err != nil {
		u.deps.Log.Error("watermarks not read", "gateway", o.gateway, "error", err)
		return nil
	}
	u.sendWatermarks(u.out, o, marks)
	return nil
}

// settleDropped settles what the gateway no longer has, so that nobody waits
// for it. In the store it stays a gap.
func (u *urgent) settleDropped(ctx context.Context, o origin, dropped []wire.Dropped) error {
	if len(dropped) == 0 {
		return nil
	}
	boots := map[uint64][]wire.Range{}
	for _, d := range dropped {
		boots[d.Boot] = append(boots[d.Boot], d.Range)
	}
	_, err := u.deps.Ledger.Settle(ctx, map[care.GatewayID]map[uint64][]wire.Range{o.gateway: boots}, time.Now())
	return err
}

package cloud

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/api"
	"osmanthus/cloud/sql"
	"osmanthus/wire"
)

// presence knows which gateways speak, and raises the alarm when one stops.
type presence struct {
	db     *sql.DB
	alarms *alarm.Service
	log    *slog.Logger
}

// Status takes in what a gateway says of itself.
func (p *presence) Status(ctx context.Context, _ care.SiteID, gateway care.GatewayID, s wire.Status, at time.Time) error {
	now := time.Now() // at may be older: the broker kept the message
	if now.Before(at) {
		now = at
	}
	if s.Presence != wire.Online {
		// Gone, and not heard now: a will is the broker's word, not its own.
		return p.db.SetPresence(ctx, gateway, time.Time{}, false, now)
	}
	return p.db.SetPresence(ctx, gateway, at, true, now)
}

// watchEvery is short against alarm.SilentAfter.
const watchEvery = 2 * time.Second

// watch raises and ends the alarms of lost gateways until ctx ends. Nobody is
// called lost for a silence in which this program did not listen.
func (p *presence) watch(ctx context.Context) {
	began := time.Now()
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	fine := map[care.GatewayID]bool{} // no alarm is open, as far as known
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if err := p.check(ctx, fine, began, now); err != nil && ctx.Err() == nil {
				p.log.Error("gateways not watched", "error", err)
			}
		}
	}
}

func (p *presence) check(ctx context.Context, fine map[care.GatewayID]bool, began, now time.Time) error {
	gateways, err := p.db.Gateways(ctx)
	if err != nil {
		return err
	}
	seen, err := p.db.Presences(ctx)
	if err != nil {
		return err
	}
	lived, err := p.inhabited(ctx)
	if err != nil {
		return err
	}
	var failed []error // of one gateway: the others are watched all the same
	for _, g := range gateways {
		heard := seen[g.ID].Heard
		if heard.IsZero() && !lived[g.ID] {
			continue // not in service yet
		}
		if fromTheFuture(heard, now) {
			heard = time.Time{}
		}
		lately := heard
		for _, t := range []time.Time{began, g.Added} {
			if lately.Before(t) && !fromTheFuture(t, now) {
				lately = t
			}
		}
		switch {
		case g.Revoked.IsZero() && now.Sub(lately) >= alarm.SilentAfter:
			fine[g.ID] = false
			if heard.IsZero() {
				heard = g.Added
			}
			failed = append(failed, p.alarms.Silent(ctx, g.Site, g.ID, heard, now))
		case !fine[g.ID] && (!g.Revoked.IsZero() || now.Sub(heard) < alarm.SilentAfter):
			err := p.alarms.Heard(ctx, g.ID, now)
			fine[g.ID] = err == nil
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// fromTheFuture says that a time was recorded before the clock was set back: it
// proves nothing.
func fromTheFuture(t, now time.Time) bool { return t.After(now.Add(time.Minute)) }

// inhabited returns the gateways in whose reach somebody lives.
func (p *presence) inhabited(ctx context.Context) (map[care.GatewayID]bool, error) {
	all, err := p.db.Residents(ctx)
	out := map[care.GatewayID]bool{}
	for _, r := range all {
		out[r.Gateway] = true
	}
	return out, err
}

// gatewayView shows people which gateways speak.
type gatewayView struct{ db *sql.DB }

func (v gatewayView) Gateways(ctx context.Context) ([]api.Gateway, error) {
	all, err := v.db.Gateways(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := v.db.Presences(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	out := []api.Gateway{}
	for _, g := range all {
		if !g.Revoked.IsZero() {
			continue
		}
		p := seen[g.ID]
		one := api.Gateway{ID: string(g.ID), Online: p.Online && now.Sub(p.Heard) < alarm.SilentAfter && !fromTheFuture(p.Heard, now)}
		if !p.Heard.IsZero() {
			one.LastSeen = &p.Heard
		}
		out = append(out, one)
	}
	return out, nil
}

// follow tells every page which gateway came or went, until ctx ends.
func (v gatewayView) follow(ctx context.Context, tell func(api.Gateway), log *slog.Logger) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	online := map[string]bool{}
	for first := true; ; first = false {
		all, err := v.Gateways(ctx)
		if err != nil && ctx.Err() == nil {
			log.Error("gateways not read", "error", err)
		}
		for _, g := range all {
			if was, known := online[g.ID]; !first && (!known || was != g.Online) {
				tell(g)
			}
			online[g.ID] = g.Online
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

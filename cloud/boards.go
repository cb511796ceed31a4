package cloud

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/sql"
	"osmanthus/wire"
)

// boards gives ingest the board of every gateway whose alarms changed. It looks
// for itself once a second besides being told, so that nothing that another
// process did is missed.
type boards struct {
	db      *sql.DB
	alarms  *alarm.Service
	publish func(care.SiteID, care.GatewayID, wire.Board) error
	log     *slog.Logger
	kick    chan struct{}
}

func (b *boards) changed(care.GatewayID) {
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

func (b *boards) run(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	sent := map[care.GatewayID]uint64{}
	for {
		if err := b.send(ctx, sent); err != nil && ctx.Err() == nil {
			b.log.Error("boards not sent", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-b.kick:
		case <-t.C:
		}
	}
}

func (b *boards) send(ctx context.Context, sent map[care.GatewayID]uint64) error {
	gateways, err := b.db.Gateways(ctx)
	if err != nil {
		return err
	}
	var failed []error // of one gateway: the others get theirs all the same
	for _, g := range gateways {
		if g.Revoked.IsZero() {
			failed = append(failed, b.sendOne(ctx, g, sent))
		}
	}
	return errors.Join(failed...)
}

func (b *boards) sendOne(ctx context.Context, g sql.Gateway, sent map[care.GatewayID]uint64) error {
	v, err := b.db.BoardVersion(ctx, g.ID)
	if err != nil || v == sent[g.ID] {
		return err
	}
	now := time.Now()
	board, err := b.alarms.Board(ctx, g.ID, wire.MaxBoard, now)
	if err != nil {
		return err
	}
	if err := b.publish(g.Site, g.ID, onWire(board, now)); err != nil {
		return err
	}
	sent[g.ID] = board.Version
	return nil
}

func onWire(b alarm.Board, now time.Time) wire.Board {
	states := map[alarm.State]wire.BoardState{
		alarm.Raised: wire.BoardRaised, alarm.Acknowledged: wire.BoardAcknowledged,
		alarm.OnSite: wire.BoardOnSite, alarm.Closed: wire.BoardClosed,
	}
	out := wire.Board{Version: b.Version, At: now}
	for _, e := range b.Entries {
		out.Entries = append(out.Entries, wire.BoardEntry{Episode: e.Episode, State: states[e.State]})
	}
	return out
}

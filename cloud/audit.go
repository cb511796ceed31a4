package cloud

import (
	"context"
	"log/slog"
	"time"
)

// auditKeeper takes away, daily, what is too old in the audit log.
type auditKeeper struct {
	log interface {
		PruneAudit(ctx context.Context, before time.Time) (int64, error)
	}
	keep time.Duration // 0: for ever
	tell *slog.Logger
}

func (k auditKeeper) run(ctx context.Context) {
	if k.keep == 0 {
		return
	}
	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		n, err := k.log.PruneAudit(ctx, time.Now().Add(-k.keep))
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			k.tell.Error("audit log not pruned, tried again tomorrow", "error", err)
		case n > 0:
			k.tell.Info("audit log pruned", "entries", n, "kept_for", k.keep)
		}
		select {
		case <-ctx.Done():
			return
		case <-day.C:
		}
	}
}

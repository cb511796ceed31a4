package cloud

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/cloud/sql"
)

type auditLog struct{ asked []time.Time }

func (l *auditLog) PruneAudit(_ context.Context, before time.Time) (int64, error) {
	l.asked = append(l.asked, before)
	return 1, errors.New("disk full")
}

func TestO2_TheAuditLogIsPrunedDaily(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 49*time.Hour)
		defer cancel()
		var l auditLog
		auditKeeper{&l, 400 * 24 * time.Hour, slog.New(slog.DiscardHandler)}.run(ctx)
		if len(l.asked) != 3 || !l.asked[2].Equal(began.AddDate(0, 0, 2-400)) {
			t.Error(l.asked)
		}
		l.asked = nil
		auditKeeper{&l, 0, slog.New(slog.DiscardHandler)}.run(ctx) // 0: for ever
		if l.asked != nil {
			t.Error(l.asked)
		}
	})
}

func TestO2_AHousePrunesItsAuditLog(t *testing.T) {
	dir := t.TempDir()
	h := newHouse(t, dir)
	h.furnish()
	for _, age := range []int{500, 401, 399, 200} {
		e := sql.AuditEntry{At: time.Now().AddDate(0, 0, -age), Who: "li", Action: "read-board"}
		if err := h.db.Audit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h = newHouse(t, dir)
	for deadline := time.Now().Add(10 * time.Second); ; {
		all, err := h.db.AuditLog(t.Context(), "", 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 2 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d rows are left, of which two are younger than 400 days", len(all))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

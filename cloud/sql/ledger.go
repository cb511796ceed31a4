package sql

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// How many boots of a gateway are remembered (an agent that restarts every
// minute for half a day), and how many of them its receipt names unasked.
const (
	ledgerBoots  = 1024
	receiptBoots = 32
	ledgerRuns   = 4096 // runs of numbers of one boot; beyond, the highest are forgotten and sent again
)

// Settle enters numbers of telemetry batches as settled, by gateway and boot,
// in one durable transaction, and returns the watermarks of those boots.
func (d *DB) Settle(ctx context.Context, settled map[care.GatewayID]map[uint64][]wire.Range, at time.Time) (map[care.GatewayID][]wire.Watermark, error) {
	out := make(map[care.GatewayID][]wire.Watermark, len(settled))
	err := d.tx(ctx, func(tx *stdsql.Tx) error {
		for gateway, boots := range settled {
			for boot, ranges := range boots {
				w, err := settle(ctx, tx, gateway, boot, ranges, at)
				if err != nil {
					return fmt.Errorf("boot %016x of gateway %s: %w", boot, gateway, err)
				}
				out[gateway] = append(out[gateway], w)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sql: settling: %w", err)
	}
	return out, nil
}

func settle(ctx context.Context, tx *stdsql.Tx, gateway care.GatewayID, boot uint64, ranges []wire.Range, at time.Time) (wire.Watermark, error) {
	before, known, err := settledRuns(ctx, tx, gateway, boot)
	if err != nil {
		return wire.Watermark{}, err
	}
	after := before.add(ranges)
	if len(after) > ledgerRuns {
		after = after[:ledgerRuns]
	}
	if known && after.equal(before) {
		return after.watermark(boot), nil // nothing to write, nothing to sync
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO ledger (gateway, boot, settled, changed) VALUES (?, ?, ?, ?)
		ON CONFLICT (gateway, boot) DO UPDATE SET settled = excluded.settled, changed = excluded.changed`,
		gateway, int64(boot), after.String(), millis(at))
	if err == nil && !known {
		_, err = tx.ExecContext(ctx, `DELETE FROM ledger WHERE gateway = ?1 AND boot IN
			(SELECT boot FROM ledger WHERE gateway = ?1 ORDER BY changed DESC LIMIT -1 OFFSET ?2)`, gateway, ledgerBoots)
	}
	return after.watermark(boot), err
}

// Watermarks returns those of a gateway's latest boots, newest first.
func (d *DB) Watermarks(ctx context.Context, gateway care.GatewayID) ([]wire.Watermark, error) {
	rows, err := d.read.QueryContext(ctx,
		`SELECT boot, settled FROM ledger WHERE gateway = ? ORDER BY changed DESC LIMIT ?`, gateway, receiptBoots)
	if err != nil {
		return nil, fmt.Errorf("sql: reading the ledger of gateway %s: %w", gateway, err)
	}
	defer rows.Close()
	var out []wire.Watermark
	for rows.Next() {
		var boot int64
		var text string
		if err := rows.Scan(&boot, &text); err != nil {
			return nil, fmt.Errorf("sql: reading the ledger of gateway %s: %w", gateway, err)
		}
		runs, err := parseRuns(text)
		if err != nil {
			return nil, err
		}
		out = append(out, runs.watermark(uint64(boot)))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: reading the ledger of gateway %s: %w", gateway, err)
	}
	return out, nil
}

// Watermark returns that of one boot; its Top is 0 for an unknown one.
func (d *DB) Watermark(ctx context.Context, gateway care.GatewayID, boot uint64) (wire.Watermark, error) {
	runs, _, err := settledRuns(ctx, d.read, gateway, boot)
	if err != nil {
		return wire.Watermark{}, fmt.Errorf("sql: reading the ledger of gateway %s: %w", gateway, err)
	}
	return runs.watermark(boot), nil
}

type rower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *stdsql.Row
}

func settledRuns(ctx context.Context, q rower, gateway care.GatewayID, boot uint64) (r runs, known bool, err error) {
	var text string
	err = q.QueryRowContext(ctx, `SELECT settled FROM ledger WHERE gateway = ? AND boot = ?`, gateway, int64(boot)).Scan(&text)
	if errors.Is(err, stdsql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	r, err = parseRuns(text)
	return r, true, err
}

package sql

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"time"
)

// AuditEntry is who read or did what about whom.
type AuditEntry struct {
	At       time.Time
	Who      string
	Address  string
	Action   string
	Resident string // "" where it is about all or none
	Detail   string
}

// Audit adds an entry to the audit log. No entry is ever changed; PruneAudit
// alone takes any away.
func (d *DB) Audit(ctx context.Context, e AuditEntry) error {
	_, err := d.write.ExecContext(ctx, `INSERT INTO audit (at, who, address, action, resident, detail) VALUES (?, ?, ?, ?, ?, ?)`,
		millis(e.At), e.Who, e.Address, e.Action, e.Resident, e.Detail)
	if err != nil {
		return fmt.Errorf("sql: writing the audit log: %w", err)
	}
	return nil
}

// AuditLog returns the latest entries about a resident ("" for all), the
// newest first.
func (d *DB) AuditLog(ctx context.Context, resident string, limit int) ([]AuditEntry, error) {
	rows, err := d.read.QueryContext(ctx, `SELECT at, who, address, action, resident, detail FROM audit
		WHERE ?1 = '' OR resident = ?1 ORDER BY id DESC LIMIT ?2`, resident, limit)
	if err != nil {
		return nil, fmt.Errorf("sql: reading the audit log: %w", err)
	}
	defer rows.Close()
	var out []AuditEntry
	for rows.Next() {
		var e AuditEntry
		var at int64
		if err := rows.Scan(&at, &e.Who, &e.Address, &e.Action, &e.Resident, &e.Detail); err != nil {
			return nil, fmt.Errorf("sql: reading the audit log: %w", err)
		}
		e.At = fromMillis(at)
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: reading the audit log: %w", err)
	}
	return out, nil
}

// pruneBatch is how many entries one transaction takes away: an alarm that
// comes meanwhile waits for one of them only.
const pruneBatch = 1000

// PruneAudit takes away the entries from before a time and returns how many.
func (d *DB) PruneAudit(ctx context.Context, before time.Time) (int64, error) {
	return d.pruneAudit(ctx, before, pruneBatch)
}

func (d *DB) pruneAudit(ctx context.Context, before time.Time, batch int) (gone int64, err error) {
	for {
		// The search, of the whole log in the end, holds no writer up.
		var last stdsql.NullInt64
		err := d.read.QueryRowContext(ctx, `SELECT max(id) FROM (SELECT id FROM audit WHERE at < ? ORDER BY id LIMIT ?)`,
			millis(before), batch).Scan(&last)
		if err != nil {
			return gone, fmt.Errorf("sql: pruning the audit log: %w", err)
		}
		if !last.Valid {
			return gone, nil
		}
		done, err := d.write.ExecContext(ctx, `DELETE FROM audit WHERE id <= ? AND at < ?`, last.Int64, millis(before))
		if err != nil {
			return gone, fmt.Errorf("sql: pruning the audit log: %w", err)
		}
		n, err := done.RowsAffected()
		if err != nil {
			return gone, fmt.Errorf("sql: pruning the audit log: %w", err)
		}
		gone += n
	}
}

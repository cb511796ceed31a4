package sql

import (
	"context"
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

// Audit adds an entry to the audit log, which can only grow.
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

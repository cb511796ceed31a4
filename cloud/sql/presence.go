package sql

import (
	"context"
	"fmt"
	"time"

	"osmanthus/care"
)

// Presence is when a gateway last said that it is there, and whether it took
// leave since.
type Presence struct {
	Heard  time.Time
	Online bool
}

// SetPresence records that a gateway was heard, or, with online false, that it
// is gone. A time before the recorded one does not count, unless that lies in
// the future: the clock was set back since.
func (d *DB) SetPresence(ctx context.Context, id care.GatewayID, heard time.Time, online bool, now time.Time) error {
	_, err := d.write.ExecContext(ctx, `INSERT INTO presence (gateway, heard, online) VALUES (?1, ?2, ?3)
		ON CONFLICT (gateway) DO UPDATE SET heard = CASE WHEN heard > ?4 THEN ?2 ELSE max(heard, ?2) END, online = ?3`,
		id, millis(heard), online, millis(now))
	if err != nil {
		return fmt.Errorf("sql: recording the presence of gateway %s: %w", id, err)
	}
	return nil
}

// Presences returns what is recorded, by gateway.
func (d *DB) Presences(ctx context.Context) (map[care.GatewayID]Presence, error) {
	rows, err := d.read.QueryContext(ctx, `SELECT gateway, heard, online FROM presence`)
	if err != nil {
		return nil, fmt.Errorf("sql: reading presence: %w", err)
	}
	defer rows.Close()
	out := map[care.GatewayID]Presence{}
	for rows.Next() {
		var id care.GatewayID
		var heard int64
		var p Presence
		if err := rows.Scan(&id, &heard, &p.Online); err != nil {
			return nil, fmt.Errorf("sql: reading presence: %w", err)
		}
		p.Heard = fromMillis(heard)
		out[id] = p
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: reading presence: %w", err)
	}
	return out, nil
}

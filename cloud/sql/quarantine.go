package sql

import (
	"context"
	"crypto/sha256"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"

	"osmanthus/care"
)

// Limits of the quarantine. Each gateway, and all unknown ones together, has a
// share of its own, so that one that went mad pushes out only its own.
const (
	quarantineMessages = 1000
	quarantineBytes    = 8 << 20
)

// Quarantined is a message that was refused.
type Quarantined struct {
	ID          int64
	Gateway     care.GatewayID // "" where the topic names no registered one
	Topic       string
	Payload     []byte
	Reason      string
	First, Last time.Time // when it came, and when the same came again
	Times       int       // how often
	Asked       bool      // a replay was asked for and has not been tried yet
	Replayed    time.Time // when it was last tried, zero where it never was
}

// Quarantine keeps a message that was refused, durably. The same message twice
// is one entry, counted. The oldest entries of its gateway give way.
func (d *DB) Quarantine(ctx context.Context, gateway care.GatewayID, topic string, payload []byte, reason string, at time.Time) error {
	digest := sha256.Sum256(append([]byte(topic+"\x00"), payload...))
	err := d.tx(ctx, func(tx *stdsql.Tx) error {
		if payload == nil {
			payload = []byte{}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO quarantine (gateway, topic, digest, payload, reason, first, last) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (gateway, digest) DO UPDATE SET times = times + 1, last = excluded.last, reason = excluded.reason`,
			gateway, topic, digest[:], payload, reason, millis(at), millis(at))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM quarantine WHERE id IN (
			SELECT id FROM (
				SELECT id, row_number() OVER newest AS n, sum(length(payload)) OVER newest AS bytes
				FROM quarantine WHERE gateway = ? WINDOW newest AS (ORDER BY id DESC)
			) WHERE n > ? OR bytes > ?)`, gateway, quarantineMessages, quarantineBytes)
		return err
	})
	if err != nil {
		return fmt.Errorf("sql: quarantining a message on %s: %w", topic, err)
	}
	return nil
}

const quarantineColumns = `id, gateway, topic, payload, reason, first, last, times, replay, replayed`

// Quarantined returns the newest entries first, at most limit.
func (d *DB) Quarantined(ctx context.Context, limit int) ([]Quarantined, error) {
	rows, err := d.read.QueryContext(ctx, `SELECT `+quarantineColumns+` FROM quarantine ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("sql: listing the quarantine: %w", err)
	}
	defer rows.Close()
	var out []Quarantined
	for rows.Next() {
		q, err := scanQuarantined(rows)
		if err != nil {
			return nil, fmt.Errorf("sql: listing the quarantine: %w", err)
		}
		out = append(out, q)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: listing the quarantine: %w", err)
	}
	return out, nil
}

func scanQuarantined(row interface{ Scan(...any) error }) (Quarantined, error) {
	var q Quarantined
	var first, last, replayed int64
	err := row.Scan(&q.ID, &q.Gateway, &q.Topic, &q.Payload, &q.Reason, &first, &last, &q.Times, &q.Asked, &replayed)
	q.First, q.Last, q.Replayed = fromMillis(first), fromMillis(last), fromMillis(replayed)
	return q, err
}

// AskReplay asks for one entry, or with id 0 for all, to be put through ingest
// again, by whichever process ingests. It returns how many were asked for.
func (d *DB) AskReplay(ctx context.Context, id int64) (int64, error) {
	r, err := d.write.ExecContext(ctx, `UPDATE quarantine SET replay = 1 WHERE ?1 = 0 OR id = ?1`, id)
	if err != nil {
		return 0, fmt.Errorf("sql: asking for a replay: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("sql: asking for a replay: %w", err)
	}
	if n == 0 && id != 0 {
		return 0, fmt.Errorf("sql: asking for a replay of quarantined message %d: %w", id, ErrNotFound)
	}
	return n, nil
}

// NextReplay returns the oldest entry that somebody asked to replay.
func (d *DB) NextReplay(ctx context.Context) (id int64, topic string, payload []byte, ok bool, err error) {
	q, err := scanQuarantined(d.read.QueryRowContext(ctx,
		`SELECT `+quarantineColumns+` FROM quarantine WHERE replay = 1 ORDER BY id LIMIT 1`))
	if errors.Is(err, stdsql.ErrNoRows) {
		return 0, "", nil, false, nil
	}
	if err != nil {
		return 0, "", nil, false, fmt.Errorf("sql: looking for a replay: %w", err)
	}
	return q.ID, q.Topic, q.Payload, true, nil
}

// Replayed ends a replay: the entry leaves the quarantine, or, where failure is
// not empty, stays with that reason.
func (d *DB) Replayed(ctx context.Context, id int64, failure string, at time.Time) error {
	var err error
	if failure == "" {
		_, err = d.write.ExecContext(ctx, `DELETE FROM quarantine WHERE id = ?`, id)
	} else {
		_, err = d.write.ExecContext(ctx, `UPDATE quarantine SET replay = 0, replayed = ?, reason = ? WHERE id = ?`, millis(at), failure, id)
	}
	if err != nil {
		return fmt.Errorf("sql: ending the replay of quarantined message %d: %w", id, err)
	}
	return nil
}

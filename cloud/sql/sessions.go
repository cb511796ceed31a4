package sql

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"
)

// AddSession keeps a session of a user under the hash of its token, and
// forgets those that have ended.
func (d *DB) AddSession(ctx context.Context, hash []byte, user string, at, expires time.Time) error {
	err := d.tx(ctx, func(tx *stdsql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires <= ?`, millis(at)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (token, user, created, expires) VALUES (?, ?, ?, ?)`,
			hash, user, millis(at), millis(expires))
		return err
	})
	if err != nil {
		return fmt.Errorf("sql: adding a session of %s: %w", user, err)
	}
	return nil
}

// SessionUser returns whose session it is, or ErrNotFound when it is unknown,
// has ended, or its user is disabled.
func (d *DB) SessionUser(ctx context.Context, hash []byte, at time.Time) (User, error) {
	u, err := scanUser(d.read.QueryRowContext(ctx, `SELECT u.name, u.role, u.language, u.password, u.disabled, u.created
		FROM sessions s JOIN users u ON u.name = s.user WHERE s.token = ? AND s.expires > ? AND u.disabled = 0`, hash, millis(at)))
	if errors.Is(err, stdsql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, fmt.Errorf("sql: reading a session: %w", err)
	}
	return u, nil
}

// DropSession ends a session; one that is unknown is no error.
func (d *DB) DropSession(ctx context.Context, hash []byte) error {
	if _, err := d.write.ExecContext(ctx, `DELETE FROM sessions WHERE token = ?`, hash); err != nil {
		return fmt.Errorf("sql: ending a session: %w", err)
	}
	return nil
}

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

// SessionUser returns whose session it is and when it ends, or ErrNotFound
// when it is unknown, has ended, or its user is disabled.
func (d *DB) SessionUser(ctx context.Context, hash []byte, at time.Time) (u User, expires time.Time, err error) {
	var created, until int64
	err = d.read.QueryRowContext(ctx, `SELECT u.name, u.role, u.language, u.password, u.disabled, u.created, s.expires
		FROM sessions s JOIN users u ON u.name = s.user WHERE s.token = ? AND s.expires > ? AND u.disabled = 0`, hash, millis(at)).
		Scan(&u.Name, &u.Role, &u.Language, &u.Password, &u.Disabled, &created, &until)
	if errors.Is(err, stdsql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, time.Time{}, fmt.Errorf("sql: reading a session: %w", err)
	}
	u.Created = fromMillis(created)
	return u, fromMillis(until), nil
}

// ExtendSession lets a session that has not ended end later.
func (d *DB) ExtendSession(ctx context.Context, hash []byte, at, expires time.Time) error {
	_, err := d.write.ExecContext(ctx, `UPDATE sessions SET expires = ? WHERE token = ? AND expires > ?`, millis(expires), hash, millis(at))
	if err != nil {
		return fmt.Errorf("sql: extending a session: %w", err)
	}
	return nil
}

// DropSession ends a session; one that is unknown is no error.
func (d *DB) DropSession(ctx context.Context, hash []byte) error {
	if _, err := d.write.ExecContext(ctx, `DELETE FROM sessions WHERE token = ?`, hash); err != nil {
		return fmt.Errorf("sql: ending a session: %w", err)
	}
	return nil
}

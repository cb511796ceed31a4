package sql

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"
)

// User is an account.
type User struct {
	Name     string
	Role     string // nurse or admin
	Language string
	Password string // PHC string
	Disabled bool
	Created  time.Time
}

// AddUser creates an account; ErrExists when the name is taken. Names differ
// in more than their case.
func (d *DB) AddUser(ctx context.Context, u User) error {
	done, err := d.write.ExecContext(ctx, `INSERT INTO users (name, role, language, password, disabled, created)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`, u.Name, u.Role, u.Language, u.Password, u.Disabled, millis(u.Created))
	if err := oneRow(done, err, ErrExists); err != nil {
		return fmt.Errorf("sql: adding user %s: %w", u.Name, err)
	}
	return nil
}

const userColumns = `SELECT name, role, language, password, disabled, created FROM users`

// User returns an account, or ErrNotFound.
func (d *DB) User(ctx context.Context, name string) (User, error) {
	u, err := scanUser(d.read.QueryRowContext(ctx, userColumns+` WHERE name = ?`, name))
	if errors.Is(err, stdsql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, fmt.Errorf("sql: reading user %s: %w", name, err)
	}
	return u, nil
}

// Users returns all accounts, by name.
func (d *DB) Users(ctx context.Context) ([]User, error) {
	rows, err := d.read.QueryContext(ctx, userColumns+` ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("sql: reading users: %w", err)
	}
	defer rows.Close()
	var out []User
	for rows.Next() {
		u, err := scanUser(rows)
		if err != nil {
			return nil, fmt.Errorf("sql: reading users: %w", err)
		}
		out = append(out, u)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: reading users: %w", err)
	}
	return out, nil
}

// DisableUser ends an account and its sessions; ErrNotFound when there is none.
func (d *DB) DisableUser(ctx context.Context, name string) error {
	if err := d.changeUser(ctx, name, `UPDATE users SET disabled = 1 WHERE name = ?1`); err != nil {
		return fmt.Errorf("sql: disabling user %s: %w", name, err)
	}
	return nil
}

// EnableUser gives an account back; ErrNotFound when there is none. Sessions
// that were ended with it stay ended.
func (d *DB) EnableUser(ctx context.Context, name string) error {
	done, err := d.write.ExecContext(ctx, `UPDATE users SET disabled = 0 WHERE name = ?`, name)
	if err := oneRow(done, err, ErrNotFound); err != nil {
		return fmt.Errorf("sql: enabling user %s: %w", name, err)
	}
	return nil
}

// SetPassword gives an account another password, a PHC string, and ends its
// sessions; ErrNotFound when there is none. One that is disabled stays so.
func (d *DB) SetPassword(ctx context.Context, name, phc string) error {
	if err := d.changeUser(ctx, name, `UPDATE users SET password = ?2 WHERE name = ?1`, phc); err != nil {
		return fmt.Errorf("sql: setting the password of user %s: %w", name, err)
	}
	return nil
}

// changeUser changes one account and ends its sessions.
func (d *DB) changeUser(ctx context.Context, name, update string, more ...any) error {
	return d.tx(ctx, func(tx *stdsql.Tx) error {
		done, err := tx.ExecContext(ctx, update, append([]any{name}, more...)...)
		if err := oneRow(done, err, ErrNotFound); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM sessions WHERE user = ?`, name)
		return err
	})
}

func scanUser(s row) (u User, err error) {
	var created int64
	err = s.Scan(&u.Name, &u.Role, &u.Language, &u.Password, &u.Disabled, &created)
	u.Created = fromMillis(created)
	return u, err
}

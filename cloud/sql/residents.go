package sql

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"

	"osmanthus/care"
)

// Resident is a person with a name, a bed, and the pseudonym under which
// gateways and readings know them.
type Resident struct {
	ID      care.ResidentID
	Name    string
	Place   string // ward or floor
	Room    string
	Bed     string
	Gateway care.GatewayID
}

// PutResident creates a resident, or changes what is known of one.
func (d *DB) PutResident(ctx context.Context, r Resident, at time.Time) error {
	err := d.tx(ctx, func(tx *stdsql.Tx) error {
		var room int64
		err := tx.QueryRowContext(ctx, `INSERT INTO rooms (place, name) VALUES (?, ?)
			ON CONFLICT (place, name) DO UPDATE SET name = excluded.name RETURNING id`, r.Place, r.Room).Scan(&room)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO residents (id, name, room, bed, gateway, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
			ON CONFLICT (id) DO UPDATE SET name = ?2, room = ?3, bed = ?4, gateway = ?5`, r.ID, r.Name, room, r.Bed, r.Gateway, millis(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("sql: writing resident %s: %w", r.ID, err)
	}
	return nil
}

const residentColumns = `SELECT r.id, r.name, o.place, o.name, r.bed, r.gateway FROM residents r JOIN rooms o ON o.id = r.room`

// Residents returns all residents, by place, room and bed.
func (d *DB) Residents(ctx context.Context) ([]Resident, error) {
	rows, err := d.read.QueryContext(ctx, residentColumns+` ORDER BY o.place, o.name, r.bed, r.id`)
	if err != nil {
		return nil, fmt.Errorf("sql: reading residents: %w", err)
	}
	defer rows.Close()
	var out []Resident
	for rows.Next() {
		r, err := scanResident(rows)
		if err != nil {
			return nil, fmt.Errorf("sql: reading residents: %w", err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: reading residents: %w", err)
	}
	return out, nil
}

// Resident returns one resident, or ErrNotFound.
func (d *DB) Resident(ctx context.Context, id care.ResidentID) (Resident, error) {
	r, err := scanResident(d.read.QueryRowContext(ctx, residentColumns+` WHERE r.id = ?`, id))
	if errors.Is(err, stdsql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Resident{}, fmt.Errorf("sql: reading resident %s: %w", id, err)
	}
	return r, nil
}

// row is a Row or Rows.
type row interface{ Scan(...any) error }

func scanResident(s row) (r Resident, err error) {
	err = s.Scan(&r.ID, &r.Name, &r.Place, &r.Room, &r.Bed, &r.Gateway)
	return r, err
}

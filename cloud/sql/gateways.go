package sql

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"

	"osmanthus/care"
)

// Gateway is one row of the registry of gateways.
type Gateway struct {
	ID      care.GatewayID
	Site    care.SiteID
	Added   time.Time
	Revoked time.Time // zero while it is let in
}

// AddGateway registers a gateway at a site, or lets a revoked one in again. A
// gateway that is registered at another site stays there: ErrExists. Serial
// and notAfter are those of the certificate that was issued for it, "" for one
// that another authority issues.
func (d *DB) AddGateway(ctx context.Context, site care.SiteID, id care.GatewayID, serial string, notAfter, at time.Time) error {
	err := d.tx(ctx, func(tx *stdsql.Tx) error {
		var there string
		err := tx.QueryRowContext(ctx, `SELECT site FROM gateways WHERE id = ?`, id).Scan(&there)
		switch {
		case errors.Is(err, stdsql.ErrNoRows):
			_, err = tx.ExecContext(ctx, `INSERT INTO gateways (id, site, added) VALUES (?, ?, ?)`, id, site, millis(at))
		case err == nil && there != string(site):
			err = fmt.Errorf("it is registered at site %s: %w", there, ErrExists)
		case err == nil:
			_, err = tx.ExecContext(ctx, `UPDATE gateways SET revoked = 0 WHERE id = ?`, id)
		}
		if err != nil || serial == "" {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO gateway_certs (serial, gateway, issued, not_after) VALUES (?, ?, ?, ?)`,
			serial, id, millis(at), millis(notAfter))
		return err
	})
	if err != nil {
		return fmt.Errorf("sql: adding gateway %s: %w", id, err)
	}
	return nil
}

// RevokeGateway shuts a gateway out, and every certificate that was issued for
// it, for ever: to let it in again takes a new one.
func (d *DB) RevokeGateway(ctx context.Context, id care.GatewayID, at time.Time) error {
	err := d.tx(ctx, func(tx *stdsql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE gateways SET revoked = ? WHERE id = ?`, millis(at), id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotFound)
		}
		_, err = tx.ExecContext(ctx, `UPDATE gateway_certs SET revoked = ? WHERE gateway = ? AND revoked = 0`, millis(at), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("sql: revoking gateway %s: %w", id, err)
	}
	return nil
}

// Gateways returns the registry, by site and id.
func (d *DB) Gateways(ctx context.Context) ([]Gateway, error) {
	rows, err := d.read.QueryContext(ctx, `SELECT id, site, added, revoked FROM gateways ORDER BY site, id`)
	if err != nil {
		return nil, fmt.Errorf("sql: listing gateways: %w", err)
	}
	defer rows.Close()
	var out []Gateway
	for rows.Next() {
		var g Gateway
		var added, revoked int64
		if err := rows.Scan(&g.ID, &g.Site, &added, &revoked); err != nil {
			return nil, fmt.Errorf("sql: listing gateways: %w", err)
		}
		g.Added, g.Revoked = fromMillis(added), fromMillis(revoked)
		out = append(out, g)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: listing gateways: %w", err)
	}
	return out, nil
}

// Site returns where a gateway is registered; ok is false for one that is
// unknown or revoked.
func (d *DB) Site(ctx context.Context, id care.GatewayID) (site care.SiteID, ok bool, err error) {
	err = d.read.QueryRowContext(ctx, `SELECT site FROM gateways WHERE id = ? AND revoked = 0`, id).Scan(&site)
	if errors.Is(err, stdsql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("sql: looking up gateway %s: %w", id, err)
	}
	return site, true, nil
}

// Authorize returns the site of a gateway that shows the certificate of this
// serial number; ok is false where either is revoked or the gateway unknown. A
// number that is not on record is good: the authority vouches for it.
func (d *DB) Authorize(ctx context.Context, id care.GatewayID, serial string) (site care.SiteID, ok bool, err error) {
	site, ok, err = d.Site(ctx, id)
	if err != nil || !ok {
		return "", false, err
	}
	var refused bool
	err = d.read.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM gateway_certs WHERE serial = ? AND (revoked <> 0 OR gateway <> ?))`, serial, id).Scan(&refused)
	if err != nil {
		return "", false, fmt.Errorf("sql: looking up the certificate of gateway %s: %w", id, err)
	}
	return site, !refused, nil
}

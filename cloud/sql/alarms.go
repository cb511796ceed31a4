package sql

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"osmanthus/care"
)

// ErrStale says that a step with this number, or an alarm of this episode, is
// there already: another writer was faster.
var ErrStale = errors.New("sql: another writer was faster")

// AlarmStep is one step of one alarm, with what the index needs to know.
type AlarmStep struct {
	ID       int64 // 0: the alarm's first step
	Site     care.SiteID
	Gateway  care.GatewayID
	Episode  care.Episode
	Kind     care.Kind
	Resident care.ResidentID
	Open     bool
	Raised   time.Time
	N        int // 1, 2, 3 …
	At       time.Time
	Event    []byte
	Board    bool // the version of the gateway's board rises with it
}

// AlarmLog is an alarm with its events in order.
type AlarmLog struct {
	ID      int64
	Site    care.SiteID
	Gateway care.GatewayID
	Log     [][]byte
}

// AlarmFilter selects alarms; the newest come first.
type AlarmFilter struct {
	OpenOnly     bool
	Resident     care.ResidentID // "" for all
	Gateway      care.GatewayID  // "" for all
	ChangedSince time.Time       // also these, where OpenOnly is set; zero for none
	Notes        bool            // notes in place of alarms
	Limit        int             // 0 for all
}

// AppendAlarmStep writes a step, the index and the version of the board in one
// transaction and returns the alarm's id, or ErrStale.
func (d *DB) AppendAlarmStep(ctx context.Context, s AlarmStep) (int64, error) {
	id := s.ID
	err := d.tx(ctx, func(tx *stdsql.Tx) error {
		if err := indexAlarm(ctx, tx, s, &id); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO alarm_log (alarm, n, at, event)
			SELECT ?1, ?2, ?3, ?4 WHERE ?2 = 1 + (SELECT count(*) FROM alarm_log WHERE alarm = ?1)`, id, s.N, millis(s.At), s.Event)
		if err := oneRow(done, err, ErrStale); err != nil {
			return err
		}
		if !s.Board {
			return nil
		}
		// The time, where it is higher: a gateway ignores what is not newer than
		// what it has, and this file may be a fresh one, or an old copy.
		_, err = tx.ExecContext(ctx, `INSERT INTO boards (gateway, version) VALUES (?, max(1, ?))
			ON CONFLICT (gateway) DO UPDATE SET version = max(version + 1, excluded.version)`, s.Gateway, millis(s.At))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sql: appending step %d of alarm %d: %w", s.N, s.ID, err)
	}
	return id, nil
}

func indexAlarm(ctx context.Context, tx *stdsql.Tx, s AlarmStep, id *int64) error {
	if s.ID != 0 {
		done, err := tx.ExecContext(ctx, `UPDATE alarms SET open = ?, changed = ? WHERE id = ?`, s.Open, millis(s.At), s.ID)
		return oneRow(done, err, ErrNotFound)
	}
	err := tx.QueryRowContext(ctx, `INSERT INTO alarms (site, gateway, episode, kind, resident, open, raised, changed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (gateway, episode) DO NOTHING RETURNING id`,
		s.Site, s.Gateway, s.Episode[:], s.Kind, s.Resident, s.Open, millis(s.Raised), millis(s.At)).Scan(id)
	if errors.Is(err, stdsql.ErrNoRows) {
		return ErrStale
	}
	return err
}

// AlarmByEpisode returns an alarm, or ErrNotFound.
func (d *DB) AlarmByEpisode(ctx context.Context, g care.GatewayID, e care.Episode) (AlarmLog, error) {
	return d.oneAlarm(ctx, `a.gateway = ? AND a.episode = ?`, g, e[:])
}

// AlarmByID returns an alarm, or ErrNotFound.
func (d *DB) AlarmByID(ctx context.Context, id int64) (AlarmLog, error) {
	return d.oneAlarm(ctx, `a.id = ?`, id)
}

func (d *DB) oneAlarm(ctx context.Context, where string, args ...any) (AlarmLog, error) {
	all, err := d.alarms(ctx, where, args...)
	if err != nil {
		return AlarmLog{}, err
	}
	if len(all) == 0 {
		return AlarmLog{}, fmt.Errorf("sql: reading an alarm: %w", ErrNotFound)
	}
	return all[0], nil
}

// Alarms returns alarms, the newest first.
func (d *DB) Alarms(ctx context.Context, f AlarmFilter) ([]AlarmLog, error) {
	limit := f.Limit
	if limit == 0 {
		limit = -1
	}
	since := millis(f.ChangedSince)
	if since == 0 {
		since = 1<<63 - 1
	}
	return d.alarms(ctx, `a.id IN (SELECT id FROM alarms WHERE (NOT ?1 OR open = 1 OR changed >= ?2)
		AND (?3 = '' OR resident = ?3) AND (?4 = '' OR gateway = ?4) AND (kind IN (`+noteKinds()+`)) = ?6 ORDER BY id DESC LIMIT ?5)`,
		f.OpenOnly, since, f.Resident, f.Gateway, limit, f.Notes)
}

// noteKinds lists the numbers of the kinds that are notes.
func noteKinds() string {
	var all []string
	for k := range 256 {
		if care.Kind(k).Note() {
			all = append(all, strconv.Itoa(k))
		}
	}
	return strings.Join(all, ", ")
}

func (d *DB) alarms(ctx context.Context, where string, args ...any) (out []AlarmLog, err error) {
	rows, err := d.read.QueryContext(ctx, `SELECT a.id, a.site, a.gateway, l.event FROM alarms a
		JOIN alarm_log l ON l.alarm = a.id WHERE `+where+` ORDER BY a.id DESC, l.n`, args...)
	if err != nil {
		return nil, fmt.Errorf("sql: reading alarms: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a AlarmLog
		var event []byte
		if err := rows.Scan(&a.ID, &a.Site, &a.Gateway, &event); err != nil {
			return nil, fmt.Errorf("sql: reading alarms: %w", err)
		}
		if n := len(out); n == 0 || out[n-1].ID != a.ID {
			out = append(out, a)
		}
		last := &out[len(out)-1]
		last.Log = append(last.Log, event)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sql: reading alarms: %w", err)
	}
	return out, nil
}

// BoardVersion returns the number of a gateway's board, which rises whenever it
// changes; 0: it never did.
func (d *DB) BoardVersion(ctx context.Context, g care.GatewayID) (uint64, error) {
	var v uint64
	err := d.read.QueryRowContext(ctx, `SELECT version FROM boards WHERE gateway = ?`, g).Scan(&v)
	if err != nil && !errors.Is(err, stdsql.ErrNoRows) {
		return 0, fmt.Errorf("sql: reading the board of %s: %w", g, err)
	}
	return v, nil
}

// oneRow returns none when a statement touched no row.
func oneRow(done stdsql.Result, err, none error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return none
	}
	return err
}

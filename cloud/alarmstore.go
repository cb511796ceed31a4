package cloud

import (
	"context"
	"errors"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/sql"
)

// alarmStore lets package alarm keep its logs in SQLite.
type alarmStore struct{ db *sql.DB }

func (s alarmStore) Append(ctx context.Context, r alarm.Record) (int64, error) {
	id, err := s.db.AppendAlarmStep(ctx, sql.AlarmStep(r))
	if errors.Is(err, sql.ErrStale) {
		return 0, alarm.ErrStale
	}
	return id, err
}

func (s alarmStore) ByEpisode(ctx context.Context, g care.GatewayID, e care.Episode) (alarm.Stored, error) {
	return stored(s.db.AlarmByEpisode(ctx, g, e))
}

func (s alarmStore) ByID(ctx context.Context, id int64) (alarm.Stored, error) {
	return stored(s.db.AlarmByID(ctx, id))
}

func stored(a sql.AlarmLog, err error) (alarm.Stored, error) {
	if errors.Is(err, sql.ErrNotFound) {
		return alarm.Stored{}, alarm.ErrNotFound
	}
	return alarm.Stored(a), err
}

func (s alarmStore) Select(ctx context.Context, f alarm.Filter) ([]alarm.Stored, error) {
	all, err := s.db.Alarms(ctx, sql.AlarmFilter(f))
	out := make([]alarm.Stored, len(all))
	for i := range all {
		out[i] = alarm.Stored(all[i])
	}
	return out, err
}

func (s alarmStore) BoardVersion(ctx context.Context, g care.GatewayID) (uint64, error) {
	return s.db.BoardVersion(ctx, g)
}

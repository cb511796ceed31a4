package uplink

import (
	"reflect"
	"time"

	"osmanthus/wire"
)

// statusLane decides when the gateway speaks of itself.
type statusLane struct {
	read  func() wire.Status
	every time.Duration

	last wire.Status // without what always changes
	at   time.Time   // of the last one, zero before the birth
}

// next returns the status to publish now, encoded: at birth, when it changed,
// and in its rhythm.
func (l *statusLane) next(now time.Time) (payload []byte, ok bool, err error) {
	if l.read == nil {
		return nil, false, nil
	}
	s := l.read()
	s.Presence = wire.Online
	steady := s
	steady.At, steady.Pending, steady.PendingBytes, steady.OldestAge = time.Time{}, 0, 0, 0
	if !l.at.IsZero() && now.Sub(l.at) < l.every && reflect.DeepEqual(steady, l.last) {
		return nil, false, nil
	}
	l.last, l.at = steady, now
	payload, err = wire.EncodeStatus(s)
	return payload, err == nil, err
}

// as returns the status with another presence, for the will and the farewell;
// nil without a status.
func (l *statusLane) as(p wire.Presence) ([]byte, error) {
	if l.read == nil {
		return nil, nil
	}
	s := l.read()
	s.Presence = p
	return wire.EncodeStatus(s)
}

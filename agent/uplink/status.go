package uplink

import (
	"reflect"
	"time"

	"osmanthus/wire"
)

// How often the status is read, to see whether it changed: reading it costs
// the gateway more than sending a batch.
const (
	statusLook  = time.Second           // at the latest
	statusPause = 50 * time.Millisecond // at the earliest, when somebody asks
)

// statusLane decides when the gateway speaks of itself.
type statusLane struct {
	read  func() wire.Status
	every time.Duration

	asked  bool        // somebody says that it may have changed
	looked time.Time   // when it was read last
	last   wire.Status // without what always changes
	at     time.Time   // of the last one, zero before the birth
}

// begin makes the next status a birth.
func (l *statusLane) begin() { l.at, l.asked = time.Time{}, true }

// due returns when next is worth calling.
func (l *statusLane) due() time.Time {
	if l.at.IsZero() {
		return time.Time{}
	}
	if l.asked {
		return l.looked.Add(statusPause)
	}
	return l.looked.Add(min(statusLook, l.every))
}

// next returns the status to publish now, encoded: at birth, when it changed,
// and in its rhythm.
func (l *statusLane) next(now time.Time) (payload []byte, ok bool, err error) {
	if l.read == nil || now.Before(l.due()) {
		return nil, false, nil
	}
	s := l.read()
	s.Presence = wire.Online
	l.asked, l.looked = false, now
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

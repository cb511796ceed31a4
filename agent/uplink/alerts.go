package uplink

import (
	"time"
)

const (
	alertWindow    = 64 // old alerts that are sent and wait for their receipt
	maxAlertResend = 30 * time.Second
)

// alertLane decides which alert goes out next. An alert that is put while the
// session is up never waits for the older ones.
type alertLane struct {
	queue  Queue
	resend time.Duration

	fresh   uint64 // position of the next alert that was put during this session
	old     uint64 // position of the next of those before
	oldEnd  uint64
	looked  time.Time             // when all that waits was looked through last
	waiting map[uint64]*sentAlert // sent in this session, without receipt, by position
}

type sentAlert struct {
	boot, seq uint64
	payload   []byte
	due       time.Time
	wait      time.Duration
}

// begin forgets the session before: every alert without receipt goes out
// again.
func (l *alertLane) begin(now time.Time) {
	l.old, l.oldEnd, l.looked = 0, l.queue.End(), now
	l.fresh = l.oldEnd
	l.waiting = map[uint64]*sentAlert{}
}

// next returns the alert to send now, and whether this session sends it again.
func (l *alertLane) next(now time.Time) (payload []byte, again, ok bool) {
	if pos, boot, seq, payload, ok := l.queue.Next(l.fresh); ok {
		l.fresh = pos + 1
		return l.sent(pos, boot, seq, payload, now), false, true
	}
	for _, a := range l.waiting {
		if !now.Before(a.due) {
			a.wait = min(2*a.wait, max(maxAlertResend, l.resend))
			a.due = now.Add(a.wait)
			return a.payload, true, true
		}
	}
	if l.old >= l.oldEnd && now.Sub(l.looked) >= maxAlertResend {
		l.old, l.oldEnd, l.looked = 0, l.fresh, now // what the disk could not read goes by
	}
	for len(l.waiting) < alertWindow && l.old < l.oldEnd {
		pos, boot, seq, payload, ok := l.queue.Next(l.old)
		if !ok || pos >= l.oldEnd {
			l.old = l.oldEnd
			break
		}
		l.old = pos + 1
		if l.waiting[pos] == nil {
			return l.sent(pos, boot, seq, payload, now), false, true
		}
	}
	return nil, false, false
}

func (l *alertLane) sent(pos, boot, seq uint64, payload []byte, now time.Time) []byte {
	l.waiting[pos] = &sentAlert{boot, seq, payload, now.Add(l.resend), l.resend}
	return payload
}

// receipted takes in that the cloud has an alert on record.
func (l *alertLane) receipted(boot, seq uint64) {
	l.queue.Ack(boot, seq, seq)
	for pos, a := range l.waiting {
		if a.boot == boot && a.seq == seq {
			delete(l.waiting, pos)
		}
	}
}

// due returns when next has something to send again.
func (l *alertLane) due(never time.Time) time.Time {
	for _, a := range l.waiting {
		if a.due.Before(never) {
			never = a.due
		}
	}
	return never
}

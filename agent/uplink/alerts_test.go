package uplink

import (
	"testing"
	"time"
)

// stutter is a queue whose disk cannot read its first record for a while.
type stutter struct {
	*fakeQueue
	fails bool
}

func (s *stutter) Next(from uint64) (pos, boot, seq uint64, payload []byte, ok bool) {
	if s.fails && from == 0 {
		from = 1
	}
	return s.fakeQueue.Next(from)
}

func TestE5_AnAlertThatCouldNotBeReadIsLookedForAgain(t *testing.T) {
	q := &stutter{fakeQueue: newQueue(), fails: true}
	l := alertLane{queue: q, resend: time.Hour}
	now := time.Now()
	l.begin(now)
	q.put([]byte("one"))
	q.put([]byte("two"))
	var sent []string
	drain := func() {
		for {
			payload, _, ok := l.next(now)
			if !ok {
				return
			}
			sent = append(sent, string(payload))
		}
	}
	drain()
	q.fails = false
	now = now.Add(maxAlertResend)
	drain()
	if len(sent) != 2 || sent[0] != "two" || sent[1] != "one" {
		t.Errorf("sent %q", sent)
	}
	now = now.Add(maxAlertResend)
	if drain(); len(sent) != 2 {
		t.Errorf("sent again without need: %q", sent)
	}
}

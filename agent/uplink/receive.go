package uplink

import (
	"time"

	"osmanthus/wire"
)

// handle takes in one message of the cloud.
func (s *session) handle(m inbound, now time.Time) {
	u := s.u
	t, err := wire.ParseTopic(m.topic)
	if err == nil {
		switch t.Lane {
		case wire.LaneReceipt:
			err = u.receipt(m.payload, now)
		case wire.LaneCommand:
			err = u.board(m.payload)
		}
	}
	if err != nil {
		u.count.malformed.Inc()
		u.log.Warn("message from the cloud passed over", "topic", m.topic, "error", err)
	}
}

// receipt lets the outbox delete what the cloud has.
func (u *Uplink) receipt(payload []byte, now time.Time) error {
	r, err := wire.DecodeReceipt(payload)
	if err != nil {
		return err
	}
	u.count.receipts.Inc()
	for _, a := range r.Alerts {
		u.alerts.receipted(a.Boot, a.Seq)
	}
	for _, w := range r.Watermarks {
		u.telemetry.covered(w, now)
	}
	return nil
}

func (u *Uplink) board(payload []byte) error {
	b, err := wire.DecodeBoard(payload)
	if err != nil {
		return err
	}
	u.count.boards.Inc()
	if u.onBoard != nil {
		u.onBoard(b)
		u.status.asked = true
	}
	return nil
}

package wire

import (
	"fmt"
	"time"

	"osmanthus/care"
)

// Presence is what a gateway says of its own connection.
type Presence uint8

const (
	// Offline is the will: the broker says it when the gateway falls silent.
	Offline Presence = iota + 1
	// Online is the birth, and every status after it.
	Online
	// Stopping is said by an agent that was told to end.
	Stopping
)

// Status is what a gateway says about itself: at birth, every 30 s, whenever
// it changes, and, as its will, when it is gone.
type Status struct {
	Boot         uint64
	Presence     Presence
	At           time.Time // of the will: when the session began
	TimeQuality  care.TimeQuality
	Software     string        // version of the agent
	Started      time.Time     // when this boot began
	Pending      uint64        // records in the outbox
	PendingBytes uint64        // bytes in the outbox
	OldestAge    time.Duration // age of the oldest record in the outbox, to the second
	BoardVersion uint64        // version of the last board that was applied, 0 for none
	Warnings     []string      // codes of what is wrong, "bus-stuck:bed-3"
	Dropped      []Dropped     // telemetry that was given up, so that nobody waits for it
}

// Dropped names telemetry batches that the gateway no longer has.
type Dropped struct {
	Boot uint64
	Range
}

// Range is a run of sequence numbers, both ends included.
type Range struct{ From, To uint64 }

type statusBody struct {
	header
	Presence     uint64      `cbor:"2,keyasint"`
	At           int64       `cbor:"3,keyasint"`
	TimeQuality  uint64      `cbor:"4,keyasint"`
	Software     string      `cbor:"5,keyasint,omitempty"`
	Started      int64       `cbor:"6,keyasint,omitempty"`
	Pending      uint64      `cbor:"7,keyasint,omitempty"`
	PendingBytes uint64      `cbor:"8,keyasint,omitempty"`
	OldestAge    uint64      `cbor:"9,keyasint,omitempty"`
	BoardVersion uint64      `cbor:"10,keyasint,omitempty"`
	Warnings     []string    `cbor:"11,keyasint,omitempty"`
	Dropped      [][3]uint64 `cbor:"12,keyasint,omitempty"`
}

const (
	maxWarnings = 64
	maxRanges   = 256
	maxSeconds  = 1 << 32
)

// EncodeStatus writes a status. Beyond 64 warnings or 256 dropped ranges the
// rest is left for the next one.
func EncodeStatus(s Status) ([]byte, error) {
	body := statusBody{
		header: header{Version, s.Boot}, Presence: uint64(s.Presence), At: millis(s.At), TimeQuality: uint64(s.TimeQuality),
		Software: s.Software, Started: millis(s.Started), Pending: s.Pending, PendingBytes: s.PendingBytes,
		OldestAge: uint64(max(s.OldestAge, 0) / time.Second), BoardVersion: s.BoardVersion,
		Warnings: s.Warnings[:min(len(s.Warnings), maxWarnings)],
	}
	for _, d := range s.Dropped[:min(len(s.Dropped), maxRanges)] {
		body.Dropped = append(body.Dropped, [3]uint64{d.Boot, d.From, d.To})
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	b, err := encMode.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding a status: %w", err)
	}
	return b, nil
}

// DecodeStatus reads a status.
func DecodeStatus(b []byte) (Status, error) {
	var body statusBody
	if err := decode("status", b, &body); err != nil {
		return Status{}, err
	}
	if err := body.check(); err != nil {
		return Status{}, err
	}
	s := Status{
		Boot: body.Boot, Presence: Presence(body.Presence), At: fromMillis(body.At), TimeQuality: care.TimeQuality(body.TimeQuality),
		Software: body.Software, Started: fromMillis(body.Started), Pending: body.Pending, PendingBytes: body.PendingBytes,
		OldestAge: time.Duration(body.OldestAge) * time.Second, BoardVersion: body.BoardVersion, Warnings: body.Warnings,
	}
	for _, d := range body.Dropped {
		s.Dropped = append(s.Dropped, Dropped{Boot: d[0], Range: Range{From: d[1], To: d[2]}})
	}
	return s, nil
}

func (body *statusBody) check() error {
	const what = "status"
	if body.Boot == 0 || body.Presence < uint64(Offline) || body.Presence > uint64(Stopping) {
		return malformed(what, "no boot, or presence %d", body.Presence)
	}
	if len(body.Software) > maxText || len(body.Warnings) > maxWarnings || len(body.Dropped) > maxRanges || body.OldestAge > maxSeconds {
		return malformed(what, "software of %d bytes, %d warnings, %d dropped ranges, age %d s",
			len(body.Software), len(body.Warnings), len(body.Dropped), body.OldestAge)
	}
	for _, w := range body.Warnings {
		if len(w) > maxText {
			return malformed(what, "a warning of %d bytes", len(w))
		}
	}
	for _, d := range body.Dropped {
		if d[0] == 0 || d[1] == 0 || d[1] > d[2] {
			return malformed(what, "dropped range %d to %d", d[1], d[2])
		}
	}
	if err := checkTimeQuality(what, body.TimeQuality); err != nil {
		return err
	}
	if err := checkTime(what, "start", body.Started); err != nil {
		return err
	}
	return checkTime(what, "time", body.At)
}

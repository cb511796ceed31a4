package wire

import (
	"fmt"
	"time"

	"osmanthus/care"
)

// Board is every alarm of one gateway that is open, and those that were closed
// within the last week, with their states. A gateway applies the highest
// version that it has seen. An episode that the board does not name is one of
// which the cloud does not know yet: it goes on ringing.
type Board struct {
	Version uint64 // rises with every change, also when the cloud lost its records
	At      time.Time
	Entries []BoardEntry
}

// BoardEntry is one alarm on the board.
type BoardEntry struct {
	Episode care.Episode
	State   BoardState
}

// BoardState is how far people are with an alarm.
type BoardState uint8

const (
	// BoardRaised: nobody has answered yet; it rings.
	BoardRaised BoardState = iota + 1
	// BoardAcknowledged: somebody is on the way.
	BoardAcknowledged
	// BoardOnSite: somebody is with the person.
	BoardOnSite
	// BoardClosed: it is over.
	BoardClosed
)

// Quiet reports whether a lamp may rest in this state. A state of a later
// version, which this one does not know, is not quiet.
func (s BoardState) Quiet() bool {
	switch s {
	case BoardAcknowledged, BoardOnSite, BoardClosed:
		return true
	}
	return false
}

type boardBody struct {
	header
	Number  uint64           `cbor:"2,keyasint"`
	At      int64            `cbor:"3,keyasint"`
	Entries []boardEntryBody `cbor:"4,keyasint,omitempty"`
}

type boardEntryBody struct {
	Episode []byte `cbor:"1,keyasint"`
	State   uint64 `cbor:"2,keyasint"`
}

// MaxBoard is how many alarms a board holds.
const MaxBoard = 1024

// EncodeBoard writes a board.
func EncodeBoard(b Board) ([]byte, error) {
	body := boardBody{header: header{Version: Version}, Number: b.Version, At: millis(b.At)}
	for i := range b.Entries {
		body.Entries = append(body.Entries, boardEntryBody{b.Entries[i].Episode[:], uint64(b.Entries[i].State)})
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	out, err := encMode.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding a board: %w", err)
	}
	return out, nil
}

// DecodeBoard reads a board.
func DecodeBoard(b []byte) (Board, error) {
	var body boardBody
	if err := decode("board", b, &body); err != nil {
		return Board{}, err
	}
	if err := body.check(); err != nil {
		return Board{}, err
	}
	out := Board{Version: body.Number, At: fromMillis(body.At)}
	for _, e := range body.Entries {
		entry := BoardEntry{State: BoardState(e.State)}
		copy(entry.Episode[:], e.Episode)
		out.Entries = append(out.Entries, entry)
	}
	return out, nil
}

func (body *boardBody) check() error {
	const what = "board"
	if body.Number == 0 || len(body.Entries) > MaxBoard {
		return malformed(what, "version %d with %d alarms, at most %d", body.Number, len(body.Entries), MaxBoard)
	}
	for _, e := range body.Entries {
		if len(e.Episode) != len(care.Episode{}) || e.State == 0 || e.State > 255 {
			return malformed(what, "an entry with an episode of %d bytes in state %d", len(e.Episode), e.State)
		}
	}
	return checkTime(what, "time", body.At)
}

package alarm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"osmanthus/care"
)

// Board is what one gateway must know of its alarms: those that are open and
// those that were closed within the last week.
type Board struct {
	Version uint64 // rises with every change; 0: there was never an alarm
	Entries []Entry
}

// Entry is one alarm on a board: Raised, Acknowledged, OnSite or Closed.
type Entry struct {
	Episode care.Episode
	State   State
}

// boardFor is how long a closed alarm stays on the board. A gateway that was
// cut off for longer rings what was closed meanwhile until somebody presses its
// button; three days are what its outbox is made for.
const boardFor = 7 * 24 * time.Hour

// Board returns the board of a gateway, at most limit entries. What quiets a
// lamp comes first: an alarm that is left out goes on ringing.
func (s *Service) Board(ctx context.Context, gateway care.GatewayID, limit int, now time.Time) (Board, error) {
	// The version first: a change in between is then sent once more, and
	// never missed.
	v, err := s.store.BoardVersion(ctx, gateway)
	if err != nil {
		return Board{}, fmt.Errorf("alarm: reading the board of %s: %w", gateway, err)
	}
	all, err := s.Select(ctx, Filter{Gateway: gateway, OpenOnly: true, ChangedSince: now.Add(-boardFor)})
	if err != nil {
		return Board{}, err
	}
	b := Board{Version: v}
	for i := range all {
		if state := onBoard(&all[i]); state != None {
			b.Entries = append(b.Entries, Entry{all[i].Alert.Episode, state})
		}
	}
	slices.SortStableFunc(b.Entries, func(x, y Entry) int { return cmp.Compare(order(x.State), order(y.State)) })
	b.Entries = b.Entries[:min(len(b.Entries), limit)]
	return b, nil
}

func order(s State) int {
	switch s {
	case Acknowledged, OnSite:
		return 0
	case Closed:
		return 1
	}
	return 2
}

// onBoard is how an alarm stands on its gateway's board, None where not at
// all: a gateway knows best what it suspects, and nothing of what the cloud
// raised about it.
func onBoard(a *Alarm) State {
	if a.Note() || a.State == Suspected || len(a.Log) == 0 || a.Log[0].By == System {
		return None
	}
	return a.State
}

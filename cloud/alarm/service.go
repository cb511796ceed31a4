package alarm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"osmanthus/care"
)

// ErrNotFound says that there is no such alarm.
var ErrNotFound = errors.New("alarm: not found")

// ErrStale is what a store returns from Append when another writer was first.
var ErrStale = errors.New("alarm: another step was recorded meanwhile")

// Record is one step, as the store keeps it.
type Record struct {
	ID       int64 // 0: the alarm's first step
	Site     care.SiteID
	Gateway  care.GatewayID
	Episode  care.Episode
	Kind     care.Kind
	Resident care.ResidentID
	Open     bool
	Raised   time.Time // of the alarm's first step
	N        int       // number of this step: 1, 2, 3 …
	At       time.Time
	Event    []byte
	Board    bool // the version of the gateway's board rises with it
}

// Stored is an alarm, as the store gives it back.
type Stored struct {
	ID      int64
	Site    care.SiteID
	Gateway care.GatewayID
	Log     [][]byte // the events, in order
}

// Filter selects alarms; the newest come first.
type Filter struct {
	OpenOnly     bool
	Resident     care.ResidentID // "" for all
	Gateway      care.GatewayID  // "" for all
	ChangedSince time.Time       // also these, where OpenOnly is set; zero for none
	Notes        bool            // notes in place of alarms
	Limit        int             // 0 for all
}

type store interface {
	// Append writes a step durably, all or nothing, and returns the alarm's id;
	// ErrStale when step N is there already, or the alarm, where ID is 0.
	Append(context.Context, Record) (id int64, err error)
	// ByEpisode and ByID return ErrNotFound when there is none.
	ByEpisode(context.Context, care.GatewayID, care.Episode) (Stored, error)
	ByID(ctx context.Context, id int64) (Stored, error)
	Select(context.Context, Filter) ([]Stored, error)
	// BoardVersion returns a number that rises with every change of the
	// gateway's board, also beyond the loss of the store; 0: none yet.
	BoardVersion(context.Context, care.GatewayID) (uint64, error)
}

// Opts name who is told. Neither may block or call the service.
type Opts struct {
	Changed      func(Alarm)          // after every step; may be nil
	BoardChanged func(care.GatewayID) // after a step of which the gateway must hear; may be nil
}

// Service applies events to alarms and keeps them.
type Service struct {
	mu    sync.Mutex // one step at a time, told in order
	store store
	opts  Opts
}

// New makes a service. It has no state of its own: a restart loses nothing.
func New(s store, o Opts) *Service { return &Service{store: s, opts: o} }

// Raise records what a gateway says. When it returns nil, it is on record; it
// may come any number of times and in any order.
func (s *Service) Raise(ctx context.Context, site care.SiteID, gateway care.GatewayID, alert care.Alert, at time.Time) error {
	e := Event{What: whatOf(alert.State), At: at, Actor: string(gateway), By: Gateway}
	return s.raise(ctx, site, gateway, alert, e)
}

func (s *Service) raise(ctx context.Context, site care.SiteID, gateway care.GatewayID, alert care.Alert, e Event) error {
	// A priority of a later version is taken for the highest of this one.
	if alert.Priority < care.Low || alert.Priority > care.High {
		alert.Priority = care.High
	}
	e.Alert = &alert
	_, err := s.apply(ctx, e, func() (Alarm, error) {
		a, err := restore(s.store.ByEpisode(ctx, gateway, alert.Episode))
		if errors.Is(err, ErrNotFound) {
			return Alarm{Site: site, Gateway: gateway}, nil
		}
		return a, err
	})
	if err != nil {
		return fmt.Errorf("alarm: recording %s %s of %s: %w", alert.Kind, e.What, gateway, err)
	}
	return nil
}

// whatOf takes a state of a later version for a confirmation: better one
// alarm too many.
func whatOf(s care.State) What {
	switch s {
	case care.Suspected:
		return Suspect
	case care.Cleared:
		return Clear
	}
	return Confirm
}

// Act lets a person do something about an alarm and returns it as it is then.
// A refusal is a *Conflict.
func (s *Service) Act(ctx context.Context, id int64, e Event) (Alarm, error) {
	e.By, e.Alert = Person, nil
	return s.apply(ctx, e, func() (Alarm, error) { return restore(s.store.ByID(ctx, id)) })
}

// maxRivals is how often another process may be faster. A store that says so
// more often is at fault, and must not hold up everybody else.
const maxRivals = 20

// apply loads, applies and records, until nobody else was faster.
func (s *Service) apply(ctx context.Context, e Event, load func() (Alarm, error)) (Alarm, error) {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	for rivals := 0; ; rivals++ {
		a, err := load()
		if err != nil {
			return Alarm{}, err
		}
		before := onBoard(&a)
		changed, err := a.Apply(e)
		if err != nil || !changed {
			return a, err
		}
		board := onBoard(&a) != before
		err = s.append(ctx, &a, e, board)
		if errors.Is(err, ErrStale) && rivals < maxRivals {
			continue
		}
		if err != nil {
			return Alarm{}, err
		}
		if s.opts.Changed != nil {
			s.opts.Changed(a)
		}
		if board && s.opts.BoardChanged != nil {
			s.opts.BoardChanged(a.Gateway)
		}
		return a, nil
	}
}

func (s *Service) append(ctx context.Context, a *Alarm, e Event, board bool) error {
	b, err := encode(e)
	if err != nil {
		return err
	}
	id, err := s.store.Append(ctx, Record{
		ID: a.ID, Site: a.Site, Gateway: a.Gateway, Episode: a.Alert.Episode, Kind: a.Alert.Kind, Resident: a.Alert.Resident,
		Open: a.Open(), Raised: a.RecordedAt, N: len(a.Log) + a.Unread, At: e.At, Event: b, Board: board,
	})
	if err == nil {
		a.ID = id
	}
	return err
}

// Alarm returns one alarm, or ErrNotFound.
func (s *Service) Alarm(ctx context.Context, id int64) (Alarm, error) {
	return restore(s.store.ByID(ctx, id))
}

// Select returns alarms, the newest first.
func (s *Service) Select(ctx context.Context, f Filter) ([]Alarm, error) {
	all, err := s.store.Select(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("alarm: reading alarms: %w", err)
	}
	out := make([]Alarm, 0, len(all))
	for _, one := range all {
		out = append(out, rebuild(one))
	}
	return out, nil
}

// restore is rebuild for what a store returns.
func restore(s Stored, err error) (Alarm, error) {
	if err != nil {
		return Alarm{}, err
	}
	return rebuild(s), nil
}

// rebuild makes an alarm from what the store has of it. A step that this
// version cannot read, or would not do, is counted and passed over: one damaged
// record must not hide the others. Where the first is such a step, nobody knows
// what it was, so it rings.
func rebuild(s Stored) Alarm {
	a := Alarm{ID: s.ID, Site: s.Site, Gateway: s.Gateway}
	for i, b := range s.Log {
		changed := false
		if e, err := decode(b); err == nil {
			changed, _ = a.Apply(e)
		}
		if changed {
			continue
		}
		if a.Unread++; i == 0 {
			a.State, a.Alert.Priority = Raised, care.High
		}
	}
	return a
}

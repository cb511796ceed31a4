package alarm

import (
	"context"
	"errors"
	"time"
)

// respondWithin is the feature by which an alert says how soon somebody must be
// there, in seconds: an early warning score of NEWS2 does.
const respondWithin = "respond_within"

// RespondBy returns until when somebody must be on site, and false where the
// alert sets no time or somebody is. The clock runs from when the alarm was
// raised last.
func (a *Alarm) RespondBy() (time.Time, bool) {
	if a.State != Raised && a.State != Acknowledged {
		return time.Time{}, false
	}
	for _, f := range a.Alert.Evidence.Features {
		if f.Name != respondWithin || !(f.Value > 0 && f.Value < 7*24*3600) {
			continue
		}
		for i := len(a.Log) - 1; i >= 0; i-- {
			if s := a.Log[i]; s.To == Raised && s.From != Raised {
				return s.At.Add(time.Duration(f.Value * float64(time.Second))), true
			}
		}
	}
	return time.Time{}, false
}

// overdue rings again where somebody took an alarm over and did not come in
// time. The clock begins anew.
func (a *Alarm) overdue(e Event) bool {
	by, ok := a.RespondBy()
	if !ok || a.State != Acknowledged || e.At.Before(by) {
		return false
	}
	a.reopen()
	return true
}

// CheckResponses rings again what nobody came for in time.
func (s *Service) CheckResponses(ctx context.Context, now time.Time) error {
	open, err := s.Select(ctx, Filter{OpenOnly: true})
	if err != nil {
		return err
	}
	now = now.UTC().Truncate(time.Millisecond)
	var failed []error // of one alarm: the others are watched all the same
	for _, a := range open {
		if by, ok := a.RespondBy(); !ok || a.State != Acknowledged || now.Before(by) {
			continue
		}
		e := Event{What: Overdue, At: now, Actor: "cloud", By: System}
		_, err := s.apply(ctx, e, func() (Alarm, error) { return restore(s.store.ByID(ctx, a.ID)) })
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

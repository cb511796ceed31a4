package cloud

import (
	"context"
	"sync"
	"time"

	"osmanthus/cloud/alarm"
)

// shown knows how many steps of each alarm the pages of this process were
// shown, so that each is shown once and none after a later one.
type shown struct {
	mu    sync.Mutex
	steps map[int64]int
}

// show calls publish where a has steps that were not shown yet.
func (s *shown) show(a alarm.Alarm, publish func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(a.Log) + a.Unread
	if n <= s.steps[a.ID] {
		return
	}
	if s.steps == nil {
		s.steps = map[int64]int{}
	}
	s.steps[a.ID] = n
	publish()
}

// forget drops all but the given alarms, which are over since long.
func (s *shown) forget(but []alarm.Alarm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := make(map[int64]int, len(but))
	for _, a := range but {
		kept[a.ID] = s.steps[a.ID]
	}
	s.steps = kept
}

// followAlarms shows the pages of this process what other processes did, until
// ctx ends.
func (s *Cloud) followAlarms(ctx context.Context) {
	t := time.NewTicker(500 * time.Millisecond)
	defer t.Stop()
	from := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			// A minute of overlap covers clocks and transactions in flight.
			all, err := s.alarms.Select(ctx, alarm.Filter{OpenOnly: true, ChangedSince: from.Add(-time.Minute)})
			if err != nil {
				if ctx.Err() == nil {
					s.log.Error("alarms not followed", "error", err)
				}
				continue
			}
			from = now
			for _, a := range all {
				s.shown.show(a, func() { s.api.AlarmChanged(s.view.one(ctx, a)) })
			}
			s.shown.forget(all)
		}
	}
}

package cloud

import (
	"context"
	"time"
)

// respondEvery is short against the half hour that is the shortest response.
const respondEvery = 10 * time.Second

// watchResponses rings again what nobody came for in time, until ctx ends.
func (s *Cloud) watchResponses(ctx context.Context) {
	t := time.NewTicker(respondEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if err := s.alarms.CheckResponses(ctx, now); err != nil && ctx.Err() == nil {
				s.log.Error("responses not watched", "error", err)
			}
		}
	}
}

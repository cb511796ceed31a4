package influx

import (
	"context"
	"time"

	"osmanthus/care"
)

// SeriesBy asks in one language, without falling back to the other.
func (s *Store) SeriesBy(ctx context.Context, language string, q Query) ([]Window, error) {
	if language == "Flux" {
		return windows(ctx, q, s.seriesFlux)
	}
	return windows(ctx, q, s.seriesInfluxQL)
}

// LatestBy asks in one language, without falling back to the other.
func (s *Store) LatestBy(ctx context.Context, language string, resident care.ResidentID, since time.Time) ([]care.Reading, error) {
	if language == "Flux" {
		return latest(ctx, resident, since, s.latestFlux)
	}
	return latest(ctx, resident, since, s.latestInfluxQL)
}

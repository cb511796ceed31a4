package influx

import "context"

// SeriesBy asks in one language, without falling back to the other.
func (s *Store) SeriesBy(ctx context.Context, language string, q Query) ([]Window, error) {
	if language == "Flux" {
		return windows(ctx, q, s.seriesFlux)
	}
	return windows(ctx, q, s.seriesInfluxQL)
}

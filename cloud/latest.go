package cloud

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/api"
)

// latest holds the last reading of each resident and metric, for the board.
type latest struct {
	changed func(resident string, readings []api.Reading, now time.Time) // tells the pages; may be nil

	mu      sync.Mutex
	values  map[care.ResidentID]map[care.Metric]api.Reading
	changes map[care.ResidentID]bool
}

func newLatest() *latest {
	return &latest{values: map[care.ResidentID]map[care.Metric]api.Reading{}, changes: map[care.ResidentID]bool{}}
}

// A value of a quality below sure, which no clinical rule judges either, does not
// replace one above it for as long as outlasts: an oximeter and a radar may both
// measure one person.
const (
	sure     = 50
	outlasts = 90 * time.Second
)

// Stored takes in readings that are durable.
func (l *latest) Stored(_ care.SiteID, _ care.GatewayID, rs []care.Reading) { l.learn(rs, time.Now()) }

func (l *latest) learn(rs []care.Reading, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rs {
		if r.Resident == "" {
			continue
		}
		// A clock that runs ahead must not make a value look fresh for ever.
		at := r.At
		if at.After(now) {
			at = now
		}
		of := l.values[r.Resident]
		if of == nil {
			of = map[care.Metric]api.Reading{}
			l.values[r.Resident] = of
		}
		if old, ok := of[r.Metric]; ok && at.Before(old.At) {
			continue // late: a newer one is known
		} else if ok && int(r.Quality) < sure && old.Quality >= sure && at.Sub(old.At) < outlasts {
			continue // a worse sensor of the same
		}
		of[r.Metric] = api.Reading{Metric: r.Metric.String(), Value: r.Value, Quality: int(r.Quality),
			Implausible: r.Flags&(care.OutOfRange|care.Stuck) != 0, At: at}
		l.changes[r.Resident] = true
	}
}

// Latest returns the last readings of a resident, in the order of the metrics.
func (l *latest) Latest(resident string) []api.Reading {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of(care.ResidentID(resident))
}

func (l *latest) of(resident care.ResidentID) (out []api.Reading) {
	for _, m := range care.Metrics() {
		if r, ok := l.values[resident][m.Metric]; ok {
			out = append(out, r)
		}
	}
	return out
}

// tell sends every page what changed since the last time.
func (l *latest) tell(now time.Time) {
	l.mu.Lock()
	news := map[care.ResidentID][]api.Reading{}
	for resident := range l.changes {
		news[resident] = l.of(resident)
	}
	clear(l.changes)
	l.mu.Unlock()
	for resident, readings := range news {
		l.changed(string(resident), readings, now)
	}
}

// since is how far back the board looks when the program starts.
const since = 12 * time.Hour

// run tells the pages once a second until ctx ends.
func (l *latest) run(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			l.tell(now)
		}
	}
}

// read takes from the store what was measured before the start, and, with
// follow, what another process ingests.
func (l *latest) read(ctx context.Context, db *database, follow bool, log *slog.Logger) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if !db.ready() && db.config.Influx.URL == "" {
				continue
			}
			rs, err := db.latest(ctx, now.Add(-since))
			switch {
			case err == nil:
				l.learn(rs, now)
				if !follow {
					return
				}
			case ctx.Err() == nil:
				log.Warn("latest readings not read", "error", err)
			}
		}
	}
}

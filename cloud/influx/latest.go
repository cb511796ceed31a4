package influx

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"osmanthus/care"
)

// Latest returns the newest reading of each resident and metric at or after
// since, of one resident or, where that is empty, of all. A caller tells the
// age by the reading's own time.
func (s *Store) Latest(ctx context.Context, resident care.ResidentID, since time.Time) ([]care.Reading, error) {
	l, err := latest(ctx, resident, since, s.latestInfluxQL)
	if errors.Is(err, errNoInfluxQL) {
		return latest(ctx, resident, since, s.latestFlux)
	}
	return l, err
}

// latestSetter takes one field of one reading; tag returns its tags.
type latestSetter func(tag func(name string) string, at time.Time, field string, v float64)

type latestAsker func(ctx context.Context, resident care.ResidentID, since time.Time, set latestSetter) error

func (s *Store) latestFlux(ctx context.Context, resident care.ResidentID, since time.Time, set latestSetter) error {
	flux := s.from(since, time.Now().Add(48*time.Hour)) // clocks run ahead by a day at most
	if resident != "" {
		flux += where("resident", string(resident))
	}
	rows, err := s.rows(ctx, flux+` |> last()`)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if v, ok := number(row); ok {
			set(func(name string) string { return text(row, name) }, row.Time().UTC(), row.Field(), v)
		}
	}
	return nil
}

// latest puts fields together to readings, and picks the newest.
func latest(ctx context.Context, resident care.ResidentID, since time.Time, ask latestAsker) ([]care.Reading, error) {
	type key struct {
		resident care.ResidentID
		source   care.SourceID
		metric   care.Metric
		at       int64
	}
	readings := map[key]*care.Reading{}
	err := ask(ctx, resident, since, func(tag func(string) string, at time.Time, field string, v float64) {
		m, ok := care.MetricByName(tag("metric"))
		if !ok {
			return
		}
		k := key{care.ResidentID(tag("resident")), care.SourceID(tag("source")), m, at.UnixMilli()}
		r := readings[k]
		if r == nil {
			r = &care.Reading{Resident: k.resident, Source: k.source, Metric: m, At: at}
			readings[k] = r
		}
		switch field {
		case fieldValue, fieldImplausible, fieldPartial:
			r.Value = v
		case fieldQuality:
			r.Quality = care.Quality(v)
		case fieldFlags:
			r.Flags = care.Flags(v)
		}
	})
	if err != nil {
		return nil, err
	}
	type about struct {
		resident care.ResidentID
		metric   care.Metric
	}
	newest := map[about]care.Reading{}
	for _, r := range readings {
		a := about{r.Resident, r.Metric}
		if n, ok := newest[a]; !ok || r.At.After(n.At) || r.At.Equal(n.At) && r.Source < n.Source {
			newest[a] = *r
		}
	}
	return slices.SortedFunc(maps.Values(newest), func(a, b care.Reading) int {
		return cmp.Or(cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.Metric, b.Metric))
	}), nil
}

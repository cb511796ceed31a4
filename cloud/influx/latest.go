package influx

import (
	"cmp"
	"context"
	"slices"
	"time"

	"osmanthus/care"
)

// Latest returns the newest reading of each resident and metric at or after
// since, of one resident or, where that is empty, of all. A caller tells the
// age by the reading's own time.
func (s *Store) Latest(ctx context.Context, resident care.ResidentID, since time.Time) ([]care.Reading, error) {
	flux := s.from(since, time.Now().Add(48*time.Hour))
	if resident != "" {
		flux += where("resident", string(resident))
	}
	rows, err := s.rows(ctx, flux+` |> last()`)
	if err != nil {
		return nil, err
	}
	type key struct {
		resident care.ResidentID
		source   care.SourceID
		metric   care.Metric
		at       int64
	}
	readings := map[key]*care.Reading{}
	for _, row := range rows {
		m, ok := care.MetricByName(text(row, "metric"))
		v, isNumber := number(row)
		if !ok || !isNumber {
			continue
		}
		k := key{care.ResidentID(text(row, "resident")), care.SourceID(text(row, "source")), m, row.Time().UnixMilli()}
		r := readings[k]
		if r == nil {
			r = &care.Reading{Resident: k.resident, Source: k.source, Metric: m, At: row.Time().UTC()}
			readings[k] = r
		}
		switch row.Field() {
		case fieldValue, fieldImplausible:
			r.Value = v
		case fieldQuality:
			r.Quality = care.Quality(v)
		case fieldFlags:
			r.Flags = care.Flags(v)
		}
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
	var out []care.Reading
	for _, r := range newest {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b care.Reading) int {
		return cmp.Or(cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.Metric, b.Metric))
	})
	return out, nil
}

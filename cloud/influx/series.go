package influx

import (
	"context"
	"errors"
	"fmt"
	"time"

	"osmanthus/care"
)

// Query selects the course of one metric of one resident.
type Query struct {
	Resident care.ResidentID
	Metric   care.Metric
	From, To time.Time     // From is included, To is not
	Every    time.Duration // length of a window, at least 1 ms
}

// Window is one interval of a course, from At for the query's Every. Where
// nothing was measured in it, all its values are nil: a gap stays a gap.
// Implausible readings are in no value.
type Window struct {
	At               time.Time
	Mean, Min, Max   *float64 // in the metric's unit
	Quality          *float64 // mean, 0 to 100
	ImplausibleCount int
}

// maxWindows bounds the answer to one query.
const maxWindows = 20_000

// Series returns one window for every interval of the query, in order. Windows
// are aligned to multiples of Every since 1970, so the first may begin before
// From and the last end after To; they hold readings of the query's time only.
func (s *Store) Series(ctx context.Context, q Query) ([]Window, error) {
	w, err := windows(ctx, q, s.seriesInfluxQL)
	if errors.Is(err, errNoInfluxQL) {
		return windows(ctx, q, s.seriesFlux)
	}
	return w, err
}

// asker gives set each value of a course: when its window begins, and what it
// is.
type asker func(ctx context.Context, q Query, set func(at time.Time, what string, v float64)) error

// windows lays out the windows of a course, empty, and has them filled.
func windows(ctx context.Context, q Query, ask asker) ([]Window, error) {
	if q.Every < time.Millisecond || q.Every%time.Millisecond != 0 || !q.From.Before(q.To) {
		return nil, fmt.Errorf("influx: cannot cut %v to %v into windows of %v", q.From, q.To, q.Every)
	}
	every := q.Every.Milliseconds()
	first := floorDiv(q.From.UnixMilli(), every)
	last := floorDiv(q.To.UnixMilli()-1, every)
	if last-first+1 > maxWindows {
		return nil, fmt.Errorf("influx: %d windows of %v, at most %d are answered", last-first+1, q.Every, maxWindows)
	}
	out := make([]Window, last-first+1)
	for i := range out {
		out[i].At = time.UnixMilli((first + int64(i)) * every).UTC()
	}
	err := ask(ctx, q, func(at time.Time, what string, v float64) {
		if i := floorDiv(at.UnixMilli(), every) - first; i >= 0 && i < int64(len(out)) {
			out[i].set(what, v)
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (w *Window) set(what string, v float64) {
	switch what {
	case "mean":
		w.Mean = &v
	case "min":
		w.Min = &v
	case "max":
		w.Max = &v
	case "quality":
		w.Quality = &v
	case "implausible":
		w.ImplausibleCount = int(v)
	}
}

// seriesFlux answers for servers that do not know InfluxQL, or know no
// database by the bucket's name. InfluxDB 1.8 would need seconds for a day.
func (s *Store) seriesFlux(ctx context.Context, q Query, set func(at time.Time, what string, v float64)) error {
	rows, err := s.rows(ctx, s.seriesFluxQuery(q))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if v, ok := number(row); ok {
			set(row.Time(), row.Result(), v)
		}
	}
	return nil
}

func (s *Store) seriesFluxQuery(q Query) string {
	data := `data = ` + s.from(q.From, q.To) + where("resident", string(q.Resident)) + where("metric", q.Metric.String()) + "\n"
	for _, part := range []struct{ name, field, fn string }{
		{"mean", fieldValue, "mean"}, {"min", fieldValue, "min"}, {"max", fieldValue, "max"},
		{"quality", fieldQuality, "mean"}, {"implausible", fieldImplausible, "count"},
	} {
		data += `data` + where("_field", part.field) +
			` |> group(columns: ["_field"])` +
			` |> aggregateWindow(every: ` + millis(q.Every) + `, fn: ` + part.fn + `, createEmpty: false, timeSrc: "_start")` +
			` |> yield(name: ` + quote(part.name) + ")\n"
	}
	return data
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Count returns how many readings are stored from start until before end, of
// one gateway or, where that is empty, of all.
func (s *Store) Count(ctx context.Context, gateway care.GatewayID, start, end time.Time) (int64, error) {
	flux := s.from(start, end)
	if gateway != "" {
		flux += where("gateway", string(gateway))
	}
	rows, err := s.rows(ctx, flux+where("_field", fieldFlags)+` |> count() |> group() |> sum()`)
	if err != nil {
		return 0, err
	}
	var n float64
	for _, row := range rows {
		v, _ := number(row)
		n += v
	}
	return int64(n), nil
}

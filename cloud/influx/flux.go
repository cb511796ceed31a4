package influx

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/influxdata/influxdb-client-go/v2/api/query"
)

// quote writes s as a Flux string literal. Nothing in it can end the literal
// or be taken for an interpolation: everything but plain text is written as
// the bytes' hexadecimal escapes.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_./: ", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// from begins a query of the measurement: start is included, end is not.
func (s *Store) from(start, end time.Time) string {
	return `from(bucket: ` + quote(s.bucket) + `)` +
		` |> range(start: ` + instant(start) + `, stop: ` + instant(end) + `)` +
		` |> filter(fn: (r) => r._measurement == ` + quote(measurement) + `)`
}

func where(tag, value string) string {
	return ` |> filter(fn: (r) => r.` + tag + ` == ` + quote(value) + `)`
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) + "ms" }

// rows runs a query and returns all of its records.
func (s *Store) rows(ctx context.Context, flux string) ([]*query.FluxRecord, error) {
	result, err := s.query.Query(ctx, flux)
	if err != nil {
		return nil, fmt.Errorf("influx: querying: %w", err)
	}
	defer result.Close()
	var rows []*query.FluxRecord
	for result.Next() {
		rows = append(rows, result.Record())
	}
	if err := result.Err(); err != nil {
		return nil, fmt.Errorf("influx: reading an answer: %w", err)
	}
	return rows, nil
}

func text(r *query.FluxRecord, column string) string {
	v, _ := r.ValueByKey(column).(string)
	return v
}

func number(r *query.FluxRecord) (float64, bool) {
	switch v := r.Value().(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	}
	return 0, false
}

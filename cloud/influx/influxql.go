package influx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"osmanthus/care"
)

// errNoInfluxQL says that the server answers no InfluxQL for this bucket.
var errNoInfluxQL = errors.New("influx: no InfluxQL here")

// seriesInfluxQL asks for windows in the language that InfluxDB 1.8 aggregates
// in its storage: a day of seconds takes milliseconds, where Flux takes
// seconds.
func (s *Store) seriesInfluxQL(ctx context.Context, q Query, set func(at time.Time, what string, v float64)) error {
	rows, err := s.influxQL(ctx, fmt.Sprintf(
		`SELECT mean("value") AS "mean", min("value") AS "min", max("value") AS "max", mean("quality") AS "quality", count("implausible") AS "implausible"`+
			` FROM %q WHERE "resident" = %s AND "metric" = %s AND time >= %dms AND time < %dms GROUP BY time(%dms) fill(none)`,
		measurement, literal(string(q.Resident)), literal(q.Metric.String()), q.From.UnixMilli(), q.To.UnixMilli(), q.Every.Milliseconds()))
	if err != nil {
		return err
	}
	for _, series := range rows {
		if err := series.each(set); err != nil {
			return err
		}
	}
	return nil
}

// latestInfluxQL gives set the fields of the newest row of each series.
func (s *Store) latestInfluxQL(ctx context.Context, resident care.ResidentID, since time.Time, set latestSetter) error {
	where := ""
	if resident != "" {
		where = ` AND "resident" = ` + literal(string(resident))
	}
	rows, err := s.influxQL(ctx, fmt.Sprintf(
		`SELECT "value", "implausible", "quality", "flags" FROM %q WHERE time >= %dms%s GROUP BY "resident", "source", "metric" ORDER BY time DESC LIMIT 1`,
		measurement, since.UnixMilli(), where))
	if err != nil {
		return err
	}
	for _, series := range rows {
		tag := func(name string) string { return series.Tags[name] }
		if err := series.each(func(at time.Time, field string, v float64) { set(tag, at, field, v) }); err != nil {
			return err
		}
	}
	return nil
}

// each visits every value that is there.
func (s influxQLSeries) each(visit func(at time.Time, column string, v float64)) error {
	for _, row := range s.Values {
		if len(row) != len(s.Columns) || len(row) == 0 || row[0] == nil {
			return fmt.Errorf("influx: querying: a row of %d values for %d columns", len(row), len(s.Columns))
		}
		for i, v := range row[1:] {
			if v != nil {
				visit(time.UnixMilli(int64(*row[0])).UTC(), s.Columns[i+1], *v)
			}
		}
	}
	return nil
}

// influxQLSeries is one series of an answer: rows of the time in milliseconds
// and of numbers.
type influxQLSeries struct {
	Tags    map[string]string `json:"tags"`
	Columns []string          `json:"columns"`
	Values  [][]*float64      `json:"values"`
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

func (s *Store) influxQL(ctx context.Context, statement string) ([]influxQLSeries, error) {
	db, policy, _ := strings.Cut(s.bucket, "/")
	v := url.Values{"db": {db}, "epoch": {"ms"}, "q": {statement}}
	if policy != "" {
		v.Set("rp", policy)
	}
	var answer struct {
		Results []struct {
			Series []influxQLSeries `json:"series"`
			Error  string           `json:"error"`
		} `json:"results"`
	}
	service := s.client.HTTPService()
	failed := service.DoPostRequest(ctx, service.ServerURL()+"query", strings.NewReader(v.Encode()),
		func(req *http.Request) { req.Header.Set("Content-Type", "application/x-www-form-urlencoded") },
		func(resp *http.Response) error {
			defer resp.Body.Close()
			return json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&answer)
		})
	if failed != nil {
		switch failed.StatusCode {
		case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return nil, fmt.Errorf("%w: %s", errNoInfluxQL, failed.Error())
		}
		return nil, fmt.Errorf("influx: querying: %w", failed)
	}
	var out []influxQLSeries
	for _, r := range answer.Results {
		if r.Error != "" {
			return nil, fmt.Errorf("%w: %s", errNoInfluxQL, r.Error)
		}
		out = append(out, r.Series...)
	}
	return out, nil
}

// literal writes s as an InfluxQL string. NUL, which that cannot hold and no id
// has, becomes another character.
func literal(s string) string {
	return `'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\x00", "\uFFFD").Replace(s) + `'`
}

package influx

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/influxdata/influxdb-client-go/v2/api"
	influxhttp "github.com/influxdata/influxdb-client-go/v2/api/http"
	influxlog "github.com/influxdata/influxdb-client-go/v2/log"
)

// Opts are what may stay unset.
type Opts struct {
	Token   string        // InfluxDB 2: an API token; 1.8: "user:password"
	Org     string        // InfluxDB 2 only
	Timeout time.Duration // of one request; 30 s where 0
	TLS     *tls.Config   // for https addresses; nil trusts the system's roots
}

// Store is one bucket of one InfluxDB. It is safe for concurrent use.
type Store struct {
	client influxdb2.Client
	write  api.WriteAPIBlocking
	query  api.QueryAPI
	bucket string
}

// New returns a store of the bucket at the address, "http://127.0.0.1:8086".
// The bucket of an InfluxDB 1.8 is "database/retention". Nothing is sent yet.
func New(address, bucket string, o Opts) (*Store, error) {
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return nil, fmt.Errorf("influx: address %q does not begin with http:// or https://", address)
	}
	if bucket == "" {
		return nil, errors.New("influx: no bucket is named")
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	// No retry queue: it drops after five tries. Ingest holds a batch until it
	// is written, and the gateway until ingest says so.
	opts := influxdb2.DefaultOptions().
		SetPrecision(time.Millisecond).
		SetMaxRetries(0).
		SetUseGZip(false).
		SetLogLevel(influxlog.ErrorLevel).
		SetHTTPClient(&http.Client{
			Timeout: o.Timeout,
			Transport: &http.Transport{
				Proxy:               http.ProxyFromEnvironment,
				TLSClientConfig:     o.TLS,
				MaxIdleConnsPerHost: 8,
				IdleConnTimeout:     90 * time.Second,
			},
		})
	c := influxdb2.NewClientWithOptions(address, o.Token, opts)
	return &Store{
		client: c,
		write:  c.WriteAPIBlocking(o.Org, bucket),
		query:  c.QueryAPI(o.Org),
		bucket: bucket,
	}, nil
}

// Write stores records that Append made, and returns when InfluxDB has them in
// its log. An error for which Refused is true will come at every try.
func (s *Store) Write(ctx context.Context, records []byte) error {
	if len(records) == 0 {
		return nil
	}
	err := s.write.WriteRecord(ctx, string(records))
	if err == nil {
		return nil
	}
	var answer *influxhttp.Error
	if errors.As(err, &answer) && refuses(answer) {
		return &RefusedError{Reason: answer.Error()}
	}
	return fmt.Errorf("influx: writing %d bytes: %w", len(records), err)
}

// refuses tells an answer about these records from one about the service. Who
// takes a wrong address or a proxy's mood for the first would throw away what
// is good, so the words must be InfluxDB's own (1.8 and 2 share them).
func refuses(answer *influxhttp.Error) bool {
	switch answer.StatusCode {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		for _, words := range []string{"partial write", "unable to parse", "field type conflict", "beyond retention policy"} {
			if strings.Contains(answer.Error(), words) {
				return true
			}
		}
	}
	return false
}

// RefusedError says that InfluxDB understood a write and will not have it: a
// field of another type, a time beyond the retention.
type RefusedError struct{ Reason string }

// Error returns InfluxDB's own words.
func (e *RefusedError) Error() string { return "influx: records refused: " + e.Reason }

// Refused is always true: trying again is of no use.
func (e *RefusedError) Refused() bool { return true }

// Ready reports why the store cannot answer a query, if so. InfluxDB 1.8
// answers Flux only some seconds after its start.
func (s *Store) Ready(ctx context.Context) error {
	_, err := s.rows(ctx, `from(bucket: `+quote(s.bucket)+`) |> range(start: -1ms) |> limit(n: 1)`)
	return err
}

// Close releases idle connections.
func (s *Store) Close() { s.client.Close() }

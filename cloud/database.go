package cloud

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/cloud/config"
	"osmanthus/cloud/influx"
	"osmanthus/cloud/pki"
	"osmanthus/deploy/child"
)

var errNoDatabase = errors.New("cloud: InfluxDB is not there yet")

// database is the readings store, whether it is there yet or not: alarms do
// not wait for it.
type database struct {
	config config.Config
	log    *slog.Logger
	store  atomic.Pointer[influx.Store]
	child  atomic.Bool // a child is running, or it is another server
}

func newDatabase(c config.Config, log *slog.Logger) (*database, error) {
	d := &database{config: c, log: log.With("component", "influx")}
	if c.Influx.URL == "" {
		return d, nil
	}
	o := influx.Opts{Org: c.Influx.Org}
	if c.Influx.TokenFile != "" {
		token, err := secret(c.Influx.TokenFile)
		if err != nil {
			return nil, err
		}
		o.Token = token
	}
	if strings.HasPrefix(c.Influx.URL, "https:") {
		t, err := pki.ClientFiles(c.Influx.CA, "", "")
		if err != nil {
			return nil, err
		}
		o.TLS = t
	}
	s, err := influx.New(c.Influx.URL, c.Influx.Bucket, o)
	if err != nil {
		return nil, err
	}
	d.store.Store(s)
	d.child.Store(true)
	return d, nil
}

// run keeps the child running until ctx ends. Where the store is another
// server there is nothing to do.
func (d *database) run(ctx context.Context) {
	if d.config.Influx.URL != "" {
		<-ctx.Done()
		return
	}
	wait := time.Second
	for ctx.Err() == nil {
		began := time.Now()
		if err := d.serve(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("InfluxDB ended, starting it again", "wait", wait, "error", err)
		}
		if time.Since(began) > time.Minute {
			wait = time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, 15*time.Second)
	}
}

// serve runs one child until it ends or ctx does.
func (d *database) serve(ctx context.Context) error {
	bin, err := program(d.config.Influx.Bin)
	if err != nil {
		return err
	}
	starting, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	args := []string{"-dir", d.config.InfluxDir(), "-addr", d.config.Influx.Listen}
	if r := time.Duration(d.config.Influx.Retention); r > 0 {
		args = append(args, "-retention", fmt.Sprintf("%ds", int64(r.Seconds())))
	}
	// It syncs every write, so to kill one that is slow to end costs nothing.
	c, err := child.Start(starting, bin, args, child.Opts{Grace: 5 * time.Second})
	if err != nil {
		return err
	}
	var ready struct{ URL, Database, Retention, Token string }
	if err = c.Decode(&ready); err == nil {
		var s *influx.Store
		if s, err = influx.New(ready.URL, ready.Database+"/"+ready.Retention, influx.Opts{Token: ready.Token}); err == nil {
			if old := d.store.Swap(s); old != nil {
				old.Close()
			}
			d.child.Store(true)
			d.log.Info("InfluxDB is ready", "url", ready.URL, "pid", c.PID())
		}
	}
	if err != nil {
		return errors.Join(err, c.Kill())
	}
	defer d.child.Store(false)
	select {
	case <-c.Done():
		return fmt.Errorf("cloud: running InfluxDB: it ended: %v", c.Wait())
	case <-ctx.Done():
		return c.Stop()
	}
}

// program finds a program in PATH, or beside this one.
func program(name string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return name, nil
	}
	if self, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(self), name); executable(beside) {
			return beside, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("cloud: finding %s: %w", name, err)
	}
	return path, nil
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func (d *database) ready() bool { return d.child.Load() && d.store.Load() != nil }

// Append encodes readings; the form is the same for every server.
func (d *database) Append(dst []byte, site care.SiteID, gateway care.GatewayID, rs []care.Reading) []byte {
	return (&influx.Store{}).Append(dst, site, gateway, rs)
}

// Write stores records, or says that the store is not there.
func (d *database) Write(ctx context.Context, records []byte) error {
	s := d.store.Load()
	if s == nil {
		return errNoDatabase
	}
	return s.Write(ctx, records)
}

func (d *database) latest(ctx context.Context, since time.Time) ([]care.Reading, error) {
	s := d.store.Load()
	if s == nil {
		return nil, errNoDatabase
	}
	return s.Latest(ctx, "", since)
}

// Readings answers the API.
func (d *database) Readings(ctx context.Context, q api.ReadingQuery) ([]api.Point, error) {
	s := d.store.Load()
	if s == nil {
		return nil, api.NewProblem(http.StatusServiceUnavailable, "readings_unavailable", "the store of readings is not there", "Try again in a moment.")
	}
	m, _ := care.MetricByName(q.Metric)
	windows, err := s.Series(ctx, influx.Query{Resident: care.ResidentID(q.Resident), Metric: m, From: q.From, To: q.To, Every: q.Every})
	if err != nil {
		return nil, err
	}
	out := make([]api.Point, 0, len(windows))
	for _, w := range windows {
		out = append(out, api.Point{At: w.At, Value: w.Mean, Min: w.Min, Max: w.Max, Quality: w.Quality})
	}
	return out, nil
}

// secret reads a file that holds one secret.
func secret(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cloud: reading a secret: %w", err)
	}
	s := strings.TrimRight(string(b), "\r\n")
	if s == "" {
		return "", fmt.Errorf("cloud: reading a secret: %s is empty", path)
	}
	return s, nil
}

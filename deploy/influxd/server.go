package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/influxdata/influxdb/cmd/influxd/run"
	"github.com/influxdata/influxdb/logger"
	"github.com/influxdata/influxdb/services/collectd"
	"github.com/influxdata/influxdb/services/graphite"
	"github.com/influxdata/influxdb/services/httpd"
	"github.com/influxdata/influxdb/services/meta"
	"github.com/influxdata/influxdb/services/opentsdb"
	"github.com/influxdata/influxdb/services/udp"
	"github.com/influxdata/influxdb/toml"
	"go.uber.org/zap/zapcore"
)

// ready is the line that a parent waits for.
type ready struct {
	URL       string `json:"url"`
	Database  string `json:"database"`
	Retention string `json:"retention"` // name of the retention policy; the client's bucket is database/retention
	Token     string `json:"token"`     // user:password
}

// database is a running InfluxDB.
type database struct {
	ready ready

	server *run.Server
	http   *httpd.Service
	lock   *os.File
	remove string // temporary directory to remove at the end
}

// open starts InfluxDB over o.dir. Accounts are in place before the port opens.
func open(o options) (db *database, err error) {
	db = &database{}
	defer func() {
		if err != nil {
			db.close()
		}
	}()
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "osmanthus-influxd-"); err != nil {
			return db, fmt.Errorf("making a data directory: %w", err)
		}
		db.remove = o.dir
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return db, fmt.Errorf("making the data directory: %w", err)
	}
	if db.lock, err = lockDir(o.dir, 10*time.Second); err != nil {
		return db, err
	}
	logging := logger.Config{Format: "logfmt", Level: zapcore.WarnLevel}
	log, err := logging.New(os.Stderr)
	if err != nil {
		return db, fmt.Errorf("making a logger: %w", err)
	}
	cfg := config(o)
	server, err := run.NewServer(cfg, &run.BuildInfo{Version: "1.8.10"})
	if err != nil {
		return db, fmt.Errorf("opening %s: %w", o.dir, err)
	}
	server.Logger = log
	if db.ready, err = provision(server.MetaClient, o); err != nil {
		return db, err
	}
	db.server = server
	if err := openQuietly(server); err != nil {
		return db, fmt.Errorf("starting InfluxDB over %s: %w", o.dir, err)
	}
	// The backup port asks for no password, so it is shut: a backup is a copy
	// of the directory of a stopped InfluxDB.
	if err := server.Listener.Close(); err != nil {
		return db, fmt.Errorf("shutting the backup port: %w", err)
	}
	if db.http, err = serve(server, o, log); err != nil {
		return db, err
	}
	db.ready.URL = "http://" + db.http.BoundHTTPAddr()
	return db, nil
}

// openQuietly opens the server. Its backup port logs to what os.Stderr is at that
// moment, and would report as a failure that open shuts it.
func openQuietly(server *run.Server) error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	stderr := os.Stderr
	os.Stderr = null
	defer func() { os.Stderr = stderr }()
	return server.Open()
}

// failed reports the listener's death.
func (db *database) failed() <-chan error { return db.http.Err() }

// close ends InfluxDB: requests under way are answered first, for up to 10 s.
func (db *database) close() {
	if db.http != nil {
		db.http.Close()
	}
	if db.server != nil {
		db.server.Close()
	}
	if db.lock != nil {
		db.lock.Close()
	}
	if db.remove != "" {
		os.RemoveAll(db.remove)
	}
}

// config is InfluxDB's own default made lean, quiet and private: no usage
// reports, no monitoring database, no other inputs, small caches, an index on
// disk, and every write synced to the log before it is acknowledged.
func config(o options) *run.Config {
	c := run.NewConfig()
	c.ReportingDisabled = true
	c.BindAddress = "127.0.0.1:0"
	c.Meta = &meta.Config{Dir: filepath.Join(o.dir, "meta"), RetentionAutoCreate: true}
	c.Data.Dir = filepath.Join(o.dir, "data")
	c.Data.WALDir = filepath.Join(o.dir, "wal")
	c.Data.WALFsyncDelay = 0
	c.Data.Index = "tsi1"
	c.Data.QueryLogEnabled = false
	c.Data.CacheMaxMemorySize = toml.Size(256 << 20)
	c.Data.CacheSnapshotMemorySize = toml.Size(16 << 20)
	c.Data.CompactThroughput = toml.Size(16 << 20)
	c.Data.MaxConcurrentCompactions = 1
	c.Coordinator.MaxConcurrentQueries = 32
	c.Coordinator.QueryTimeout = toml.Duration(time.Minute)
	c.Monitor.StoreEnabled = false
	c.Subscriber.Enabled = false
	c.ContinuousQuery.Enabled = false
	c.GraphiteInputs, c.CollectdInputs = []graphite.Config{}, []collectd.Config{}
	c.OpenTSDBInputs, c.UDPInputs = []opentsdb.Config{}, []udp.Config{}
	c.HTTPD.Enabled = false // serve makes it, with Flux loaded in the background
	c.HTTPD.BindAddress = o.addr
	c.HTTPD.AuthEnabled = true
	c.HTTPD.LogEnabled = false
	c.HTTPD.PprofEnabled = false
	return c
}

// lockDir makes sure that one process writes to dir. It waits for a
// predecessor that is still ending, for up to patience.
func lockDir(dir string, patience time.Duration) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the data directory: %w", err)
	}
	for deadline := time.Now().Add(patience); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(deadline) {
			f.Close()
			return nil, fmt.Errorf("locking %s: another osmanthus-influxd uses it: %w", dir, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/deploy/child"
)

// Influx is a real InfluxDB that can be stopped and started at one address.
type Influx struct {
	URL, Token, Database, Retention string

	bin, dir, addr string
	log            *os.File
	child          *child.Child
}

// StartInfluxd starts InfluxDB over dir/influx.
func StartInfluxd(t testing.TB, bin, dir string) *Influx {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(dir, "influxd.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	i := &Influx{bin: bin, dir: filepath.Join(dir, "influx"), addr: FreePort(t), log: log}
	t.Cleanup(func() { i.Stop(); log.Close() })
	i.Start(t)
	return i
}

// Start starts it again, with the data that it had.
func (i *Influx) Start(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := child.Start(ctx, i.bin, []string{"-dir", i.dir, "-addr", i.addr}, child.Opts{Stderr: i.log})
	if err != nil {
		t.Fatalf("influxd did not start: %v\n%s", err, tail(i.log.Name(), 2000))
	}
	i.child = c
	var line struct{ URL, Database, Retention, Token string }
	if err := json.Unmarshal(c.Line(), &line); err != nil {
		t.Fatal(fmt.Errorf("influxd said %q: %w", c.Line(), err))
	}
	i.URL, i.Token, i.Database, i.Retention = line.URL, line.Token, line.Database, line.Retention
}

// Stop ends it, in good order.
func (i *Influx) Stop() {
	if i.child != nil {
		i.child.Stop()
		i.child.Wait()
		i.child = nil
	}
}

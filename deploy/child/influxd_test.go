package child_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osmanthus/deploy/child"
)

// The helper that this package exists for most: a point is written, InfluxDB is
// killed, started again at the same address, and the point is there.
func TestRunsInfluxDB(t *testing.T) {
	bin := os.Getenv("OSMANTHUS_INFLUXD")
	if bin == "" {
		bin = filepath.Join("..", "..", "bin", "osmanthus-influxd")
	}
	if _, err := os.Stat(bin); err != nil {
		t.Skipf("NOT TESTED: %v; `make bin/osmanthus-influxd` builds it", err)
	}
	dir := t.TempDir()
	type influx struct{ URL, Database, Retention, Token string }
	open := func(addr string) (*child.Child, influx) {
		c, err := child.Start(t.Context(), bin, []string{"-dir", dir, "-flux=false", "-addr", addr}, child.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Kill() })
		var db influx
		if err := c.Decode(&db); err != nil {
			t.Fatal(err)
		}
		return c, db
	}
	do := func(db influx, method, path, body string) string {
		req, err := http.NewRequestWithContext(t.Context(), method, db.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Token "+db.Token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode >= 300 {
			t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, b, err)
		}
		return string(b)
	}
	first, db := open("127.0.0.1:0")
	bucket := url.QueryEscape(db.Database + "/" + db.Retention)
	do(db, "POST", "/api/v2/write?org=-&bucket="+bucket, "respiratory_rate,resident=r1 v=16 1000")
	first.Kill()
	second, _ := open(strings.TrimPrefix(db.URL, "http://"))
	got := do(db, "GET", "/query?db="+db.Database+"&q="+url.QueryEscape("SELECT v FROM respiratory_rate"), "")
	if !strings.Contains(got, "16") {
		t.Errorf("after a kill the point is gone: %s", got)
	}
	if err := second.Stop(); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

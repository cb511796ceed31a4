package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxdb/services/meta"
)

// asProgram makes the test binary behave as the program itself.
const asProgram = "OSMANTHUS_INFLUXD_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is one run of the program.
type process struct {
	*exec.Cmd
	stdin io.WriteCloser
	ready ready
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], args...)}
	p.Env = append(os.Environ(), asProgram+"=1")
	p.Stderr = t.Output()
	stdin, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Process.Kill()
		p.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("no ready line: %v", err)
	}
	if err := json.Unmarshal(line, &p.ready); err != nil {
		t.Fatalf("ready line %q: %v", line, err)
	}
	return p
}

func (p *process) do(t *testing.T, req *http.Request) (status int, body string) {
	t.Helper()
	req.Header.Set("Authorization", "Token "+p.ready.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func (p *process) write(t *testing.T, line string) {
	t.Helper()
	to := fmt.Sprintf("%s/api/v2/write?org=-&precision=ns&bucket=%s/%s", p.ready.URL, p.ready.Database, p.ready.Retention)
	req, err := http.NewRequest("POST", to, strings.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	if status, body := p.do(t, req); status != http.StatusNoContent {
		t.Fatalf("write: status %d: %s", status, body)
	}
}

func (p *process) query(t *testing.T, q string) string {
	t.Helper()
	to := p.ready.URL + "/query?db=" + p.ready.Database + "&q=" + url.QueryEscape(q)
	req, err := http.NewRequest("GET", to, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, body := p.do(t, req)
	if status != http.StatusOK {
		t.Fatalf("query: status %d: %s", status, body)
	}
	return body
}

func TestKeepsDataAcrossKillAndRestart(t *testing.T) {
	dir := t.TempDir()
	first := start(t, "-dir", dir, "-flux=false")
	first.write(t, "heart_rate,resident=r1 v=72 1000")
	first.Process.Kill()
	first.Wait()

	addr := strings.TrimPrefix(first.ready.URL, "http://")
	second := start(t, "-dir", dir, "-flux=false", "-addr", addr)
	if second.ready != first.ready {
		t.Errorf("after a restart on the same address: ready line %+v, want %+v", second.ready, first.ready)
	}
	if got := second.query(t, "SELECT v FROM heart_rate"); !strings.Contains(got, "72") {
		t.Errorf("the point written before the kill is gone: %s", got)
	}

	second.stdin.Close()
	if err := second.Wait(); err != nil {
		t.Errorf("closing standard input: %v, want a clean end", err)
	}
}

func TestAnswersFlux(t *testing.T) {
	p := start(t, "-dir", t.TempDir())
	p.write(t, "spo2,resident=r1 v=97")
	req, err := http.NewRequest("POST", p.ready.URL+"/api/v2/query?org=-",
		strings.NewReader(`from(bucket:"osmanthus/autogen") |> range(start: -1h)`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/vnd.flux")
	if status, body := p.do(t, req); status != http.StatusOK || !strings.Contains(body, "spo2") {
		t.Errorf("status %d, body %q", status, body)
	}
}

func TestSeveralAtATime(t *testing.T) {
	a, b := start(t, "-flux=false"), start(t, "-flux=false")
	a.write(t, "x v=1")
	if got := b.query(t, "SELECT v FROM x"); strings.Contains(got, "values") {
		t.Errorf("one instance sees the other's data: %s", got)
	}
}

func TestRefusesStrangers(t *testing.T) {
	p := start(t, "-flux=false")
	for name, query := range map[string]string{
		"no account":       "SHOW DATABASES",
		"new admin":        "CREATE USER x WITH PASSWORD 'x' WITH ALL PRIVILEGES",
		"foreign database": "CREATE DATABASE other",
	} {
		resp, err := http.Post(p.ready.URL+"/query?q="+url.QueryEscape(query), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", name, resp.StatusCode)
		}
	}
	req, err := http.NewRequest("POST", p.ready.URL+"/query?q="+url.QueryEscape("CREATE DATABASE other"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := p.do(t, req); status != http.StatusForbidden {
		t.Errorf("the account made a database of its own: status %d %s, want 403", status, body)
	}
}

func TestTemporaryDirectoryIsRemoved(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	p := start(t, "-flux=false")
	if left, _ := os.ReadDir(tmp); len(left) != 1 {
		t.Fatalf("%d entries in the temporary directory, want the data directory", len(left))
	}
	p.stdin.Close()
	p.Wait()
	if left, _ := os.ReadDir(tmp); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestParseRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"every address":   {"-addr", "0.0.0.0:8086"},
		"a name":          {"-addr", "localhost:8086"},
		"no host":         {"-addr", ":8086"},
		"admin's name":    {"-user", "admin"},
		"no unit":         {"-retention", "90"},
		"too short":       {"-retention", "10m"},
		"bad database":    {"-database", "a/b"},
		"argument":        {"stray"},
		"empty password":  {"-password-file", empty},
		"no such file":    {"-password-file", empty + "-not"},
		"negative keep":   {"-retention", "-2h"},
		"colon in a user": {"-user", "a:b"},
	} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%s: %v was accepted", name, args)
		}
	}
}

func TestProvisionFollowsTheFlags(t *testing.T) {
	dir := t.TempDir()
	client := func() *meta.Client {
		m := meta.NewClient(&meta.Config{Dir: dir, RetentionAutoCreate: true})
		if err := m.Open(); err != nil {
			t.Fatal(err)
		}
		return m
	}
	o := options{dir: dir, database: "home", user: "u", password: "first"}
	for _, step := range []struct {
		password  string
		retention time.Duration
	}{{"first", 0}, {"first", 0}, {"second", 2 * time.Hour}, {"second", 90 * 24 * time.Hour}, {"third", 0}} {
		o.password, o.retention = step.password, step.retention
		m := client()
		if _, err := provision(m, o); err != nil {
			t.Fatalf("%+v: %v", step, err)
		}
		if _, err := m.Authenticate("u", step.password); err != nil {
			t.Errorf("%+v: %v", step, err)
		}
		rp, err := m.RetentionPolicy("home", "autogen")
		if err != nil || rp.Duration != step.retention {
			t.Errorf("%+v: retention policy %+v, %v", step, rp, err)
		}
		m.Close()
	}
}

func TestOneProcessADirectory(t *testing.T) {
	dir := t.TempDir()
	first, err := lockDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir, 0); err == nil {
		t.Error("two processes may write to one directory")
	}
	first.Close()
	again, err := lockDir(dir, 0)
	if err != nil {
		t.Fatalf("after the first ended: %v", err)
	}
	again.Close()
}

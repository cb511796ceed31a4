package cloud

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/cloud/config"
	"osmanthus/cloud/pki"
)

// follow opens a page's stream of events and waits until it is greeted. What
// it returns waits for an alarm.
func (p *person) follow() (next func() api.Alarm) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	p.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", p.base+"/events", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	c := *p.http
	c.Timeout = 0
	resp, err := c.Do(r)
	if err != nil || resp.StatusCode != 200 {
		p.t.Fatal(resp, err)
	}
	p.t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	read := func(event string) (data string) {
		for named := false; lines.Scan(); {
			if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				named = e == event
			}
			if d, ok := strings.CutPrefix(lines.Text(), "data: "); ok && named {
				return d
			}
		}
		p.t.Fatalf("the stream ended without %s", event)
		return ""
	}
	read("hello")
	return func() (a api.Alarm) {
		p.t.Helper()
		if err := json.Unmarshal([]byte(read("alarm")), &a); err != nil {
			p.t.Fatal(err)
		}
		return a
	}
}

func TestJ3_EveryPageHearsOfEveryStep(t *testing.T) {
	dir := t.TempDir()
	h := newHouse(t, dir)
	h.furnish()
	// Another process serves pages over the same records.
	c := config.Default()
	c.Site, c.StateDir, c.HTTP.Listen, c.Influx.URL, c.Influx.Bucket = "home", dir, "127.0.0.1:0", "http://127.0.0.1:9", "x/y"
	other, err := New(t.Context(), c, Roles{Web: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- other.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	li, wang := h.person("li"), (&house{other, t, nil}).person("wang")
	desk, tablet := li.follow(), wang.follow()
	h.raise(fall(care.Confirmed, time.Now()))
	for name, next := range map[string]func() api.Alarm{"desk": desk, "tablet of another process": tablet} {
		if a := next(); !a.Ringing || a.ResidentName != "李建国" {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if code, text := wang.ask("POST", "/alarms/1/acknowledge", `{"station":"tablet"}`, nil); code != 200 {
		t.Fatalf("%d %s", code, text)
	}
	for name, next := range map[string]func() api.Alarm{"the tablet itself": tablet, "the desk of the other process": desk} {
		if a := next(); a.State != "acknowledged" {
			t.Errorf("%s: %s", name, a.State)
		}
	}
}

func TestACloudThatCannotStartLeavesNothingOpen(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Site, c.StateDir, c.HTTP.Listen, c.Broker.Listen = "home", t.TempDir(), busy.Addr().String(), free.Addr().String()
	free.Close()
	if _, err := New(t.Context(), c, Roles{Ingest: true, Alarm: true, Web: true}, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("started on a port that is taken")
	}
	again, err := net.Listen("tcp", c.Broker.Listen)
	if err != nil {
		t.Fatalf("the broker's port is still open: %v", err)
	}
	again.Close()
}

func TestAWebProcessAloneNeedsAStore(t *testing.T) {
	c := config.Default()
	c.Site, c.StateDir = "home", t.TempDir()
	if _, err := New(t.Context(), c, Roles{Web: true}, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "influx.url") {
		t.Error(err)
	}
}

func TestThePageSpeaksTLSOfTheHouse(t *testing.T) {
	c := config.Default()
	c.Site, c.StateDir, c.HTTP.Listen, c.HTTP.Cert = "home", t.TempDir(), "127.0.0.1:0", "own"
	s, err := New(t.Context(), c, Roles{Alarm: true, Web: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	h := &house{s, t, nil}
	h.furnish()
	trust, err := pki.ClientFiles(filepath.Join(c.Authority(), "ca.crt"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	resp, err := client.Post(s.URL()+api.Prefix+"/session", "application/json", strings.NewReader(`{"name":"li","password":"correct horse"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if k := resp.Cookies(); resp.StatusCode != 200 || len(k) != 1 || !k[0].Secure {
		t.Errorf("%s %+v", resp.Status, k)
	}
	client.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

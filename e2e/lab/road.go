package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/cloud/broker"
	"osmanthus/cloud/influx"
	"osmanthus/cloud/pki"
	"osmanthus/deploy/demo"
)

// Site and Gateway are the ones of the lab.
const (
	Site    care.SiteID    = "demo"
	Gateway care.GatewayID = "gw-demo"
)

// Road is the whole road from the chips to the nurse: a modelled house in this
// process; agent, Mosquitto, InfluxDB and cloud each in its own.
type Road struct {
	Dir   string
	House *demo.House
	Agent *Process
	Link  *Link // between agent and broker
	*Mosquitto
	Influx *Influx
	Cloud  *Process
	HTTP   string // address of the cloud
	Tap    string // file of every reading that the agent sensed
	Alerts string // file of every alert that the agent has on disk
	Trace  string // file of everything that entered the agent's engine

	t        testing.TB
	places   demo.Places
	accounts []demo.Account
	client   *http.Client
}

// NewRoad builds the road and starts all but the agent. The story begins now.
// Guests may come to the broker besides the agent.
func NewRoad(t testing.TB, story *demo.Story, guests ...Guest) *Road {
	t.Helper()
	programs, err := Build()
	if err != nil {
		t.Fatal(err)
	}
	r := &Road{Dir: t.TempDir(), HTTP: FreePort(t), t: t, accounts: []demo.Account{
		{Name: "nurse", Role: "nurse", Password: "night-shift-7"}, {Name: "admin", Role: "admin", Password: "keeper-of-keys-3"}}}
	r.Tap, r.Alerts, r.Trace = filepath.Join(r.Dir, "tap.jsonl"), filepath.Join(r.Dir, "alerts.jsonl"), filepath.Join(r.Dir, "trace.jsonl")
	authority, err := pki.Open(filepath.Join(r.Dir, "cloud", "pki"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r.startBroker(authority, guests)
	r.Influx = StartInfluxd(t, programs.Influxd, r.Dir)
	r.Link = NewLink(t, r.Mosquitto.Addr)
	r.places = demo.Places{Dir: r.Dir, Socket: socket(t), HTTP: r.HTTP, Broker: r.Link.Addr, AgentIO: FreePort(t), Influxd: programs.Influxd}
	if err := r.places.Write(story, r.accounts); err != nil {
		t.Fatal(err)
	}
	r.configureCloud(authority)
	r.command(programs.Cloud, "seed", "-config", "cloud.yaml", "seed.yaml")
	r.admit(authority, programs.Cloud, guests)
	r.Cloud = newProcess(t, r.Dir, "cloud", programs.Cloud, []string{"run", "-config", filepath.Join(r.Dir, "cloud.yaml")},
		healthy("http://"+r.HTTP+"/healthz"))
	r.Cloud.Start(t)
	r.furnish(story)
	r.Agent = newProcess(t, r.Dir, "agent", programs.Agent,
		[]string{"run", "-config", filepath.Join(r.Dir, "agent.yaml"), "-tap", r.Tap, "-alerts", r.Alerts, "-record", r.Trace}, healthy("http://"+r.places.AgentIO+"/healthz"))
	return r
}

// socket returns a path short enough for a Unix socket.
func socket(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "osm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "house.sock")
}

func (r *Road) startBroker(a *pki.Authority, guests []Guest) {
	r.t.Helper()
	cert, key, err := a.Files([]string{"localhost", "127.0.0.1"})
	if err != nil {
		r.t.Fatal(err)
	}
	ca := filepath.Join(r.Dir, "ca.crt")
	if err := os.WriteFile(ca, a.Certificate(), 0o600); err != nil {
		r.t.Fatal(err)
	}
	var acl bytes.Buffer
	if err := broker.MosquittoACL(&acl, "ingest", []care.GatewayID{Gateway}, func(care.GatewayID) care.SiteID { return Site }); err != nil {
		r.t.Fatal(err)
	}
	for _, g := range guests {
		acl.WriteString(g.rights(r.t))
	}
	r.Mosquitto = NewMosquitto(r.t, r.Dir, ca, cert, key, acl.String())
	r.Mosquitto.Start(r.t)
}

// configureCloud replaces the demo's one-machine cloud by one with a foreign
// broker and an InfluxDB of its own.
func (r *Road) configureCloud(a *pki.Authority) {
	r.t.Helper()
	ingest, err := a.Issue("ingest", time.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	if err := ingest.Write(filepath.Join(r.Dir, "ingest")); err != nil {
		r.t.Fatal(err)
	}
	token := filepath.Join(r.Dir, "influx.token")
	if err := os.WriteFile(token, []byte(r.Influx.Token), 0o600); err != nil {
		r.t.Fatal(err)
	}
	text := fmt.Sprintf(`site: %s
site_name: Osmanthus Lab
state_dir: %s/cloud
http: {listen: %q}
broker:
  address: tls://%s
  ca: %s/ingest/ca.crt
  cert: %s/ingest/client.crt
  key: %s/ingest/client.key
influx:
  url: %s
  token_file: %s
  bucket: %s/%s
`, Site, r.Dir, r.HTTP, r.Mosquitto.Addr, r.Dir, r.Dir, r.Dir, r.Influx.URL, token, r.Influx.Database, r.Influx.Retention)
	if err := os.WriteFile(filepath.Join(r.Dir, "cloud.yaml"), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *Road) command(bin string, args ...string) {
	r.t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Dir = r.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("%s %s: %v\n%s", filepath.Base(bin), strings.Join(args, " "), err, out)
	}
}

// furnish lets the house live until the test ends.
func (r *Road) furnish(story *demo.Story) {
	r.t.Helper()
	r.House = demo.Furnish(story, time.Now())
	server, err := sim.NewServer(r.House.Home, r.places.Socket, slog.New(slog.DiscardHandler))
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); server.Run(ctx) }()
	go r.House.Run(ctx)
	r.t.Cleanup(func() { cancel(); <-done })
}

// Store returns a client of the readings' store.
func (r *Road) Store() *influx.Store {
	r.t.Helper()
	s, err := influx.New(r.Influx.URL, r.Influx.Database+"/"+r.Influx.Retention, influx.Opts{Token: r.Influx.Token})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(s.Close)
	return s
}

// LogIn logs the lab's own client in.
func (r *Road) LogIn(name string) {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.client = &http.Client{Jar: jar, Timeout: 10 * time.Second}
	for _, a := range r.accounts {
		if a.Name == name {
			if err := r.Call(http.MethodPost, "/session", map[string]string{"name": a.Name, "password": a.Password}, nil); err != nil {
				r.t.Fatal(err)
			}
		}
	}
}

// Password returns the password of an account.
func (r *Road) Password(name string) string {
	for _, a := range r.accounts {
		if a.Name == name {
			return a.Password
		}
	}
	return ""
}

// URL returns the address of a path of the cloud.
func (r *Road) URL(path string) string { return "http://" + r.HTTP + path }

// Call asks the API, as the page does, and decodes the answer into out.
func (r *Road) Call(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, r.URL("/api/v1"+path), body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	if out == nil || len(answer) == 0 {
		return nil
	}
	return json.Unmarshal(answer, out)
}

// Alarms returns every alarm that the cloud has, with their histories.
func (r *Road) Alarms() ([]api.Alarm, error) {
	var list []api.Alarm
	if err := r.Call(http.MethodGet, "/alarms?state=all&limit=500", nil, &list); err != nil {
		return nil, err
	}
	for i := range list {
		if err := r.Call(http.MethodGet, fmt.Sprintf("/alarms/%d", list[i].ID), nil, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Cookies returns the cookies of the lab's client.
func (r *Road) Cookies() []*http.Cookie {
	u, err := url.Parse(r.URL("/"))
	if err != nil {
		return nil
	}
	return r.client.Jar.Cookies(u)
}

// Replay plays the road's trace through a whole agent of its own, with a fresh
// outbox, and returns the alerts that it gave, in their canonical bytes.
func (r *Road) Replay(t testing.TB, name string) []byte {
	t.Helper()
	dir := filepath.Join(r.Dir, "replay-"+name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(r.Dir, "agent.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.Replace(config, []byte("state_dir: "+r.Dir+"/agent"), []byte("state_dir: "+dir), 1)
	file, alerts := filepath.Join(dir, "agent.yaml"), filepath.Join(dir, "alerts.jsonl")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(r.Agent.bin, "run", "-config", file, "-trace", r.Trace, "-alerts", alerts)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("replay %s: %v\n%s", name, err, out)
	}
	b, err := os.ReadFile(alerts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

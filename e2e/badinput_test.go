package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	mqtt "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/deploy/demo"
	"osmanthus/e2e/lab"
	"osmanthus/wire"
)

// evil is a gateway whose program went wrong, or was replaced by somebody's.
type evil struct {
	t      *testing.T
	client mqtt.Client
	boot   uint64
	seq    uint64
}

func newEvil(t *testing.T, road *lab.Road, id care.GatewayID) *evil {
	t.Helper()
	client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tls://" + road.Mosquitto.Addr).
		SetClientID(string(id)).SetTLSConfig(road.GuestTLS(id)).SetProtocolVersion(4))
	if token := client.Connect(); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Fatalf("%s does not come in: %v", id, token.Error())
	}
	t.Cleanup(func() { client.Disconnect(100) })
	return &evil{t: t, client: client, boot: rand.Uint64() | 1}
}

func (e *evil) send(topic wire.Topic, payload []byte) {
	e.t.Helper()
	if token := e.client.Publish(topic.String(), 1, false, payload); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		e.t.Fatalf("publishing to %s: %v", topic, token.Error())
	}
}

// batch is well-formed telemetry of one body temperature.
func (e *evil) batch(celsius float64, at time.Time) []byte {
	e.t.Helper()
	e.seq++
	b, err := wire.EncodeTelemetry(wire.Telemetry{Boot: e.boot, Seq: e.seq, Readings: []care.Reading{
		care.NewReading(feverish, "ear-1", care.BodyTemperature, celsius, 90, at)}})
	if err != nil {
		e.t.Fatal(err)
	}
	return b
}

// feverish is a pseudonym that nobody else sends readings of.
const feverish care.ResidentID = "r-evil"

// TestH2_BadInputIsQuarantinedAndTheNeighbourGoesOn lets a second gateway send
// what no gateway should, while the good one goes on: each bad message stands
// in quarantine with its reason, for the API and for the command line.
func TestH2_BadInputIsQuarantinedAndTheNeighbourGoesOn(t *testing.T) {
	const bad, stranger, elsewhere = care.GatewayID("gw-evil"), care.GatewayID("gw-stranger"), care.SiteID("elsewhere")
	road := lab.NewRoad(t, demo.Calm(6),
		lab.Guest{ID: bad, Registered: true, Sites: []care.SiteID{lab.Site, elsewhere}}, // a careless broker
		lab.Guest{ID: stranger, Sites: []care.SiteID{lab.Site}})                         // revoked, or of a registry that was restored
	road.Agent.Start(t)
	road.LogIn("admin")
	lab.Eventually(t, time.Minute, "the good gateway's vital signs are stored", func() error {
		got, err := pointsOf(road, `"metric"='pulse_rate'`)
		if err == nil && len(got) < 8 {
			err = fmt.Errorf("%d pulse rates", len(got))
		}
		return err
	})

	e, s := newEvil(t, road, bad), newEvil(t, road, stranger)
	topic := func(l wire.Lane) wire.Topic { return wire.Topic{Site: lab.Site, Gateway: bad, Lane: l} }
	noise := rand.New(rand.NewPCG(1, 2))
	random := func() []byte {
		b := make([]byte, 300)
		for i := range b {
			b[i] = byte(noise.Uint32())
		}
		return b
	}
	now := time.Now()
	whole := e.batch(36.6, now)
	other := wire.Topic{Site: elsewhere, Gateway: bad, Lane: wire.LaneLive}
	attack := time.Now()
	e.send(topic(wire.LaneLive), random())
	e.send(topic(wire.LaneAlert), random())
	e.send(topic(wire.LaneStatus), random())
	e.send(topic(wire.LaneBackfill), whole[:len(whole)-5])
	e.send(other, e.batch(36.7, now))
	s.send(wire.Topic{Site: lab.Site, Gateway: stranger, Lane: wire.LaneLive}, s.batch(36.8, now))
	e.send(topic(wire.LaneLive), e.batch(36.9, time.Date(1970, 1, 1, 0, 0, 1, 0, time.UTC)))
	e.send(topic(wire.LaneLive), e.batch(300, now))
	// What the broker's rights forbid it drops, and the sender is not told:
	// another gateway's name, and a word to the gateways.
	e.send(wire.Topic{Site: lab.Site, Gateway: lab.Gateway, Lane: wire.LaneLive}, e.batch(36.5, now))
	e.send(wire.Topic{Site: lab.Site, Gateway: lab.Gateway, Lane: wire.LaneReceipt}, random())
	const flood = 300
	for range flood { // and a flood, which must not slow the neighbour
		e.send(topic(wire.LaneLive), random())
	}

	wanted := []refusal{
		{bad, topic(wire.LaneLive), "wire: telemetry"},
		{bad, topic(wire.LaneAlert), "wire: alert"},
		{bad, topic(wire.LaneStatus), "wire: status"},
		{bad, topic(wire.LaneBackfill), "wire: telemetry"},
		{"", other, "not registered at site elsewhere"},
		{"", wire.Topic{Site: lab.Site, Gateway: stranger, Lane: wire.LaneLive}, "gw-stranger is not registered"},
		{bad, topic(wire.LaneLive), "1970"},
	}
	var list []api.Quarantined
	lab.Eventually(t, 20*time.Second, "every bad message is in quarantine", func() error {
		list = nil
		if err := road.Call(http.MethodGet, "/quarantine?limit=1000", nil, &list); err != nil {
			return err
		}
		if len(list) < len(wanted)+flood {
			return fmt.Errorf("%d messages: %+v", len(list), list[:min(10, len(list))])
		}
		return nil
	})
	programs, err := lab.Build()
	if err != nil {
		t.Fatal(err)
	}
	printed, code := run(t, road.Dir, programs.Cloud, "quarantine", "list", "-config", "cloud.yaml", "-limit", "1000")
	if code != 0 {
		t.Fatalf("quarantine list ends with %d: %s", code, printed)
	}
	for _, w := range wanted {
		i := slices.IndexFunc(list, w.is)
		if i < 0 {
			t.Errorf("the API lists no message to %s because of %q", w.topic, w.reason)
			continue
		}
		t.Logf("quarantined: %s: %s", list[i].Topic, list[i].Reason)
		if !strings.Contains(printed, fmt.Sprintf(`{"id":%d,`, list[i].ID)) {
			t.Errorf("quarantine list does not print message %d: %s", list[i].ID, list[i].Reason)
		}
	}
	if len(list) != len(wanted)+flood {
		t.Errorf("%d messages in quarantine, %d were bad: the broker let pass what it must not", len(list), len(wanted)+flood)
	}

	hot, err := pointsOf(road, fmt.Sprintf(`"resident"='%s'`, feverish))
	if err != nil || len(hot) != 1 || hot[0].value != 300 {
		t.Errorf("of the bad gateway the store has %v (%v): it sent one reading that can be kept, of 300 °C", hot, err)
	}
	if flagged, err := pointsOf(road, fmt.Sprintf(`"resident"='%s' AND "implausible" = 300`, feverish)); err != nil || len(flagged) != 1 {
		t.Errorf("the reading of 300 °C has no flag: %v (%v)", flagged, err)
	}
	goesOn(t, road, attack)
	forged(t, road)
}

// refusal is an entry of the quarantine that must be there.
type refusal struct {
	gateway care.GatewayID
	topic   wire.Topic
	reason  string
}

func (r refusal) is(q api.Quarantined) bool {
	return q.Topic == r.topic.String() && strings.Contains(q.Reason, r.reason) && (r.gateway == "" || q.Gateway == string(r.gateway))
}

// goesOn checks that what the good gateway sensed in the seconds after the
// attack, all of it, was stored within two seconds.
func goesOn(t *testing.T, road *lab.Road, attack time.Time) {
	t.Helper()
	const window = 10 * time.Second
	end := attack.Add(window)
	wait(time.Until(end) + 2*time.Second)
	stored, err := pointsOf(road, fmt.Sprintf(`"gateway"='%s' AND time >= %dms AND time < %dms`, lab.Gateway, attack.UnixMilli(), end.UnixMilli()))
	if err != nil {
		t.Fatal(err)
	}
	sensed := 0
	for _, p := range lines(t, road.Tap) {
		if ms := p.at.UnixMilli(); ms >= attack.UnixMilli() && ms < end.UnixMilli() {
			sensed++
		}
	}
	t.Logf("the good gateway under attack: %d readings sensed in %v, %d stored", sensed, window, len(stored))
	if sensed == 0 || len(stored) < sensed {
		t.Errorf("of %d readings that the good gateway sensed under attack, %d are stored", sensed, len(stored))
	}
}

// forged comes with a cookie that nobody was given: the API refuses, the log
// tells, and the page asks for a log-in.
func forged(t *testing.T, road *lab.Road) {
	t.Helper()
	genuine := road.Cookies()[0]
	token := bytes.Repeat([]byte("A"), len(genuine.Value))
	for _, path := range []string{"/session", "/board", "/alarms", "/quarantine", "/events"} {
		req, err := http.NewRequest(http.MethodGet, road.URL("/api/v1"+path), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: genuine.Name, Value: string(token)})
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s with a forged cookie: %s", path, resp.Status)
		}
	}
	log := read(t, filepath.Join(road.Dir, "cloud.log"))
	if !bytes.Contains(log, []byte("unknown or expired session refused")) {
		t.Error("the cloud's log does not tell of the forged cookie")
	}
	if bytes.Contains(log, token) {
		t.Error("the cloud's log has the cookie itself")
	}
	page := lab.NewPage(t, 1280, 800, "en")
	page.SetCookie(road.URL("/"), genuine.Name, string(token))
	page.Do(20*time.Second, chromedp.Navigate(road.URL("/residents/r-01")), chromedp.WaitVisible(`input[name=password]`))
	if text := page.Text(); strings.Contains(text, road.House.Story.Residents[0].NameZH) {
		t.Errorf("the page shows who lives here: %s", text)
	}
	page.Shoot("forged cookie en")
}

// TestABadConfigurationIsRefusedWithItsLine runs both programs over one
// mistake each: they say line and mistake, and end with 2.
func TestABadConfigurationIsRefusedWithItsLine(t *testing.T) {
	programs, err := lab.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ bin, file, text, want string }{
		{programs.Agent, "agent.yaml", "site: s\ngateway: g\ngatway: g\n", `:3: unknown key "gatway"`},
		{programs.Agent, "agent.yaml", "site: s\ngateway: g\ntelemetry:\n  batch: 5\n", `:4: "5" is not a duration`},
		{programs.Agent, "agent.yaml", `site: s
gateway: g
buses: [{name: b, device: /dev/i2c-1}]
residents: [{id: r1}]
sensors:
  - {id: f1, kind: max30102, bus: b, resident: r1}
  - {id: f2, kind: max30102, bus: b, resident: r1}
`, `:7: sensors[1].address: "f1" and "f2" are both at address 0x57 of bus "b"`},
		{programs.Cloud, "cloud.yaml", "site: s\nslq: {path: /tmp/x}\n", `:2: unknown key "slq"`},
		{programs.Cloud, "cloud.yaml", "site: s\nhttp:\n  session: 12\n", `:3: "12" is not a duration`},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"check", "run"} {
			out, code := run(t, dir, c.bin, command, "-config", c.file)
			if code != 2 || !strings.Contains(out, c.file) || !strings.Contains(out, c.want) {
				t.Errorf("%s %s of\n%sends with %d and says %q, want 2 and %q", filepath.Base(c.bin), command, c.text, code, out, c.want)
			}
		}
	}
}

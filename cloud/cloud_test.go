package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/cloud/config"
	"osmanthus/cloud/sql"
	"osmanthus/wire"
)

// house is a cloud with its records and its page, without broker and InfluxDB.
type house struct {
	*Cloud
	t    *testing.T
	stop func() error
}

func newHouse(t *testing.T, dir string) *house {
	t.Helper()
	c := config.Default()
	c.Site, c.StateDir, c.HTTP.Listen = "home", dir, "127.0.0.1:0"
	s, err := New(t.Context(), c, Roles{Alarm: true, Web: true}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	h := &house{s, t, sync.OnceValue(func() error { cancel(); return <-ended })}
	t.Cleanup(func() { h.stop() })
	return h
}

// furnish gives the house a gateway, two residents and three people who work
// there.
func (h *house) furnish() {
	h.t.Helper()
	ctx := h.t.Context()
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	must(h.db.AddGateway(ctx, "home", "gw-1", "", time.Time{}, time.Now()))
	must(h.db.PutResident(ctx, sql.Resident{ID: "r1", Name: "李建国", Place: "2F", Room: "201", Bed: "A", Gateway: "gw-1"}, time.Now()))
	must(h.db.PutResident(ctx, sql.Resident{ID: "r2", Name: "王秀英", Place: "2F", Room: "202", Bed: "A", Gateway: "gw-1"}, time.Now()))
	for _, name := range []string{"li", "wang"} {
		must(addUser(ctx, h.db, api.NewUser{Name: name, Password: "correct horse", Role: "nurse", Language: "zh-CN"}, time.Now()))
	}
	must(addUser(ctx, h.db, api.NewUser{Name: "chen", Password: "correct horse", Role: "admin", Language: "en"}, time.Now()))
}

// person is a browser.
type person struct {
	t    *testing.T
	base string
	http *http.Client
}

func (h *house) person(name string) *person {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	p := &person{h.t, h.URL() + api.Prefix, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	if name != "" {
		if code, b := p.ask("POST", "/session", `{"name":"`+name+`","password":"correct horse"}`, nil); code != 200 {
			h.t.Fatalf("%s cannot log in: %d %s", name, code, b)
		}
	}
	return p
}

func (p *person) ask(method, path, body string, into any) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(b, into); err != nil {
			p.t.Fatalf("%s %s: %d %s: %v", method, path, resp.StatusCode, b, err)
		}
	}
	return resp.StatusCode, string(b)
}

func fall(state care.State, decided time.Time) wire.Alert {
	onset := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	return wire.Alert{Boot: 1, Seq: 1, Alert: care.Alert{
		Episode: care.NewEpisode(care.Fall, "r1", "wrist-1", 0, onset), Kind: care.Fall, State: state, Priority: care.High,
		Resident: "r1", Source: "wrist-1", Onset: onset, At: decided, Confidence: 0.9,
		Evidence: care.Evidence{Rule: "fall/1", Features: []care.Feature{{Name: "peak", Value: 4.1, Unit: "g"}}},
	}}
}

func (h *house) raise(a wire.Alert) {
	h.t.Helper()
	if err := (raiser{h.alarms}).Raise(h.t.Context(), "home", "gw-1", a, time.Now()); err != nil {
		h.t.Fatal(err)
	}
}

func TestTheRoadOfAnAlarm(t *testing.T) {
	dir := t.TempDir()
	h := newHouse(t, dir)
	h.furnish()
	li, wang := h.person("li"), h.person("wang")
	for range 3 { // a gateway repeats itself
		h.raise(fall(care.Suspected, time.Date(2026, 3, 1, 2, 0, 1, 0, time.UTC)))
		h.raise(fall(care.Confirmed, time.Date(2026, 3, 1, 2, 0, 5, 0, time.UTC)))
	}
	var b api.Board
	if code, text := li.ask("GET", "/board", "", &b); code != 200 || len(b.Alarms) != 1 || len(b.Residents) != 2 {
		t.Fatalf("%d %s", code, text)
	}
	a := b.Alarms[0]
	if !a.Ringing || a.ResidentName != "李建国" || a.Room != "201" || a.Kind != "fall" || a.Priority != "high" || a.Onset.Second() != 0 ||
		b.Residents[0].OpenAlarms[0] != a.ID || a.Evidence.Features[0].Value != 4.1 {
		t.Errorf("%+v", a)
	}
	if code, text := li.ask("POST", "/alarms/1/displayed", `{"station":"desk 2F"}`, &a); code != 200 || len(a.Displayed) != 1 {
		t.Errorf("%d %s", code, text)
	}
	if code, text := li.ask("POST", "/alarms/1/acknowledge", `{"station":"desk 2F"}`, &a); code != 200 || a.Ringing || a.Acknowledged.By != "li" {
		t.Errorf("%d %s", code, text)
	}
	if code, text := wang.ask("POST", "/alarms/1/acknowledge", `{"station":"tablet"}`, nil); code != 409 || !strings.Contains(text, "by li") || !strings.Contains(text, `"taken"`) {
		t.Errorf("the second to acknowledge: %d %s", code, text)
	}

	// The cloud is killed and starts again: nothing is forgotten, nobody is
	// logged out.
	cookies := wang.http.Jar
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h = newHouse(t, dir)
	wang = &person{t, h.URL() + api.Prefix, &http.Client{Jar: cookies, Timeout: 30 * time.Second}}
	h.raise(fall(care.Confirmed, time.Date(2026, 3, 1, 2, 0, 5, 0, time.UTC)))
	if code, text := wang.ask("POST", "/alarms/1/on-site", `{"station":"room 201"}`, &a); code != 200 || a.State != "on_site" || a.OnSite.By != "wang" {
		t.Fatalf("%d %s", code, text)
	}
	if code, text := wang.ask("POST", "/alarms/1/close", `{"station":"room 201","resolution":"helped"}`, nil); code != 409 || !strings.Contains(text, "override_reason") {
		t.Errorf("E3: closed without proof: %d %s", code, text)
	}
	if code, text := wang.ask("POST", "/alarms/1/close", `{"station":"room 201","resolution":"helped","note":"bruise","override_reason":"I am with him"}`, &a); code != 200 || a.State != "closed" {
		t.Fatalf("%d %s", code, text)
	}
	var got []string
	for _, s := range a.History {
		got = append(got, s.Transition+" "+s.Actor+" "+s.Station)
	}
	want := "suspected gw-1 |raised gw-1 |displayed li desk 2F|acknowledged li desk 2F|on_site wang room 201|closed wang room 201"
	if strings.Join(got, "|") != want {
		t.Errorf("history\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
	if a.Closed.OverrideReason != "I am with him" || a.Closed.Note != "bruise" {
		t.Errorf("%+v", a.Closed)
	}
	entries, err := h.db.AuditLog(t.Context(), "r1", 10)
	if err != nil || len(entries) != 3 || entries[0].Action != "close-alarm" || entries[0].Who != "wang" || entries[0].Detail != "alarm 1" {
		t.Errorf("audit %+v, %v", entries, err)
	}
	if code, text := wang.ask("GET", "/alarms/99", "", nil); code != 404 {
		t.Errorf("%d %s", code, text)
	}
}

func TestE1_ThreePagesAcknowledgeAtOnce(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	h.raise(fall(care.Confirmed, time.Now()))
	codes := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, name := range []string{"li", "wang", "chen"} {
		p := h.person(name)
		wg.Go(func() {
			code, _ := p.ask("POST", "/alarms/1/acknowledge", `{"station":"x"}`, nil)
			mu.Lock()
			codes[name] = code
			mu.Unlock()
		})
	}
	wg.Wait()
	var a api.Alarm
	h.person("li").ask("GET", "/alarms/1", "", &a)
	for name, code := range codes {
		if want := map[bool]int{true: 200, false: 409}[name == a.Acknowledged.By]; code != want {
			t.Errorf("%s: %d, and %s has it", name, code, a.Acknowledged.By)
		}
	}
}

func TestGuessingAPasswordIsSlowAndLoggingOutEndsIt(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	stranger := h.person("")
	for i := range 6 {
		code, text := stranger.ask("POST", "/session", `{"name":"li","password":"guess"}`, nil)
		if want := map[bool]int{true: 401, false: 429}[i < 5]; code != want {
			t.Fatalf("try %d: %d %s", i, code, text)
		}
	}
	if code, _ := stranger.ask("GET", "/board", "", nil); code != 401 {
		t.Errorf("a stranger reads the board: %d", code)
	}
	wang, chen := h.person("wang"), h.person("chen")
	if code, text := chen.ask("POST", "/users/wang/disable", "", nil); code != 204 {
		t.Fatalf("%d %s", code, text)
	}
	if code, _ := wang.ask("GET", "/board", "", nil); code != 401 {
		t.Errorf("a disabled account reads the board: %d", code)
	}
	if code, text := chen.ask("POST", "/users", `{"name":"zhao","password":"0123456789","role":"nurse"}`, nil); code != 204 {
		t.Errorf("%d %s", code, text)
	}
	if code, text := chen.ask("POST", "/users", `{"name":"Zhao","password":"0123456789","role":"nurse"}`, nil); code != 409 {
		t.Errorf("%d %s", code, text)
	}
	if code, _ := chen.ask("DELETE", "/session", "", nil); code != 204 {
		t.Error(code)
	}
	if code, _ := chen.ask("GET", "/users", "", nil); code != 401 {
		t.Errorf("after logging out: %d", code)
	}
}

func TestE6_ALostGatewayRingsAndComesBack(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	ctx := t.Context()
	p := &presence{h.db, h.alarms, h.log}
	base := time.Now().UTC().Truncate(time.Second)
	// Nobody lives there, and it was never heard: it is not in service.
	if err := h.db.AddGateway(ctx, "home", "gw-spare", "", time.Time{}, base); err != nil {
		t.Fatal(err)
	}
	status := func(pr wire.Presence, at time.Time) {
		t.Helper()
		if err := p.Status(ctx, "home", "gw-1", wire.Status{Boot: 1, Presence: pr, At: at}, at); err != nil {
			t.Fatal(err)
		}
	}
	fine := map[care.GatewayID]bool{}
	open := func(at time.Time, want int) {
		t.Helper()
		if err := p.check(ctx, fine, base, at); err != nil {
			t.Fatal(err)
		}
		all, err := h.view.Alarms(ctx, api.AlarmFilter{OpenOnly: true})
		if err != nil || len(all) != want {
			t.Errorf("after %v: %d open, %v, want %d", at.Sub(base), len(all), err, want)
		}
	}
	status(wire.Online, base.Add(10*time.Second))
	open(base.Add(99*time.Second), 0)
	open(base.Add(101*time.Second), 1)
	open(base.Add(200*time.Second), 1)
	status(wire.Online, base.Add(201*time.Second))
	open(base.Add(202*time.Second), 0)
	// A cloud that was away itself gives everybody time to speak.
	if err := p.check(ctx, fine, base.Add(400*time.Second), base.Add(410*time.Second)); err != nil {
		t.Fatal(err)
	}
	open(base.Add(203*time.Second), 0)
	status(wire.Offline, base.Add(210*time.Second)) // its will
	open(base.Add(220*time.Second), 0)
	open(base.Add(292*time.Second), 1)
	if err := h.db.RevokeGateway(ctx, "gw-1", base); err != nil {
		t.Fatal(err)
	}
	open(base.Add(320*time.Second), 0)
}

func TestE6_ALostGatewayRingsAfterTheClockWasSetBack(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	ctx := t.Context()
	p := &presence{h.db, h.alarms, h.log}
	base := time.Now().UTC().Truncate(time.Second)
	open := func(at time.Time, want int) {
		t.Helper()
		if err := p.check(ctx, map[care.GatewayID]bool{}, base, at); err != nil {
			t.Fatal(err)
		}
		all, err := h.view.Alarms(ctx, api.AlarmFilter{OpenOnly: true})
		if err != nil || len(all) != want {
			t.Errorf("after %v: %d open, %v, want %d", at.Sub(base), len(all), err, want)
		}
	}
	tomorrow := base.Add(24 * time.Hour) // by the clock as it was
	if err := h.db.SetPresence(ctx, "gw-1", tomorrow, true, tomorrow); err != nil {
		t.Fatal(err)
	}
	if all, err := (gatewayView{h.db}).Gateways(ctx); err != nil || all[0].Online {
		t.Errorf("%+v, %v: heard tomorrow, and so alive today", all, err)
	}
	open(base.Add(80*time.Second), 0)
	open(base.Add(91*time.Second), 1)
	at := base.Add(100 * time.Second)
	if err := h.db.SetPresence(ctx, "gw-1", at, true, at); err != nil {
		t.Fatal(err)
	}
	open(base.Add(110*time.Second), 0)
	open(base.Add(191*time.Second), 1)
}

func TestTheBoardFollowsTheAlarm(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	var sent []wire.Board
	b := &boards{h.db, h.alarms, func(_ care.SiteID, _ care.GatewayID, b wire.Board) error {
		sent = append(sent, b)
		_, err := wire.EncodeBoard(b)
		return err
	}, h.log, nil}
	known := map[care.GatewayID]uint64{}
	send := func(want int) {
		t.Helper()
		if err := b.send(t.Context(), known); err != nil || len(sent) != want {
			t.Fatalf("%d boards, %v, want %d", len(sent), err, want)
		}
	}
	send(0)
	h.raise(fall(care.Confirmed, time.Now()))
	send(1)
	send(1)
	h.person("li").ask("POST", "/alarms/1/acknowledge", `{"station":"x"}`, nil)
	send(2)
	if sent[0].Entries[0].State != wire.BoardRaised || sent[1].Entries[0].State != wire.BoardAcknowledged || sent[1].Version <= sent[0].Version {
		t.Errorf("%+v", sent)
	}
}

func TestABoardThatCannotBeSentHoldsUpNoOther(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	if err := h.db.AddGateway(t.Context(), "home", "gw-2", "", time.Time{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, g := range []care.GatewayID{"gw-1", "gw-2"} {
		if err := (raiser{h.alarms}).Raise(t.Context(), "home", g, fall(care.Confirmed, time.Now()), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	var sent []care.GatewayID
	b := &boards{h.db, h.alarms, func(_ care.SiteID, g care.GatewayID, _ wire.Board) error {
		if g == "gw-1" {
			return errors.New("cannot be encoded")
		}
		sent = append(sent, g)
		return nil
	}, h.log, nil}
	if err := b.send(t.Context(), map[care.GatewayID]uint64{}); err == nil || len(sent) != 1 {
		t.Errorf("%v sent, %v", sent, err)
	}
}

func TestAnUnreadableAlertRings(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	for range 3 {
		if err := h.refused.raise(t.Context(), refusal{"home", "gw-1", "not CBOR", time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.view.Alarms(t.Context(), api.AlarmFilter{OpenOnly: true})
	if err != nil || len(all) != 1 || !all[0].Ringing || !all[0].Technical || all[0].Evidence.Rule != refusedRule {
		t.Errorf("%+v, %v", all, err)
	}
	if b, err := h.alarms.Board(t.Context(), "gw-1", 9, time.Now()); err != nil || len(b.Entries) != 0 || all[0].History[0].ActorKind != "system" {
		t.Errorf("%+v, %v: the gateway is told of an episode that it does not know", b, err)
	}
	h.refused.tell("home", "gw-1", wire.LaneLive, "", time.Now())
	h.refused.tell("", "", wire.LaneAlert, "", time.Now())
	if len(h.refused.news) != 0 {
		t.Error("a refused batch, or a stranger, is told like an alert")
	}
}

func TestLatestValuesAreTheNewestAndNeverOfTomorrow(t *testing.T) {
	l := newLatest()
	now := time.Now().UTC()
	reading := func(v float64, at time.Time, f care.Flags) care.Reading {
		return care.Reading{Resident: "r1", Metric: care.HeartRate, Value: v, Quality: 90, At: at, Flags: f}
	}
	l.learn([]care.Reading{reading(70, now.Add(-time.Second), 0), reading(60, now.Add(-time.Minute), 0), {Metric: care.SensorState}}, now)
	if got := l.Latest("r1"); len(got) != 1 || got[0].Value != 70 {
		t.Errorf("%+v", got)
	}
	l.learn([]care.Reading{reading(300, now.Add(20*time.Hour), care.OutOfRange)}, now)
	if got := l.Latest("r1"); got[0].At.After(now) || !got[0].Implausible {
		t.Errorf("%+v", got)
	}
	var told []string
	l.changed = func(resident string, rs []api.Reading, _ time.Time) { told = append(told, resident) }
	l.tell(now)
	l.tell(now)
	if len(told) != 1 || told[0] != "r1" {
		t.Errorf("told %v", told)
	}
}

func TestReadingsWaitForTheirStore(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	if err := h.database.Write(t.Context(), []byte("x")); !errors.Is(err, errNoDatabase) {
		t.Errorf("%v: a batch would be lost", err)
	}
	code, text := h.person("li").ask("GET", "/residents/r1/readings?metric=spo2&from=2026-03-01T02:00:00Z&to=2026-03-01T03:00:00Z", "", nil)
	if code != 503 || !strings.Contains(text, "readings_unavailable") {
		t.Errorf("%d %s", code, text)
	}
}

func TestMonitoringAndPage(t *testing.T) {
	h := newHouse(t, t.TempDir())
	for path, want := range map[string]string{"/metrics": "osmanthus_alarms_ringing 0", "/healthz": `"status":"ok"`, "/": "<html"} {
		resp, err := http.Get(h.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(b), want) {
			t.Errorf("%s: %d %.200s", path, resp.StatusCode, b)
		}
	}
}

package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// desk is everything that the API needs, with as little behind it as will do.
type desk struct {
	mu      sync.Mutex
	audited []AuditEntry
	broken  bool
	refuse  error // what a log-in gets
	deaf    error // what the audit log says
	alarms  []Alarm
}

var t0 = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)

func (d *desk) err() error {
	if d.broken {
		return errors.New("dial tcp 10.1.2.3: secret detail")
	}
	return nil
}

func (d *desk) Alarms(context.Context, AlarmFilter) ([]Alarm, error) { return d.alarms, d.err() }
func (d *desk) Alarm(_ context.Context, id int64) (Alarm, error) {
	return Alarm{ID: id, Resident: "r1"}, d.err()
}
func (d *desk) Notes(context.Context, string, int) ([]Note, error) { return nil, d.err() }
func (d *desk) Act(ctx context.Context, id int64, a Act) (Alarm, error) {
	if ctx.Err() != nil {
		return Alarm{}, ctx.Err()
	}
	if a.Do == "close" && a.OverrideReason == "" {
		return Alarm{}, NewProblem(http.StatusConflict, "proof_required", "no proof", "Say why.")
	}
	return Alarm{ID: id, Resident: "r1", Acknowledged: &Mark{By: a.By, At: a.At, Station: a.Station}}, d.err()
}
func (d *desk) Residents(context.Context) ([]Resident, error) {
	return []Resident{{ID: "r1", Name: "李建国", Gateway: "gw-1"}}, d.err()
}
func (d *desk) Resident(_ context.Context, id string) (Resident, error) {
	if id != "r1" {
		return Resident{}, NewProblem(http.StatusNotFound, CodeNotFound, "no such resident", "")
	}
	return Resident{ID: id, Gateway: "gw-1"}, d.err()
}
func (d *desk) Readings(context.Context, ReadingQuery) ([]Point, error) {
	v := 72.0
	return []Point{{At: t0, Value: &v}, {At: t0.Add(time.Minute)}}, d.err()
}
func (d *desk) Latest(string) []Reading { return nil }
func (d *desk) Gateways(context.Context) ([]Gateway, error) {
	return []Gateway{{ID: "gw-1", Online: true}}, d.err()
}
func (d *desk) Quarantine(context.Context, int) ([]Quarantined, error) { return nil, d.err() }
func (d *desk) Replay(context.Context, int64) error                    { return d.err() }
func (d *desk) Users(context.Context) ([]User, error)                  { return nil, d.err() }
func (d *desk) CreateUser(context.Context, NewUser) error              { return d.err() }
func (d *desk) DisableUser(context.Context, string) error              { return d.err() }
func (d *desk) Login(_ context.Context, l Login, _ string) (string, Session, error) {
	return l.Name, Session{Name: l.Name, Role: l.Name, Language: "en"}, errors.Join(d.refuse, d.err())
}
func (d *desk) Session(_ context.Context, token string) (Session, bool, error) {
	return Session{Name: token, Role: token, Language: "en"}, token == "nurse" || token == "admin", nil
}
func (d *desk) Logout(context.Context, string) error { return d.err() }
func (d *desk) Audit(ctx context.Context, e AuditEntry) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if d.deaf != nil {
		return d.deaf
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.audited = append(d.audited, e)
	return nil
}

func (d *desk) deps(log io.Writer) Deps {
	return Deps{d, d, d, d, d, d, d, d, d, slog.New(slog.NewTextHandler(log, nil))}
}

// ask sends a request as the holder of a session token, "" for nobody.
func ask(h http.Handler, method, path, token, body string) *httptest.ResponseRecorder {
	ctx, cancel := context.WithCancel(context.Background())
	if strings.HasSuffix(path, "/events") {
		cancel() // the stream would not end by itself
	}
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: token})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Who may do what, by operation id. An operation that is missing here fails
// the test: somebody has to say whose it is.
var rights = map[string]struct{ who, path, body string }{
	"log-in":            {"anyone", "/session", `{"name":"nurse","password":"x"}`},
	"read-session":      {"nurse", "/session", ""},
	"log-out":           {"nurse", "/session", ""},
	"read-board":        {"nurse", "/board", ""},
	"follow-events":     {"nurse", "/events", ""},
	"list-alarms":       {"nurse", "/alarms", ""},
	"read-alarm":        {"nurse", "/alarms/1", ""},
	"acknowledge-alarm": {"nurse", "/alarms/1/acknowledge", `{"station":"desk"}`},
	"on-site-alarm":     {"nurse", "/alarms/1/on-site", `{"station":"desk"}`},
	"close-alarm":       {"nurse", "/alarms/1/close", `{"station":"desk","resolution":"helped","override_reason":"x"}`},
	"displayed-alarm":   {"nurse", "/alarms/1/displayed", `{"station":"desk"}`},
	"list-residents":    {"nurse", "/residents", ""},
	"read-resident":     {"nurse", "/residents/r1", ""},
	"read-readings":     {"nurse", "/residents/r1/readings?metric=heart_rate&from=2026-03-01T02:00:00Z&to=2026-03-01T02:02:00Z", ""},
	"list-notes":        {"nurse", "/residents/r1/notes", ""},
	"list-gateways":     {"nurse", "/gateways", ""},
	"list-quarantine":   {"admin", "/quarantine", ""},
	"replay-quarantine": {"admin", "/quarantine/1/replay", ""},
	"list-users":        {"admin", "/users", ""},
	"create-user":       {"admin", "/users", `{"name":"wang","password":"0123456789","role":"nurse"}`},
	"disable-user":      {"admin", "/users/wang/disable", ""},
}

func operations(a *API) map[string]string {
	ids := map[string]string{}
	for _, item := range a.huma.OpenAPI().Paths {
		if o := item.Get; o != nil {
			ids[o.OperationID] = http.MethodGet
		}
		if o := item.Post; o != nil {
			ids[o.OperationID] = http.MethodPost
		}
		if o := item.Delete; o != nil {
			ids[o.OperationID] = http.MethodDelete
		}
		if item.Put != nil || item.Patch != nil {
			panic("teach this test the method")
		}
	}
	return ids
}

func TestH3_EveryOperationAndRole(t *testing.T) {
	a := New((&desk{}).deps(io.Discard), Opts{})
	all := operations(a)
	if len(all) != len(rights) {
		t.Errorf("%d operations, %d rights", len(all), len(rights))
	}
	for id, method := range all {
		right, ok := rights[id]
		if !ok {
			t.Errorf("%s: whose is it?", id)
			continue
		}
		for _, who := range []string{"", "forged", "nurse", "admin"} {
			may := right.who == "anyone" || who == "admin" || who == right.who
			want := "2xx"
			switch {
			case may:
			case who == "nurse":
				want = "403"
			default:
				want = "401"
			}
			w := ask(a, method, right.path, who, right.body)
			got := fmt.Sprint(w.Code)
			if w.Code/100 == 2 {
				got = "2xx"
			}
			if got != want {
				t.Errorf("%s by %q: %d %s, want %s", id, who, w.Code, w.Body, want)
			}
			if h := w.Header(); h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s by %q: a browser may keep it, or guess its type: %v", id, who, h)
			}
			if w.Code/100 != 2 && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s by %q: the error is of type %s", id, who, w.Header().Get("Content-Type"))
			}
		}
	}
}

func TestAClickCountsWhenThePageIsClosedRightAfter(t *testing.T) {
	d := &desk{}
	a := New(d.deps(io.Discard), Opts{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "POST", Prefix+"/alarms/1/acknowledge", strings.NewReader(`{"station":"desk"}`))
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: cookieName, Value: "nurse"})
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != 200 || len(d.audited) != 1 {
		t.Errorf("%d %s, audited %+v", w.Code, w.Body, d.audited)
	}
}

func TestAForgedCookieIsLogged(t *testing.T) {
	var log strings.Builder
	a := New((&desk{}).deps(&log), Opts{})
	if w := ask(a, "GET", "/board", "forged", ""); w.Code != 401 || !strings.Contains(w.Body.String(), CodeNotLoggedIn) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "operation=read-board") || strings.Contains(log.String(), "forged") {
		t.Errorf("the log says %q", log.String())
	}
}

func TestStrangersLearnNothingOfFaults(t *testing.T) {
	var log strings.Builder
	a := New((&desk{broken: true}).deps(&log), Opts{})
	for id, method := range operations(a) {
		r := rights[id]
		if id == "read-session" || id == "follow-events" {
			continue
		}
		w := ask(a, method, r.path, "admin", r.body)
		if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), "internal error") {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
		if !strings.Contains(log.String(), "operation="+id) {
			t.Errorf("%s: the log does not say what was wrong", id)
		}
	}
}

func TestReadingAndActingIsAudited(t *testing.T) {
	d := &desk{}
	a := New(d.deps(io.Discard), Opts{})
	for id, method := range operations(a) {
		r := rights[id]
		d.audited = nil
		if w := ask(a, method, r.path, "admin", r.body); w.Code/100 != 2 {
			t.Fatalf("%s: %d %s", id, w.Code, w.Body)
		}
		quietly := slices.Contains([]string{"read-session", "displayed-alarm", "list-gateways", "list-quarantine", "list-users"}, id)
		if quietly != (len(d.audited) == 0) {
			t.Errorf("%s: audited %+v", id, d.audited)
			continue
		}
		about := strings.Contains(r.path, "r1") || strings.Contains(r.path, "alarms/1")
		who := "admin"
		if id == "log-in" {
			who = "nurse" // whom its body names
		}
		if !quietly && (d.audited[0].Who != who || d.audited[0].Address == "" || d.audited[0].Action != id || about != (d.audited[0].Resident == "r1")) {
			t.Errorf("%s: audited %+v", id, d.audited[0])
		}
	}
}

func TestAnotherSitesPageCannotAct(t *testing.T) {
	a := New((&desk{}).deps(io.Discard), Opts{})
	r := httptest.NewRequest("POST", Prefix+"/alarms/1/acknowledge", strings.NewReader(`{"station":"desk"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.AddCookie(&http.Cookie{Name: cookieName, Value: "nurse"})
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheCookieIsKeptFromScripts(t *testing.T) {
	for _, secure := range []bool{true, false} {
		a := New((&desk{}).deps(io.Discard), Opts{SecureCookie: secure})
		w := ask(a, "POST", "/session", "", rights["log-in"].body)
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].Secure != secure || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].MaxAge <= 0 {
			t.Errorf("%+v", cookies)
		}
		w = ask(a, "DELETE", "/session", "nurse", "")
		if c := w.Result().Cookies(); w.Code != 204 || len(c) != 1 || c[0].MaxAge >= 0 {
			t.Errorf("%d %+v", w.Code, c)
		}
	}
}

func TestBadRequestsSayWhatIsWrong(t *testing.T) {
	a := New((&desk{}).deps(io.Discard), Opts{})
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		says               string
	}{
		"not JSON":           {"POST", "/alarms/1/acknowledge", `{`, 400, "invalid"},
		"no station":         {"POST", "/alarms/1/acknowledge", `{}`, 422, "station"},
		"unknown key":        {"POST", "/alarms/1/acknowledge", `{"station":"x","force":true}`, 422, "force"},
		"no resolution":      {"POST", "/alarms/1/close", `{"station":"x"}`, 422, "resolution"},
		"unknown resolution": {"POST", "/alarms/1/close", `{"station":"x","resolution":"cleared"}`, 422, "resolution"},
		"a conflict":         {"POST", "/alarms/1/close", `{"station":"x","resolution":"helped"}`, 409, "Say why."},
		"id of letters":      {"GET", "/alarms/one", "", 422, "id"},
		"unknown metric":     {"GET", "/residents/r1/readings?metric=mood&from=2026-03-01T02:00:00Z&to=2026-03-01T03:00:00Z", "", 422, "mood"},
		"too many points":    {"GET", "/residents/r1/readings?metric=spo2&from=2026-03-01T02:00:00Z&to=2027-03-01T03:00:00Z&every=1", "", 422, "5000"},
		"backwards":          {"GET", "/residents/r1/readings?metric=spo2&from=2026-03-01T02:00:00Z&to=2026-03-01T01:00:00Z", "", 422, "points"},
		"no such resident":   {"GET", "/residents/r9", "", 404, "not_found"},
		"short password":     {"POST", "/users", `{"name":"x","password":"short","role":"nurse"}`, 422, "password"},
		"own account":        {"POST", "/users/admin/disable", "", 409, "own account"},
	} {
		w := ask(a, c.method, c.path, "admin", c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || !strings.Contains(w.Body.String(), `"code"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestI3_AGapIsNull(t *testing.T) {
	w := ask(New((&desk{}).deps(io.Discard), Opts{}), "GET", rights["read-readings"].path, "nurse", "")
	if !strings.Contains(w.Body.String(), `{"at":"2026-03-01T02:01:00Z","value":null,"min":null,"max":null,"quality":null}`) || !strings.Contains(w.Body.String(), `"unit":"/min"`) {
		t.Error(w.Body)
	}
}

package api

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// listen opens the stream of events over a real connection.
func listen(t *testing.T, a *API) (next func() (string, string)) {
	t.Helper()
	srv := httptest.NewServer(a)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+Prefix+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: cookieName, Value: "nurse"})
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	return func() (event, data string) {
		for lines.Scan() {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				event = strings.TrimPrefix(line, "event: ")
			case strings.HasPrefix(line, "data: "):
				data = strings.TrimPrefix(line, "data: ")
			case line == "":
				return event, data
			}
		}
		return "", ""
	}
}

func TestJ2_EventsArriveAndThePulseIsSteady(t *testing.T) {
	a := New((&desk{}).deps(io.Discard), Opts{Site: "桂花园", Version: "v1"})
	next := listen(t, a)
	if event, data := next(); event != "hello" || !strings.Contains(data, "桂花园") || !strings.Contains(data, `"version":"v1"`) {
		t.Fatalf("%s %s", event, data)
	}
	a.AlarmChanged(Alarm{ID: 7, Kind: "fall", State: "raised"})
	a.VitalsChanged("r1", []Reading{{Metric: "heart_rate", Value: 72, At: t0}, {Metric: "bed_occupancy", Value: 1, At: t0}}, t0)
	a.GatewayChanged(Gateway{ID: "gw-1", Online: true})
	var alarm Alarm
	if event, data := next(); event != "alarm" || json.Unmarshal([]byte(data), &alarm) != nil || alarm.ID != 7 {
		t.Errorf("%s %s", event, data)
	}
	var v VitalsEvent
	if event, data := next(); event != "vitals" || json.Unmarshal([]byte(data), &v) != nil || v.Resident != "r1" || len(v.Vitals) != 1 || v.BedOccupied == nil {
		t.Errorf("%s %s", event, data)
	}
	if event, data := next(); event != "gateway" || !strings.Contains(data, "gw-1") {
		t.Errorf("%s %s", event, data)
	}
	began := time.Now()
	if event, _ := next(); event != "ping" {
		t.Errorf("%s, want a ping", event)
	}
	if waited := time.Since(began); waited > 10*time.Second {
		t.Errorf("the page would have shown a lost link: %v", waited)
	}
	a.EndEvents()
	if event, _ := next(); event != "" {
		t.Errorf("%s after the end", event)
	}
	if a.Pages() != 0 {
		t.Error("a page that left is still counted")
	}
}

func TestASlowPageIsCutAndHarmsNobody(t *testing.T) {
	f := newFeed()
	slow, quick := f.join(), f.join()
	for i := range backlog + 10 {
		f.publish(i)
		<-quick
	}
	got := 0
	for range slow {
		got++
	}
	if got != backlog || len(f.pages) != 1 {
		t.Errorf("the slow page got %d events, %d pages are left", got, len(f.pages))
	}
}

package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// rows lists what was audited since the last call, as "who action detail".
func (d *desk) rows() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []string
	for _, e := range d.audited {
		all = append(all, strings.TrimSpace(e.Who+" "+e.Action+" "+e.Detail))
	}
	d.audited = nil
	return strings.Join(all, "|")
}

func TestAnOpenPageIsAuditedOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		a := New(d.deps(io.Discard), Opts{})
		for range 3 * 180 { // a page that reads every 20 s, for three hours
			ask(a, "GET", "/board", "nurse", "")
			time.Sleep(20 * time.Second)
		}
		if got := d.rows(); got != "nurse read-board|nurse read-board|nurse read-board" {
			t.Errorf("three hours of a page became %q", got)
		}
		ask(a, "GET", "/board", "nurse", "")
		d.rows()
		ask(a, "GET", "/board", "nurse", "")
		ask(a, "GET", "/board", "admin", "")
		ask(a, "GET", "/residents/r1", "nurse", "")
		ask(a, "GET", "/residents/r1", "admin", "")
		ask(a, "GET", "/residents/r1", "nurse", "")
		ask(a, "GET", "/alarms", "nurse", "")
		ask(a, "GET", "/alarms?state=all", "nurse", "")
		ask(a, "GET", "/alarms/1", "nurse", "")
		ask(a, "GET", "/alarms/2", "nurse", "")
		want := "admin read-board|nurse read-resident|admin read-resident|nurse list-alarms open|nurse list-alarms all|nurse read-alarm alarm 1|nurse read-alarm alarm 2"
		if got := d.rows(); got != want {
			t.Errorf("other people, other things:\n%s\nwant\n%s", got, want)
		}
	})
}

func TestAWindowThatMovesIsAuditedByTheHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		a := New(d.deps(io.Discard), Opts{})
		for range 60 { // a chart that shows the last hour, for half an hour
			now := time.Now().UTC()
			ask(a, "GET", fmt.Sprintf("/residents/r1/readings?metric=spo2&from=%s&to=%s",
				now.Add(-time.Hour).Format(time.RFC3339), now.Add(-time.Second).Format(time.RFC3339)), "nurse", "")
			time.Sleep(30 * time.Second)
		}
		got := d.rows()
		if strings.Count(got, "read-readings") > 2 || !strings.Contains(got, "nurse read-readings spo2 1999-12-31T23:00:00Z/2000-01-01T01:00:00Z") {
			t.Errorf("half an hour of a chart became %q", got)
		}
		ask(a, "GET", rights["read-readings"].path, "nurse", "")
		if got := d.rows(); got != "nurse read-readings heart_rate 2026-03-01T02:00:00Z/2026-03-01T03:00:00Z" {
			t.Errorf("another metric, another time: %q", got)
		}
	})
}

func TestEveryActIsAudited(t *testing.T) {
	d := &desk{}
	a := New(d.deps(io.Discard), Opts{})
	for range 2 {
		ask(a, "POST", "/session", "", `{"name":"nurse","password":"x"}`)
		ask(a, "POST", "/alarms/1/acknowledge", "nurse", `{"station":"desk"}`)
		ask(a, "DELETE", "/session", "nurse", "")
		if got := d.rows(); got != "nurse log-in user nurse|nurse acknowledge-alarm alarm 1|nurse log-out" {
			t.Error(got)
		}
	}
}

func TestFailuresAreAudited(t *testing.T) {
	d := &desk{}
	a := New(d.deps(io.Discard), Opts{})
	for range 2 {
		ask(a, "POST", "/alarms/1/close", "nurse", `{"station":"desk","resolution":"helped"}`)
		ask(a, "POST", "/users/wang/disable", "nurse", "")
		if got := d.rows(); got != "nurse close-alarm alarm 1 failed: proof_required|nurse disable-user failed: forbidden" {
			t.Error(got)
		}
	}
	ask(a, "GET", "/residents/r9", "nurse", "")
	ask(a, "GET", "/residents/r9", "nurse", "") // a page that tries again
	ask(a, "GET", "/users", "nurse", "")
	if got := d.rows(); got != "nurse read-resident failed: not_found|nurse list-users failed: forbidden" {
		t.Error(got)
	}
	d.refuse = NewProblem(http.StatusUnauthorized, CodeNotLoggedIn, "no", "")
	for range 2 {
		ask(a, "POST", "/session", "", `{"name":"nurse","password":"y"}`)
		if got := d.rows(); got != "log-in user nurse failed: not_logged_in" {
			t.Error(got)
		}
	}
	// Who is held off could otherwise fill the disk.
	d.refuse = NewProblem(http.StatusTooManyRequests, CodeTooMany, "no", "")
	ask(a, "POST", "/session", "", `{"name":"nurse","password":"y"}`)
	if got := d.rows(); got != "" {
		t.Error(got)
	}
}

func TestAReadThatCouldNotBeAuditedIsTriedAgain(t *testing.T) {
	d := &desk{deaf: errors.New("disk full")}
	a := New(d.deps(io.Discard), Opts{})
	ask(a, "GET", "/board", "nurse", "")
	d.deaf = nil
	ask(a, "GET", "/board", "nurse", "")
	if got := d.rows(); got != "nurse read-board" {
		t.Error(got)
	}
}

func TestWhatWasReadIsForgottenInTheEnd(t *testing.T) {
	var r reads
	for i := range 3 * maxReads {
		r.fresh(readKey{entry: AuditEntry{Detail: fmt.Sprint(i)}}, t0)
	}
	if len(r.seen) > maxReads {
		t.Errorf("%d reads are remembered", len(r.seen))
	}
	k := readKey{token: "x"}
	for _, c := range []struct {
		after time.Duration
		fresh bool
	}{{0, true}, {time.Minute, false}, {readAgain - 1, false}, {readAgain, true}, {readAgain, false}, {-time.Hour, true}} {
		if got := r.fresh(k, t0.Add(c.after)); got != c.fresh {
			t.Errorf("after %v: %v", c.after, got)
		}
	}
}

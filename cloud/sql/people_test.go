package sql

import (
	"errors"
	"testing"
	"time"
)

var t0 = time.Date(2026, 3, 1, 2, 0, 0, 123_000_000, time.UTC)

func TestResidentsMoveAndKeepTheirPseudonym(t *testing.T) {
	d, ctx := open(t), t.Context()
	for _, r := range []Resident{
		{"r2", "王秀英", "2F", "201", "B", "gw-1"}, {"r1", "李建国", "2F", "201", "A", "gw-1"}, {"r2", "王秀英", "1F", "104", "A", "gw-1"},
	} {
		if err := d.PutResident(ctx, r, t0); err != nil {
			t.Fatal(err)
		}
	}
	all, err := d.Residents(ctx)
	if err != nil || len(all) != 2 || all[0].ID != "r2" || all[0].Room != "104" || all[1].Name != "李建国" {
		t.Errorf("%+v, %v", all, err)
	}
	if r, err := d.Resident(ctx, "r2"); err != nil || r != all[0] {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := d.Resident(ctx, "r9"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestUsersAndSessionsEnd(t *testing.T) {
	d, ctx := open(t), t.Context()
	if err := d.AddUser(ctx, User{Name: "Li", Role: "nurse", Language: "en", Password: "x", Created: t0}); err != nil {
		t.Fatal(err)
	}
	if err := d.AddUser(ctx, User{Name: "li", Role: "admin", Language: "en", Password: "y"}); !errors.Is(err, ErrExists) {
		t.Errorf("li beside Li: %v", err)
	}
	if err := d.AddUser(ctx, User{Name: "root", Role: "root", Password: "y"}); err == nil {
		t.Error("a role that nobody knows was accepted")
	}
	hash := []byte{1, 2, 3}
	if err := d.AddSession(ctx, hash, "Li", t0, t0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if u, end, err := d.SessionUser(ctx, hash, t0.Add(59*time.Minute)); err != nil || u.Name != "Li" || !u.Created.Equal(t0) || !end.Equal(t0.Add(time.Hour)) {
		t.Errorf("%+v until %v, %v", u, end, err)
	}
	if err := d.ExtendSession(ctx, hash, t0.Add(59*time.Minute), t0.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := d.ExtendSession(ctx, hash, t0.Add(3*time.Hour), t0.Add(9*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.SessionUser(ctx, hash, t0.Add(2*time.Hour)); !errors.Is(err, ErrNotFound) {
		t.Errorf("an old session: %v", err)
	}
	if _, _, err := d.SessionUser(ctx, []byte{9}, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("a forged session: %v", err)
	}
	if err := d.DisableUser(ctx, "LI"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.SessionUser(ctx, hash, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("a disabled user's session: %v", err)
	}
	if err := d.DisableUser(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("disabling nobody: %v", err)
	}
	if all, err := d.Users(ctx); err != nil || len(all) != 1 || !all[0].Disabled {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestANewPasswordEndsTheSessionsAndAnAccountComesBack(t *testing.T) {
	d, ctx := open(t), t.Context()
	for i, name := range []string{"Li", "Wang"} {
		if err := d.AddUser(ctx, User{Name: name, Role: "nurse", Language: "en", Password: "x", Created: t0}); err != nil {
			t.Fatal(err)
		}
		if err := d.AddSession(ctx, []byte{byte(i)}, name, t0, t0.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.SetPassword(ctx, "li", "y"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.SessionUser(ctx, []byte{0}, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("a session outlives its password: %v", err)
	}
	if u, _, err := d.SessionUser(ctx, []byte{1}, t0); err != nil || u.Password != "x" {
		t.Errorf("of somebody else: %+v, %v", u, err)
	}
	if err := d.DisableUser(ctx, "Li"); err != nil {
		t.Fatal(err)
	}
	if err := d.SetPassword(ctx, "Li", "z"); err != nil {
		t.Fatal(err)
	}
	if u, err := d.User(ctx, "Li"); err != nil || u.Password != "z" || !u.Disabled {
		t.Errorf("%+v, %v", u, err)
	}
	if err := d.EnableUser(ctx, "LI"); err != nil {
		t.Fatal(err)
	}
	if u, err := d.User(ctx, "Li"); err != nil || u.Disabled || u.Role != "nurse" {
		t.Errorf("%+v, %v", u, err)
	}
	if err := d.SetPassword(ctx, "nobody", "z"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a password for nobody: %v", err)
	}
	if err := d.EnableUser(ctx, "Wang"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.SessionUser(ctx, []byte{1}, t0); err != nil {
		t.Errorf("who was never disabled is logged out: %v", err)
	}
	if err := d.EnableUser(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("enabling nobody: %v", err)
	}
}

func TestTheAuditLogOnlyGrows(t *testing.T) {
	d, ctx := open(t), t.Context()
	e := AuditEntry{t0, "li", "10.0.0.7", "read-readings", "r1", "heart_rate"}
	if err := d.Audit(ctx, e); err != nil {
		t.Fatal(err)
	}
	if err := d.Audit(ctx, AuditEntry{At: t0, Who: "li", Action: "read-board"}); err != nil {
		t.Fatal(err)
	}
	if about, err := d.AuditLog(ctx, "r1", 10); err != nil || len(about) != 1 || about[0] != e {
		t.Errorf("%+v, %v", about, err)
	}
	if all, err := d.AuditLog(ctx, "", 10); err != nil || len(all) != 2 || all[0].Action != "read-board" {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := d.write.Exec(`UPDATE audit SET who = 'wang'`); err == nil {
		t.Error("the audit log can be rewritten")
	}
}

func TestO2_OnlyWhatIsTooOldLeavesTheAuditLog(t *testing.T) {
	d, ctx := open(t), t.Context()
	day := func(n int) time.Time { return t0.AddDate(0, 0, n) }
	// A row between the others was written under a clock that was wrong.
	for _, at := range []time.Time{day(0), day(0), day(400), day(1), day(2), day(180)} {
		if err := d.Audit(ctx, AuditEntry{At: at, Who: "li", Action: "read-board"}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.pruneAudit(ctx, day(2), 2); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	all, err := d.AuditLog(ctx, "", 10)
	if err != nil || len(all) != 3 || !all[0].At.Equal(day(180)) || !all[1].At.Equal(day(2)) || !all[2].At.Equal(day(400)) {
		t.Errorf("%+v, %v", all, err)
	}
	if n, err := d.PruneAudit(ctx, day(2)); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
}

func TestPresenceRemembersTheLastWord(t *testing.T) {
	d, ctx := open(t), t.Context()
	for _, p := range []Presence{{t0, true}, {t0.Add(-time.Hour), true}, {time.Time{}, false}} {
		if err := d.SetPresence(ctx, "gw-1", p.Heard, p.Online, t0); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := d.Presences(ctx); err != nil || len(all) != 1 || !all["gw-1"].Heard.Equal(t0) || all["gw-1"].Online {
		t.Errorf("%+v, %v", all, err)
	}
}

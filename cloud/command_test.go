package cloud

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := writeFile(path, text); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cfg := write("cloud.yaml", "site: home\nstate_dir: "+filepath.Join(dir, "state")+"\n")
	bad := write("bad.yaml", "site: home\nslq: {}\n")
	password := write("li.password", "correct horse\n")
	short := write("short.password", "short\n")
	long := write("long.password", strings.Repeat("long ", 52))
	seed := write("seed.yaml", `
gateways: [{id: gw-1, out: gw-1}]
residents: [{id: r1, name: 李建国, place: 2F, room: "201", bed: A, gateway: gw-1}]
users: [{name: li, role: nurse, password_file: li.password}]
`)
	for _, c := range []struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{nil, 2, "", "gateway add"},
		{[]string{"dance"}, 2, "", "gateway add"},
		{[]string{"help"}, 0, "gateway add", ""},
		{[]string{"version"}, 0, "osmanthus-cloud", ""},
		{[]string{"openapi"}, 0, "acknowledge-alarm", ""},
		{[]string{"check", "-config", cfg}, 0, "ok\n", ""},
		{[]string{"check", "-config", bad}, 2, "", bad + `:2: unknown key "slq"`},
		{[]string{"check", "-confg", bad}, 2, "", "-confg"},
		{[]string{"check", "-config", filepath.Join(dir, "none.yaml")}, 1, "", "no such file"},
		{[]string{"run", "-config", cfg, "-run", "dance"}, 2, "", "dance"},
		{[]string{"run", "-config", cfg, "-run", "alarm"}, 2, "", "in one process"},
		{[]string{"seed", "-config", cfg}, 2, "", "0 words"},
		{[]string{"seed", "-config", cfg, bad}, 2, "", "unknown key"},
		{[]string{"seed", "-config", cfg, seed}, 0, "", ""},
		{[]string{"seed", "-config", cfg, seed}, 0, "", ""}, // again, without harm
		{[]string{"user", "add", "-config", cfg, "-name", "chen", "-role", "admin", "-password-file", password}, 0, "", ""},
		{[]string{"user", "add", "-config", cfg, "-name", "Chen", "-role", "admin", "-password-file", password}, 1, "", "exists"},
		{[]string{"user", "add", "-config", cfg, "-name", "wu", "-role", "root", "-password-file", password}, 2, "", "root"},
		{[]string{"user", "add", "-config", cfg, "-name", "wu", "-role", "nurse", "-password-file", short}, 1, "", "shorter"},
		{[]string{"user", "add", "-config", cfg, "-name", "wu"}, 2, "", "is missing"},
		{[]string{"user", "list", "-config", cfg}, 0, `{"name":"chen","role":"admin"`, ""},
		{[]string{"user", "disable", "-config", cfg, "-name", "chen"}, 0, "", ""},
		{[]string{"user", "list", "-config", cfg}, 0, `"disabled":true`, ""},
		{[]string{"user", "enable", "-config", cfg, "-name", "chen"}, 0, "", ""},
		{[]string{"user", "enable", "-config", cfg, "-name", "nobody"}, 1, "", "not found"},
		{[]string{"user", "enable", "-config", cfg}, 2, "", "-name is missing"},
		{[]string{"user", "password", "-config", cfg, "-name", "chen", "-password-file", password}, 0, "", ""},
		{[]string{"user", "password", "-config", cfg, "-name", "nobody", "-password-file", password}, 1, "", "not found"},
		{[]string{"user", "password", "-config", cfg, "-name", "chen", "-password-file", short}, 1, "", "shorter"},
		{[]string{"user", "password", "-config", cfg, "-name", "chen", "-password-file", long}, 1, "", "longer"},
		{[]string{"user", "password", "-config", cfg, "-name", "chen"}, 2, "", "-password-file is missing"},
		{[]string{"help"}, 0, "user password", ""},
		{[]string{"gateway", "add", "-config", cfg, "-gateway", "gw-2", "-out", filepath.Join(dir, "gw-2")}, 0, "", ""},
		{[]string{"gateway", "add", "-config", cfg, "-site", "other", "-gateway", "gw-2", "-out", filepath.Join(dir, "gw-2")}, 1, "", "registered at site home"},
		{[]string{"gateway", "list", "-config", cfg}, 0, `"gateway":"gw-2"`, ""},
		{[]string{"gateway", "revoke", "-config", cfg, "-gateway", "gw-2"}, 0, "", ""},
		{[]string{"gateway", "mosquitto-acl", "-config", cfg}, 0, "user gw-1\n", ""},
		{[]string{"gateway", "broker-files", "-config", cfg, "-out", filepath.Join(dir, "broker")}, 0, "server.crt", ""},
		{[]string{"quarantine", "list", "-config", cfg}, 0, "", ""},
		{[]string{"quarantine", "replay", "-config", cfg}, 2, "", "either"},
		{[]string{"quarantine", "replay", "-config", cfg, "-id", "7"}, 1, "", "not found"},
		{[]string{"quarantine", "replay", "-config", cfg, "-all"}, 0, `{"asked":0}`, ""},
		{[]string{"audit", "-config", cfg}, 0, "", ""},
	} {
		var out, errs bytes.Buffer
		code := Command(t.Context(), c.args, &out, &errs)
		if code != c.code || !strings.Contains(out.String(), c.stdout) || !strings.Contains(errs.String(), c.stderr) {
			t.Errorf("%q: %d\n%s\n%s", c.args, code, out.String(), errs.String())
		}
		if strings.Contains(strings.Join(c.args, " "), "mosquitto-acl") && strings.Contains(out.String(), "gw-2") {
			t.Error("a revoked gateway stands in the ACL")
		}
	}
}

// Somebody has seen the password: a new one locks them out at once.
func TestANewPasswordLocksOutWhoHadTheOld(t *testing.T) {
	dir := t.TempDir()
	h := newHouse(t, dir)
	h.furnish()
	li, wang := h.person("li"), h.person("wang")
	cfg, file := filepath.Join(t.TempDir(), "cloud.yaml"), filepath.Join(t.TempDir(), "li.password")
	if err := errors.Join(writeFile(cfg, "site: home\nstate_dir: "+dir+"\n"), writeFile(file, "another horse\n")); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := Command(t.Context(), []string{"user", "password", "-config", cfg, "-name", "li", "-password-file", file}, &out, &errs); code != 0 {
		t.Fatal(code, errs.String())
	}
	if code, text := li.ask("GET", "/board", "", nil); code != 401 {
		t.Errorf("the old session: %d %s", code, text)
	}
	if code, text := wang.ask("GET", "/board", "", nil); code != 200 {
		t.Errorf("somebody else: %d %s", code, text)
	}
	for password, want := range map[string]int{"correct horse": 401, "another horse": 200} {
		if code, text := h.person("").ask("POST", "/session", `{"name":"li","password":"`+password+`"}`, nil); code != want {
			t.Errorf("%s: %d %s", password, code, text)
		}
	}
}

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

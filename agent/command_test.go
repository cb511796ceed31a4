package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheCommand(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.yaml", "site: home-1\ngateway: gw-1\nhttp: \"\"\nstate_dir: "+dir+"/state\n")
	bad := write("bad.yaml", "site: home-1\ngateway: gw-1\ntelemetry: {batch: 5}\nsensor: []\n")
	trace := write("trace.jsonl", `{"tick":"2026-03-01T00:00:00Z"}`+"\n")
	broken := write("broken.jsonl", "{\n")
	for _, c := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"", 2, "", "usage:"},
		{"help", 0, "usage:", ""},
		{"dance", 2, "", `unknown command "dance"`},
		{"version", 0, "osmanthus-agent " + Version, ""},
		{"config", 0, "state_dir: /var/lib/osmanthus", ""},
		{"check -config " + good, 0, "ok: sensors: 0", "note: neither uplink.broker nor local.outputs"},
		{"check -config " + bad, 2, "", "bad.yaml:3: \"5\" is not a duration"},
		{"check -config " + bad, 2, "", "bad.yaml:4: unknown key \"sensor\""},
		{"check -config " + dir + "/none.yaml", 2, "", "no such file"},
		{"check -h", 0, "", "usage: osmanthus-agent check"},
		{"check -config " + good + " surplus", 2, "", `unexpected "surplus"`},
		{"run -config " + bad, 2, "", "bad.yaml:3:"},
		{"run -bad", 2, "", "flag provided but not defined"},
		{"run -config " + good + " -trace " + dir + "/none", 2, "", "no such file"},
		{"run -config " + good + " -trace " + trace, 0, "", "agent ended"},
		{"run -config " + good + " -trace " + broken, 1, "", "trace line 1"},
		{"replay -kind nonsense x.csv", 2, "", "nonsense"},
	} {
		t.Run(c.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := Main(strings.Fields(c.args), &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("stdout %q, want %q\nstderr %q, want %q", stdout.String(), c.stdout, stderr.String(), c.stderr)
			}
			if c.stdout == "" && stdout.Len() != 0 {
				t.Errorf("stdout %q, want nothing", stdout.String())
			}
		})
	}
}

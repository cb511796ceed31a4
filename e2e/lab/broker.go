package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Mosquitto is a foreign broker with its default limits and, on purpose,
// without persistence: what it acknowledged is gone when it is killed.
type Mosquitto struct {
	*Process
	Addr string
}

// NewMosquitto describes a broker that knows its clients by their certificates:
// caFile, certFile and keyFile are PEM, acl is in Mosquitto's own format.
func NewMosquitto(t testing.TB, dir, caFile, certFile, keyFile, acl string) *Mosquitto {
	t.Helper()
	bin, err := exec.LookPath("mosquitto")
	if err != nil {
		bin = "/usr/sbin/mosquitto"
		if _, err := os.Stat(bin); err != nil {
			t.Skip("SKIPPED: no Mosquitto on this machine; make test installs it")
		}
	}
	addr := FreePort(t)
	aclFile, conf := filepath.Join(dir, "mosquitto.acl"), filepath.Join(dir, "mosquitto.conf")
	var port string
	fmt.Sscanf(addr, "127.0.0.1:%s", &port)
	text := fmt.Sprintf("listener %s 127.0.0.1\nuser root\ncafile %s\ncertfile %s\nkeyfile %s\nrequire_certificate true\n"+
		"use_identity_as_username true\nallow_anonymous false\nacl_file %s\npersistence false\nlog_dest stdout\n",
		port, caFile, certFile, keyFile, aclFile)
	for file, content := range map[string]string{aclFile: acl, conf: text} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &Mosquitto{newProcess(t, dir, "mosquitto", bin, []string{"-c", conf}, listening(addr)), addr}
}

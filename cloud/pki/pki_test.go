package pki

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) *Authority {
	t.Helper()
	a, err := Open(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func issue(t *testing.T, a *Authority, id string) Credentials {
	t.Helper()
	c, err := a.Issue(id, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shake lets a client in, or says why not.
func shake(t *testing.T, server, client *tls.Config) (peer string, err error) {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	deadline := time.Now().Add(5 * time.Second)
	a.SetDeadline(deadline)
	b.SetDeadline(deadline)
	done := make(chan error, 1)
	go func() { done <- tls.Client(b, client).Handshake() }()
	s := tls.Server(a, server)
	err = s.Handshake()
	if err == nil {
		peer = s.ConnectionState().PeerCertificates[0].Subject.CommonName
	} else {
		a.Close()
	}
	if clientErr := <-done; err == nil {
		err = clientErr
	}
	return peer, err
}

func TestOnlyOurGatewaysShakeHands(t *testing.T) {
	ours, foreign := open(t, t.TempDir()), open(t, t.TempDir())
	server, err := ours.Server([]string{"broker.test", "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	config := func(c Credentials, name string) *tls.Config {
		config, err := c.Client()
		if err != nil {
			t.Fatal(err)
		}
		config.ServerName = name
		return config
	}
	good := issue(t, ours, "g1")
	for _, name := range []string{"broker.test", "127.0.0.1"} {
		if peer, err := shake(t, server, config(good, name)); err != nil || peer != "g1" {
			t.Errorf("by %s: peer %q, %v", name, peer, err)
		}
	}
	if _, err := shake(t, server, config(good, "other.test")); err == nil {
		t.Error("the gateway took another server for ours")
	}
	stranger := issue(t, foreign, "g1")
	stranger.CA = ours.Certificate()
	if _, err := shake(t, server, config(stranger, "broker.test")); err == nil {
		t.Error("a certificate of another authority was let in")
	}
	if _, err := shake(t, server, &tls.Config{RootCAs: ours.Pool(), ServerName: "broker.test"}); err == nil {
		t.Error("a client without certificate was let in")
	}
	if _, err := shake(t, server, config(issue(t, foreign, "g1"), "broker.test")); err == nil {
		t.Error("a gateway of another authority believed our server")
	}
	// A server's certificate opens no door for a client.
	p, err := readPair(filepath.Join(ours.dir, "server.crt"), filepath.Join(ours.dir, "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	disguised := &tls.Config{RootCAs: ours.Pool(), ServerName: "broker.test",
		Certificates: []tls.Certificate{{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key}}}
	if _, err := shake(t, server, disguised); err == nil {
		t.Error("the server's own certificate was let in as a client")
	}
}

func TestTheAuthorityIsTheSameAfterARestart(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	if !bytes.Equal(a.Certificate(), b.Certificate()) {
		t.Error("a second start made a second authority")
	}
	info, err := os.Stat(filepath.Join(dir, authorityKey))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v, %v", info.Mode(), err)
	}
}

func TestADamagedAuthorityIsNotReplaced(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"no certificate": func(dir string) error { return os.Remove(filepath.Join(dir, authorityCert)) },
		"no key":         func(dir string) error { return os.Remove(filepath.Join(dir, authorityKey)) },
		"key of others":  func(dir string) error { return os.Chmod(filepath.Join(dir, authorityKey), 0o644) },
		"cut":            func(dir string) error { return os.Truncate(filepath.Join(dir, authorityKey), 40) },
		"another's certificate": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, authorityCert), open(t, t.TempDir()).Certificate(), 0o644)
		},
	} {
		dir := t.TempDir()
		open(t, dir)
		if err := damage(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, time.Now()); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestTheServerCertificateIsRenewed(t *testing.T) {
	a, err := Open(t.TempDir(), noon)
	if err != nil {
		t.Fatal(err)
	}
	at := noon
	s := &server{authority: a, hosts: []string{"broker.test"}, now: func() time.Time { return at }}
	get := func() *x509.Certificate {
		t.Helper()
		c, err := s.certificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf
	}
	first := get()
	at = first.NotAfter.Add(-renewBefore - time.Hour)
	if !get().Equal(first) {
		t.Error("renewed too early")
	}
	at = first.NotAfter.Add(-renewBefore + time.Hour)
	second := get()
	if second.Equal(first) || second.NotAfter.Before(at.Add(300*24*time.Hour)) {
		t.Errorf("not renewed: ends %v", second.NotAfter)
	}
	s = &server{authority: a, hosts: []string{"broker.test"}, now: s.now}
	if !get().Equal(second) {
		t.Error("a restart made a new certificate")
	}
	s.hosts = []string{"broker.test", "192.0.2.1"}
	s.leaf = nil
	if get().Equal(second) {
		t.Error("a new address is not in the certificate")
	}
}

func TestCredentialsAreWrittenForTheirOwner(t *testing.T) {
	a, dir := open(t, t.TempDir()), filepath.Join(t.TempDir(), "g1")
	c := issue(t, a, "g1")
	for range 2 { // the second time replaces
		if err := c.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, KeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v, %v", info, err)
	}
	config, err := ClientFiles(filepath.Join(dir, CAFile), filepath.Join(dir, CertFile), filepath.Join(dir, KeyFile))
	if err != nil || len(config.Certificates) != 1 || Serial(config.Certificates[0].Leaf) != c.Serial {
		t.Errorf("read back %+v, %v", config, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := a.Issue("", noon); err == nil {
		t.Error("a certificate for nobody")
	}
}

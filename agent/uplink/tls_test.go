package uplink

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
)

// authority issues certificates into files.
type authority struct {
	t    testing.TB
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.file = a.write(name+".pem", "CERTIFICATE", der)
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) write(name, kind string, der []byte) string {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// issue returns the files of a certificate for name, good for loopback, too.
func (a *authority) issue(name string) (certFile, keyFile string) {
	a.t.Helper()
	key := newKey(a.t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.write(name+".crt", "CERTIFICATE", der), a.write(name+".key", "EC PRIVATE KEY", keyDER)
}

// startTLSBroker demands a client certificate of the authority.
func startTLSBroker(t testing.TB, a *authority, name string) (addr string) {
	t.Helper()
	cert, err := tls.LoadX509KeyPair(a.issue(name))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	addr = freeAddr(t)
	s := mochi.New(&mochi.Options{Logger: slog.New(slog.DiscardHandler)})
	if err := s.AddHook(new(openDoor), nil); err != nil {
		t.Fatal(err)
	}
	err = s.AddListener(listeners.NewTCP(listeners.Config{ID: "tls", Address: addr, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots,
	}}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return addr
}

func TestTLSWithClientCertificates(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	addr := startTLSBroker(t, ours, "broker.home")
	goodCert, goodKey := ours.issue("gw-1")
	otherCert, otherKey := theirs.issue("gw-2")
	base := config(addr)
	base.Broker = "tls://" + addr
	for _, c := range []struct {
		name string
		edit func(*Config)
		want string // in the error; "" is a connection
	}{
		{"all right", func(*Config) {}, ""},
		{"named otherwise", func(c *Config) { c.ServerName = "broker.home" }, ""},
		{"wrong name", func(c *Config) { c.ServerName = "elsewhere" }, "elsewhere"},
		{"broker of another authority", func(c *Config) { c.CAFile = theirs.file }, "unknown authority"},
		{"no certificate", func(c *Config) { c.CertFile, c.KeyFile = "", "" }, "certificate"},
		{"foreign certificate", func(c *Config) { c.CertFile, c.KeyFile = otherCert, otherKey }, "certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := base
			cfg.CAFile, cfg.CertFile, cfg.KeyFile = ours.file, goodCert, goodKey
			c.edit(&cfg)
			u, err := New(cfg, newQueue(), newQueue(), Opts{})
			if err != nil {
				t.Fatal(err)
			}
			s, err := u.connect(t.Context())
			if err == nil {
				s.client.Disconnect(0)
			}
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestConfigMistakesAreNamed(t *testing.T) {
	ours := newAuthority(t, "ours")
	cert, key := ours.issue("gw-1")
	good := Config{Broker: "tls://broker.home:8883", Site: site, Gateway: gateway, CAFile: ours.file, CertFile: cert, KeyFile: key}
	if _, err := New(good, newQueue(), newQueue(), Opts{}); err != nil {
		t.Fatal(err)
	}
	for want, edit := range map[string]func(*Config){
		"no TLS":              func(c *Config) { c.Broker = "tcp://192.0.2.1:1883" },
		"tls://host:8883":     func(c *Config) { c.Broker = "broker.home" },
		"neither tls nor tcp": func(c *Config) { c.Broker = "ws://broker.home:80" },
		"holds a user":        func(c *Config) { c.Broker = "tls://a:b@broker.home:8883" },
		"site":                func(c *Config) { c.Site = "a/b" },
		"gateway":             func(c *Config) { c.Gateway = "" },
		"come together":       func(c *Config) { c.KeyFile = "" },
		"whole seconds":       func(c *Config) { c.KeepAlive = 1500 * time.Millisecond },
		"negative":            func(c *Config) { c.StatusEvery = -1 },
		"longest":             func(c *Config) { c.ReconnectMin = time.Minute },
	} {
		cfg := good
		edit(&cfg)
		if _, err := New(cfg, newQueue(), newQueue(), Opts{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	plain := good
	plain.Broker, plain.Plain = "tcp://192.0.2.1:1883", true
	if _, err := New(plain, newQueue(), newQueue(), Opts{}); err != nil {
		t.Errorf("plain on purpose: %v", err)
	}
}

// A home whose certificate is lost is still watched: the connection waits for
// the file, not the agent.
func TestACertificateThatCannotBeReadIsTriedAtEveryConnection(t *testing.T) {
	ours := newAuthority(t, "ours")
	cert, key := ours.issue("gw-1")
	empty := ours.write("empty.pem", "NOTHING", nil)
	good := Config{Broker: "tls://127.0.0.1:1", Site: site, Gateway: gateway, CAFile: ours.file, CertFile: cert, KeyFile: key}
	for want, edit := range map[string]func(*Config){
		"no certificate":        func(c *Config) { c.CAFile = empty },
		"reading the roots":     func(c *Config) { c.CAFile = "/nowhere" },
		"gateway's certificate": func(c *Config) { c.CertFile = key },
	} {
		cfg := good
		edit(&cfg)
		u, err := New(cfg, newQueue(), newQueue(), Opts{})
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if err := u.once(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("connecting: %v, want %q in it", err, want)
		}
	}
}

func TestF5_AGatewayThatDoesNotKnowTheTimeKnowsItsBroker(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	cert, key := ours.issue("gw-1")
	never := time.Date(1970, 1, 1, 0, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		broker *authority
		server string
		now    time.Time
		want   string // in the error
	}{
		{"the clock was never set", ours, "broker.home", never, ""},
		{"and somebody else's broker", theirs, "broker.home", never, "unknown authority"},
		{"and another name", ours, "elsewhere", never, "elsewhere"},
		{"the clock is set", ours, "broker.home", time.Now(), ""},
		{"the clock is set, years after the certificate", ours, "broker.home", time.Now().AddDate(3, 0, 0), "expired"},
	} {
		cfg := Config{Broker: "tls://broker.home:8883", CAFile: ours.file, CertFile: cert, KeyFile: key, ServerName: c.server}
		client, err := cfg.tls(c.now)
		if err != nil {
			t.Fatal(err)
		}
		client.Time = func() time.Time { return c.now }
		served, err := tls.LoadX509KeyPair(c.broker.issue("broker.home"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{served}})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if far, err := l.Accept(); err == nil {
				far.(*tls.Conn).Handshake() // what it says is the client's to tell
				far.Close()
			}
		}()
		near, err := tls.Dial("tcp", l.Addr().String(), client)
		if err == nil {
			near.Close()
		}
		l.Close()
		<-done
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
	}
}

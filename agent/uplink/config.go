package uplink

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// Config says where the broker is and who this gateway is. Zero durations and
// rates mean the defaults that are named.
type Config struct {
	// Broker is "tls://host:8883". "tcp://host:1883" is taken for a loopback
	// host, and for others only with Plain.
	Broker  string
	Site    care.SiteID
	Gateway care.GatewayID

	CAFile     string // PEM roots that the broker's certificate must chain to; "" means the system's
	CertFile   string // PEM certificate of this gateway, read again at every connection
	KeyFile    string // its key
	ServerName string // name in the broker's certificate; "" means the host of Broker
	Plain      bool   // allow tcp:// beyond loopback: nothing is secret then

	Username, Password string // "" where the certificate says it all

	KeepAlive      time.Duration // whole seconds, default 15 s
	PingTimeout    time.Duration // default 10 s
	ConnectTimeout time.Duration // default 10 s
	WriteTimeout   time.Duration // default 10 s
	ReconnectMin   time.Duration // default 1 s
	ReconnectMax   time.Duration // default 30 s
	StatusEvery    time.Duration // default 30 s
	AlertResend    time.Duration // first resend of an alert without receipt, doubled up to 30 s, default 5 s
	TelemetryAfter time.Duration // first resend of a batch that no watermark covers, doubled up to 2 min, default 15 s
	BackfillRate   float64       // batches a second, default 50
	Window         int           // batches of backlog that are sent and not covered yet, default 256
}

// withDefaults returns c with its zeros filled.
func (c Config) withDefaults() Config {
	c.KeepAlive = cmp.Or(c.KeepAlive, 15*time.Second)
	c.PingTimeout = cmp.Or(c.PingTimeout, 10*time.Second)
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, 10*time.Second)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 10*time.Second)
	c.ReconnectMin = cmp.Or(c.ReconnectMin, time.Second)
	c.ReconnectMax = cmp.Or(c.ReconnectMax, 30*time.Second)
	c.StatusEvery = cmp.Or(c.StatusEvery, 30*time.Second)
	c.AlertResend = cmp.Or(c.AlertResend, 5*time.Second)
	c.TelemetryAfter = cmp.Or(c.TelemetryAfter, 15*time.Second)
	c.BackfillRate = cmp.Or(c.BackfillRate, 50)
	c.Window = cmp.Or(c.Window, 256)
	return c
}

// check refuses what cannot work, or would not keep its promise.
func (c Config) check() error {
	if !wire.ValidID(string(c.Site)) || !wire.ValidID(string(c.Gateway)) {
		return fmt.Errorf("site %q or gateway %q is not 1 to 64 letters, digits, '-', '_' or '.'", c.Site, c.Gateway)
	}
	u, err := url.Parse(c.Broker)
	if err != nil || u.Port() == "" || u.Hostname() == "" {
		return fmt.Errorf("broker %q is not like tls://host:8883", c.Broker)
	}
	if u.User != nil {
		return errors.New("the broker's address holds a user: name it apart")
	}
	switch u.Scheme {
	case "tcp":
		if ip := net.ParseIP(u.Hostname()); !c.Plain && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("broker %q has no TLS and is not on this machine", c.Broker)
		}
	case "tls":
		if (c.CertFile == "") != (c.KeyFile == "") {
			return errors.New("a certificate and its key come together")
		}
	default:
		return fmt.Errorf("broker %q: scheme %q is neither tls nor tcp", c.Broker, u.Scheme)
	}
	if c.KeepAlive%time.Second != 0 || c.KeepAlive < time.Second {
		return fmt.Errorf("keep-alive of %v is not whole seconds", c.KeepAlive)
	}
	for _, d := range []time.Duration{c.PingTimeout, c.ConnectTimeout, c.WriteTimeout, c.ReconnectMin, c.ReconnectMax, c.StatusEvery, c.AlertResend, c.TelemetryAfter} {
		if d < 0 {
			return fmt.Errorf("a time of %v is negative", d)
		}
	}
	if c.ReconnectMin > c.ReconnectMax || c.BackfillRate < 0 || c.Window < 0 {
		return errors.New("the shortest reconnection is longer than the longest, or a rate or window is negative")
	}
	return nil
}

// address returns host and port of the broker.
func (c Config) address() (host, hostport string, secure bool) {
	u, err := url.Parse(c.Broker)
	if err != nil { // check has parsed it
		return "", "", true
	}
	return u.Hostname(), u.Host, u.Scheme == "tls"
}

// tls reads the certificates: at every connection, so that renewed ones are
// taken up without a restart. A gateway whose clock, which shows now, was never
// set cannot judge the dates of the broker's certificate, only who issued it
// and for whom: an alert does not wait for a time server.
func (c Config) tls(now time.Time) (*tls.Config, error) {
	host, _, _ := c.address()
	out := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: cmp.Or(c.ServerName, host)}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading the roots: %w", err)
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", c.CAFile)
		}
	}
	if c.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("reading the gateway's certificate: %w", err)
		}
		out.Certificates = []tls.Certificate{cert}
	}
	if !care.ClockSet(now) {
		out.InsecureSkipVerify = true // dateless does what it skips
		out.VerifyConnection = dateless(out.RootCAs, out.ServerName)
	}
	return out, nil
}

// dateless verifies chain and name of the other side as of a day on which its
// certificate was good.
func dateless(roots *x509.CertPool, name string) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errors.New("the broker shows no certificate")
		}
		leaf := s.PeerCertificates[0]
		o := x509.VerifyOptions{Roots: roots, DNSName: name, Intermediates: x509.NewCertPool(), CurrentTime: leaf.NotBefore}
		for _, c := range s.PeerCertificates[1:] {
			o.Intermediates.AddCert(c)
		}
		_, err := leaf.Verify(o)
		if err != nil { // one of its issuers may be younger
			o.CurrentTime = leaf.NotAfter
			_, err = leaf.Verify(o)
		}
		return err
	}
}

package pki

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"osmanthus/internal/wholefile"
)

// Credentials are what a client needs to be let in.
type Credentials struct {
	Serial   string // of the certificate, in lower-case hexadecimal
	NotAfter time.Time
	CA       []byte // PEM
	Cert     []byte // PEM
	Key      []byte // PEM, PKCS #8
}

// Issue makes a client certificate for a gateway, or for another client of the
// broker, such as ingest. The id becomes its common name.
func (a *Authority) Issue(id string, at time.Time) (Credentials, error) {
	if id == "" {
		return Credentials{}, fmt.Errorf("pki: a client certificate needs an id")
	}
	p, err := sign(&x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"Osmanthus"}, CommonName: id},
		NotBefore:   at.Add(-backdate),
		NotAfter:    at.Add(gatewayLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, a)
	if err != nil {
		return Credentials{}, fmt.Errorf("pki: issuing the certificate of %s: %w", id, err)
	}
	c := Credentials{Serial: Serial(p.cert), NotAfter: p.cert.NotAfter, CA: a.Certificate()}
	if c.Cert, c.Key, err = p.encode(); err != nil {
		return Credentials{}, fmt.Errorf("pki: issuing the certificate of %s: %w", id, err)
	}
	return c, nil
}

// Serial returns a certificate's serial number as the registry knows it.
func Serial(c *x509.Certificate) string { return c.SerialNumber.Text(16) }

// Names of the files that Write makes.
const (
	CAFile   = "ca.crt"
	CertFile = "client.crt"
	KeyFile  = "client.key"
)

// Write puts ca.crt, client.crt and client.key into dir, the key for its owner
// only. What is there is replaced.
func (c Credentials) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("pki: writing credentials: %w", err)
	}
	for _, f := range []struct {
		name string
		b    []byte
		mode os.FileMode
	}{{KeyFile, c.Key, 0o600}, {CertFile, c.Cert, 0o644}, {CAFile, c.CA, 0o644}} {
		if err := wholefile.Write(filepath.Join(dir, f.name), f.b, f.mode); err != nil {
			return fmt.Errorf("pki: writing credentials: %w", err)
		}
	}
	return nil
}

// Client returns the TLS configuration of a client that holds c.
func (c Credentials) Client() (*tls.Config, error) { return client(c.CA, c.Cert, c.Key) }

// ClientFiles returns the TLS configuration of a client by files. Certificate
// and key may both be empty, for a broker that asks for a password instead; an
// empty caFile trusts the system's roots.
func ClientFiles(caFile, certFile, keyFile string) (*tls.Config, error) {
	var parts [3][]byte
	for i, name := range []string{caFile, certFile, keyFile} {
		if name == "" {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("pki: reading credentials: %w", err)
		}
		parts[i] = b
	}
	return client(parts[0], parts[1], parts[2])
}

func client(ca, cert, key []byte) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != nil {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(ca) {
			return nil, fmt.Errorf("pki: reading credentials: no certificate of an authority in PEM")
		}
	}
	if cert != nil || key != nil {
		p, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("pki: reading credentials: %w", err)
		}
		c.Certificates = []tls.Certificate{p}
	}
	return c, nil
}

package pki

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Server returns the TLS configuration of a broker that is reached by the
// given names and addresses, and that asks every client for a certificate of
// this authority. The server's certificate is kept in the authority's folder
// and renewed in time, while the program runs.
func (a *Authority) Server(hosts []string) (*tls.Config, error) {
	if len(hosts) == 0 {
		return nil, fmt.Errorf("pki: a server certificate needs at least one host")
	}
	s := &server{authority: a, hosts: hosts, now: time.Now}
	if _, err := s.certificate(nil); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: s.certificate,
		ClientAuth:     tls.RequireAndVerifyClientCert,
		ClientCAs:      a.Pool(),
	}, nil
}

type server struct {
	authority *Authority
	hosts     []string
	now       func() time.Time

	mu   sync.Mutex
	leaf *tls.Certificate
}

// certificate returns the present certificate, or a new one where that is
// missing, ends soon, or names other hosts.
func (s *server) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.now()
	if s.leaf != nil && !s.stale(s.leaf.Leaf, at) {
		return s.leaf, nil
	}
	certFile, keyFile := filepath.Join(s.authority.dir, "server.crt"), filepath.Join(s.authority.dir, "server.key")
	p, err := readPair(certFile, keyFile)
	if err != nil || s.stale(p.cert, at) {
		if p, err = s.issue(at); err != nil {
			return nil, fmt.Errorf("pki: making the server certificate: %w", err)
		}
		if err := p.write(certFile, keyFile); err != nil {
			return nil, fmt.Errorf("pki: keeping the server certificate: %w", err)
		}
	}
	s.leaf = &tls.Certificate{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key, Leaf: p.cert}
	return s.leaf, nil
}

func (s *server) stale(c *x509.Certificate, at time.Time) bool {
	names, ips := split(s.hosts)
	return at.Before(c.NotBefore) || at.After(c.NotAfter.Add(-renewBefore)) ||
		c.CheckSignatureFrom(s.authority.cert) != nil ||
		!slices.Equal(c.DNSNames, names) || !slices.EqualFunc(c.IPAddresses, ips, net.IP.Equal)
}

func (s *server) issue(at time.Time) (*pair, error) {
	names, ips := split(s.hosts)
	return sign(&x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"Osmanthus"}, CommonName: s.hosts[0]},
		NotBefore:   at.Add(-backdate),
		NotAfter:    at.Add(serverLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    names,
		IPAddresses: ips,
	}, s.authority)
}

// Files makes sure that server.crt and server.key stand in the authority's
// folder, for a broker that is another program, and returns their paths.
func (a *Authority) Files(hosts []string) (cert, key string, err error) {
	if _, err := a.Server(hosts); err != nil {
		return "", "", err
	}
	return filepath.Join(a.dir, "server.crt"), filepath.Join(a.dir, "server.key"), nil
}

func split(hosts []string) (names []string, ips []net.IP) {
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			ips = append(ips, ip)
		} else {
			names = append(names, h)
		}
	}
	return names, ips
}

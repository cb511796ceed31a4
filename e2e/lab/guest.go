package lab

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/broker"
	"osmanthus/cloud/pki"
)

// Guest is another client that the broker lets in, with a certificate of its
// own. The test itself speaks for it.
type Guest struct {
	ID         care.GatewayID
	Registered bool          // the cloud knows it, at the lab's site
	Sites      []care.SiteID // for which the broker lets it publish: a careful broker would name one
}

// rights are what the broker lets the guest do.
func (g Guest) rights(t testing.TB) string {
	t.Helper()
	var acl bytes.Buffer
	for _, site := range g.Sites {
		if err := broker.MosquittoACL(&acl, "ingest", []care.GatewayID{g.ID}, func(care.GatewayID) care.SiteID { return site }); err != nil {
			t.Fatal(err)
		}
	}
	return acl.String()
}

// admit gives each guest its certificate, and registers those who are to be.
func (r *Road) admit(a *pki.Authority, cloud string, guests []Guest) {
	r.t.Helper()
	for _, g := range guests {
		if g.Registered {
			r.command(cloud, "gateway", "add", "-config", "cloud.yaml", "-gateway", string(g.ID), "-out", r.guestDir(g.ID))
			continue
		}
		creds, err := a.Issue(string(g.ID), time.Now())
		if err == nil {
			err = creds.Write(r.guestDir(g.ID))
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *Road) guestDir(id care.GatewayID) string { return filepath.Join(r.Dir, "guest-"+string(id)) }

// GuestTLS is with what a guest comes to the broker.
func (r *Road) GuestTLS(id care.GatewayID) *tls.Config {
	r.t.Helper()
	dir := r.guestDir(id)
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, pki.CertFile), filepath.Join(dir, pki.KeyFile))
	if err != nil {
		r.t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, pki.CAFile))
	if err != nil {
		r.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// Package pki is the house's own certificate authority: it vouches for the
// broker to the gateways, and for each gateway to the broker.
//
// Everything is ECDSA P-256. A gateway's certificate carries its id as common
// name; its serial number is what the registry revokes.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// How long certificates live, and how long before their end they are renewed.
const (
	authorityLife = 20 * 365 * 24 * time.Hour
	serverLife    = 397 * 24 * time.Hour
	gatewayLife   = 5 * 365 * 24 * time.Hour
	renewBefore   = 60 * 24 * time.Hour
	backdate      = time.Hour // gateways' clocks run late
)

const (
	authorityCert = "ca.crt"
	authorityKey  = "ca.key"
)

// Authority issues certificates.
type Authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Open reads the authority that lives in dir (ca.crt and ca.key, which only
// its owner may read), and makes it where there is none.
func Open(dir string, at time.Time) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("pki: opening the authority: %w", err)
	}
	pair, err := readPair(filepath.Join(dir, authorityCert), filepath.Join(dir, authorityKey))
	if errors.Is(err, fs.ErrNotExist) {
		// Both missing is a first start; one missing is damage, which a new
		// authority would turn into the loss of every gateway.
		_, certErr := os.Stat(filepath.Join(dir, authorityCert))
		_, keyErr := os.Stat(filepath.Join(dir, authorityKey))
		if certErr != nil && keyErr != nil {
			return create(dir, at)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("pki: opening the authority: %w", err)
	}
	if !pair.cert.IsCA {
		return nil, fmt.Errorf("pki: opening the authority: %s is not the certificate of an authority", filepath.Join(dir, authorityCert))
	}
	return &Authority{dir: dir, cert: pair.cert, key: pair.key}, nil
}

func create(dir string, at time.Time) (*Authority, error) {
	template := x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"Osmanthus"}, CommonName: "Osmanthus authority"},
		NotBefore:             at.Add(-backdate),
		NotAfter:              at.Add(authorityLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	p, err := sign(&template, nil)
	if err != nil {
		return nil, fmt.Errorf("pki: making the authority: %w", err)
	}
	if err := p.write(filepath.Join(dir, authorityCert), filepath.Join(dir, authorityKey)); err != nil {
		return nil, fmt.Errorf("pki: making the authority: %w", err)
	}
	return &Authority{dir: dir, cert: p.cert, key: p.key}, nil
}

// Certificate returns the authority's own certificate, in PEM.
func (a *Authority) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: a.cert.Raw})
}

// Pool returns a pool that trusts this authority and no other.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// sign makes a key, and a certificate for it: of the authority's own where by
// is nil.
func sign(template *x509.Certificate, by *Authority) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &pair{cert: cert, key: key}, nil
}

package pki

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"osmanthus/internal/wholefile"
)

const (
	pemCertificate = "CERTIFICATE"
	pemKey         = "PRIVATE KEY"
)

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (p *pair) encode() (cert, key []byte, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: p.cert.Raw}),
		pem.EncodeToMemory(&pem.Block{Type: pemKey, Bytes: der}), nil
}

// write puts the key down first: a certificate without its key is damage, a
// key without certificate is the same, so both are there or Open complains.
func (p *pair) write(certFile, keyFile string) error {
	cert, key, err := p.encode()
	if err != nil {
		return err
	}
	if err := wholefile.Write(keyFile, key, 0o600); err != nil {
		return err
	}
	return wholefile.Write(certFile, cert, 0o644)
}

// readPair reads what write wrote. A key that others may read is refused.
func readPair(certFile, keyFile string) (*pair, error) {
	info, err := os.Stat(keyFile)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others (mode %04o); make it 0600", keyFile, info.Mode().Perm())
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return nil, err
	}
	cert, err := parseCertificate(certPEM)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	block, _ := pem.Decode(keyPEM)
	if block == nil || block.Type != pemKey {
		return nil, fmt.Errorf("%s: no %s in PEM", keyFile, pemKey)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyFile, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, fmt.Errorf("%s is not the key of %s", keyFile, certFile)
	}
	return &pair{cert: cert, key: key}, nil
}

func parseCertificate(b []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemCertificate {
		return nil, errors.New("no certificate in PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

package radio

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"time"
)

func (b *Bridge) tls(host string) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if b.spec.CAFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(b.spec.CAFile)
	if err != nil {
		return nil, fmt.Errorf("radio: the roots of %s: %w", b.spec.Name, err)
	}
	if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("radio: %s holds no certificate", b.spec.CAFile)
	}
	return c, nil
}

func dial(ctx context.Context, host string, secure *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, mqttWait)
	defer cancel()
	d := &net.Dialer{KeepAlive: mqttKeepAlive}
	var conn net.Conn
	var err error
	if secure == nil {
		conn, err = d.DialContext(ctx, "tcp", host)
	} else {
		conn, err = (&tls.Dialer{NetDialer: d, Config: secure}).DialContext(ctx, "tcp", host)
	}
	if err != nil {
		return nil, err
	}
	return boundConn{conn}, nil
}

// boundConn bounds every write: the client's own ping would wait for ever on a
// connection whose other end is gone.
type boundConn struct{ net.Conn }

func (c boundConn) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(mqttWait)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

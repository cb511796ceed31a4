// Package broker is the MQTT broker of the one-machine product: in memory, TLS
// with client certificates for gateways, a password of this run for ingest.
//
// It keeps nothing: a broker may lose what it acknowledged, and the gateways
// send it again, because they believe receipts only (see package wire).
package broker

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"osmanthus/care"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// registry says which gateways may come in.
type registry interface {
	// Authorize returns the site of a gateway that comes with the certificate
	// of this serial number (lower-case hexadecimal); ok is false where the
	// gateway is unknown or revoked, or that certificate is.
	Authorize(ctx context.Context, gateway care.GatewayID, serial string) (site care.SiteID, ok bool, err error)
}

// Opts are what may stay unset.
type Opts struct {
	// Inflight is how many unacknowledged messages a client may have;
	// 32768 where 0. What comes beyond is dropped, and sent again by its
	// gateway. Ingest's queue must hold as many.
	Inflight uint16
	// MaxPacket is the length of the longest packet that is read; 300 KiB
	// where 0, which is above wire.MaxMessage.
	MaxPacket uint32
	// MaxClients is how many may be connected; 1000 where 0.
	MaxClients int64
}

// Internal is how ingest reaches the broker of its own process.
type Internal struct {
	Address  string // "tcp://127.0.0.1:port"
	Username string
	Password string
}

// Broker is an MQTT broker that listens since New and serves in Run.
type Broker struct {
	server   *mqtt.Server
	door     *door
	external string
	internal Internal
	log      *slog.Logger
}

// Names of the listeners: who came in by which is known by them.
const (
	gatewayListener  = "gateways"
	internalListener = "internal"
)

const internalUser = "osmanthus-cloud"

// New listens on addr for gateways (with the given TLS configuration, which
// must ask for client certificates), and on a free loopback port for ingest.
func New(addr string, config *tls.Config, r registry, log *slog.Logger, o Opts) (*Broker, error) {
	if config == nil || config.ClientAuth != tls.RequireAndVerifyClientCert {
		return nil, errors.New("broker: gateways would be let in without a certificate")
	}
	if o.Inflight == 0 {
		o.Inflight = 32 << 10
	}
	if o.MaxPacket == 0 {
		o.MaxPacket = 300 << 10
	}
	if o.MaxClients == 0 {
		o.MaxClients = 1000
	}
	log = log.With("component", "broker")
	b := &Broker{log: log, internal: Internal{Username: internalUser, Password: rand.Text()}}
	b.server = mqtt.New(&mqtt.Options{
		Capabilities:             capabilities(o),
		ClientNetWriteBufferSize: 4 << 10,
		ClientNetReadBufferSize:  4 << 10,
		Logger:                   slog.New(quiet{log.Handler()}),
		SysTopicResendInterval:   60,
	})
	b.door = newDoor(r, b.internal, b.server.Clients, log)
	if err := b.server.AddHook(b.door, nil); err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	outside, err := listen(addr, config)
	if err != nil {
		return nil, fmt.Errorf("broker: listening for gateways: %w", err)
	}
	inside, err := listen("127.0.0.1:0", nil)
	if err != nil {
		outside.Close()
		return nil, fmt.Errorf("broker: listening for ingest: %w", err)
	}
	b.external, b.internal.Address = outside.Addr().String(), "tcp://"+inside.Addr().String()
	for _, l := range []*listeners.Net{listeners.NewNet(gatewayListener, outside), listeners.NewNet(internalListener, inside)} {
		if err := b.server.AddListener(l); err != nil {
			outside.Close()
			inside.Close()
			return nil, fmt.Errorf("broker: %w", err)
		}
	}
	return b, nil
}

// capabilities sets every limit whose default would lose messages in a stall:
// mochi drops what a client's in-flight window or write queue has no room for.
func capabilities(o Opts) *mqtt.Capabilities {
	c := mqtt.NewDefaultServerCapabilities()
	c.MaximumClients = o.MaxClients
	c.MaximumClientWritesPending = 16 << 10 // costs 8 bytes each, for every client
	c.MaximumInflight = o.Inflight
	c.ReceiveMaximum = o.Inflight
	c.MaximumPacketSize = o.MaxPacket
	c.MaximumSessionExpiryInterval = 24 * 60 * 60
	c.MaximumQos = 1
	c.RetainAvailable = 1
	return c
}

// Addr returns the address at which gateways are served, "host:port".
func (b *Broker) Addr() string { return b.external }

// Internal returns how ingest gets in.
func (b *Broker) Internal() Internal { return b.internal }

// Run serves until ctx ends. Every half a minute it asks the registry again
// for every gateway that is connected, and ends the connection of one that was
// revoked.
func (b *Broker) Run(ctx context.Context) error {
	if err := b.server.Serve(); err != nil {
		return fmt.Errorf("broker: serving: %w", err)
	}
	b.log.Info("serving", "address", b.external)
	t := time.NewTicker(30 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return b.close()
		case <-t.C:
			b.Recheck(ctx)
		}
	}
}

// close ends the listeners and every connection, and then the server, which has
// no listener left whose clients it could ask for: see connected.
func (b *Broker) close() error {
	b.server.Listeners.CloseAll(func(listener string) {
		for _, cl := range b.connected(listener) {
			// The answer is the reason itself, or that the connection is gone already.
			_ = b.server.DisconnectClient(cl, packets.ErrServerShuttingDown)
		}
	})
	b.server.Listeners.Delete(gatewayListener)
	b.server.Listeners.Delete(internalListener)
	if err := b.server.Close(); err != nil {
		return fmt.Errorf("broker: closing: %w", err)
	}
	return nil
}

// connected returns who is connected through a listener. Mochi's own
// GetByListener (2.7.9) takes its lock twice: when a client comes or goes
// between the two, the whole broker stands still for ever.
func (b *Broker) connected(listener string) []*mqtt.Client {
	var out []*mqtt.Client
	for _, cl := range b.server.Clients.GetAll() {
		if cl.Net.Listener == listener && !cl.Closed() {
			out = append(out, cl)
		}
	}
	return out
}

// Recheck ends the connections of gateways that the registry no longer lets in.
func (b *Broker) Recheck(ctx context.Context) {
	for _, cl := range b.connected(gatewayListener) {
		if b.door.mayStay(ctx, cl) {
			continue
		}
		b.log.Warn("gateway was revoked, connection ended", "client", cl.ID)
		cl.Stop(errors.New("revoked"))
	}
}

package broker

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"log/slog"
	"sync"
	"time"

	"osmanthus/care"
	"osmanthus/wire"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// door is the hook that says who comes in, and who may say and hear what.
type door struct {
	mqtt.HookBase
	registry registry
	internal Internal
	clients  *mqtt.Clients
	log      *slog.Logger

	mu     sync.RWMutex
	guests map[*mqtt.Client]guest
}

// guest is a gateway that came in.
type guest struct {
	site    care.SiteID
	gateway care.GatewayID
	serial  string
}

func newDoor(r registry, i Internal, c *mqtt.Clients, log *slog.Logger) *door {
	return &door{registry: r, internal: i, clients: c, log: log, guests: map[*mqtt.Client]guest{}}
}

var _ mqtt.Hook = (*door)(nil)

// ID names the hook in mochi's log.
func (d *door) ID() string { return "door" }

// Provides says which events the door listens to.
func (d *door) Provides(event byte) bool {
	switch event {
	case mqtt.OnConnectAuthenticate, mqtt.OnSessionEstablish, mqtt.OnACLCheck, mqtt.OnSubscribe, mqtt.OnDisconnect:
		return true
	}
	return false
}

// OnConnectAuthenticate lets in ingest by the password of this run, on the
// loopback listener only, and gateways by their certificate. A gateway's
// client id is put below its own id, so that none takes the session of
// another; its will may go to its own status and nowhere else, which mochi
// would not ask later.
func (d *door) OnConnectAuthenticate(cl *mqtt.Client, pk packets.Packet) bool {
	if cl.Net.Listener == internalListener {
		user := subtle.ConstantTimeCompare(pk.Connect.Username, []byte(d.internal.Username))
		password := subtle.ConstantTimeCompare(pk.Connect.Password, []byte(d.internal.Password))
		return user&password == 1
	}
	g, ok := d.identify(cl)
	if !ok {
		return false
	}
	if pk.Connect.WillFlag && pk.Connect.WillTopic != g.topic(wire.LaneStatus) {
		d.log.Warn("gateway refused: its will goes to a foreign topic", "gateway", g.gateway, "topic", pk.Connect.WillTopic)
		return false
	}
	cl.ID = string(g.gateway) + "/" + cl.ID
	d.mu.Lock()
	d.guests[cl] = g
	d.mu.Unlock()
	return true
}

// identify asks the registry for the gateway that the certificate names.
func (d *door) identify(cl *mqtt.Client) (guest, bool) {
	conn, ok := cl.Net.Conn.(*tls.Conn)
	if !ok {
		return guest{}, false
	}
	chains := conn.ConnectionState().VerifiedChains
	if len(chains) == 0 {
		return guest{}, false
	}
	cert := chains[0][0]
	g := guest{gateway: care.GatewayID(cert.Subject.CommonName), serial: cert.SerialNumber.Text(16)}
	if g.site, ok = d.authorize(context.Background(), g); !ok {
		d.log.Warn("gateway refused", "gateway", g.gateway, "serial", g.serial, "remote", cl.Net.Remote)
	}
	return g, ok
}

func (d *door) authorize(ctx context.Context, g guest) (care.SiteID, bool) {
	if !wire.ValidID(string(g.gateway)) {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	site, ok, err := d.registry.Authorize(ctx, g.gateway, g.serial)
	if err != nil {
		d.log.Error("registry of gateways does not answer", "gateway", g.gateway, "error", err)
		return "", false
	}
	return site, ok
}

// mayStay asks the registry again. Where that does not answer, who is in stays.
func (d *door) mayStay(ctx context.Context, cl *mqtt.Client) bool {
	g, ok := d.guest(cl)
	if !ok {
		return false
	}
	site, ok, err := d.registry.Authorize(ctx, g.gateway, g.serial)
	return err != nil || ok && site == g.site
}

// OnACLCheck asks whether a client may publish to a topic (write) or read from
// one. Gateways name whole topics: a filter with a wildcard is none of theirs.
func (d *door) OnACLCheck(cl *mqtt.Client, topic string, write bool) bool {
	if cl.Net.Listener == internalListener {
		return true
	}
	g, ok := d.guest(cl)
	if !ok {
		return false
	}
	t, err := wire.ParseTopic(topic)
	if err != nil || t.Site != g.site || t.Gateway != g.gateway {
		return false
	}
	if write {
		return t.Lane.FromGateway()
	}
	return t.Lane.ToGateway()
}

// OnSubscribe makes room for the packet's number. Client and server number
// their packets apart from each other, but mochi refuses a SUBSCRIBE that has
// the number of a message under way to the same client, which is what the
// first SUBSCRIBE of a kept session meets. That message was sent again when
// the client came back; it is only not sent a third time.
func (d *door) OnSubscribe(cl *mqtt.Client, pk packets.Packet) packets.Packet {
	cl.State.Inflight.Delete(pk.PacketID)
	return pk
}

// OnDisconnect forgets a guest.
func (d *door) OnDisconnect(cl *mqtt.Client, _ error, _ bool) {
	d.mu.Lock()
	delete(d.guests, cl)
	d.mu.Unlock()
}

func (d *door) guest(cl *mqtt.Client) (guest, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	g, ok := d.guests[cl]
	return g, ok
}

func (g guest) topic(l wire.Lane) string {
	return wire.Topic{Site: g.site, Gateway: g.gateway, Lane: l}.String()
}

// Package uplink is the MQTT session of a gateway: it sends what the outbox
// holds in three lanes and takes in receipts and boards.
package uplink

import (
	"context"
	"log/slog"
	"time"

	"github.com/VictoriaMetrics/metrics"

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
	TelemetryAfter time.Duration // resend of a batch that no watermark covers, default 15 s
	BackfillRate   float64       // batches a second, default 50
	Window         int           // batches of backlog that are sent and not covered yet, default 256
}

// Queue is one lane of the outbox; positions rise in the order of arrival.
type Queue interface {
	// Next returns the first record at or after from that waits.
	Next(from uint64) (pos, boot, seq uint64, payload []byte, ok bool)
	// End returns the position that the next record will get.
	End() uint64
	// Ack says that the cloud has first to last of a boot.
	Ack(boot, first, last uint64)
	// Missing says that the cloud asks for first to last of a boot.
	Missing(boot, first, last uint64)
}

// Opts are what an uplink may have besides; every field may be left out.
type Opts struct {
	Logger *slog.Logger
	// Status returns what the gateway says of itself; uplink fills Presence.
	// It is called from one goroutine.
	Status func() wire.Status
	// OnBoard takes every board that arrives, in order, older ones too. It
	// must return soon.
	OnBoard func(wire.Board)
	// Metrics takes the counters of the package.
	Metrics *metrics.Set
}

// Uplink is one gateway's session.
type Uplink struct{}

// New checks the configuration and reads the certificates once.
func New(cfg Config, alerts, telemetry Queue, o Opts) (*Uplink, error) { return &Uplink{}, nil }

// Run connects, and connects again for ever, until ctx ends; then it says
// "stopping" where it can and leaves. It returns nil.
func (u *Uplink) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Wake says that something was put or that the status changed: it is sent at
// once. It never blocks.
func (u *Uplink) Wake() {}

// Connected reports whether the session is up.
func (u *Uplink) Connected() bool { return false }

package ingest

import (
	"context"
	"log/slog"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// Deps is what ingest needs of its neighbours. All but Live and Refused are
// required.
type Deps struct {
	Gateways   gateways
	Ledger     ledger
	Quarantine quarantine
	Readings   readings
	Alarms     alarms
	Presence   presence
	Live       live // may be nil
	// Refused is told of every message that went into quarantine; site and
	// gateway are empty where the topic does not name a registered gateway. An
	// alert that nobody can read may be a fall. May be nil; must not block.
	Refused func(site care.SiteID, gateway care.GatewayID, lane wire.Lane, reason string, at time.Time)
	Log     *slog.Logger
}

type gateways interface {
	// Site returns where a gateway is registered; ok is false for one that is
	// unknown or revoked.
	Site(context.Context, care.GatewayID) (site care.SiteID, ok bool, err error)
}

// ledger remembers, for each gateway and boot, which telemetry is settled:
// durably written, standing in quarantine, or given up by the gateway.
type ledger interface {
	// Settle adds ranges by gateway and boot, durably, and returns the
	// watermarks of exactly the boots that it touched.
	Settle(ctx context.Context, settled map[care.GatewayID]map[uint64][]wire.Range, at time.Time) (map[care.GatewayID][]wire.Watermark, error)
	// Watermarks returns those of a gateway's latest boots, newest first.
	Watermarks(context.Context, care.GatewayID) ([]wire.Watermark, error)
	// Watermark returns that of one boot; Top is 0 for an unknown one.
	Watermark(ctx context.Context, gateway care.GatewayID, boot uint64) (wire.Watermark, error)
}

// quarantine keeps what ingest could not accept.
type quarantine interface {
	// Quarantine keeps a message, durably. Gateway is empty where the topic
	// does not name a registered one.
	Quarantine(ctx context.Context, gateway care.GatewayID, topic string, payload []byte, reason string, at time.Time) error
	// NextReplay returns the oldest message that somebody asked to replay.
	NextReplay(context.Context) (id int64, topic string, payload []byte, ok bool, err error)
	// Replayed ends a replay: the message leaves the quarantine, or, where
	// failure is not empty, stays with that reason.
	Replayed(ctx context.Context, id int64, failure string, at time.Time) error
}

// readings is the store of readings. Ingest carries its records unread.
type readings interface {
	// Append encodes readings as records of the store, each ended by '\n'.
	Append(dst []byte, site care.SiteID, gateway care.GatewayID, rs []care.Reading) []byte
	// Write stores records; when it returns nil they are durable. Writing a
	// record twice has the effect of writing it once. An error that has a
	// method Refused() bool which returns true means that these records will
	// be refused at every try.
	Write(ctx context.Context, records []byte) error
}

type alarms interface {
	// Raise records an alert that arrived at the given time; when it returns
	// nil, the alert is durable. It may come twice, and from several sessions.
	Raise(ctx context.Context, site care.SiteID, gateway care.GatewayID, a wire.Alert, at time.Time) error
}

type presence interface {
	// Status records what a gateway says of itself, birth and will included.
	// That a gateway fell silent without a will is for presence to notice.
	Status(ctx context.Context, site care.SiteID, gateway care.GatewayID, s wire.Status, at time.Time) error
}

type live interface {
	// Stored is told of readings that are durable, in order of arrival. It
	// must not block, and must not keep the slice.
	Stored(site care.SiteID, gateway care.GatewayID, rs []care.Reading)
}

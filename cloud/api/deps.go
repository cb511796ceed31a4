package api

import (
	"context"
	"log/slog"
	"time"
)

// Deps is what the API asks. All fields are required; an error that is a
// *Problem is shown to the person, any other becomes "internal error".
type Deps struct {
	Alarms     alarms
	Residents  residents
	Readings   readings
	Latest     latest
	Gateways   gateways
	Quarantine quarantine
	Users      users
	Sessions   sessions
	Audit      audit
	Log        *slog.Logger
}

type alarms interface {
	Alarms(context.Context, AlarmFilter) ([]Alarm, error)
	Alarm(ctx context.Context, id int64) (Alarm, error)
	Notes(ctx context.Context, resident string, limit int) ([]Note, error)
	Act(ctx context.Context, id int64, a Act) (Alarm, error)
}

type residents interface {
	Residents(context.Context) ([]Resident, error)
	Resident(ctx context.Context, id string) (Resident, error)
}

type readings interface {
	Readings(context.Context, ReadingQuery) ([]Point, error)
}

type latest interface {
	// Latest returns the last readings of a resident, one for each metric.
	Latest(resident string) []Reading
}

// Reading is a latest value, before it is judged by its age.
type Reading struct {
	Metric      string
	Value       float64
	Quality     int
	Implausible bool
	At          time.Time
}

type gateways interface {
	Gateways(context.Context) ([]Gateway, error)
}

type quarantine interface {
	Quarantine(ctx context.Context, limit int) ([]Quarantined, error)
	Replay(ctx context.Context, id int64) error
}

type users interface {
	Users(context.Context) ([]User, error)
	CreateUser(context.Context, NewUser) error
	DisableUser(ctx context.Context, name string) error
}

type sessions interface {
	// Login returns an opaque token, or a *Problem: not_logged_in, too_many.
	Login(ctx context.Context, l Login, address string) (token string, s Session, err error)
	// Session returns who holds the token; ok is false for an unknown one.
	Session(ctx context.Context, token string) (s Session, ok bool, err error)
	Logout(ctx context.Context, token string) error
}

type audit interface {
	// Audit records that somebody read or did something about a resident.
	Audit(context.Context, AuditEntry) error
}

// AuditEntry is one row of the audit log.
type AuditEntry struct {
	At       time.Time
	Who      string
	Address  string
	Action   string // the operation's id, "read-readings"
	Resident string // "" where it is about all or none
	Detail   string
}

// Package cloud wires and runs the service: broker, ingest, alarms, API and
// page, and the InfluxDB that runs as a child.
package cloud

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/api"
	"osmanthus/cloud/api/login"
	"osmanthus/cloud/broker"
	"osmanthus/cloud/config"
	"osmanthus/cloud/ingest"
	"osmanthus/cloud/pki"
	"osmanthus/cloud/sql"
	"osmanthus/wire"
)

// Cloud is the service of one site. Make it with New, then Run it once.
type Cloud struct {
	config config.Config
	roles  Roles
	log    *slog.Logger

	db       *sql.DB
	database *database
	alarms   *alarm.Service
	latest   *latest
	boards   *boards
	refused  *refused
	presence *presence
	broker   *broker.Broker // nil where it is another program
	ingest   *ingest.Ingest // nil without the role
	api      *api.API       // nil without the role
	view     alarmView
	shown    shown

	page    net.Listener
	metrics net.Listener // nil where the page's listener serves them
}

// New opens the records and the listeners. On an error nothing stays open.
func New(ctx context.Context, c config.Config, roles Roles, log *slog.Logger) (_ *Cloud, err error) {
	s := &Cloud{config: c, roles: roles, log: log, latest: newLatest()}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.db, err = sql.Open(ctx, c.Database()); err != nil {
		return nil, err
	}
	if !roles.Ingest && !roles.Alarm && c.Influx.URL == "" {
		return nil, errors.New("cloud: starting: a process of the role web alone needs influx.url: the child belongs to ingest")
	}
	if s.database, err = newDatabase(c, log); err != nil {
		return nil, err
	}
	s.alarms = alarm.New(alarmStore{s.db}, alarm.Opts{Changed: s.alarmChanged, BoardChanged: s.boardChanged})
	s.view = alarmView{s.alarms, s.db}
	s.presence = &presence{s.db, s.alarms, log.With("component", "presence")}
	s.refused = &refused{s.alarms, log.With("component", "refused"), make(chan refusal, 64)}
	if s.page, err = s.listen(c.HTTP.Listen, true); err != nil {
		return nil, err
	}
	if c.HTTP.Metrics != "" {
		if s.metrics, err = s.listen(c.HTTP.Metrics, false); err != nil {
			return nil, err
		}
	}
	if roles.Web {
		s.openAPI()
	}
	if roles.Ingest { // last: a broker that listens ends by its Run alone
		if err := s.openIngest(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Cloud) openIngest() error {
	at, err := s.openBroker()
	if err != nil {
		return err
	}
	s.ingest, err = ingest.New(ingest.Deps{
		Gateways: s.db, Ledger: s.db, Quarantine: s.db, Readings: s.database, Alarms: raiser{s.alarms},
		Presence: s.presence, Live: s.latest, Refused: s.refused.tell, Log: s.log,
	}, ingest.Opts{Broker: at, Instance: s.config.Broker.Instance})
	if err != nil {
		return err
	}
	s.boards = &boards{s.db, s.alarms, s.ingest.PublishBoard, s.log.With("component", "boards"), make(chan struct{}, 1)}
	return nil
}

// openBroker makes the embedded broker, or says how to reach the other one.
func (s *Cloud) openBroker() (ingest.Broker, error) {
	b := s.config.Broker
	if b.Address == "" {
		authority, err := pki.Open(s.config.Authority(), time.Now())
		if err != nil {
			return ingest.Broker{}, err
		}
		t, err := authority.Server(b.Hosts)
		if err != nil {
			return ingest.Broker{}, err
		}
		if s.broker, err = broker.New(b.Listen, t, s.db, s.log, broker.Opts{}); err != nil {
			return ingest.Broker{}, err
		}
		in := s.broker.Internal()
		return ingest.Broker{Address: in.Address, Username: in.Username, Password: in.Password}, nil
	}
	out := ingest.Broker{Address: b.Address, Username: b.User}
	var err error
	if b.PasswordFile != "" {
		if out.Password, err = secret(b.PasswordFile); err != nil {
			return ingest.Broker{}, err
		}
	}
	if out.TLS, err = pki.ClientFiles(b.CA, b.Cert, b.Key); err != nil {
		return ingest.Broker{}, err
	}
	return out, nil
}

func (s *Cloud) openAPI() {
	r := records{s.db}
	session := time.Duration(s.config.HTTP.Session)
	s.api = api.New(api.Deps{
		Alarms: s.view, Residents: r, Readings: s.database, Latest: s.latest, Gateways: gatewayView{s.db},
		Quarantine: r, Users: r, Audit: r, Log: s.log.With("component", "api"),
		Sessions: sessions{login.New(accounts{s.db}, s.log, login.Opts{SessionFor: session})},
	}, api.Opts{Site: s.siteName(), Version: Version(), SecureCookie: s.config.HTTP.TLS() || s.config.HTTP.Plain})
	s.latest.changed = s.api.VitalsChanged
}

func (s *Cloud) siteName() string {
	if s.config.SiteName != "" {
		return s.config.SiteName
	}
	return s.config.Site
}

// Run serves until ctx ends, and returns when everything has ended: people and
// gateways first, then what keeps their data.
func (s *Cloud) Run(ctx context.Context) error {
	defer s.close()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	below, stopBelow := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBelow()
	var upper, lower sync.WaitGroup
	run := func(f func(context.Context)) { upper.Go(func() { f(ctx) }) }
	must := func(f func(context.Context) error) {
		run(func(ctx context.Context) {
			if err := f(ctx); err != nil {
				stop(err)
			}
		})
	}
	if s.roles.Ingest {
		lower.Go(func() { s.database.run(below) })
		must(s.ingest.Run)
		run(s.boards.run)
		run(s.refused.run)
		if s.broker != nil {
			lower.Go(func() { // it outlives ingest, which says goodbye to it
				if err := s.broker.Run(below); err != nil {
					stop(err)
				}
			})
		}
	}
	if s.roles.Alarm {
		run(s.presence.watch)
		run(s.watchResponses)
	}
	if s.roles.Web {
		run(s.latest.run)
		run(func(ctx context.Context) { s.latest.read(ctx, s.database, !s.roles.Ingest, s.log) })
		run(func(ctx context.Context) { gatewayView{s.db}.follow(ctx, s.api.GatewayChanged, s.log) })
		run(s.followAlarms)
		run(auditKeeper{s.db, time.Duration(s.config.SQL.AuditRetention), s.log.With("component", "audit")}.run)
	}
	must(func(ctx context.Context) error { return s.serve(ctx, s.page, s.pageHandler()) })
	if s.metrics != nil {
		must(func(ctx context.Context) error { return s.serve(ctx, s.metrics, s.monitor()) })
	}
	s.log.Info("running", "version", Version(), "site", s.config.Site, "roles", s.roles.String(), "http", s.URL(), "broker", s.BrokerAddr())
	<-ctx.Done()
	upper.Wait()
	stopBelow()
	lower.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("cloud: running: %w", err)
	}
	s.log.Info("stopped")
	return nil
}

// URL returns where the page is.
func (s *Cloud) URL() string {
	if s.config.HTTP.TLS() {
		return "https://" + s.page.Addr().String()
	}
	return "http://" + s.page.Addr().String()
}

// BrokerAddr returns where gateways are served, "" where that is not here.
func (s *Cloud) BrokerAddr() string {
	if s.broker == nil {
		return ""
	}
	return s.broker.Addr()
}

func (s *Cloud) close() {
	for _, l := range []net.Listener{s.page, s.metrics} {
		if l != nil {
			l.Close() // closed already after serving
		}
	}
	if s.db != nil {
		if err := s.db.Close(); err != nil {
			s.log.Error("closing the records", "error", err)
		}
	}
}

// alarmChanged shows a step that was taken here to every page of this process.
func (s *Cloud) alarmChanged(a alarm.Alarm) {
	s.log.Info("alarm", "id", a.ID, "kind", a.Alert.Kind.String(), "state", a.State.String(), "priority", a.Alert.Priority.String(),
		"gateway", a.Gateway, "resident", a.Alert.Resident, "actor", a.Log[len(a.Log)-1].Actor)
	if s.api == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.shown.show(a, func() { s.api.AlarmChanged(s.view.one(ctx, a)) })
}

func (s *Cloud) boardChanged(g care.GatewayID) {
	if s.boards != nil {
		s.boards.changed(g)
	}
}

// raiser takes alerts off the wire.
type raiser struct{ service *alarm.Service }

func (r raiser) Raise(ctx context.Context, site care.SiteID, gateway care.GatewayID, a wire.Alert, at time.Time) error {
	a.Alert.Evidence.Clock = a.TimeQuality.String()
	return r.service.Raise(ctx, site, gateway, a.Alert, at)
}

var _ http.Handler = (*api.API)(nil)

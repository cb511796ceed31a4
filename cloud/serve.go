package cloud

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"osmanthus/cloud/alarm"
	"osmanthus/cloud/api"
	"osmanthus/cloud/config"
	"osmanthus/cloud/pki"
	"osmanthus/cloud/web"
)

// listen opens a listener, of TLS where people come in and the file says so.
func (s *Cloud) listen(addr string, people bool) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cloud: listening: %w", err)
	}
	if !people || !s.config.HTTP.TLS() {
		return l, nil
	}
	get, err := s.certificate()
	if err != nil {
		l.Close()
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: []string{"http/1.1"}}), nil
}

// certificate returns the page's certificate: of the house's own authority, or
// from files.
func (s *Cloud) certificate() (func(*tls.ClientHelloInfo) (*tls.Certificate, error), error) {
	if s.config.HTTP.Cert == "own" {
		authority, err := pki.Open(s.config.Authority(), time.Now())
		if err != nil {
			return nil, err
		}
		c, err := authority.Server(s.config.Broker.Hosts)
		if err != nil {
			return nil, err
		}
		return c.GetCertificate, nil
	}
	pair, err := tls.LoadX509KeyPair(s.config.HTTP.Cert, s.config.HTTP.Key)
	if err != nil {
		return nil, fmt.Errorf("cloud: reading the certificate of the page: %w", err)
	}
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &pair, nil }, nil
}

func (s *Cloud) pageHandler() http.Handler {
	mux := http.NewServeMux()
	if s.api != nil {
		mux.Handle(api.Prefix+"/", s.api)
		mux.Handle("/", web.Handler())
	}
	if s.metrics == nil && !s.config.HTTP.Plain {
		monitor := local(s.monitor())
		mux.Handle("GET /metrics", monitor)
		mux.Handle("GET /healthz", monitor)
	}
	return mux
}

// local lets only callers of this machine through.
func local(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !config.Loopback(r.RemoteAddr) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// monitor serves what machines watch: /metrics and /healthz.
func (s *Cloud) monitor() http.Handler {
	set := s.gauges()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		set.WritePrometheus(w)
		metrics.WriteProcessMetrics(w)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		wrong := s.wrong(r.Context())
		w.Header().Set("Content-Type", "application/json")
		status := "ok"
		if len(wrong) > 0 {
			status = "degraded"
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		// The caller is gone when this fails.
		_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "wrong": wrong, "version": Version()})
	})
	return mux
}

// wrong lists what does not work now.
func (s *Cloud) wrong(ctx context.Context) []string {
	wrong := []string{}
	if s.db.Ping(ctx) != nil {
		wrong = append(wrong, "sql")
	}
	if s.ingest != nil && !s.ingest.Connected() {
		wrong = append(wrong, "broker")
	}
	if s.roles.Ingest && !s.database.ready() {
		wrong = append(wrong, "influx")
	}
	return wrong
}

func (s *Cloud) gauges() *metrics.Set {
	set := metrics.NewSet()
	if s.ingest != nil {
		of := func(name string, f func() float64) { set.NewGauge("osmanthus_ingest_"+name, f) }
		of("messages_total", func() float64 { return float64(s.ingest.Stats().Messages) })
		of("alerts_total", func() float64 { return float64(s.ingest.Stats().Alerts) })
		of("readings_total", func() float64 { return float64(s.ingest.Stats().Readings) })
		of("telemetry_bytes_total", func() float64 { return float64(s.ingest.Stats().Bytes) })
		of("duplicates_total", func() float64 { return float64(s.ingest.Stats().Duplicates) })
		of("quarantined_total", func() float64 { return float64(s.ingest.Stats().Quarantined) })
		of("flooded_total", func() float64 { return float64(s.ingest.Stats().Flooded) })
		of("store_errors_total", func() float64 { return float64(s.ingest.Stats().StoreErrors) })
		of("overflows_total", func() float64 { return float64(s.ingest.Stats().Overflows) })
		of("lost_total", func() float64 { return float64(s.ingest.Stats().Lost) })
		of("queued_messages", func() float64 { return float64(s.ingest.Stats().Queued) })
		of("queued_bytes", func() float64 { return float64(s.ingest.Stats().QueuedBytes) })
		of("connected", func() float64 { return truth(s.ingest.Connected()) })
	}
	set.NewGauge("osmanthus_influx_ready", func() float64 { return truth(s.database.ready()) })
	set.NewGauge("osmanthus_alarms_open", func() float64 { return s.count(func(a *alarm.Alarm) bool { return a.Open() }) })
	set.NewGauge("osmanthus_alarms_ringing", func() float64 { return s.count((*alarm.Alarm).Ringing) })
	set.NewGauge("osmanthus_alarms_unreadable", func() float64 { return s.count(func(a *alarm.Alarm) bool { return a.Unread > 0 }) })
	if s.api != nil {
		set.NewGauge("osmanthus_pages_following", func() float64 { return float64(s.api.Pages()) })
	}
	return set
}

func (s *Cloud) count(is func(*alarm.Alarm) bool) (n float64) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	open, err := s.alarms.Select(ctx, alarm.Filter{OpenOnly: true})
	if err != nil {
		return -1 // not known
	}
	for i := range open {
		if is(&open[i]) {
			n++
		}
	}
	return n
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// serve answers on l until ctx ends; pages that follow events are cut then.
func (s *Cloud) serve(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(quietTLS{s.log.Handler()}, slog.LevelWarn),
	}
	if s.api != nil {
		srv.RegisterOnShutdown(s.api.EndEvents)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("cloud: serving %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := srv.Shutdown(stopping)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	<-ended
	return err
}

// quietTLS drops what every port scanner causes.
type quietTLS struct{ slog.Handler }

func (q quietTLS) Handle(ctx context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "TLS handshake error") {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}

package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/influxdata/flux"
	"github.com/influxdata/influxdb/cmd/influxd/run"
	"github.com/influxdata/influxdb/flux/control"
	"github.com/influxdata/influxdb/services/httpd"
	"github.com/influxdata/influxdb/services/meta"
	"github.com/influxdata/influxdb/services/storage"
	"github.com/influxdata/influxdb/storage/reads"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// serve opens the HTTP port of a server whose stores are open. It differs from
// InfluxDB's own wiring in one thing: Flux, whose library takes seconds to load,
// is loaded while writes are taken already.
func serve(s *run.Server, o options, log *zap.Logger) (*httpd.Service, error) {
	c := config(o).HTTPD
	c.Enabled, c.FluxEnabled = true, o.flux
	authorizer := meta.NewQueryAuthorizer(s.MetaClient)
	store := storage.NewStore(s.TSDBStore, s.MetaClient)

	srv := httpd.NewService(c)
	srv.WithLogger(log)
	h := srv.Handler
	h.MetaClient = s.MetaClient
	h.QueryAuthorizer = authorizer
	h.WriteAuthorizer = meta.NewWriteAuthorizer(s.MetaClient)
	h.QueryExecutor = s.QueryExecutor
	h.Monitor = s.Monitor
	h.PointsWriter = s.PointsWriter
	h.Version = "1.8.10"
	h.BuildType = "OSS"
	h.Store = store
	if o.flux {
		load := sync.OnceValue(func() *control.Controller {
			return control.NewController(s.MetaClient, reads.NewReader(store), authorizer, c.AuthEnabled, log)
		})
		h.Controller = laterFlux{load}
		go load() // not waited for: it only loads, and ends with the process
	}
	if err := srv.Open(); err != nil {
		return nil, fmt.Errorf("opening the HTTP port %s: %w", o.addr, err)
	}
	return srv, nil
}

// laterFlux makes a query wait until the Flux library is loaded.
type laterFlux struct{ load func() *control.Controller }

var _ httpd.Controller = laterFlux{}

func (l laterFlux) Query(ctx context.Context, c flux.Compiler) (flux.Query, error) {
	return l.load().Query(ctx, c)
}

// PrometheusCollectors is nil, as InfluxDB's own are.
func (l laterFlux) PrometheusCollectors() []prometheus.Collector { return nil }

package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"osmanthus/agent/health"
	"osmanthus/care"
)

// look turns what can be counted into warnings, every few seconds.
func (a *Agent) look(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	var before struct{ evicted, lost uint64 }
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			for source, state := range a.states() {
				a.warnings.Is(state != care.SensorWorks, sensorWarning(source, state), 10*time.Second, now)
			}
			a.lookRadio(now)
			a.warnings.Is(a.uplink != nil && !a.uplink.Connected(),
				health.Warning{Code: "uplink-down", Severity: health.Degraded, Text: "no session with the broker"}, 30*time.Second, now)
			a.warnings.Is(a.clock.Quality(now) == care.TimeUnsynced,
				health.Warning{Code: "time-unsynced", Severity: health.Degraded, Text: "the clock was never set"}, 5*time.Minute, now)
			a.warnings.Is(a.batcher.stands(5*time.Second),
				health.Warning{Code: "disk-stands", Severity: health.Degraded, Text: "the disk does not answer: nothing is stored"}, 0, now)
			s := a.outbox.Stats()
			a.warnings.Is(s.Volatile, health.Warning{Code: "outbox-volatile", Severity: health.Critical, Text: "the disk refuses: undelivered records are in memory only"}, 0, now)
			a.warnings.Is(s.EvictedRecords > before.evicted, health.Warning{Code: "outbox-evicting", Severity: health.Degraded, Text: "the outbox is full: the oldest telemetry is given up"}, 0, now)
			a.warnings.Is(s.LostRecords > before.lost, health.Warning{Code: "outbox-damaged", Severity: health.Degraded, Text: "records on the disk were damaged"}, 0, now)
			before.evicted, before.lost = s.EvictedRecords, s.LostRecords
		}
	}
}

func sensorWarning(source care.SourceID, state int) health.Warning {
	text := map[int]string{
		-1: "not reached since the start", care.SensorSilent: "does not answer", care.SensorWrong: "another chip answers",
		care.SensorLosing: "loses samples", care.SensorBusStuck: "its bus hangs",
	}[state]
	w := health.Warning{Code: "sensor:" + string(source), Severity: health.Critical, Text: text}
	if state == care.SensorLosing {
		w.Severity = health.Degraded
	}
	return w
}

// report is what /healthz shows.
func (a *Agent) report(at time.Time) health.Report {
	s := a.outbox.Stats()
	r := health.Report{
		At: at.UTC(), Started: a.started.UTC(), Software: Version, Connected: a.uplink != nil && a.uplink.Connected(),
		Pending: s.Alerts + s.Telemetry, Board: a.board.Load(), Sensors: map[string]int{}, Warnings: a.warnings.Visible(at),
	}
	for source, state := range a.states() {
		r.Sensors[string(source)] = state
	}
	r.Judge(a.clock.Quality(at), a.pulses.Alive(at))
	return r
}

// serve answers /healthz and /metrics. An address that is taken is said and
// tried again: it is no reason to stop watching people.
func (a *Agent) serve(ctx context.Context) error {
	if a.cfg.HTTP == "" {
		return nil
	}
	server := &http.Server{Handler: health.Handler(a.report, a.metrics), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		server.Close()
	}()
	defer func() { <-stopped }()
	for ctx.Err() == nil {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.HTTP)
		if err == nil {
			a.warnings.Clear("http", time.Now())
			a.log.Info("serving /healthz and /metrics", "address", l.Addr().String())
			err = server.Serve(l)
		}
		if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
			break
		}
		a.log.Error("cannot serve", "address", a.cfg.HTTP, "error", err)
		a.warnings.Set(health.Warning{Code: "http", Severity: health.Notice, Text: fmt.Sprint(err)}, 0, time.Now())
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
		}
	}
	<-ctx.Done()
	return nil
}

// measure registers the figures of /metrics.
func (a *Agent) measure() {
	a.measureRadio()
	gauge := func(name string, f func() float64) { a.metrics.NewGauge(name, f) }
	count := func(name string, f func() uint64) { gauge(name, func() float64 { return float64(f()) }) }
	count("osmanthus_agent_blocks_total", a.pipe.blocks.Load)
	count("osmanthus_agent_readings_total", a.pipe.readings.Load)
	count("osmanthus_agent_readings_refused_total", a.pipe.refused.Load)
	count("osmanthus_agent_alerts_total", a.pipe.alerts.Load)
	count("osmanthus_agent_alerts_stored_total", a.caller.stored.Load)
	count("osmanthus_agent_alerts_not_stored_total", a.caller.failed.Load)
	gauge("osmanthus_agent_alert_store_seconds_max", func() float64 { return time.Duration(a.caller.slowest.Load()).Seconds() })
	count("osmanthus_agent_detector_panics_total", a.pipe.panics.Load)
	gauge("osmanthus_agent_falls_held_minutes_total", func() float64 { return a.pipe.held().Minutes() })
	count("osmanthus_agent_batches_total", a.batcher.batches.Load)
	count("osmanthus_agent_batch_bytes_total", a.batcher.bytes.Load)
	count("osmanthus_agent_readings_not_stored_total", a.batcher.failed.Load)
	count("osmanthus_agent_sense_samples_total", func() uint64 { return a.sense.Stats().Samples })
	count("osmanthus_agent_sense_faults_total", func() uint64 { return a.sense.Stats().Faults })
	count("osmanthus_agent_sense_gaps_total", func() uint64 { return a.sense.Stats().Lost })
	count("osmanthus_agent_sense_panics_total", func() uint64 { return a.sense.Stats().Panics })
	count("osmanthus_agent_bus_abandoned_total", func() uint64 { return a.sense.Stats().Abandoned })
	count("osmanthus_agent_bus_reopened_total", func() uint64 { return a.sense.Stats().Reopened })
	count("osmanthus_agent_outbox_alerts", func() uint64 { return a.outbox.Stats().Alerts })
	count("osmanthus_agent_outbox_batches", func() uint64 { return a.outbox.Stats().Telemetry })
	count("osmanthus_agent_outbox_pending_bytes", func() uint64 { return a.outbox.Stats().PendingBytes })
	gauge("osmanthus_agent_outbox_disk_bytes", func() float64 { return float64(a.outbox.Stats().DiskBytes) })
	count("osmanthus_agent_outbox_written_bytes_total", func() uint64 { return a.outbox.Stats().WrittenBytes })
	count("osmanthus_agent_outbox_evicted_total", func() uint64 { return a.outbox.Stats().EvictedRecords })
	count("osmanthus_agent_outbox_lost_total", func() uint64 { return a.outbox.Stats().LostRecords })
	gauge("osmanthus_agent_open_alerts", func() float64 { _, n := a.local.Loudest(time.Now()); return float64(n) })
	gauge("osmanthus_agent_ringing_priority", func() float64 { p, _ := a.local.Loudest(time.Now()); return float64(p) })
	gauge("osmanthus_agent_time_quality", func() float64 { return float64(a.clock.Quality(time.Now())) })
	gauge("osmanthus_agent_warnings", func() float64 { return float64(len(a.warnings.Visible(time.Now()))) })
}

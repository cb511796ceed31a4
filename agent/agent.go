// Package agent wires and runs one home: sense, detect, outbox, local, uplink
// and health meet here and nowhere else.
//
// The order is the promise: an alert is on disk before it is sounded or sent,
// and it is sounded whether or not anything but this process works.
package agent

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"golang.org/x/sync/errgroup"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/health"
	"osmanthus/agent/local"
	"osmanthus/agent/outbox"
	"osmanthus/agent/sense"
	"osmanthus/agent/sense/radio"
	"osmanthus/agent/uplink"
	"osmanthus/care"
	"osmanthus/wire"
)

// Version is the version of the software, set when it is linked.
var Version = "0.1.0-dev"

// Opts are the optional parts of a run.
type Opts struct {
	Log *slog.Logger
	// Tap gets every reading as a JSON line, in one write, when it enters the
	// batch.
	Tap io.Writer
	// Alerts gets every alert as a JSON line, in canonical bytes, when it is in
	// the outbox.
	Alerts io.Writer
	// Record gets everything that enters the engine as JSON lines, see trace.go.
	Record io.Writer
	// Trace is played in place of the sensors; when it ends, Run ends, unless
	// Stay is set.
	Trace io.Reader
	Stay  bool
	// Getenv finds the service manager; nil means os.Getenv.
	Getenv func(string) string
}

// Agent is one run of one gateway.
type Agent struct {
	cfg     config.Config
	opts    Opts
	log     *slog.Logger
	boot    uint64
	started time.Time

	outbox   *outbox.Outbox
	pipe     *pipeline
	batcher  *batcher
	caller   *caller
	local    *local.Annunciator
	sense    *sense.Sense
	radio    *radio.Hub     // nil without radios
	bands    *radio.Bands   // nil where nothing is connected to
	uplink   *uplink.Uplink // nil without a broker
	board    atomic.Uint64  // version of the last board that was applied
	warnings *health.Warnings
	pulses   *health.Pulses
	clock    *health.Clock
	manager  health.Manager
	metrics  *metrics.Set
}

// New builds everything and opens the outbox; nothing runs yet. Run closes the
// outbox.
func New(cfg config.Config, opts Opts) (*Agent, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Getenv == nil {
		opts.Getenv = os.Getenv
	}
	a := &Agent{
		cfg: cfg, opts: opts, log: opts.Log, boot: newBoot(), started: time.Now(),
		warnings: health.NewWarnings(), pulses: health.NewPulses(), clock: health.NewClock(),
		manager: health.NewManager(opts.Getenv), metrics: metrics.NewSet(),
	}
	for _, n := range notes(cfg, time.Now()) {
		a.log.Warn("configuration", "note", n)
	}
	engine, err := detect.New(plan(cfg))
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	if err := a.openOutbox(); err != nil {
		return nil, err
	}
	if err := a.build(engine); err != nil {
		return nil, errors.Join(err, a.outbox.Close())
	}
	a.recall(engine)
	a.restore()
	a.measure()
	return a, nil
}

// newBoot names this run: 64 random bits, not 0.
func newBoot() uint64 {
	var b [8]byte
	for {
		rand.Read(b[:]) // never fails
		if boot := binary.BigEndian.Uint64(b[:]); boot != 0 {
			return boot
		}
	}
}

// openOutbox goes on in memory where the disk does not allow better: a home
// without a disk must still detect and call.
func (a *Agent) openOutbox() error {
	opts := outbox.Opts{MaxBytes: int64(a.cfg.Outbox.Cap), Logger: a.log.With("component", "outbox")}
	err := os.MkdirAll(a.cfg.StateDir, 0o700)
	if err == nil {
		a.outbox, err = outbox.Open(filepath.Join(a.cfg.StateDir, "outbox"), opts)
	}
	if errors.Is(err, outbox.ErrLocked) {
		return fmt.Errorf("agent: %w", err)
	}
	if err != nil {
		a.log.Error("outbox cannot be opened, kept in memory: a power cut loses what is not delivered", "error", err)
		a.warnings.Set(health.Warning{Code: "outbox-in-memory", Severity: health.Critical, Text: err.Error()}, 0, time.Now())
		if a.outbox, err = outbox.Rescue(filepath.Join(a.cfg.StateDir, "outbox"), opts); err != nil {
			return fmt.Errorf("agent: %w", err)
		}
	}
	return nil
}

func (a *Agent) build(engine *detect.Engine) (err error) {
	if err := a.buildLocal(); err != nil {
		return err
	}
	a.batcher = newBatcher(a)
	a.caller = newCaller(a)
	a.pipe = newPipeline(engine, a)
	buses, sensors := senses(a.cfg)
	if a.opts.Trace != nil {
		buses, sensors = nil, nil
	}
	a.sense, err = sense.New(buses, sensors, a.pipe, sense.Opts{Log: a.log})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	if err := a.buildRadio(); err != nil {
		return err
	}
	if err := a.buildBands(); err != nil {
		return err
	}
	if a.cfg.Uplink.Broker == "" {
		return nil
	}
	a.uplink, err = uplink.New(uplink.Config{
		Broker: a.cfg.Uplink.Broker, Site: care.SiteID(a.cfg.Site), Gateway: care.GatewayID(a.cfg.Gateway),
		CAFile: a.cfg.Uplink.CA, CertFile: a.cfg.Uplink.Cert, KeyFile: a.cfg.Uplink.Key,
	}, a.outbox.Alerts(), a.outbox.Telemetry(), uplink.Opts{
		Logger: a.log.With("component", "uplink"), Status: a.status, OnBoard: a.apply, Metrics: a.metrics,
	})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	return nil
}

func (a *Agent) buildLocal() error {
	outputs, opts := outputs(a.cfg)
	opts.File = filepath.Join(a.cfg.StateDir, "open.json")
	opts.Log = a.log.With("component", "local")
	opts.Fault = func(output string, err error) {
		w := health.Warning{Code: "local:" + output, Severity: health.Critical}
		if err != nil {
			w.Text = err.Error()
			a.log.Error("output fails", "output", output, "error", err)
		}
		a.warnings.Is(err != nil, w, 3*time.Second, time.Now())
	}
	if a.cfg.Uplink.Broker == "" {
		opts.Ended = func(list []care.Episode) {
			for _, e := range list {
				a.pipe.answered(e)
			}
		}
	}
	var err error
	if a.local, err = local.New(outputs, opts); err != nil {
		a.log.Error("what was open is not known", "error", err)
		a.warnings.Set(health.Warning{Code: "open-lost", Severity: health.Critical, Text: err.Error()}, 0, time.Now())
	}
	return nil
}

// longAgo is how long after a fall nobody begins to lie: the engine knows no
// better when its own state is lost.
const longAgo = 24 * time.Hour

// restore rings again what was open, confirms what was suspected, and clears
// what is technical and nobody follows: the engine keeps neither waveforms nor
// what it knew of sensors. It raises within a minute what is still true of a
// sensor, but nobody falls a second time because the agent ended between the
// impact and its confirmation.
func (a *Agent) restore() {
	a.ringAgain()
	again := func(al care.Alert, state care.State, confidence float64) {
		al.State, al.At, al.Confidence, al.Evidence = state, time.Now().Round(0).UTC(), confidence, care.Evidence{Rule: "restart/1"}
		a.caller.call(al)
	}
	for _, al := range a.local.Suspected() {
		if !a.pipe.engine.Follows(al.Episode) { // else the engine decides, as it would have
			again(al, care.Confirmed, 0.5)
		}
	}
	if a.opts.Trace == nil {
		for _, al := range append(a.local.Calling(), a.local.Suspected()...) {
			if now := time.Now(); !care.ClockSet(al.Onset) || now.Sub(al.Onset) < longAgo {
				a.pipe.lies(al)
			}
		}
	}
	for _, al := range a.local.Technical() {
		if !a.pipe.engine.Follows(al.Episode) {
			again(al, care.Cleared, 1)
		}
	}
}

// twoWrites is by how much an alert may be older than local's file and not be in
// it: the disk may have refused it for a while, and a clock be set.
const twoWrites = 10 * time.Minute

// ringAgain rings what the outbox holds and nobody has answered. Most of it is
// in local's own file; this is for a power cut between the two writes. What is
// older than the file is in it, or was ended at the button: without a cloud the
// outbox holds it for ever.
func (a *Agent) ringAgain() {
	since := a.local.Kept().Add(-twoWrites)
	lane := a.outbox.Alerts()
	for pos := uint64(0); ; pos++ {
		at, _, _, payload, ok := lane.Next(pos)
		if !ok {
			return
		}
		pos = at
		m, err := wire.DecodeAlert(payload)
		if err != nil {
			a.log.Error("alert in the outbox cannot be read", "error", err)
			continue
		}
		if care.ClockSet(m.Alert.At) && m.Alert.At.Before(since) {
			continue
		}
		a.local.Alert(m.Alert, a.caller.places[m.Alert.Source])
	}
}

// Run runs the home until ctx ends or the trace does, then delivers to the
// disk what it holds and closes the outbox.
func (a *Agent) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// The rest outlives the senses, so that what they brought last is stored.
	rest, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	g, rest := errgroup.WithContext(rest)
	for _, part := range a.parts() {
		g.Go(func() error {
			err := part(rest)
			if err != nil {
				stop()
			}
			return err
		})
	}
	a.log.Info("agent runs", "site", a.cfg.Site, "gateway", a.cfg.Gateway, "boot", fmt.Sprintf("%016x", a.boot), "version", Version)
	a.tell("READY=1")
	err := a.source(ctx)
	a.tell("STOPPING=1")
	a.caller.drain()
	a.batcher.drain()
	end()
	err = errors.Join(err, g.Wait(), a.outbox.Close())
	a.log.Info("agent ended", "error", err)
	return err
}

// parts are what runs beside the senses.
func (a *Agent) parts() []func(context.Context) error {
	parts := []func(context.Context) error{
		a.caller.run, a.batcher.run, a.local.Run, a.serve, a.look, a.keep,
		func(ctx context.Context) error {
			return a.manager.Feed(ctx, a.pulses.Alive, func(err error) { a.log.Error("watchdog is not fed", "error", err) })
		},
	}
	if a.uplink != nil {
		parts = append(parts, a.uplink.Run)
	}
	return parts
}

// source runs what feeds the pipeline.
func (a *Agent) source(ctx context.Context) error {
	if a.opts.Trace != nil {
		err := a.play(ctx, a.opts.Trace)
		if a.opts.Stay && err == nil {
			<-ctx.Done()
		}
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.sense.Run(ctx) })
	if a.radio != nil {
		g.Go(func() error { return a.radio.Run(ctx) })
	}
	if a.bands != nil {
		g.Go(func() error { return a.bands.Run(ctx) })
	}
	g.Go(func() error { return a.pipe.tick(ctx) })
	return g.Wait()
}

func (a *Agent) tell(state string) {
	if err := a.manager.Say(state); err != nil {
		a.log.Warn("service manager does not hear", "error", err)
	}
}

func (a *Agent) wake() {
	if a.uplink != nil {
		a.uplink.Wake()
	}
}

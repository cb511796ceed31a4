package agent

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/agent/health"
	"osmanthus/care"
	"osmanthus/wire"
)

// pipeline is the one stream through the engine: blocks, readings and ticks
// enter in some order, and that order is the trace. It waits for no disk.
type pipeline struct {
	agent     *Agent
	log       *slog.Logger
	simulated map[care.SourceID]bool
	beat      func(time.Time)

	mu     sync.Mutex
	engine *detect.Engine
	series map[seriesKey]time.Time // time of the last reading

	blocks, readings, alerts, refused, panics atomic.Uint64
}

type seriesKey struct {
	resident care.ResidentID
	source   care.SourceID
	metric   care.Metric
}

func newPipeline(e *detect.Engine, a *Agent) *pipeline {
	p := &pipeline{agent: a, log: a.log.With("component", "pipeline"), engine: e,
		simulated: map[care.SourceID]bool{}, series: map[seriesKey]time.Time{},
		beat: a.pulses.Watch("pipeline", 10*time.Second, time.Now())}
	modelled := map[string]bool{}
	for _, b := range a.cfg.Buses {
		modelled[b.Name] = strings.HasPrefix(b.Device, "sim:")
	}
	for _, s := range a.cfg.Sensors {
		model := modelled[s.Bus] || strings.HasPrefix(s.Pin, "sim:") || strings.HasPrefix(s.Port, "sim:") || byRadio(s) && modelledRadios(a.cfg)
		p.simulated[care.SourceID(s.ID)] = model
		if model { // a score of which one value may be modelled
			p.simulated[detect.NEWS2Source], p.simulated[detect.WearSource] = true, true
		}
	}
	return p
}

// Block implements sense.Sink.
func (p *pipeline) Block(b *care.Block) {
	p.blocks.Add(1)
	p.do(func() ([]care.Reading, []care.Alert) {
		if p.agent.opts.Record != nil {
			p.agent.record(traceLine{Block: fromBlock(b)})
		}
		return p.engine.Block(b)
	})
}

// Reading implements sense.Sink.
func (p *pipeline) Reading(r care.Reading) {
	p.do(func() ([]care.Reading, []care.Alert) {
		if p.agent.opts.Record != nil {
			p.agent.record(traceLine{Reading: fromReading(r)})
		}
		return p.engine.Reading(r)
	})
}

// Tick says that it is now at.
func (p *pipeline) Tick(at time.Time) {
	p.do(func() ([]care.Reading, []care.Alert) {
		if p.agent.opts.Record != nil {
			p.agent.record(traceLine{Tick: &at})
		}
		return p.engine.Tick(at)
	})
	p.beat(time.Now())
}

// answered says that a person closed the alarm of an episode.
func (p *pipeline) answered(e care.Episode) {
	p.do(func() ([]care.Reading, []care.Alert) {
		if p.agent.opts.Record != nil {
			p.agent.record(traceLine{Answered: e.String()})
		}
		p.engine.Answered(e)
		return nil, nil
	})
}

// lies says that an alert was confirmed right before a restart.
func (p *pipeline) lies(al care.Alert) {
	p.do(func() ([]care.Reading, []care.Alert) {
		if p.agent.opts.Record != nil {
			p.agent.record(traceLine{Lies: fromAlert(al)})
		}
		p.engine.Lies(al)
		return nil, nil
	})
}

// held is for how long care in progress held falls back so far.
func (p *pipeline) held() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.engine.Held()
}

// tick ticks once a second.
func (p *pipeline) tick(ctx context.Context) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-t.C:
			p.Tick(now.Round(0).UTC())
		}
	}
}

// do runs the engine once and takes what comes out. A detector that panics
// costs this one block, reading or tick, and is said.
func (p *pipeline) do(step func() ([]care.Reading, []care.Alert)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if v := recover(); v != nil {
			p.panics.Add(1)
			p.log.Error("detector panicked", "value", fmt.Sprint(v), "stack", string(debug.Stack()))
			p.agent.warnings.Set(health.Warning{Code: "detector-panic", Severity: health.Critical, Text: fmt.Sprint(v)}, 0, time.Now())
		}
	}()
	readings, alerts := step()
	for _, a := range alerts {
		p.alerts.Add(1)
		p.agent.caller.call(a)
	}
	for _, r := range readings {
		p.take(r)
	}
}

// save returns the state of the engine that outlives a restart.
func (p *pipeline) save() (data []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if v := recover(); v != nil {
			p.panics.Add(1)
			data, err = nil, fmt.Errorf("agent: saving the state of the detectors: panic: %v", v)
		}
	}()
	return p.engine.Save(time.Now().Round(0).UTC())
}

// load gives the engine what it knew before.
func (p *pipeline) load(data []byte, at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.engine.Load(data, at)
}

// take puts a reading into the batch.
func (p *pipeline) take(r care.Reading) {
	if p.simulated[r.Source] {
		r.Flags |= care.Simulated
	}
	if err := wire.Encodable(r); err != nil {
		p.refused.Add(1)
		p.log.Warn("reading cannot be carried", "error", err)
		return
	}
	// The store keeps one value a series and millisecond.
	k := seriesKey{r.Resident, r.Source, r.Metric}
	r.At = r.At.Truncate(time.Millisecond)
	if last, ok := p.series[k]; ok && !r.At.After(last) && last.Sub(r.At) < time.Second {
		r.At = last.Add(time.Millisecond)
	}
	p.series[k] = r.At
	p.readings.Add(1)
	p.agent.tap(r)
	p.agent.batcher.add(r)
}

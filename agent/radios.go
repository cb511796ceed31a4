package agent

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/health"
	"osmanthus/agent/sense/radio"
	"osmanthus/care"
	"osmanthus/wire/senml"
)

// byRadio reports whether a sensor is heard by radio, not by a wire.
func byRadio(s config.Sensor) bool { return s.MAC != "" || s.SenML != "" }

// buildRadio makes the hub of all radios; nil where there are none.
func (a *Agent) buildRadio() error {
	if len(a.cfg.Radios) == 0 || a.opts.Trace != nil {
		return nil
	}
	specs, devices := radios(a.cfg)
	stations, err := radio.Open(specs, radio.OpenOpts{Log: a.log, Client: a.cfg.Site + "/" + a.cfg.Gateway})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	a.radio, err = radio.New(stations, devices, a.pipe, radio.Opts{Log: a.log, Decode: pack})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	return nil
}

// radios says what is heard, and by what.
func radios(cfg config.Config) (specs []radio.Spec, devices []radio.Device) {
	for _, r := range cfg.Radios {
		specs = append(specs, radio.Spec{
			Name: r.Name, Kind: r.Kind, Device: r.Device, Address: r.Address, KeyFile: r.KeyFile, Topics: r.Topics, SenML: r.SenML,
			User: r.User, PasswordFile: r.PasswordFile, CAFile: r.CA, Quiet: time.Duration(r.Quiet),
		})
	}
	for _, s := range cfg.Sensors {
		if !byRadio(s) {
			continue
		}
		devices = append(devices, radio.Device{
			ID: care.SourceID(s.ID), Resident: care.ResidentID(s.Resident), Kind: s.Kind, Address: s.MAC, Name: s.SenML,
			KeyFile: s.KeyFile, Connects: s.Connected(), Silence: class(s).Limit(), Carried: class(s) == detect.Band,
		})
	}
	return specs, devices
}

// modelledRadios reports whether models are heard: what is made of it says so.
func modelledRadios(cfg config.Config) bool {
	return slices.ContainsFunc(cfg.Radios, func(r config.Radio) bool { return strings.HasPrefix(r.Device, "sim:") })
}

// class is how the silence of a sensor is supervised, 0 as its kind is.
func class(s config.Sensor) detect.Class {
	if !byRadio(s) {
		return 0
	}
	if c, ok := detect.ClassByName(s.Class); ok {
		return c
	}
	if s.Kind == "band" {
		return detect.Band
	}
	return detect.Unsupervised
}

// radioSources are the radios as detection watches them.
func radioSources(cfg config.Config) (sources []detect.Source) {
	heard := map[string]bool{}
	for _, s := range cfg.Sensors {
		if byRadio(s) {
			heard[s.Resident] = true
		}
	}
	for _, r := range cfg.Radios {
		sources = append(sources, detect.Source{ID: care.SourceID(r.Name), Kind: detect.RadioSource, Hears: len(heard)})
	}
	return sources
}

// pack resolves a SenML pack, JSON or CBOR, into what are readings of ours.
func pack(payload []byte, received time.Time) ([]radio.Record, error) {
	parse := senml.ParseCBOR
	if text := strings.TrimLeft(string(payload[:min(len(payload), 64)]), " \t\r\n"); strings.HasPrefix(text, "[") {
		parse = senml.ParseJSON
	}
	records, err := parse(payload)
	if err != nil {
		return nil, err
	}
	all, err := senml.Resolve(records)
	if err != nil {
		return nil, err
	}
	var out []radio.Record
	for i := range all {
		if r, ok := all[i].Reading("", "senml", received); ok {
			out = append(out, radio.Record{Name: all[i].Name, Metric: r.Metric.String(), Value: r.Value, At: r.At})
		}
	}
	return out, nil
}

// measureRadio registers the figures of the radios.
func (a *Agent) measureRadio() {
	a.measureBands()
	if a.radio == nil {
		return
	}
	count := func(name string, f func(radio.Stats) uint64) {
		a.metrics.NewGauge("osmanthus_agent_radio_"+name, func() float64 { return float64(f(a.radio.Stats())) })
	}
	count("adverts_total", func(s radio.Stats) uint64 { return s.Adverts })
	count("unknown_total", func(s radio.Stats) uint64 { return s.Unknown })
	count("strangers_total", func(s radio.Stats) uint64 { return s.Strangers })
	count("malformed_total", func(s radio.Stats) uint64 { return s.Malformed })
	count("repeated_total", func(s radio.Stats) uint64 { return s.Repeated })
	count("late_total", func(s radio.Stats) uint64 { return s.Late })
	count("replayed_total", func(s radio.Stats) uint64 { return s.Replayed })
	count("locked_total", func(s radio.Stats) uint64 { return s.Locked })
	count("senml_packs_total", func(s radio.Stats) uint64 { return s.Packs })
	count("refused_total", func(s radio.Stats) uint64 { return s.Refused })
	count("panics_total", func(s radio.Stats) uint64 { return s.Panics })
	count("restarts_total", func(s radio.Stats) uint64 { return s.Restarts })
	count("rungs_total", func(s radio.Stats) uint64 { return s.Rungs })
	count("dropped_total", func(s radio.Stats) uint64 { return s.Dropped })
	for _, r := range a.cfg.Radios {
		a.metrics.NewGauge(fmt.Sprintf("osmanthus_agent_radio_state{radio=%q}", r.Name), func() float64 { return float64(a.radio.Radios()[r.Name]) })
	}
}

// states is what was last learned about every sensor, by wire or by radio. What
// speaks when it wants, and did not yet, is left out.
func (a *Agent) states() map[care.SourceID]int {
	all := a.sense.States()
	if a.radio == nil {
		return all
	}
	quiet := map[care.SourceID]bool{}
	for _, s := range a.cfg.Sensors {
		quiet[care.SourceID(s.ID)] = byRadio(s) && class(s) == detect.Unsupervised
	}
	states := a.radio.States()
	if a.bands != nil {
		maps.Copy(states, a.bands.States())
	}
	for source, state := range states {
		if state >= 0 || !quiet[source] {
			all[source] = state
		}
	}
	return all
}

// lookRadio turns the states of radios into warnings.
func (a *Agent) lookRadio(now time.Time) {
	if a.radio == nil {
		return
	}
	text := map[int]string{care.RadioDeaf: "hears nothing", care.RadioHealing: "hears nothing, and is being healed",
		care.RadioGone: "hears nothing, and nothing helped"}
	for name, state := range a.radio.Radios() {
		w := health.Warning{Code: "radio:" + name, Severity: health.Critical, Text: text[state]}
		a.warnings.Is(w.Text != "", w, 10*time.Second, now)
	}
}

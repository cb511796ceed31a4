package agent

import (
	"fmt"
	"path/filepath"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/sense/radio"
	"osmanthus/care"
)

// storedAfter is how long a batch takes, at most, from the outbox to the disk.
const storedAfter = 3 * time.Second

// buildBands makes the connections with what is connected to; the radios are
// there.
func (a *Agent) buildBands() error {
	list, err := bands(a.cfg)
	if err != nil || len(list) == 0 || a.radio == nil {
		return err
	}
	a.bands, err = radio.NewBands(list, a.radio, a.pipe, radio.BandOpts{
		Log: a.log, Dir: filepath.Join(a.cfg.StateDir, "bands"), Zone: a.cfg.Zone(),
		Stored: time.Duration(a.cfg.Telemetry.Batch) + storedAfter,
	})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	return nil
}

// bands says what is connected to.
func bands(cfg config.Config) (list []radio.Band, err error) {
	for _, s := range cfg.Sensors {
		if !s.Connected() {
			continue
		}
		address, err := radio.ParseAddress(s.MAC)
		if err != nil {
			return nil, fmt.Errorf("agent: sensor %q: %w", s.ID, err)
		}
		list = append(list, radio.Band{ID: care.SourceID(s.ID), Resident: care.ResidentID(s.Resident), Kind: s.Kind,
			Address: address, Bond: s.Bond, User: uint8(s.User), Calls: class(s) == detect.CallRadio, Simulated: modelledRadios(cfg)})
	}
	return list, nil
}

// cell is what a sensor has its power from, as far as it was said.
func cell(s config.Sensor) detect.Cell {
	c, _ := detect.CellByName(s.Cell) // none is unknown
	return c
}

// measureBands registers the figures of the connections.
func (a *Agent) measureBands() {
	if a.bands == nil {
		return
	}
	count := func(name string, f func(radio.BandStats) uint64) {
		a.metrics.NewGauge("osmanthus_agent_band_"+name, func() float64 { return float64(f(a.bands.Stats())) })
	}
	count("connects_total", func(s radio.BandStats) uint64 { return s.Connects })
	count("failed_total", func(s radio.BandStats) uint64 { return s.Failed })
	count("values_total", func(s radio.BandStats) uint64 { return s.Values })
	count("malformed_total", func(s radio.BandStats) uint64 { return s.Malformed })
	count("records_total", func(s radio.BandStats) uint64 { return s.Records })
	count("undated_total", func(s radio.BandStats) uint64 { return s.Undated })
	count("strangers_total", func(s radio.BandStats) uint64 { return s.Strangers })
	count("lost_total", func(s radio.BandStats) uint64 { return s.Lost })
	count("panics_total", func(s radio.BandStats) uint64 { return s.Panics })
	count("forced_total", func(s radio.BandStats) uint64 { return s.Forced })
	count("connected", func(s radio.BandStats) uint64 { return uint64(s.Connected) })
}

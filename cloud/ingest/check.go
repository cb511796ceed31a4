package ingest

import (
	"context"
	"fmt"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// Times outside of these are not believed. No gateway of ours was sensing
// before 2020; a clock that was never set says 1970.
var oldest = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

const ahead = 24 * time.Hour

// insane says why a time that arrived at the given one is not believed, or "".
func insane(t, arrived time.Time) string {
	switch {
	case t.Before(oldest):
		return fmt.Sprintf("its clock says %s, long ago", t.UTC().Format(time.RFC3339))
	case t.After(arrived.Add(ahead)):
		return fmt.Sprintf("its clock says %s, more than a day ahead", t.UTC().Format(time.RFC3339))
	}
	return ""
}

// from finds out which registered gateway sent m. Reason is not empty where
// none did; an error says that the registry did not answer.
func (in *Ingest) from(ctx context.Context, m message) (o origin, reason string, err error) {
	t, err := wire.ParseTopic(m.topic)
	if err != nil {
		return origin{}, err.Error(), nil
	}
	ok, err := in.known.registered(ctx, t.Site, t.Gateway, m.at)
	if err != nil {
		return origin{}, "", fmt.Errorf("ingest: asking the registry for gateway %s: %w", t.Gateway, err)
	}
	if !ok {
		return origin{}, fmt.Sprintf("gateway %s is not registered at site %s", t.Gateway, t.Site), nil
	}
	return origin{site: t.Site, gateway: t.Gateway, lane: t.Lane}, "", nil
}

// batch is a telemetry message that was understood. Where reason is not empty,
// it goes into quarantine instead of the store.
type batch struct {
	message
	origin
	wire.Telemetry
	reason  string
	settled bool // had been before: nothing is to be done
	dropped bool // part of a flood: neither kept nor settled, its gateway sends it again
	start   int  // where its records begin in the common buffer
	end     int
}

// understand decodes telemetry. A batch without a boot could not be decoded.
func understand(m message, o origin, s *seriesBudget) batch {
	b := batch{message: m, origin: o}
	var err error
	if b.Telemetry, err = wire.DecodeTelemetry(m.payload); err != nil {
		b.reason = err.Error()
		return b
	}
	for i := range b.Readings {
		if b.reason = insane(b.Readings[i].At, m.at); b.reason != "" {
			return b
		}
	}
	b.reason = s.spend(o.gateway, b.Readings)
	return b
}

// maxSeries is how many series (resident, source, metric) one gateway may
// begin: what no home needs would only wear out the store's index.
const maxSeries = 4096

// seriesBudget counts the series that each gateway has begun since the start.
// One goroutine owns it.
type seriesBudget struct {
	begun map[care.GatewayID]map[seriesKey]struct{}
}

type seriesKey struct {
	resident care.ResidentID
	source   care.SourceID
	metric   care.Metric
}

// spend takes the series of rs into account, and says why it does not.
func (s *seriesBudget) spend(gateway care.GatewayID, rs []care.Reading) string {
	if s.begun == nil {
		s.begun = map[care.GatewayID]map[seriesKey]struct{}{}
	}
	begun := s.begun[gateway]
	if begun == nil {
		begun = map[seriesKey]struct{}{}
		s.begun[gateway] = begun
	}
	var last seriesKey
	for i := range rs {
		k := seriesKey{rs[i].Resident, rs[i].Source, rs[i].Metric}
		if k == last {
			continue
		}
		last = k
		if _, ok := begun[k]; ok {
			continue
		}
		if len(begun) >= maxSeries {
			return fmt.Sprintf("the gateway has begun %d series, no more are taken", maxSeries)
		}
		begun[k] = struct{}{}
	}
	return ""
}

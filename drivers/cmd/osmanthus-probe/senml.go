package main

import (
	"fmt"
	"time"

	"osmanthus/care"
	"osmanthus/wire/senml"
)

// resolved is a record of a pack, with its time as it stands there: from 1970,
// or from the reception.
type resolved struct {
	senml.Resolved
	Time  *float64 `json:"t,omitempty"`
	ToNow *float64 `json:"t_relative_to_now_s,omitempty"`
}

// pack decodes a SenML pack and resolves it. Data values (vd) stand in the pack,
// not among what is resolved: they are no readings.
func pack(format string, b []byte) ([]any, any, error) {
	parse, ok := map[string]func([]byte) ([]senml.Record, error){"json": senml.ParseJSON, "cbor": senml.ParseCBOR}[format]
	if !ok {
		return nil, nil, fmt.Errorf("SenML in %q: say json or cbor", format)
	}
	records, err := parse(b)
	if err != nil {
		return nil, nil, err
	}
	all, err := senml.Resolve(records)
	if err != nil {
		return nil, map[string]any{"json": records}, err
	}
	now := time.Now().UTC()
	readings, out := []any{}, []resolved{}
	for i := range all {
		o := &all[i]
		if o.Data != nil {
			continue
		}
		one := resolved{Resolved: *o}
		switch {
		case !o.Relative:
			one.Time = &o.Time
		case o.Time != 0:
			one.ToNow = &o.Time
		}
		out = append(out, one)
		if r, ok := o.Reading("", care.SourceID("senml"), now); ok {
			info, _ := r.Metric.Info()
			readings = append(readings, reading{Metric: r.Metric.String(), Value: r.Value, Unit: info.Unit, Source: o.Name, Quality: uint8(r.Quality), Flags: r.Flags, At: r.At})
		}
	}
	return readings, map[string]any{"json": records, "resolved": out}, nil
}

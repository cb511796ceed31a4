package main

import (
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// reading is one of our own, by the names of the table of metrics.
type reading struct {
	Metric   string     `json:"metric"`
	Value    float64    `json:"value"`
	Unit     string     `json:"unit"`
	Resident string     `json:"resident,omitempty"`
	Source   string     `json:"source"`
	Quality  uint8      `json:"quality"`
	Flags    care.Flags `json:"flags,omitempty"`
	At       time.Time  `json:"at"`
}

// envelope is the rest of a message.
type envelope struct {
	Boot        uint64 `json:"boot"`
	Seq         uint64 `json:"seq"`
	TimeQuality string `json:"time_quality"`
}

// telemetry decodes a message of the telemetry or backfill topic.
func telemetry(b []byte) ([]any, any, error) {
	t, err := wire.DecodeTelemetry(b)
	if err != nil {
		return nil, nil, err
	}
	var out []any
	for _, r := range t.Readings {
		info, _ := r.Metric.Info()
		out = append(out, reading{r.Metric.String(), r.Value, info.Unit, string(r.Resident), string(r.Source), uint8(r.Quality), r.Flags, r.At})
	}
	return out, envelope{t.Boot, t.Seq, t.TimeQuality.String()}, nil
}

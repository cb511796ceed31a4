package health

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"osmanthus/care"
)

// Report is what /healthz shows.
type Report struct {
	Status      string         `json:"status"` // ok, degraded, or failing where a part stands still
	At          time.Time      `json:"at"`
	Started     time.Time      `json:"started"`
	Software    string         `json:"software"`
	TimeQuality string         `json:"time_quality"`
	Connected   bool           `json:"connected"`
	Pending     uint64         `json:"pending"`
	Board       uint64         `json:"board_version"`
	Sensors     map[string]int `json:"sensors"` // care.SensorState by source, -1 before the first answer
	Warnings    []Warning      `json:"warnings"`
	Reason      string         `json:"reason,omitempty"`
}

// Judge sets the status from the warnings and from what stands still.
func (r *Report) Judge(quality care.TimeQuality, alive error) {
	r.TimeQuality = quality.String()
	r.Status = "ok"
	for _, w := range r.Warnings {
		if w.Severity >= Degraded {
			r.Status = "degraded"
		}
	}
	if alive != nil {
		r.Status, r.Reason = "failing", alive.Error()
	}
}

// Handler serves /healthz (JSON; status 503 when failing) and /metrics
// (Prometheus' text format, the process's memory and CPU included).
func Handler(report func(at time.Time) Report, set *metrics.Set) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		r := report(time.Now())
		w.Header().Set("Content-Type", "application/json")
		if r.Status == "failing" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.Encode(r) //nolint:errcheck // the reader has gone away
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		set.WritePrometheus(w)
		metrics.WriteProcessMetrics(w)
	})
	return mux
}

package detect

import (
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// breathes plays a recorded waveform of breathing to an engine, and counts its
// rates and the episodes of apnoea by what they came to.
func breathes(t *testing.T, wave []float64, rate float64) (rates int, pauses map[care.Priority]int) {
	t.Helper()
	h := newHome(t, Source{Kind: Breathing}, Plan{})
	level := map[care.Episode]care.Priority{}
	b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.Breathing, Rate: rate}
	for i, per := 0, int(rate); i+per <= len(wave); i += per {
		b.Start, b.Channels = after(float64(i)/rate), [][]float64{wave[i : i+per]}
		readings, alerts := h.engine.Block(&b)
		for _, r := range readings {
			if r.Metric == care.RespiratoryRate {
				rates++
			}
		}
		for _, a := range alerts {
			if a.Kind == care.Apnoea {
				level[a.Episode] = a.Priority
			}
		}
	}
	pauses = map[care.Priority]int{}
	for _, p := range level {
		pauses[p]++
	}
	return rates, pauses
}

// In these recordings two people marked every breath, and never both left 10 s
// without one.
func TestD8_NoPauseIsSaidOfPatientsWhoBreathe(t *testing.T) {
	given, due := 0, 0
	for _, p := range recordings.Read(t, recordings.BIDMC) {
		rates, pauses := breathes(t, p.Resp, p.Rate)
		if len(pauses) > 0 {
			t.Errorf("%s: pauses %v", p.ID, pauses)
		}
		given, due = given+rates, due+(len(p.Resp)/125-32)/10
	}
	if share := float64(given) / float64(due); share < 0.93 {
		t.Errorf("a rate was given in %.1f %% of the time", 100*share)
	}
}

// Healthy sleepers pause now and then, shortly.
func TestD8_HealthyNightsHaveFewAndShortPauses(t *testing.T) {
	for _, n := range recordings.Read(t, recordings.OvernightResp) {
		rates, pauses := breathes(t, n.Resp, n.Rate)
		hours := float64(len(n.Resp)) / n.Rate / 3600
		t.Logf("%s: %.1f h, a rate in %.1f %% of the time, pauses %v", n.ID, hours, float64(rates)/hours/3.6, pauses)
		if float64(pauses[care.Low]+pauses[care.Medium]) > 2*hours || pauses[care.Medium] > 1 || pauses[care.High] > 0 || float64(rates) < 0.75*360*hours {
			t.Errorf("%s: in %.1f h %d rates, pauses %v", n.ID, hours, rates, pauses)
		}
	}
}

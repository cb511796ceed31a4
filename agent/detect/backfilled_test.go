package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

// A pressure of last night and an oxygen of 70 % of three hours ago are stored,
// ring nobody, and do not make a silent band look alive.
func TestB5_WhatWasKeptRingsNoAlarm(t *testing.T) {
	play := func(flags care.Flags) (delivered int, alerts []care.Alert) {
		e, err := New(Plan{Sources: []Source{{ID: "band-1", Resident: "r-1", Kind: Vitals, Class: Band}}})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
		for i := range 40 * 60 {
			now := at.Add(time.Duration(i) * time.Second)
			r := care.NewReading("r-1", "band-1", care.SpO2, 70+float64(i%3), 100, now.Add(-3*time.Hour))
			r.Flags |= flags
			rs, as := e.Reading(r)
			delivered += len(rs)
			alerts = append(alerts, as...)
			_, as = e.Tick(now)
			alerts = append(alerts, as...)
		}
		return delivered, alerts
	}
	n, alerts := play(care.Backfilled)
	stale := 0
	for _, a := range alerts {
		if a.Kind != care.SourceStale {
			t.Errorf("%v %v of what was kept", a.Kind, a.State)
		} else {
			stale++
		}
	}
	if n != 40*60 || stale != 2 {
		t.Errorf("%d readings delivered, stale said %d times, want 2: low after 15 min, medium after 30", n, stale)
	}
	if _, alerts := play(0); len(alerts) == 0 || alerts[0].Kind != care.VitalLow {
		t.Errorf("the same as of now: %+v", alerts)
	}
}

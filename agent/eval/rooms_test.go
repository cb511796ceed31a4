package eval

import (
	"testing"

	"osmanthus/agent/eval/recordings"
)

func TestD6_AHealthyHomeIsQuiet(t *testing.T) {
	for _, h := range recordings.Read(t, recordings.SmartHomes) {
		if h.ID != "kasteren-A" && h.ID != "ordonez-A" { // the others take long
			continue
		}
		events, start := homeEvents(&h), h.Events[0].From
		out, err := playHome(h.ID, homeProfile(&h), start, events)
		if err != nil {
			t.Fatal(err)
		}
		alarms := 0
		for _, k := range roomKinds {
			alarms += len(Raised(out.Alerts, k))
		}
		weeks := events[len(events)-1].at.Sub(start).Hours() / 24 / 7
		if float64(alarms) > weeks {
			t.Errorf("%s: %d alarms in %.1f weeks", h.ID, alarms, weeks)
		}
		if out.Bad != 0 {
			t.Errorf("%s: %d rows were refused", h.ID, out.Bad)
		}
	}
}

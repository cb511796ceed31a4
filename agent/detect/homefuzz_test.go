package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

// Whatever detectors, meter and mains say, whenever, and however often the agent
// restarts: an alert is cleared only if it was raised, and no technical one is
// above Medium.
func FuzzHomeLines(f *testing.F) {
	f.Add([]byte{0, 1, 10, 0, 0, 40, 1, 200, 60, 2, 0, 30, 3, 90, 5, 4, 0, 0, 0, 2, 3})
	f.Add([]byte{4, 0, 200, 1, 0, 255, 1, 3, 255, 1, 250, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		plan := Plan{Sources: []Source{
			{ID: "smoke", Kind: HazardSensor}, {ID: "leak", Kind: HazardSensor}, {ID: "ups", Kind: MainsSensor, LowBattery: 11.5},
			{ID: "water", Kind: WaterMeter, Resident: "r-1"},
		}}
		e, err := New(plan)
		if err != nil {
			t.Fatal(err)
		}
		open := map[care.Episode]bool{}
		take := func(_ []care.Reading, alerts []care.Alert) {
			for _, a := range alerts {
				if a.State == care.Cleared && !open[a.Episode] && !a.Kind.Technical() {
					t.Fatalf("cleared and never raised: %+v", a)
				}
				if open[a.Episode] = a.State == care.Confirmed; a.Kind.Technical() && a.Priority > care.Medium {
					t.Fatalf("%+v", a)
				}
			}
		}
		at := start
		for ; len(data) >= 3; data = data[3:] {
			at = at.Add(time.Duration(data[2]) * time.Duration(data[2]) * 20 * time.Millisecond)
			v := float64(data[1])
			switch data[0] % 6 {
			case 0:
				take(e.Reading(care.NewReading("", "smoke", care.Smoke, v, 100, at)))
			case 1:
				take(e.Reading(care.NewReading("r-1", "water", care.WaterFlow, v/20, 100, at)))
			case 2:
				take(e.Reading(care.NewReading("", "ups", care.MainsPower, v, 100, at)))
			case 3:
				take(e.Reading(care.NewReading("", "ups", care.BatteryVoltage, v/10, 100, at)))
			case 4:
				take(e.Reading(care.NewReading("", "leak", care.WaterLeak, v, 100, at)))
			case 5:
				state, err := e.Save(at)
				if err != nil {
					t.Fatal(err)
				}
				if e, err = New(plan); err != nil {
					t.Fatal(err)
				}
				if at = at.Add(time.Duration(data[1]) * time.Minute); data[1] > 250 {
					at = at.Add(-48 * time.Hour)
				}
				if err := e.Load(state, at); err != nil {
					t.Fatal(err)
				}
				continue
			}
			for range 1 + data[0]/16 {
				take(e.Tick(at))
				at = at.Add(time.Second)
			}
		}
	})
}

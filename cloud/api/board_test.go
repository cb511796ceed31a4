package api

import (
	"slices"
	"testing"
	"time"

	"osmanthus/care"
)

func TestJ1_TheMostUrgentComesFirst(t *testing.T) {
	a := func(id int64, priority, state string, s int) Alarm {
		return Alarm{ID: id, Priority: priority, State: state, RaisedAt: t0.Add(time.Duration(s) * time.Second)}
	}
	all := []Alarm{
		a(1, "low", "raised", 0), a(2, "high", "suspected", 0), a(3, "high", "raised", 5), a(4, "medium", "acknowledged", 1),
		a(5, "high", "raised", 1), a(8, "high", "on_site", 0), a(6, "low", "suspected", 0), a(7, "medium", "raised", 0),
	}
	slices.SortStableFunc(all, byUrgency)
	var ids []int64
	for _, one := range all {
		ids = append(ids, one.ID)
	}
	if want := []int64{5, 3, 8, 7, 4, 1, 2, 6}; !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
}

func TestAValueShowsItsAge(t *testing.T) {
	now := t0.Add(time.Hour)
	got := vitals([]Reading{
		{Metric: "heart_rate", Value: 72, Quality: 90, At: now.Add(-10 * time.Second)},
		{Metric: "spo2", Value: 96, At: now.Add(-4 * time.Minute)},
		{Metric: "body_temperature", Value: 300, Implausible: true, At: now.Add(-time.Hour)},
		{Metric: "bed_occupancy", Value: 1, At: now},
		{Metric: "of a later version", Value: 1, At: now},
	}, now)
	if len(got) != 3 || got[0].Stale || got[0].AgeS != 10 || got[0].Unit != "/min" || !got[1].Stale || *got[1].Value != 96 || got[2].Stale || !got[2].Implausible {
		t.Errorf("%+v", got)
	}
}

// What the sensors of rooms say is shown beside the vital signs, not among them.
func TestTheSignsOfRooms(t *testing.T) {
	said := signs([]Reading{
		{Metric: "heart_rate", Value: 72, At: t0}, {Metric: "bed_occupancy", Value: 1, At: t0}, {Metric: "call_line", At: t0},
		{Metric: "door", Value: 1, At: t0.Add(-time.Hour)}, {Metric: "presence", Value: 1, Quality: 70, At: t0}, {Metric: "distance", Value: 1.8, At: t0},
		{Metric: "fall_detected", At: t0}, {Metric: "wear_state", Value: 1, At: t0}, {Metric: "worn_week", Value: 41, At: t0.Add(-time.Hour)}, {Metric: "sensor_state", At: t0},
	}, t0)
	var names []string
	for _, v := range said {
		names = append(names, v.Metric)
	}
	if want := []string{"door", "presence", "distance", "fall_detected", "wear_state", "worn_week"}; !slices.Equal(names, want) || said[5].Stale || !said[0].Stale || said[1].Stale {
		t.Errorf("%v %+v", names, said)
	}
}

func TestSilenceIsNeverReassuring(t *testing.T) {
	r := Resident{ID: "r1", Gateway: "gw-1"}
	on, off := []Gateway{{ID: "gw-1", Online: true}}, []Gateway{{ID: "gw-1"}}
	fresh, old := []Reading{{Metric: "activity", At: t0}}, []Reading{{Metric: "activity", At: t0.Add(-time.Hour)}}
	stale := []Alarm{{ID: 1, Kind: "source_stale", Resident: "r1"}}
	over := t0
	just := func(metric string, v float64) []Reading { return []Reading{{Metric: metric, Value: v, At: t0}} }
	for _, c := range []struct {
		name     string
		resident Resident
		readings []Reading
		open     []Alarm
		gateways []Gateway
		want     string
	}{
		{"well", r, fresh, nil, on, ""},
		{"a fall is open", r, fresh, []Alarm{{ID: 1, Kind: "fall", Resident: "r1"}}, on, ""},
		{"of another resident", r, fresh, []Alarm{{ID: 1, Kind: "source_stale", Resident: "r2"}}, on, ""},
		{"stale once", r, fresh, []Alarm{{ID: 1, Kind: "source_stale", Resident: "r1", ConditionEndedAt: &over}}, on, ""},
		{"no gateway", Resident{ID: "r1"}, fresh, nil, on, "no_gateway"},
		{"unknown gateway", r, fresh, nil, nil, "gateway_lost"},
		{"lost gateway", r, fresh, nil, off, "gateway_lost"},
		{"stale", r, fresh, stale, on, "source_stale"},
		{"old data", r, old, nil, on, "no_data"},
		{"no data", r, nil, nil, on, "no_data"},
		{"the sensor is said to be silent", r, just("sensor_state", care.SensorSilent), nil, on, "no_data"},
		{"the sensor is said to work", r, just("sensor_state", care.SensorWorks), nil, on, "no_data"},
		{"the call line is cut", r, just("call_line", care.CallLineOpen), nil, on, "no_data"},
		{"the call line is whole", r, just("call_line", care.CallLineNormal), nil, on, ""},
		{"the band lies on the table", r, just("skin_contact", 0), nil, on, "no_data"},
		{"a score of old values", r, just("news2", 2), nil, on, "no_data"},
		{"somebody entered oxygen", r, just("oxygen", 1), nil, on, "no_data"},
		{"the chip is warm", r, just("sensor_temperature", 30), nil, on, "no_data"},
		{"the room is warm", r, just("air_temperature", 22), nil, on, "no_data"},
		{"the battery is full", r, just("battery_level", 100), nil, on, "no_data"},
		{"the radio is loud", r, just("signal_strength", -50), nil, on, "no_data"},
		{"the smoke detector is at rest", r, just("smoke", care.HazardNone), nil, on, "no_data"},
		{"a door by radio rests", r, []Reading{{Metric: "door", At: t0.Add(-9 * time.Minute)}}, nil, on, ""},
		{"a door was heard a quarter of an hour ago", r, []Reading{{Metric: "door", At: t0.Add(-15 * time.Minute)}}, nil, on, "no_data"},
		{"a door that should speak", r, []Reading{{Metric: "door", At: t0}}, stale, on, "source_stale"},
		{"somebody was weighed", r, just("body_weight", 61), nil, on, "no_data"},
		{"the band is in its drawer", r, just("wear_state", care.WearOff), nil, on, "no_data"},
		{"the band is charging", r, just("wear_state", care.WearCharging), nil, on, "no_data"},
		{"the band is worn", r, just("wear_state", care.WearWorn), nil, on, ""},
		{"nobody wears the band", r, fresh, []Alarm{{ID: 1, Kind: "not_worn", Resident: "r1"}}, on, "not_worn"},
		{"a value that nobody has", r, []Reading{{Metric: "heart_rate", Value: 300, Implausible: true, At: t0}}, nil, on, "no_data"},
	} {
		got := watched(c.resident, c.readings, c.open, c.gateways, t0.Add(time.Minute))
		if got.Reason != c.want || got.Protected != (c.want == "") {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}

func TestBedOccupancyIsKnownOrNot(t *testing.T) {
	at := func(v float64, age time.Duration) *bool {
		return bedOccupied([]Reading{{Metric: "bed_occupancy", Value: v, At: t0.Add(-age)}}, t0)
	}
	if in := at(1, time.Minute); in == nil || !*in {
		t.Error("in bed a minute ago")
	}
	if in := at(0, time.Minute); in == nil || *in {
		t.Error("out of bed a minute ago")
	}
	if at(1, time.Hour) != nil || bedOccupied(nil, t0) != nil {
		t.Error("an old value is shown as the present one")
	}
}

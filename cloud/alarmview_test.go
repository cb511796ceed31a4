package cloud

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/api"
	"osmanthus/cloud/sql"
	"osmanthus/wire"
)

// Every kind of alert that this version raises has its name on the page.
func TestEveryKindOfAlertIsShownByItsName(t *testing.T) {
	field, _ := reflect.TypeFor[api.Alarm]().FieldByName("Kind")
	named := strings.Split(field.Tag.Get("enum"), ",")
	for k := care.Fall; k.Known(); k++ {
		want := k.String()
		if k == care.BedEnter {
			want = "other"
		}
		if got := kind(k); got != want || !slices.Contains(named, got) {
			t.Errorf("%v is shown as %q", k, got)
		}
	}
	if kind(250) != "other" {
		t.Error("a kind of a later version has a name")
	}
}

// A smoke detector belongs to a home: its alarm has no resident, and says which
// sensor it was and where.
func TestA8_AnAlarmOfTheHomeSaysWhichSensorAndWhere(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.furnish()
	onset := time.Now().Add(-time.Second)
	h.raise(wire.Alert{Boot: 1, Seq: 1, Alert: care.Alert{
		Episode: care.NewEpisode(care.SmokeAlarm, "", "kitchen-smoke", care.Smoke, onset), Kind: care.SmokeAlarm, State: care.Confirmed,
		Priority: care.High, Source: "kitchen-smoke", Place: "厨房", Onset: onset, At: onset, Confidence: 1,
		Evidence: care.Evidence{Rule: "hazard/1", Metric: care.Smoke, Value: care.HazardAlarm},
	}})
	li := h.person("li")
	var b api.Board
	if code, text := li.ask("GET", "/board", "", &b); code != 200 || len(b.Alarms) != 1 {
		t.Fatalf("%d %s", code, text)
	}
	a := b.Alarms[0]
	if a.Kind != "smoke" || !a.Ringing || a.Technical || a.Resident != "" || a.ResidentName != "" || a.Source != "kitchen-smoke" ||
		a.SourcePlace != "厨房" || a.Gateway != "gw-1" || a.Place != "2F" || a.Room != "" || a.Bed != "" {
		t.Errorf("%+v", a)
	}
	for _, r := range b.Residents {
		if len(r.OpenAlarms) > 0 {
			t.Errorf("%s has it: %v", r.ID, r.OpenAlarms)
		}
	}
	for _, act := range []string{"acknowledge", "on-site"} {
		if code, text := li.ask("POST", "/alarms/1/"+act, `{"station":"desk"}`, &a); code != 200 {
			t.Errorf("%s: %d %s", act, code, text)
		}
	}
	if code, text := li.ask("POST", "/alarms/1/close", `{"station":"desk","resolution":"helped","override_reason":"toast"}`, &a); code != 200 || a.State != "closed" {
		t.Errorf("%d %s", code, text)
	}
}

// Where an alarm of the home is follows from those who live there.
func TestWhereAnAlarmOfTheHomeIs(t *testing.T) {
	a := alarm.Alarm{Gateway: "gw-1"}
	in := func(id, gateway, place, room string) sql.Resident {
		return sql.Resident{ID: care.ResidentID(id), Name: "x", Gateway: care.GatewayID(gateway), Place: place, Room: room, Bed: "A"}
	}
	for _, c := range []struct {
		name        string
		all         []sql.Resident
		place, room string
	}{
		{"nobody lives there", nil, "", ""},
		{"one does", []sql.Resident{in("1", "gw-1", "2F", "201"), in("2", "gw-2", "3F", "301")}, "2F", "201"},
		{"two in one room", []sql.Resident{in("1", "gw-1", "2F", "201"), in("2", "gw-1", "2F", "201")}, "2F", "201"},
		{"two in two rooms", []sql.Resident{in("1", "gw-1", "2F", "201"), in("2", "gw-1", "2F", "202")}, "2F", ""},
		{"on two floors", []sql.Resident{in("1", "gw-1", "2F", "201"), in("2", "gw-1", "3F", "201")}, "", ""},
	} {
		all := map[care.ResidentID]sql.Resident{}
		for _, r := range c.all {
			all[r.ID] = r
		}
		if r := whose(a, all); r.Place != c.place || r.Room != c.room || r.Name != "" || r.Bed != "" || r.ID != "" {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

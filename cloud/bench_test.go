package cloud

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/api"
	"osmanthus/cloud/sql"
)

func records200(b *testing.B) (*sql.DB, *alarm.Service) {
	b.Helper()
	db, err := sql.Open(b.Context(), filepath.Join(b.TempDir(), "house.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	for i := range 200 {
		r := sql.Resident{ID: care.ResidentID(fmt.Sprintf("r%d", i)), Name: "李建国", Place: "2F", Room: fmt.Sprint(i / 2), Bed: fmt.Sprint(i % 2), Gateway: "gw-1"}
		if err := db.PutResident(b.Context(), r, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	return db, alarm.New(alarmStore{db}, alarm.Opts{})
}

func another(i int) care.Alert {
	a := fall(care.Confirmed, time.Now()).Alert
	a.Resident = care.ResidentID(fmt.Sprintf("r%d", i%200))
	a.Episode = care.NewEpisode(a.Kind, a.Resident, a.Source, 0, a.Onset.Add(time.Duration(i)*time.Second))
	return a
}

// BenchmarkH5_AlertOnRecord is what the cloud adds between the arrival of an
// alert and its receipt: one durable commit.
func BenchmarkH5_AlertOnRecord(b *testing.B) {
	_, s := records200(b)
	for i := 0; b.Loop(); i++ {
		if err := s.Raise(b.Context(), "home", "gw-1", another(i), time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJ1_OpenAlarms reads 40 open alarms of 200 beds, as a board does.
func BenchmarkJ1_OpenAlarms(b *testing.B) {
	db, s := records200(b)
	for i := range 40 {
		if err := s.Raise(b.Context(), "home", "gw-1", another(i), time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if all, err := (alarmView{s, db}).Alarms(b.Context(), api.AlarmFilter{OpenOnly: true}); err != nil || len(all) != 40 {
			b.Fatal(len(all), err)
		}
	}
}

package influx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/influx"
	"osmanthus/deploy/child"
)

// start runs a real InfluxDB, and returns a store of it that answers queries.
func start(t testing.TB) *influx.Store {
	t.Helper()
	bin := os.Getenv("OSMANTHUS_INFLUXD")
	if bin == "" {
		bin = filepath.Join("..", "..", "bin", "osmanthus-influxd")
	}
	if _, err := os.Stat(bin); err != nil {
		t.Skipf("NOT TESTED: %v; `make bin/osmanthus-influxd` builds it", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	c, err := child.Start(ctx, bin, []string{"-dir", t.TempDir()}, child.Opts{Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Kill() })
	var db struct{ URL, Database, Retention, Token string }
	if err := c.Decode(&db); err != nil {
		t.Fatal(err)
	}
	s, err := influx.New(db.URL, db.Database+"/"+db.Retention, influx.Opts{Token: db.Token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for {
		err := s.Ready(ctx)
		if err == nil {
			return s
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func write(t testing.TB, s *influx.Store, rs ...care.Reading) {
	t.Helper()
	if err := s.Write(t.Context(), s.Append(nil, "home", "g1", rs)); err != nil {
		t.Fatal(err)
	}
}

// TestRealInfluxDB shares one server among everything that needs one.
func TestRealInfluxDB(t *testing.T) {
	s := start(t)
	t.Run("G2_ReadingsWrittenTwiceAreOne", func(t *testing.T) { writtenTwice(t, s) })
	for _, language := range []string{"InfluxQL", "Flux"} {
		t.Run("I3_GapsStayGapsIn"+language, func(t *testing.T) { gaps(t, s, language) })
		t.Run("I3_ImplausibleIsKeptAndInNoMeanIn"+language, func(t *testing.T) { implausible(t, s, language) })
		t.Run("LatestIsTheNewestOfAllSourcesIn"+language, func(t *testing.T) { latest(t, s, language) })
	}
	t.Run("NothingIsInjected", func(t *testing.T) { injection(t, s) })
	t.Run("RefusedIsTold", func(t *testing.T) { refused(t, s) })
}

var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func writtenTwice(t *testing.T, s *influx.Store) {
	var rs []care.Reading
	for i := range 500 {
		rs = append(rs, care.NewReading("twice", "wrist-1", care.HeartRate, 60+float64(i%40), 90, day.Add(time.Duration(i)*time.Second)))
	}
	for range 3 {
		rand.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
		write(t, s, rs...)
	}
	n, err := s.Count(t.Context(), "g1", day, day.Add(time.Hour))
	if err != nil || n != 500 {
		t.Errorf("500 readings, each written three times, are %d (%v)", n, err)
	}
	if n, err := s.Count(t.Context(), "another", day, day.Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("another gateway has %d readings (%v)", n, err)
	}
}

func gaps(t *testing.T, s *influx.Store, language string) {
	at := func(sec float64) time.Time {
		return day.Add(10 * time.Hour).Add(time.Duration(sec * float64(time.Second)))
	}
	write(t, s,
		care.NewReading("gaps", "wrist-1", care.SpO2, 96, 80, at(5)),
		care.NewReading("gaps", "wrist-1", care.SpO2, 98, 90, at(25)),
		care.NewReading("gaps", "finger-1", care.SpO2, 94, 100, at(26)),
		care.NewReading("gaps", "wrist-1", care.SpO2, 93, 70, at(150)),
		care.NewReading("other", "wrist-2", care.SpO2, 50, 10, at(70)),
	)
	got, err := s.SeriesBy(t.Context(), language, influx.Query{Resident: "gaps", Metric: care.SpO2, From: at(0), To: at(180), Every: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, w := range got {
		if w.Mean == nil {
			text += "- "
			continue
		}
		text += fmt.Sprintf("%v/%v/%v/%v ", *w.Mean, *w.Min, *w.Max, *w.Quality)
	}
	if text != "96/94/98/90 - - - - 93/93/93/70 " {
		t.Errorf("windows are %s", text)
	}
	if !got[0].At.Equal(at(0)) || !got[5].At.Equal(at(150)) {
		t.Errorf("windows begin at %v and %v", got[0].At, got[5].At)
	}
	// A range that is not aligned holds its own readings only.
	got, err = s.SeriesBy(t.Context(), language, influx.Query{Resident: "gaps", Metric: care.SpO2, From: at(10), To: at(151), Every: time.Minute})
	if err != nil || len(got) != 3 || *got[0].Mean != 96 || got[1].Mean != nil || *got[2].Mean != 93 {
		t.Errorf("unaligned windows %+v, %v", got, err)
	}
}

func implausible(t *testing.T, s *influx.Store, language string) {
	from := day.Add(20 * time.Hour)
	write(t, s,
		care.NewReading("hot", "ear-1", care.BodyTemperature, 36.6, 90, from.Add(time.Second)),
		care.NewReading("hot", "ear-1", care.BodyTemperature, 300, 90, from.Add(2*time.Second)),
	)
	got, err := s.SeriesBy(t.Context(), language, influx.Query{Resident: "hot", Metric: care.BodyTemperature, From: from, To: from.Add(time.Minute), Every: time.Minute})
	if err != nil || len(got) != 1 || *got[0].Mean != 36.6 || *got[0].Max != 36.6 || got[0].ImplausibleCount != 1 {
		t.Errorf("windows %+v, %v", got, err)
	}
	l, err := s.LatestBy(t.Context(), language, "hot", from)
	if err != nil || len(l) != 1 || l[0].Value != 300 || l[0].Flags&care.OutOfRange == 0 || l[0].Quality != 90 {
		t.Errorf("latest %+v, %v", l, err)
	}
}

func latest(t *testing.T, s *influx.Store, language string) {
	from := day.Add(22 * time.Hour)
	write(t, s,
		care.NewReading("late", "wrist-1", care.HeartRate, 61, 80, from.Add(time.Second)),
		care.NewReading("late", "chest-1", care.HeartRate, 62, 70, from.Add(3*time.Second)),
		care.NewReading("late", "wrist-1", care.HeartRate, 63, 60, from.Add(2*time.Second)),
		care.NewReading("late", "wrist-1", care.SpO2, 97, 50, from.Add(time.Second)),
		care.NewReading("", "hub", care.SensorState, 1, 100, from.Add(time.Second)),
	)
	l, err := s.LatestBy(t.Context(), language, "late", from)
	if err != nil || len(l) != 2 {
		t.Fatalf("latest %+v, %v", l, err)
	}
	want := care.NewReading("late", "chest-1", care.HeartRate, 62, 70, from.Add(3*time.Second))
	if l[0] != want || l[1].Metric != care.SpO2 || l[1].Quality != 50 {
		t.Errorf("latest %+v", l)
	}
	all, err := s.LatestBy(t.Context(), language, "", from)
	if err != nil || len(all) != 3 || all[0].Resident != "" {
		t.Errorf("latest of all %+v, %v", all, err)
	}
}

func injection(t *testing.T, s *influx.Store) {
	from := day.Add(23 * time.Hour)
	write(t, s, care.NewReading("secret", "wrist-1", care.HeartRate, 61, 80, from))
	for _, id := range []care.ResidentID{
		`x" or r.resident == "secret`, `x' OR "resident" = 'secret`, `x\' OR "resident" = 'secret`, `x") |> drop() //`, "${\"secret\"}", "x\\", "x\nsecret", "\x00", "桂花", `"`,
	} {
		for _, language := range []string{"InfluxQL", "Flux"} {
			got, err := s.SeriesBy(t.Context(), language, influx.Query{Resident: id, Metric: care.HeartRate, From: from, To: from.Add(time.Minute), Every: time.Minute})
			if err != nil || len(got) != 1 || got[0].Mean != nil {
				t.Errorf("resident %q: %+v, %v", id, got, err)
			}
		}
		// Written, it is one reading of one resident, whatever its name.
		write(t, s, care.NewReading(id, "wrist-1", care.Activity, 1, 80, from))
	}
	n, err := s.Count(t.Context(), "", from, from.Add(time.Minute))
	if err != nil || n < 5 || n > 11 { // those that differ only in what is replaced are one
		t.Errorf("%d readings, %v", n, err)
	}
}

func refused(t *testing.T, s *influx.Store) {
	// A type is fixed for each shard, so at a time that has readings already.
	err := s.Write(t.Context(), fmt.Appendf(nil, "reading,site=home value=\"text\" %d\n", day.UnixMilli()))
	var r interface{ Refused() bool }
	if !errors.As(err, &r) || !r.Refused() {
		t.Errorf("a field of another type: %v", err)
	}
	err = s.Write(t.Context(), []byte("nonsense\n"))
	if !errors.As(err, &r) || !r.Refused() {
		t.Errorf("a malformed record: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Write(ctx, []byte("reading,site=home flags=1i 1\n")); err == nil || errors.As(err, &r) {
		t.Errorf("a cancelled write: %v", err)
	}
	nowhere, err := influx.New("http://127.0.0.1:1", "b", influx.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer nowhere.Close()
	if err := nowhere.Write(t.Context(), []byte("reading,site=home flags=1i 1\n")); err == nil || errors.As(err, &r) {
		t.Errorf("no server: %v", err)
	}
}

// BenchmarkWrite prints what InfluxDB takes in batches of 5000.
func BenchmarkWrite(b *testing.B) {
	s := start(b)
	const points = 5000
	rs := make([]care.Reading, points)
	var records []byte
	at := day
	for b.Loop() {
		for i := range rs {
			at = at.Add(time.Millisecond)
			rs[i] = care.NewReading("bench", care.SourceID(fmt.Sprint("wrist-", i%100)), care.HeartRate, 60, 90, at)
		}
		records = s.Append(records[:0], "home", "g1", rs)
		if err := s.Write(b.Context(), records); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(points*b.N)/b.Elapsed().Seconds(), "points/s")
	b.ReportMetric(float64(len(records))/points, "B/point")
}

// BenchmarkSeries asks for a day of one metric at a reading a second, in
// windows of five minutes, as the resident's page does.
func BenchmarkSeries(b *testing.B) {
	s := start(b)
	const perDay = 24 * 60 * 60
	var rs []care.Reading
	for i := range perDay {
		rs = append(rs, care.NewReading("r1", "wrist-1", care.HeartRate, 60+float64(i%20), 90, day.Add(time.Duration(i)*time.Second)))
	}
	for len(rs) > 0 {
		n := min(5000, len(rs))
		write(b, s, rs[:n]...)
		rs = rs[n:]
	}
	for b.Loop() {
		got, err := s.Series(b.Context(), influx.Query{Resident: "r1", Metric: care.HeartRate, From: day, To: day.Add(24 * time.Hour), Every: 5 * time.Minute})
		if err != nil || len(got) != 288 || got[287].Mean == nil {
			b.Fatal(len(got), err)
		}
	}
}

// BenchmarkLatest asks for the latest values of 100 residents, one of whom has
// a day of seconds behind.
func BenchmarkLatest(b *testing.B) {
	s := start(b)
	for hour := range 24 {
		var rs []care.Reading
		for i := range 3600 {
			rs = append(rs, care.NewReading("r1", "chest-1", care.HeartRate, 60, 90, day.Add(time.Duration(hour)*time.Hour+time.Duration(i)*time.Second)))
		}
		write(b, s, rs...)
	}
	for minute := range 60 {
		var rs []care.Reading
		for r := range 100 {
			for _, m := range []care.Metric{care.HeartRate, care.SpO2, care.RespiratoryRate} {
				rs = append(rs, care.NewReading(care.ResidentID(fmt.Sprint("r", r)), "wrist-1", m, 60, 90, day.Add(time.Duration(minute)*time.Minute)))
			}
		}
		write(b, s, rs...)
	}
	for b.Loop() {
		got, err := s.Latest(b.Context(), "", day)
		if err != nil || len(got) != 300 {
			b.Fatal(len(got), err)
		}
	}
}

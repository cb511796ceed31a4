package influx

import (
	"math"
	"strings"
	"testing"
	"time"

	influxhttp "github.com/influxdata/influxdb-client-go/v2/api/http"

	"osmanthus/care"
)

func TestRecordsAreLineProtocol(t *testing.T) {
	s := &Store{}
	at := time.Date(2026, 3, 1, 8, 0, 0, 5_000_000, time.UTC)
	rs := []care.Reading{
		care.NewReading("r1", "wrist-1", care.HeartRate, 72.5, 90, at),
		care.NewReading("r1", "wrist-1", care.HeartRate, 300, 10, at.Add(time.Second)),
		care.NewReading("", "hub", care.SensorState, 1, 100, at),
		{Resident: "r1", Source: "x", Metric: care.SpO2, Value: math.NaN(), Flags: care.OutOfRange, At: at},
		{Resident: "a b,c=d\\e\nf", Source: "x", Metric: 999, Value: 1e21, At: at},
		{Resident: "r1", Source: "news2", Metric: care.NEWS2, Value: 5, Quality: 90, Flags: care.Partial, At: at},
	}
	want := `reading,gateway=g1,metric=heart_rate,resident=r1,site=home,source=wrist-1 value=72.5,quality=90i,flags=0i 1772352000005
reading,gateway=g1,metric=heart_rate,resident=r1,site=home,source=wrist-1 implausible=300,quality=10i,flags=1i 1772352001005
reading,gateway=g1,metric=sensor_state,site=home,source=hub value=1,quality=100i,flags=0i 1772352000005
reading,gateway=g1,metric=spo2,resident=r1,site=home,source=x quality=0i,flags=1i 1772352000005
reading,gateway=g1,metric=metric-999,resident=a\ b\,c\=d_e_f,site=home,source=x value=1000000000000000000000,quality=0i,flags=0i 1772352000005
reading,gateway=g1,metric=news2,resident=r1,site=home,source=news2 partial=5,quality=90i,flags=16i 1772352000005
`
	if got := string(s.Append(nil, "home", "g1", rs)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWindowsAreRefusedThatCannotBe(t *testing.T) {
	s := &Store{}
	from := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for _, q := range []Query{
		{From: from, To: from, Every: time.Second},
		{From: from, To: from.Add(-time.Hour), Every: time.Second},
		{From: from, To: from.Add(time.Hour)},
		{From: from, To: from.Add(time.Hour), Every: -time.Second},
		{From: from, To: from.Add(time.Hour), Every: 1500 * time.Microsecond},
		{From: from, To: from.AddDate(1, 0, 0), Every: time.Second},
	} {
		if _, err := s.Series(t.Context(), q); err == nil {
			t.Errorf("%+v was accepted", q)
		}
	}
}

func TestOnlyInfluxDBsOwnWordsRefuseARecord(t *testing.T) {
	for _, c := range []struct {
		status  int
		message string
		want    bool
	}{
		{400, "partial write: field type conflict: input field \"v\"", true},
		{422, "failure writing points to database: partial write: points beyond retention policy dropped=1", true},
		{400, "unable to parse 'reading': missing fields", true},
		{413, "Request Entity Too Large", true},
		{400, "plain HTTP request was sent to HTTPS port", false},
		{401, "partial write", false},
		{404, "database not found: \"osmanthus\"", false},
		{500, "retention policy not found: x", false},
		{503, "engine: cache maximum memory size exceeded: partial write", false},
	} {
		if got := refuses(&influxhttp.Error{StatusCode: c.status, Code: "x", Message: c.message}); got != c.want {
			t.Errorf("%d %s: refused %v", c.status, c.message, got)
		}
	}
}

func FuzzQuoteEndsWhereItShould(f *testing.F) {
	f.Add(`a"b`)
	f.Add("${x}")
	f.Add(`\`)
	f.Fuzz(func(t *testing.T, s string) {
		q := quote(s)
		if strings.ContainsAny(q[1:len(q)-1], "\"$\n{}") {
			t.Errorf("%q was quoted as %s", s, q)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	s := &Store{}
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	rs := make([]care.Reading, 300)
	for i := range rs {
		rs[i] = care.NewReading("r1", "wrist-1", care.HeartRate, 60+float64(i%10)/10, 90, at.Add(time.Duration(i)*time.Second))
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = s.Append(dst[:0], "home", "g1", rs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rs)), "ns/point")
}

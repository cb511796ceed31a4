package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"osmanthus/care"
)

var update = flag.Bool("update", false, "write the golden files anew")

var at = time.Date(2026, 3, 1, 22, 15, 30, 250_000_000, time.UTC)

func reading(resident care.ResidentID, m care.Metric, v float64, after time.Duration) care.Reading {
	return care.NewReading(resident, care.SourceID("src-"+string(resident)), m, v, 90, at.Add(after))
}

func exampleTelemetry() Telemetry {
	weak := reading("r02", care.SpO2, 88.5, time.Second)
	weak.Quality = 40
	return Telemetry{Boot: 0x1122334455667788, Seq: 7, TimeQuality: care.TimeSynced, Readings: []care.Reading{
		reading("r01", care.PulseRate, 71.5, 0),
		reading("r01", care.PulseRate, 72, 5*time.Second),
		reading("r01", care.PulseRate, 71.2, 10*time.Second),
		reading("r02", care.BodyTemperature, 300, 0),
		weak,
		reading("r02", care.SpO2, 91, 7*time.Second),
		reading("", care.SensorState, care.SensorSilent, 2*time.Second),
	}}
}

func exampleAlert() Alert {
	return Alert{Boot: 0x1122334455667788, Seq: 3, TimeQuality: care.TimeHoldover, Alert: care.Alert{
		Episode: care.NewEpisode(care.Fall, "r01", "wrist-01", 0, at), Kind: care.Fall, State: care.Confirmed, Priority: care.High,
		Resident: "r01", Source: "wrist-01", Onset: at, At: at.Add(6 * time.Second), Confidence: 0.75,
		Evidence: care.Evidence{Rule: "fall/1", Value: 3.5, Limit: 2.5, Features: []care.Feature{
			{Name: "impact", Value: 3.5, Unit: "g"}, {Name: "stillness", Value: 4.25, Unit: "s"},
		}},
	}}
}

// examplePlaced is an alert of a home, since alerts say where their source is.
func examplePlaced() Alert {
	return Alert{Boot: 0x1122334455667788, Seq: 4, TimeQuality: care.TimeSynced, Alert: care.Alert{
		Episode: care.NewEpisode(care.SmokeAlarm, "", "smoke-1", care.Smoke, at), Kind: care.SmokeAlarm, State: care.Confirmed, Priority: care.High,
		Source: "smoke-1", Place: "厨房 2", Onset: at, At: at, Confidence: 1,
		Evidence: care.Evidence{Rule: "hazard/1", Metric: care.Smoke, Value: care.HazardAlarm, Limit: care.HazardAlarm},
	}}
}

func exampleStatus() Status {
	return Status{Boot: 9, Presence: Online, At: at, TimeQuality: care.TimeSynced, Software: "0.1.0", Started: at.Add(-time.Hour),
		Pending: 12, PendingBytes: 4096, OldestAge: 90 * time.Second, BoardVersion: 4, Warnings: []string{"bus-stuck:bed-3"},
		Dropped: []Dropped{{Boot: 8, Range: Range{From: 10, To: 12}}}}
}

func exampleReceipt() Receipt {
	return Receipt{
		Watermarks: []Watermark{{Boot: 8, Top: 40}, {Boot: 9, Top: 100, Holes: []Range{{From: 20, To: 22}, {From: 99, To: 99}}}},
		Alerts:     []AlertReceipt{{Boot: 9, Seq: 1}},
	}
}

func exampleBoard() Board {
	return Board{Version: 5, At: at, Entries: []BoardEntry{
		{Episode: care.NewEpisode(care.Fall, "r01", "wrist-01", 0, at), State: BoardAcknowledged},
		{Episode: care.NewEpisode(care.Call, "r02", "cord-02", 0, at), State: BoardRaised},
	}}
}

// message is one kind of message, for tests that hold for all kinds.
type message struct {
	name    string
	example any
	encode  func() ([]byte, error)
	decode  func([]byte) (any, error)
}

func messages() []message {
	return []message{
		{"telemetry", exampleTelemetry(), func() ([]byte, error) { return EncodeTelemetry(exampleTelemetry()) },
			func(b []byte) (any, error) { return DecodeTelemetry(b) }},
		{"alert", exampleAlert(), func() ([]byte, error) { return EncodeAlert(exampleAlert()) },
			func(b []byte) (any, error) { return DecodeAlert(b) }},
		{"placed", examplePlaced(), func() ([]byte, error) { return EncodeAlert(examplePlaced()) },
			func(b []byte) (any, error) { return DecodeAlert(b) }},
		{"status", exampleStatus(), func() ([]byte, error) { return EncodeStatus(exampleStatus()) },
			func(b []byte) (any, error) { return DecodeStatus(b) }},
		{"receipt", exampleReceipt(), func() ([]byte, error) { return EncodeReceipt(exampleReceipt()) },
			func(b []byte) (any, error) { return DecodeReceipt(b) }},
		{"board", exampleBoard(), func() ([]byte, error) { return EncodeBoard(exampleBoard()) },
			func(b []byte) (any, error) { return DecodeBoard(b) }},
	}
}

// TestG1_GoldenBytes holds that what was written once is written so for ever,
// and still means the same. Each golden file is the bytes in hexadecimal and
// their diagnostic notation (RFC 8949, 8).
func TestG1_GoldenBytes(t *testing.T) {
	for _, m := range messages() {
		t.Run(m.name, func(t *testing.T) {
			b, err := m.encode()
			if err != nil {
				t.Fatal(err)
			}
			diag, err := cbor.Diagnose(b)
			if err != nil {
				t.Fatal(err)
			}
			text := hex.EncodeToString(b) + "\n" + diag + "\n"
			path := filepath.Join("testdata", m.name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(golden), text); d != "" {
				t.Errorf("the encoding changed (-golden +now):\n%s", d)
			}
			hexLine, _, _ := strings.Cut(string(golden), "\n")
			old, err := hex.DecodeString(hexLine)
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.decode(old)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(m.example, got); d != "" {
				t.Errorf("the golden bytes no longer mean the same (-then +now):\n%s", d)
			}
		})
	}
}

// A place is a name in any script, which can be shown as it is.
func TestPlacesAreShortNames(t *testing.T) {
	for _, good := range []string{"kitchen", "厨房", "2F 北侧卫生间", "room-1", strings.Repeat("房", 21)} {
		if !ValidPlace(good) {
			t.Errorf("%q is no place", good)
		}
	}
	for _, bad := range []string{"", "a\nb", "a\x00", "\xff", `the "attic"`, `a\b`, strings.Repeat("房", 22)} {
		if ValidPlace(bad) {
			t.Errorf("%q is a place", bad)
		}
		m := examplePlaced()
		m.Alert.Place = bad
		if _, err := EncodeAlert(m); (err == nil) != (bad == "") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestG1_UnknownKeysAreTolerated plants keys of a version to come in every map
// of every message.
func TestG1_UnknownKeysAreTolerated(t *testing.T) {
	for _, m := range messages() {
		b, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := cbor.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		top := v.(map[any]any)
		top[uint64(0)] = uint64(2)
		plant(top)
		later, err := encMode.Marshal(top)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.decode(later)
		if err != nil {
			t.Errorf("%s of version 2 is refused: %v", m.name, err)
			continue
		}
		if d := cmp.Diff(m.example, got); d != "" {
			t.Errorf("%s of version 2 reads differently:\n%s", m.name, d)
		}
	}
}

func plant(v any) {
	switch v := v.(type) {
	case map[any]any:
		for _, inner := range v {
			plant(inner)
		}
		v[uint64(1000)] = map[any]any{uint64(1): []any{"later", 1.5}}
	case []any:
		for _, inner := range v {
			plant(inner)
		}
	}
}

func TestNothingButWellFormedMessagesPass(t *testing.T) {
	for _, m := range messages() {
		b, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		for n := range len(b) {
			if _, err := m.decode(b[:n]); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s cut to %d of %d bytes: %v", m.name, n, len(b), err)
			}
		}
		if _, err := m.decode(append(bytes.Clone(b), 0)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s with a byte too many: %v", m.name, err)
		}
		if _, err := m.decode(make([]byte, MaxMessage+1)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s larger than a message may be: %v", m.name, err)
		}
	}
}

func TestAnImplausibleReadingCrossesWithItsFlag(t *testing.T) {
	b, err := EncodeTelemetry(exampleTelemetry())
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeTelemetry(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got.Readings {
		if r.Metric == care.BodyTemperature {
			if r.Value != 300 || r.Flags != care.OutOfRange {
				t.Errorf("300 °C arrived as %+v", r)
			}
			return
		}
	}
	t.Error("300 °C was dropped silently")
}

func TestReadingsThatCannotBeCarriedAreNamed(t *testing.T) {
	for _, r := range []care.Reading{
		reading("r01", care.SpO2, math.NaN(), 0),
		reading("r01", care.SpO2, math.Inf(1), 0),
		reading("r01", care.SpO2, 1e16, 0),
		reading("Frau Li", care.SpO2, 97, 0),
		{Resident: "r01", Metric: care.SpO2, Value: 97, At: at},
	} {
		if Encodable(r) == nil {
			t.Errorf("%+v is said to be encodable", r)
		}
		if _, err := EncodeTelemetry(Telemetry{Boot: 1, Seq: 1, Readings: []care.Reading{r}}); err == nil {
			t.Errorf("%+v was encoded", r)
		}
	}
}

func TestTwoReadingsOfOneMillisecondBothArrive(t *testing.T) {
	b, err := EncodeTelemetry(Telemetry{Boot: 1, Seq: 1, Readings: []care.Reading{
		reading("r01", care.CallLine, 0, 0), reading("r01", care.CallLine, 1, 0), reading("r01", care.CallLine, 0, 0),
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeTelemetry(b)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0, 1, 0} {
		if r := got.Readings[i]; r.Value != want || !r.At.Equal(at.Add(time.Duration(i)*time.Millisecond)) {
			t.Errorf("reading %d: %+v", i, r)
		}
	}
}

func TestTopics(t *testing.T) {
	topic := Topic{Site: "s1", Gateway: "gw-7", Lane: LaneBackfill}
	if topic.String() != "osmanthus/v1/s1/gw-7/backfill" {
		t.Error(topic)
	}
	if back, err := ParseTopic(topic.String()); err != nil || back != topic {
		t.Error(back, err)
	}
	for _, s := range []string{"", "osmanthus/v1/s1/gw-7", "osmanthus/v1/s1/gw-7/live/x", "osmanthus/v1//gw/live",
		"osmanthus/v1/s 1/gw/live", "osmanthus/v2/s1/gw/live", "osmanthus/v1/s1/gw/noise", "osmanthus/v1/+/#/live"} {
		if got, err := ParseTopic(s); err == nil {
			t.Errorf("%q was read as %+v", s, got)
		}
	}
}

func TestG2_WatermarkCoversWhatIsWritten(t *testing.T) {
	w := Watermark{Top: 10, Holes: []Range{{From: 3, To: 4}, {From: 7, To: 7}}}
	want := map[uint64]bool{0: false, 1: true, 2: true, 3: false, 4: false, 5: true, 6: true, 7: false, 8: true, 10: true, 11: false}
	for seq, covered := range want {
		if w.Covers(seq) != covered {
			t.Errorf("Covers(%d) = %v", seq, !covered)
		}
	}
	var many Watermark
	many.Boot, many.Top = 1, 2000
	for i := uint64(0); i < 300; i++ {
		many.Holes = append(many.Holes, Range{From: 2 + 4*i, To: 3 + 4*i})
	}
	b, err := EncodeReceipt(Receipt{Watermarks: []Watermark{many}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeReceipt(b)
	if err != nil {
		t.Fatal(err)
	}
	for seq := range uint64(2002) {
		if got.Watermarks[0].Covers(seq) && !many.Covers(seq) {
			t.Fatalf("a cut watermark covers %d, which is not written", seq)
		}
	}
}

func fuzzDecode[T any](f *testing.F, name string, decode func([]byte) (T, error), encode func(T) ([]byte, error)) {
	for _, m := range messages() {
		b, err := m.encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	if b, err := EncodeAlert(explained(0.3)); err != nil {
		f.Fatal(err)
	} else {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decode(b)
		if err != nil {
			return
		}
		again, err := encode(v)
		if err != nil {
			t.Fatalf("%s was decoded and cannot be encoded: %v", name, err)
		}
		if _, err := decode(again); err != nil {
			t.Fatalf("%s does not survive its own encoding: %v", name, err)
		}
	})
}

func FuzzDecodeTelemetry(f *testing.F) {
	fuzzDecode(f, "telemetry", DecodeTelemetry, func(t Telemetry) ([]byte, error) {
		for _, r := range t.Readings {
			if r.Source == "" || Encodable(r) != nil {
				return EncodeTelemetry(exampleTelemetry()) // carried with more digits than this version's metric has
			}
		}
		b, err := EncodeTelemetry(t)
		if err != nil && strings.Contains(err.Error(), "at most") {
			return EncodeTelemetry(exampleTelemetry()) // an unpacked batch may be larger than a message
		}
		return b, err
	})
}
func FuzzDecodeAlert(f *testing.F)   { fuzzDecode(f, "alert", DecodeAlert, EncodeAlert) }
func FuzzDecodeStatus(f *testing.F)  { fuzzDecode(f, "status", DecodeStatus, EncodeStatus) }
func FuzzDecodeReceipt(f *testing.F) { fuzzDecode(f, "receipt", DecodeReceipt, EncodeReceipt) }
func FuzzDecodeBoard(f *testing.F)   { fuzzDecode(f, "board", DecodeBoard, EncodeBoard) }

// ward is one minute of 20 residents as the agent batches it: pulse rate and
// SpO2 every 5 s, breathing and activity every 10 s, the bed every 30 s.
func ward() Telemetry {
	t := Telemetry{Boot: 1, Seq: 1, TimeQuality: care.TimeSynced}
	for i := range 20 {
		resident := care.ResidentID(fmt.Sprintf("r-%08x", uint32(i)*2654435761))
		add := func(m care.Metric, every int, value func(s float64) float64) {
			source := care.SourceID(fmt.Sprintf("ppg-%02d", i))
			for s := i % every; s < 60; s += every {
				when := at.Add(time.Duration(s)*time.Second + time.Duration(i*37)*time.Millisecond)
				t.Readings = append(t.Readings, care.NewReading(resident, source, m, value(float64(s)), care.Quality(88+s%5), when))
			}
		}
		add(care.PulseRate, 5, func(s float64) float64 { return 70 + 4*math.Sin(s/9+float64(i)) })
		add(care.SpO2, 5, func(s float64) float64 { return 96 + math.Sin(s/17+float64(i)) })
		add(care.RespiratoryRate, 10, func(s float64) float64 { return 15 + 2*math.Sin(s/13+float64(i)) })
		add(care.Activity, 10, func(s float64) float64 { return 0.02 + 0.01*math.Sin(s+float64(i)) })
		add(care.BedOccupancy, 30, func(float64) float64 { return 1 })
	}
	return t
}

// BenchmarkG1_Ward prints the bytes a reading costs (goal: at most 5) and what
// that makes a resident and day.
func BenchmarkG1_Ward(b *testing.B) {
	t := ward()
	enc, err := EncodeTelemetry(t)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := EncodeTelemetry(t); err != nil {
				b.Fatal(err)
			}
		}
		perReading := float64(len(enc)) / float64(len(t.Readings))
		b.ReportMetric(perReading, "bytes/reading")
		b.ReportMetric(float64(len(enc))/20*1440, "bytes/resident/day")
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeTelemetry(enc); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(t.Readings)), "ns/reading")
	})
}

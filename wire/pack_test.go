package wire

import (
	"bytes"
	"compress/flate"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"osmanthus/care"
)

// second is what eight residents give in a second: a value of each series.
func second() Telemetry {
	t := Telemetry{Boot: 0x1122334455667788, Seq: 9, TimeQuality: care.TimeSynced}
	for i := range 8 {
		resident := care.ResidentID("r-0" + string(rune('1'+i)))
		for m, v := range map[care.Metric]float64{care.PulseRate: 71.5, care.SpO2: 96.5, care.PerfusionIndex: 1.21} {
			t.Readings = append(t.Readings, care.NewReading(resident, "finger-"+care.SourceID(resident), m, v+float64(i), 90, at))
		}
	}
	return t
}

func TestG1_ABatchOfASecondIsPackedAndComesBack(t *testing.T) {
	want := second()
	b, err := EncodeTelemetry(want)
	if err != nil {
		t.Fatal(err)
	}
	var body telemetryBody
	if err := cbor.Unmarshal(b, &body); err != nil || body.Packed == nil || body.Series != nil {
		t.Fatalf("not packed: %v", err)
	}
	t.Logf("%d readings of one second in %d bytes", len(want.Readings), len(b))
	got, err := DecodeTelemetry(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestG1_PackedGoldenBytesDecodeForEver holds the meaning only: how well a
// deflater packs is not part of the format.
func TestG1_PackedGoldenBytesDecodeForEver(t *testing.T) {
	b := kept(t, "packed.golden", func() ([]byte, error) { return EncodeTelemetry(ward()) })
	got, err := DecodeTelemetry(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Readings) != len(ward().Readings) || got.Readings[0] != ward().Readings[0] {
		t.Errorf("%d readings, the first %+v", len(got.Readings), got.Readings[0])
	}
}

func TestPackedColumnsThatAreMadeToHarmAreRefused(t *testing.T) {
	deflate := func(plain []byte) []byte {
		var out bytes.Buffer
		w, err := flate.NewWriter(&out, flate.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	good, err := EncodeTelemetry(second())
	if err != nil {
		t.Fatal(err)
	}
	var body telemetryBody
	if err := cbor.Unmarshal(good, &body); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*telemetryBody){
		"a bomb":           func(b *telemetryBody) { b.Packed = deflate(make([]byte, 100<<20)) },
		"no deflate":       func(b *telemetryBody) { b.Packed = []byte{7, 7, 7, 7} },
		"a torn stream":    func(b *telemetryBody) { b.Packed = b.Packed[:len(b.Packed)/2] },
		"nothing in it":    func(b *telemetryBody) { b.Packed = deflate(nil) },
		"plain and packed": func(b *telemetryBody) { b.Base = 1 },
	} {
		bad := body
		change(&bad)
		b, err := encMode.Marshal(bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeTelemetry(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// kept returns the committed bytes of a message, which must decode for ever; with
// -update it writes what encode makes of it now.
func kept(t *testing.T, name string, encode func() ([]byte, error)) []byte {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		b, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(hex.EncodeToString(b)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

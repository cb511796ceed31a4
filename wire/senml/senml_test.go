package senml

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/care"
)

type vector struct {
	Name, Device string
	InputHex     string `json:"input_hex"`
	Input        struct{ JSON json.RawMessage }
	Expected     struct {
		Valid    *bool
		JSON     json.RawMessage
		Resolved []struct {
			Resolved
			Time *float64 `json:"t"`
		}
		Relative *float64 `json:"t_relative_to_now_s"`
		N        string
	}
}

// vectors reads a file of vectors beside the project.
func vectors(t *testing.T, file string) (all []vector) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	roots := []string{os.Getenv("OSMANTHUS_SHARED")}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		roots = append(roots, filepath.Join(dir, "shared"))
	}
	for _, root := range roots {
		b, err := os.ReadFile(filepath.Join(root, "vectors", file))
		if err != nil {
			continue
		}
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	t.Skipf("SKIPPED: no vectors beside the project: %s was NOT read", file)
	return nil
}

func TestVectors(t *testing.T) {
	passed := map[string]int{}
	all := map[string]int{}
	for _, v := range vectors(t, "senml.json") {
		all[v.Device]++
		if err := v.check(); err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		passed[v.Device]++
	}
	for device := range all {
		t.Logf("%s %d/%d", device, passed[device], all[device])
	}
}

func (v vector) check() error {
	var pack []Record
	var err error
	if v.InputHex != "" {
		b, _ := hex.DecodeString(v.InputHex)
		if pack, err = ParseCBOR(b); err != nil {
			return err
		}
		for i := range pack { // a time of 0 is none
			if t := pack[i].Time; t != nil && *t == 0 {
				pack[i].Time = nil
			}
		}
		var records []Record
		if err := json.Unmarshal(v.Expected.JSON, &records); err != nil {
			return err
		}
		got, _ := json.Marshal(pack)
		want, _ := json.Marshal(records)
		if string(got) != string(want) {
			return fmt.Errorf("read as %s, want %s", got, want)
		}
	} else {
		pack, err = ParseJSON(v.Input.JSON)
	}
	var out []Resolved
	if err == nil {
		out, err = Resolve(pack)
	}
	if ok := v.Expected.Valid; ok != nil {
		if (err == nil) != *ok {
			return fmt.Errorf("valid is %v, want %v: %v", err == nil, *ok, err)
		}
		return nil
	}
	if v.Expected.Relative != nil {
		if len(out) != 1 || !out[0].Relative || out[0].Time != *v.Expected.Relative || out[0].Name != v.Expected.N {
			return fmt.Errorf("%+v, %v", out, err)
		}
		return nil
	}
	if v.Expected.Resolved == nil {
		return nil // of a version that is read, but not resolved
	}
	if err != nil {
		return err
	}
	kept := out[:0]
	for _, o := range out {
		if o.Data == nil { // the vectors leave data out
			kept = append(kept, o)
		}
	}
	if len(kept) != len(v.Expected.Resolved) {
		return fmt.Errorf("%d records, want %d", len(kept), len(v.Expected.Resolved))
	}
	for i, w := range v.Expected.Resolved {
		got, _ := json.Marshal(kept[i])
		want, _ := json.Marshal(w.Resolved)
		if string(got) != string(want) || w.Time != nil && math.Abs(*w.Time-kept[i].Time) > 1e-3 {
			return fmt.Errorf("record %d: %s at %v, want %s at %v", i, got, kept[i].Time, want, w.Time)
		}
	}
	return nil
}

// TestVectorsOfMalformedCBORAreRefused reads every malformed item of the vectors,
// as a pack and within one.
func TestVectorsOfMalformedCBORAreRefused(t *testing.T) {
	refused, all := 0, 0
	for _, v := range vectors(t, "cbor.json") {
		b, err := hex.DecodeString(v.InputHex)
		if err != nil || v.Device != "cbor-malformed" {
			continue
		}
		all += 2
		for _, b := range [][]byte{b, append([]byte{0x81, 0xA1, 0x18, 0x63}, b...)} {
			if pack, err := ParseCBOR(b); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s % x: %v, %v", v.Name, b, pack, err)
				continue
			}
			refused++
		}
	}
	if all == 0 {
		t.Error("no malformed item in the vectors")
	}
	t.Logf("cbor-malformed, alone and within a pack: %d/%d", refused, all)
}

func TestWhatIsRefused(t *testing.T) {
	for _, pack := range []string{
		``, `{}`, `[]`, `[1]`, `[{"n":"a"}]`, `[{"n":"a","v":"1"}]`, `[{"n":"a","v":1e999}]`, `[{"n":"a","v":1,"color_":2}]`,
		`[{"bver":11,"n":"a","v":1}]`, `[{"bver":5,"n":"a","v":1},{"bver":6,"n":"a","v":1}]`, `[{"n":"ä","v":1}]`, `[{"v":1}]`,
	} {
		p, err := ParseJSON([]byte(pack))
		if err == nil {
			_, err = Resolve(p)
		}
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", pack, err)
		}
	}
	for _, s := range []string{"81a100fb7ff8000000000000", "81a20061610202ff", "81a26161636162635f6162", "81a2006161c10201"} {
		b, _ := hex.DecodeString(s)
		if _, err := ParseCBOR(b); err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// A third-party gateway sends a pulse and a bed.
func TestReadings(t *testing.T) {
	pack, err := ParseJSON([]byte(`[{"bn":"ward:7/","bt":1.7e9,"n":"hr","u":"beat/min","v":71},{"n":"bed_occupancy","vb":true,"t":-2},{"n":"note","vs":"x"},{"n":"lon","u":"lon","v":2}]`))
	if err != nil {
		t.Fatal(err)
	}
	all, err := Resolve(pack)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range all {
		if r, ok := all[i].Reading("r-1", "third", time.Unix(1, 0)); ok {
			got = append(got, fmt.Sprintf("%v %v %d", r.Metric, r.Value, r.At.Unix()))
		}
	}
	if s := fmt.Sprint(got); s != "[heart_rate 71 1700000000 bed_occupancy 1 1699999998]" {
		t.Error(s)
	}
	pack, _ = ParseJSON([]byte(`[{"n":"spo2","v":97,"t":-10}]`))
	all, _ = Resolve(pack)
	if r, ok := all[0].Reading("", "s", time.Unix(1000, 0)); !ok || r.Metric != care.SpO2 || r.At.Unix() != 990 {
		t.Errorf("%+v", r)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"bn":"a:","bt":1.7e9,"n":"hr","v":71},{"vs":"x","t":-2}]`))
	b, _ := hex.DecodeString("82ac2169626173652d6e616d6522fb40590000000000002369626173652d756e6974200b24fb404100000000000025fb405900000000000000646e616d65")
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, parse := range []func([]byte) ([]Record, error){ParseJSON, ParseCBOR} {
			pack, err := parse(b)
			if err != nil {
				if !errors.Is(err, ErrMalformed) {
					t.Fatal(err)
				}
				continue
			}
			all, err := Resolve(pack)
			if err != nil && !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			for i := range all {
				all[i].Reading("", "s", time.Unix(0, 0))
			}
		}
	})
}

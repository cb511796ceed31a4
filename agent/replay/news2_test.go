package replay

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// one set of observations, as a nurse would take it.
const set = "t,metric,value\n0,respiratory_rate,22\n0,spo2,89\n0,systolic,105\n0,pulse_rate,112\n0,body_temperature,37.0\n0,oxygen,0\n0,consciousness,0\n"

func play2(t *testing.T, csv, profile string) (scores, warnings []string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	args := []string{"-kind", "vitals", "-estimates"}
	if profile != "" {
		args = append(args, "-profile", write("profile.json", profile))
	}
	var out, errs bytes.Buffer
	if status := Run(append(args, write("set.csv", csv)), &out, &errs); status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var x struct {
			Metric, Kind, Priority string
			Value                  json.Number
			Flags                  []string
		}
		if err := json.Unmarshal([]byte(l), &x); err != nil {
			t.Fatal(err)
		}
		if x.Metric == "news2" {
			scores = append(scores, x.Value.String()+strings.Join(x.Flags, " "))
		}
		if x.Kind == "early_warning" {
			warnings = append(warnings, x.Priority)
		}
	}
	return scores, warnings
}

func TestD7_ARecordedSetIsScored(t *testing.T) {
	for _, c := range []struct {
		name, csv, profile, last, warned string
	}{
		{"scale 1", set, "", "8", "high"},
		{"scale 2", set, `{"spo2_scale": 2}`, "5", "medium"},
		{"no blood pressure", strings.Replace(set, "0,systolic,105\n", "", 1), "", "7partial", "high"},
	} {
		scores, warnings := play2(t, c.csv, c.profile)
		if len(scores) == 0 || scores[len(scores)-1] != c.last || strings.Join(warnings, " ") != c.warned {
			t.Errorf("%s: the scores were %q and the warnings %q, want %q and %q", c.name, scores, warnings, c.last, c.warned)
		}
		for _, s := range scores[:len(scores)-1] {
			if !strings.HasSuffix(s, "partial") {
				t.Errorf("%s: a score before all was known: %q", c.name, s)
			}
		}
	}
}
